//! The kinds of damage to characters, and which of them are repaired.

/// A kind of damage to characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// UTF-8 that was read as another character set: `cafÃ©`.
    Mojibake,
    /// Halves of a character written as two of three bytes each (CESU-8); a half alone becomes U+FFFD.
    Surrogates,
    /// Control characters 80 to 9F that stand for what Windows-1252 has there: U+0085 is an ellipsis.
    C1,
    /// Colours and cursor movements of terminals.
    Escapes,
    /// Byte order marks elsewhere than at the beginning.
    Bom,
    /// U+FFFD in a word, where the lexicon knows one word only that it may have been.
    Replacement,
    /// Letters joined for print, in words: `ofﬁce`.
    Ligatures,
    /// Bytes that are not UTF-8, read as Windows-1252.
    Bytes,
    /// Named and numbered characters of HTML: `&eacute;`.
    Entities,
    /// Wide Latin and narrow Japanese characters: `Ｈｅｌｌｏ`.
    Width,
    /// A letter and its accent as two characters; what comes out is NFC.
    Nfc,
    /// Soft hyphens, and spaces without width; those that join or part letters in some scripts (U+200C, U+200D) stay there.
    Invisible,
    /// Control characters that no text needs: all of ASCII but tab, line feed, form feed and carriage return; the rest of 80 to 9F.
    Control,
    /// Line ends other than a line feed.
    Lines,
    /// Typographic quotation marks, made straight.
    Quotes,
    /// Typographic dashes, made hyphens.
    Dashes,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 16] = [
        Self::Mojibake,
        Self::Surrogates,
        Self::C1,
        Self::Escapes,
        Self::Bom,
        Self::Replacement,
        Self::Ligatures,
        Self::Bytes,
        Self::Entities,
        Self::Width,
        Self::Nfc,
        Self::Invisible,
        Self::Control,
        Self::Lines,
        Self::Quotes,
        Self::Dashes,
    ];

    /// The kinds that are repaired where none are named: those that are damage wherever they stand. The others may be
    /// what the author wrote.
    pub const DEFAULT: [Kind; 6] =
        [Self::Mojibake, Self::Surrogates, Self::C1, Self::Bom, Self::Replacement, Self::Ligatures];

    /// The name, as options spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mojibake => "mojibake",
            Self::Surrogates => "surrogates",
            Self::C1 => "c1",
            Self::Escapes => "escapes",
            Self::Bom => "bom",
            Self::Replacement => "replacement",
            Self::Ligatures => "ligatures",
            Self::Bytes => "bytes",
            Self::Entities => "entities",
            Self::Width => "width",
            Self::Nfc => "nfc",
            Self::Invisible => "invisible",
            Self::Control => "control",
            Self::Lines => "lines",
            Self::Quotes => "quotes",
            Self::Dashes => "dashes",
        }
    }

    /// The kind of a name.
    ///
    /// ```
    /// use ungarble::encoding::Kind;
    /// assert_eq!(Kind::from_name("nfc"), Some(Kind::Nfc));
    /// assert_eq!(Kind::from_name("NFD"), None);
    /// ```
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What an edit of this kind gives as its reason.
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::Mojibake => "UTF-8 read as another character set",
            Self::Surrogates => "surrogates written apart",
            Self::C1 => "control character, in Windows-1252 a mark",
            Self::Escapes => "terminal escape",
            Self::Bom => "byte order mark in the text",
            Self::Replacement => "lost character",
            Self::Ligatures => "ligature",
            Self::Bytes => "byte of Windows-1252",
            Self::Entities => "HTML entity",
            Self::Width => "width",
            Self::Nfc => "letter and accent apart",
            Self::Invisible => "invisible character",
            Self::Control => "control character",
            Self::Lines => "line end",
            Self::Quotes => "typographic quotation mark",
            Self::Dashes => "typographic dash",
        }
    }
}

/// A set of kinds.
///
/// ```
/// use ungarble::encoding::{Kind, Kinds};
/// let kinds = Kinds::default().with(Kind::Entities).without(Kind::C1);
/// assert!(kinds.has(Kind::Mojibake) && kinds.has(Kind::Entities) && !kinds.has(Kind::C1));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kinds(u32);

impl Default for Kinds {
    fn default() -> Self {
        Kind::DEFAULT.into_iter().fold(Self::none(), Self::with)
    }
}

impl Kinds {
    /// No kind.
    pub fn none() -> Self {
        Self(0)
    }

    /// Every kind.
    pub fn all() -> Self {
        Kind::ALL.into_iter().fold(Self::none(), Self::with)
    }

    /// These, and one more.
    #[must_use]
    pub fn with(self, kind: Kind) -> Self {
        Self(self.0 | 1 << kind as u32)
    }

    /// These without one.
    #[must_use]
    pub fn without(self, kind: Kind) -> Self {
        Self(self.0 & !(1 << kind as u32))
    }

    /// Is it one of these?
    pub fn has(self, kind: Kind) -> bool {
        self.0 >> kind as u32 & 1 == 1
    }

    /// Kinds as options name them: `all`, `none`, `default`, a kind; `+kind` and `-kind` add to the default and take from it.
    ///
    /// ```
    /// use ungarble::encoding::{Kind, Kinds};
    /// assert_eq!(Kinds::parse("nfc,lines").unwrap(), Kinds::none().with(Kind::Nfc).with(Kind::Lines));
    /// assert_eq!(Kinds::parse("+nfc,-c1").unwrap(), Kinds::default().with(Kind::Nfc).without(Kind::C1));
    /// assert!(Kinds::parse("everything").is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// A name that is none, with those that there are.
    pub fn parse(list: &str) -> Result<Self, String> {
        let mut kinds =
            if list.trim_start().starts_with(['+', '-']) { Self::default() } else { Self::none() };
        for name in list.split(',').map(str::trim) {
            let known = |name: &str| {
                Kind::from_name(name).ok_or_else(|| {
                    let names: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
                    format!(
                        "no kind is called {name:?}; there are {}, all, none and default",
                        names.join(", ")
                    )
                })
            };
            kinds = match name {
                "all" => Self::all(),
                "none" => Self::none(),
                "default" => Self::default(),
                _ => match name.strip_prefix('-') {
                    Some(name) => kinds.without(known(name)?),
                    None => kinds.with(known(name.strip_prefix('+').unwrap_or(name))?),
                },
            };
        }
        Ok(kinds)
    }

    /// May one of these find something in a text? The answer for clean ASCII must be quick.
    pub(super) fn may_act(self, source: &[u8]) -> bool {
        if self == Self::none() {
            return false;
        }
        let controls = self.has(Kind::Control);
        let plain = self.has(Kind::Escapes) || self.has(Kind::Entities) || self.has(Kind::Lines) || controls;
        if !source.is_ascii() {
            return true;
        }
        let (amp, cr) = (self.has(Kind::Entities), self.has(Kind::Lines));
        let acts = |&b: &u8| {
            b == 0x1b || b == b'&' && amp || b == b'\r' && cr || (b < 0x20 || b == 0x7f) && controls
        };
        plain && source.chunks(4096).any(|chunk| chunk.iter().fold(false, |any, b| any | acts(b)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_bits() {
        for (i, kind) in Kind::ALL.into_iter().enumerate() {
            assert_eq!(kind as usize, i);
            assert_eq!(Kind::from_name(kind.name()), Some(kind));
        }
        assert!(!Kinds::default().may_act(b"clean & plain\r\n") && Kinds::all().may_act(b"a & b"));
        assert!(
            Kinds::default().may_act("é".as_bytes())
                && Kinds::default().with(Kind::Escapes).may_act(b"\x1b[1m")
        );
    }
}

//! One change on the terminal: 80 columns and 24 lines are enough, and colour says nothing that the text does not.

use console::{Key, Term, measure_text_width};

use super::session::Session;
use crate::replay::Decision;
use crate::report;

const HELP: &str = "\
a  accept: make the change             r  reject: leave the text as it is
e  type other words                    u  undo the last answer
1-9  take another reading of the list
A  always: accept this pair of words everywhere, now and next time
N  never: reject it everywhere, now and next time
c  accept all open ones of the channel C  reject them
s  skip, or space, or an arrow         b  back
w  write the accepted changes into the files, and end
q  quit; everything is saved, and the same command goes on

Any key goes back.";

const PARTS: &str = "\
This change is written in several parts of the file, and nobody can say which
part of other words goes where: accept it, reject it, or take a reading of the
list.

Any key goes back.";

const WIDE: [&str; 2] = [
    "a accept  r reject  e other words  A always  N never  u undo  ? help",
    "s skip  b back  c accept all of the channel  C reject  w write  q quit",
];
const NARROW: [&str; 2] = ["a accept  r reject  s skip  q quit", "e u b A N c C w: ? says what they do"];

pub struct Screen {
    terminal: Term,
    colour: bool,
    context: usize,
}

impl Screen {
    pub fn new(terminal: Term, colour: bool, context: usize) -> Self {
        Self { terminal, colour, context }
    }

    /// The next key. An error when there is no terminal any more.
    pub fn key(&self) -> std::io::Result<Key> {
        self.terminal.read_key_raw()
    }

    fn size(&self) -> (usize, usize) {
        let (height, width) = self.terminal.size();
        (usize::from(height).max(12), usize::from(width).max(30))
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// Shows the change at hand.
    pub fn show(&self, session: &Session, note: &str) {
        let (height, width) = self.size();
        let (item, text, choice) = session.current();
        let (place, all) = session.place();
        let readable = text.readable();
        let start = item.repair.edits.first().map_or(0, |edit| edit.range.start);
        let line = 1 + text.source[..start].iter().filter(|b| **b == b'\n').count();
        let right = format!("{place}/{all}");
        let left = clipped(&format!("{}:{line}", text.whence.name), width.saturating_sub(right.len() + 2));
        let gap = width.saturating_sub(measure_text_width(&left) + right.len());
        let mut shown = item.repair.shown.clone();
        if let Some(words) = &choice.words {
            shown.replacement = words.text.as_str().into();
        }
        let sentence = report::sentence(readable, &shown, item.repair.doubt, self.context, self.colour);
        let mut rows = vec![self.paint("1", &format!("{left}{}{right}", " ".repeat(gap))), String::new()];
        let mut wrapped = report::wrapped(&sentence, width);
        let room = height - 11;
        if wrapped.len() > room {
            // The change itself stands near the middle.
            let marked = wrapped.iter().position(|row| row.contains("[-") || row.contains("{+")).unwrap_or(0);
            let first = marked.saturating_sub(room / 2).min(wrapped.len() - room);
            wrapped = wrapped[first..first + room].to_vec();
        }
        rows.extend(wrapped);
        rows.push(String::new());
        let old = String::from_utf8_lossy(&readable[item.repair.shown.range.clone()]).into_owned();
        let state = match (choice.decision, item.repair.doubt) {
            (Decision::Accept, _) => "ACCEPTED",
            (Decision::Reject, _) => "REJECTED",
            (Decision::Undecided, true) => "a doubt",
            (Decision::Undecided, false) => "",
        };
        let (old, new) = (report::shown(old.as_bytes()), report::shown(shown.replacement.as_bytes()));
        let sure = format!("{} {:.2}", shown.channel, shown.confidence);
        rows.push(clipped(
            &format!("  {} -> {}   {sure}   {state}", report::or_nothing(&old), report::or_nothing(&new)),
            width,
        ));
        rows.push(clipped(&format!("  {}", report::shown(shown.reason.as_bytes())), width));
        let others = item.repair.others.iter().take(9).enumerate();
        let others: Vec<String> =
            others.map(|(i, e)| format!("{} {} {:.2}", i + 1, e.text, e.probability)).collect();
        if !others.is_empty() {
            rows.push(clipped(&format!("  or: {}", report::shown(others.join("   ").as_bytes())), width));
        }
        let (alike, channel) = (session.alike().len(), session.of_channel().len());
        let open =
            format!("  open: {alike} of these words, {channel} of {}; {}", shown.channel, session.progress());
        rows.push(self.paint("2", &clipped(&open, width)));
        rows.resize(height.saturating_sub(4).max(rows.len()), String::new());
        rows.truncate(height - 3);
        rows.push(clipped(note, width));
        let keys = if width >= 72 { WIDE } else { NARROW };
        rows.extend(keys.map(|keys| self.paint("2", &clipped(keys, width))));
        self.draw(&rows.join("\n"));
    }

    pub fn help(&self) {
        self.draw(HELP);
    }

    /// Asks for other words; `None` where the person thinks better of it.
    pub fn ask(&self, session: &Session) -> Option<String> {
        let (item, _, choice) = session.current();
        if !session.takes_words() {
            self.draw(PARTS);
            let _ = self.key();
            return None;
        }
        let before = choice.words.as_ref().map_or(&*item.repair.shown.replacement, |words| &words.text);
        let mut words: Vec<char> = before.chars().collect();
        loop {
            let (_, width) = self.size();
            let text: String = words.iter().collect();
            // The end is what is being typed.
            let tail: String = words[words.len().saturating_sub(width - 4)..].iter().collect();
            let tail = report::shown(tail.as_bytes());
            let _ = self.terminal.write_str(&format!("\r\x1b[K> {tail}"));
            match self.key().ok()? {
                Key::Enter => return Some(text),
                Key::Escape | Key::CtrlC => return None,
                Key::Backspace => drop(words.pop()),
                Key::Char('\u{15}') => words.clear(),
                Key::Char(c) if !c.is_control() => words.push(c),
                _ => {}
            }
        }
    }

    /// Leaves the screen as it is, with the prompt below it.
    pub fn leave(&self) {
        let _ = self.terminal.write_str("\n");
    }

    fn draw(&self, text: &str) {
        // One write, so that nothing flickers. A terminal that is gone is noticed when a key is asked for.
        let _ = self.terminal.write_str(&format!("\x1b[H\x1b[2J\x1b[3J{text}"));
    }
}

/// A text of at most so many columns.
fn clipped(text: &str, width: usize) -> String {
    console::truncate_str(text, width, "…").into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_fits_on_the_screen() {
        assert!(HELP.lines().all(|line| line.len() < 80) && HELP.lines().count() < 24);
    }
}

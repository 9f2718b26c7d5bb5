#!/usr/bin/env python3
"""Clean text of many languages, from Debian packages: documentation and translations. None of it is kept here.

    benches/languages.py test/ --set test       what the claims are measured on
    benches/languages.py fresh/ --set fresh     what nothing was ever set by: the check, to be taken anew when something was
    benches/languages.py later/ --set later     packages taken when "fresh" had shown something to repair
    benches/languages.py last/ --set last       and when "later" had: the check of today
    benches/languages.py train/ --set train     what dictionaries/characters.txt was counted on

Downloads packages by `apt-get download` into FOLDER/debs (or takes those that lie there), unpacks them, and writes
FOLDER/LANGUAGE.txt: the translations of .mo files, manual pages without macros, HTML and XML without tags, plain text.
"""

import argparse
import gettext
import gzip
import html
import re
import subprocess
from collections import defaultdict
from pathlib import Path

SETS = {
    "train": ["evolution-common", "gimp-data", "gnome-user-docs"],
    "test": [
        "installation-guide-amd64", "debian-faq", "developers-reference", "libc-l10n", "libgtk-3-common",
        "gnome-control-center-data", "iso-codes", *(f"manpages-{language}" for language in (
            "cs", "da", "de", "el", "es", "fi", "fr", "hu", "it", "ja", "nl", "pl", "pt-br", "ro", "ru", "sv", "tr", "uk", "vi", "zh")),
    ],
    "fresh": [
        "apt", "cinnamon-l10n", "dpkg-dev", "geany-common", "gnumeric-common", "inkscape", "kdenlive-data", "nautilus-data", "passwd", "po4a",
        "rhythmbox-data", "scribus", "synaptic", "vlc-l10n", *(f"aptitude-doc-{language}" for language in ("cs", "fi", "fr", "ru")),
        *(f"debian-reference-{language}" for language in ("de", "fr", "ja")), *(f"libreoffice-help-{language}" for language in (
            "cs", "de", "el", "es", "fr", "hu", "it", "ja", "ko", "nl", "pl", "pt", "ru", "sv", "tr", "vi", "zh-cn")),
    ],
    "later": [
        "abiword-common", "aisleriot", "audacity-data", "binutils-common", "brasero-common", "evince-common", "gcc-12-locales", "gedit-common",
        "gnucash-common", "hexchat-common", "lyx-common", "mate-control-center-common", "pidgin-data", "thunar-data", "totem-common", "tuxpaint-data",
    ],
    "last": [
        "apt-doc", "bash", "claws-mail-i18n", "coreutils", "debian-history", "debmake-doc", "deja-dup", "digikam-data", "e2fsprogs-l10n",
        "epiphany-browser-data", "gnupg-l10n", "gramps", "homebank-data", "krita-l10n", "kstars-data", "maint-guide", "mc-data", "nano",
        "shotwell-common", "stellarium-data", "tar", "transmission-common", "util-linux-locales", "wesnoth-1.16-data", "wget",
    ],
}


def fetch(package: str, folder: Path) -> Path:
    out = folder / "unpacked" / package
    if not out.exists():
        debs = folder / "debs"
        debs.mkdir(parents=True, exist_ok=True)
        if not list(debs.glob(f"{package}_*.deb")):
            subprocess.run(["apt-get", "download", package], cwd=debs, check=True, capture_output=True)
        out.mkdir(parents=True)
        subprocess.run(["dpkg-deb", "-x", next(debs.glob(f"{package}_*.deb")), out], check=True)
    return out


def of_mo(path: Path) -> str:
    with path.open("rb") as file:
        catalogue = gettext.GNUTranslations(file)._catalog
    return "\n".join(value for key, value in catalogue.items() if key and isinstance(value, str))


def of_roff(text: str) -> str:
    lines = [line for line in text.splitlines() if not line.startswith((".", "'"))]
    text = re.sub(r"\\f(\[[^]]*\]|.)|\\s[-+]?\d|\\&|\\[|^/,]", "", "\n".join(lines))
    return re.sub(r"\\\((\w\w)|\\\[[^]]*\]", " ", text).replace("\\-", "-").replace("\\e", "\\")


def of_markup(text: str) -> str:
    text = re.sub(r"(?s)<!--.*?-->|<(script|style)\b.*?</\1>", " ", text)
    return html.unescape(re.sub(r"<[^>]*>", "", text))


def texts(root: Path):
    """(language, text) of what lies under a folder."""
    for path in sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink()):
        parts, name = path.parts, path.name
        try:
            if name.endswith(".mo"):
                yield parts[parts.index("locale") + 1], of_mo(path)
                continue
            raw = path.read_bytes()
            text = (gzip.decompress(raw) if name.endswith(".gz") else raw).decode("utf-8")
        except (UnicodeDecodeError, OSError, IndexError, ValueError):
            continue
        stem = name.removesuffix(".gz")
        if "man" in parts and re.search(r"\.\d\w*$", stem):
            yield parts[parts.index("man") + 1], of_roff(text)
        elif stem.endswith((".html", ".page", ".htm")):
            inside = re.search(r"\.([a-z]{2}(?:[-_]\w+)?)\.html$", stem)
            near = [part for part in parts[:-1] if re.fullmatch(r"[a-z]{2}(_[A-Z]{2})?", part)]
            yield inside[1] if inside else near[-1] if near else "en", of_markup(text)
        elif stem.endswith(".txt"):
            inside = re.search(r"\.([a-z]{2}(?:[-_]\w+)?)\.txt$", stem)
            near = [part for part in parts[:-1] if re.fullmatch(r"[a-z]{2}(_[A-Z]{2})?", part)]
            yield inside[1] if inside else near[-1] if near else "en", text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--set", choices=SETS, default="test")
    args = parser.parse_args()
    found = defaultdict(set)
    for package in SETS[args.set]:
        for language, text in texts(fetch(package, args.folder)):
            # Said once: what many pages share (licences, headings) counts for one.
            found[re.split(r"[@.]", language)[0]].update(line.strip() for line in text.splitlines() if line.strip())
    for language, lines in sorted(found.items()):
        text = "\n".join(sorted(lines)) + "\n"
        (args.folder / f"{language}.txt").write_text(text, encoding="utf-8")
        print(f"{language}: {len(text.split())} words, {len(text.encode())} bytes")


if __name__ == "__main__":
    main()

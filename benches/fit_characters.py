#!/usr/bin/env python3
"""Makes dictionaries/characters.txt: how usual characters are, and which kinds follow each other, in clean text.

    benches/languages.py train/ --set train
    benches/fit_characters.py train/*.txt > dictionaries/characters.txt

Each file (a language) counts the same, however long it is. Costs are -ln p in eighths of a nat. What nobody wrote in
these files gets a cost by the size of its class (additive smoothing). A pair of classes that is rare is judged by pairs of
wider ones (all capital letters, all letters), and in the end by how often the second class is there at all.
"""

import math
import sys
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

SHARE = 300_000  # characters that a file counts for
UNSEEN = 0.02  # occurrences that a character has that was never seen
WIDER = 30  # occurrences for which the wider pair counts
ANY = 5e-5  # the chance of each kind of mark after anything: people put signs where no manual has them
HIDDEN = {"blank": 1, "format": 3, "control": 3, "hyphen": 0, "combining": 3}  # nats: no characters to be listed in a table

RANGES = [
    ("none", [(0xE000, 0xF8FF), (0xF0000, 0x10FFFF)]),
    ("control", [(0x80, 0x9F)]),
    ("blank", [(0xA0, 0xA0), (0x2000, 0x200A), (0x202F, 0x202F), (0x3000, 0x3000)]),
    ("hyphen", [(0xAD, 0xAD)]),
    ("format", [(0x200B, 0x200F), (0x2028, 0x202E), (0x2060, 0x206F), (0xFEFF, 0xFEFF), (0xFE00, 0xFE0F)]),
    ("lost", [(0xFFFD, 0xFFFD)]),
    ("combining", [(0x300, 0x36F)]),
    ("phonetic", [(0x250, 0x258), (0x25A, 0x2AF), (0x1D00, 0x1DBF)]),
    ("accent", [(0x2B0, 0x2FF)]),
    ("arabic", [(0x600, 0x6FF)]),
    ("devanagari", [(0x900, 0x97F)]),
    ("indic", [(0x980, 0xDFF)]),
    ("thai", [(0xE00, 0xE7F)]),
    ("hebrew", [(0x590, 0x5FF)]),
    ("georgian", [(0x10A0, 0x10FF)]),
    ("armenian", [(0x530, 0x58F)]),
    ("khmer", [(0x1000, 0x109F), (0x1780, 0x17FF)]),
    ("kana", [(0x3041, 0x30FF)]),
    ("eastmark", [(0x3001, 0x303F), (0xFF00, 0xFFEF)]),
    ("han", [(0x4E00, 0x9FFF), (0x3400, 0x4DBF)]),
    ("hangul", [(0xAC00, 0xD7A3)]),
    ("box", [(0x2500, 0x259F)]),
    ("shape", [(0x2190, 0x21FF), (0x25A0, 0x27BF), (0x2B00, 0x2BFF)]),
    ("maths", [(0x2200, 0x22FF), (0x2070, 0x209F)]),
    ("emoji", [(0x1F000, 0x1FAFF)]),
]
CHARACTERS = {
    "open": "«“‘„‚‹¿¡", "close": "»”›", "apostrophe": "’", "dash": "–—―‐‑‒", "dots": "…•·‰†‡",
    "sign": "©®™§¶¦№ªºµ", "degree": "°", "money": "€£¥¢¤₪₧ƒ", "raised": "¹²³¼½¾", "accent": "¨¯´¸ˆ˜ˇ˘˙˛˝΄΅",
    "maths": "×÷±¬√∞≈≠≤≥∂∆∏∑∫◊⌐⌠⌡∩≡∙",
}
BY_CHARACTER = {c: name for name, chars in CHARACTERS.items() for c in chars}


def kind(c: str) -> str:
    code = ord(c)
    if code < 0x80:
        return ("space" if c.isspace() else "lower" if c.islower() else "upper" if c.isupper() else
                "digit" if c.isdigit() else "mark")
    if c in BY_CHARACTER:
        return BY_CHARACTER[c]
    category = unicodedata.category(c)
    if category in ("Cn", "Co", "Cs"):
        return "none"
    for name, ranges in RANGES:
        if any(low <= code <= high for low, high in ranges):
            return name
    name = unicodedata.name(c, "")
    for script in ("LATIN", "GREEK", "CYRILLIC"):
        if script in name and category[0] == "L":
            return f"{script.lower()}-{'upper' if category in ('Lu', 'Lt') else 'lower'}"
    return "letter" if category[0] in "LM" else "other"


CAPITALS = {"upper": "latin", "latin-upper": "latin", "greek-upper": "greek", "cyrillic-upper": "cyrillic"}
CAPS = [f"caps {script}" for script in ("latin", "greek", "cyrillic")]
MARKS = {*CHARACTERS, "blank", "hyphen", "box", "shape", "emoji"}


def cost(p: float) -> int:
    return min(round(-math.log(p) * 8), 255)


def wider(name: str) -> str:
    """The class of classes that a letter belongs to."""
    if name.startswith("caps "):
        return "Caps"
    if name in CAPITALS:
        return "Capital"
    letters = ("lower", "latin-lower", "greek-lower", "cyrillic-lower", "arabic", "devanagari", "indic", "thai", "hebrew",
               "georgian", "armenian", "khmer", "kana", "han", "hangul", "letter")
    return "Letter" if name in letters else name


def chances(pairs, names):
    """P(b | a) for classes, smoothed."""
    total = Counter()
    for name in names:
        total.update(pairs[name])
    everything = sum(total.values())
    share = {b: (total[b] + 0.5) / (everything + 0.5 * len(names)) for b in names}
    wide = defaultdict(Counter)
    for a in (*names, *CAPS):
        for b, n in pairs[a].items():
            wide[wider(a)][wider(b)] += n
    group = defaultdict(float)
    for b in names:
        group[wider(b)] += share[b]
    out = {}
    for a in (*names, *CAPS):
        row = sum(pairs[a].values())
        around = sum(wide[wider(a)].values())
        for b in names:
            # Letters of two scripts side by side are no matter of wider classes.
            letters = {wider(a), wider(b)} <= {"Caps", "Capital", "Letter"}
            seen = 0 if letters else wide[wider(a)][wider(b)]
            back = (seen * share[b] / group[wider(b)] + WIDER * share[b]) / ((0 if letters else around) + WIDER)
            out[a, b] = (pairs[a][b] + WIDER * back) / (row + WIDER)
            if b in MARKS:
                out[a, b] += ANY * (20 if b == "box" else 1)
            if a == "box":
                # Pictures are made of them, with anything in between.
                out[a, b] += share[b] / 10
    return out


def main() -> None:
    single, pairs = defaultdict(Counter), defaultdict(Counter)
    for path in sys.argv[1:]:
        text = Path(path).read_text(encoding="utf-8").replace("_", "")
        weight = min(1.0, SHARE / max(len(text), 1))
        classes = {c: kind(c) for c in set(text)}
        for c, n in Counter(text).items():
            single[classes[c]][c] += n * weight
        for (a, b), n in Counter(zip(text, text[1:])).items():
            pairs[classes[a]][classes[b]] += n * weight
        for (a, b, c), n in Counter(zip(text, text[1:], text[2:])).items():
            if classes[b] in CAPITALS and classes[a] in CAPITALS:
                pairs["caps " + CAPITALS[classes[b]]][classes[c]] += n * weight
    # Frames are drawn with characters of one class, rarely in what was counted.
    pairs["box"]["box"] += 2000
    classes = defaultdict(list)
    for code in range(0x80, 0x110000):
        name = kind(chr(code)) if not 0xD800 <= code < 0xE000 else "none"
        if name not in ("none", "emoji"):
            spans = classes[name]
            if spans and spans[-1][1] == code - 1:
                spans[-1][1] = code
            else:
                spans.append([code, code])
    classes["emoji"] = [[0x1F000, 0x1FAFF]]
    names = ["space", "lower", "upper", "digit", "mark", "none", *sorted(classes)]
    print("# How usual characters and their neighbours are in clean text of 100 languages: costs, -ln p, in 1/8 nat.")
    print("# Made by benches/fit_characters.py, which says how. Classes: `class NAME COST RANGES`, the cost is that of its")
    print("# characters that were not seen; `char COST CHARACTERS`; `after NAME COSTS`, one for each class in their order.")
    print("# Rows `caps-…` are of a capital after a capital.")
    for name in names:
        size = sum(high - low + 1 for low, high in classes.get(name, [])) or 30
        if name in CHARACTERS:
            # What manuals have of signs says little of what people write: each counts for half a fair share besides.
            fair = sum(single[name].values()) / len(CHARACTERS[name])
            for c in CHARACTERS[name]:
                single[name][c] += fair
        total = sum(single[name].values()) + UNSEEN * size
        unseen = HIDDEN[name] * 8 if name in HIDDEN else 255 if name == "none" else cost(UNSEEN / total)
        spans = " ".join(f"{low:X}" if low == high else f"{low:X}-{high:X}" for low, high in classes.get(name, []))
        print(f"class {name} {unseen} {spans}".rstrip())
        by_cost = defaultdict(list)
        for c, n in single[name].items():
            if ord(c) >= 0x80 and name != "none" and name not in HIDDEN:
                by_cost[cost((n + UNSEEN) / total) // 2 * 2].append(c)
        for value, chars in sorted(by_cost.items()):
            print(f"char {value} {''.join(sorted(chars))}")
    chance = chances(pairs, names)
    for a in (*names, *CAPS):
        print(f"after {a.replace(' ', '-')}", *(cost(chance[a, b]) for b in names))


if __name__ == "__main__":
    main()

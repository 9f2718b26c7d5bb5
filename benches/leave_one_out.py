#!/usr/bin/env python3
"""Leave-one-out: each real passage is cleaned without the rules that only this passage could have taught.

For each real row of dev.jsonl a file for --without is written:
  1. every pair of pairs.tsv whose note says `seen in` this row and no other row of dev.jsonl;
  2. for the left side of such a pair, every right side that a pairs-*.phrases table gives it and that no other pair of
     pairs.tsv supports (a merged line `left -> right1 | right2`, or a right side that was mended in curation).
What is taken away is gone from every table: hand-written rules and habits that say the same are silent as well, and so
is the same pair in other case, for the lexicon folds case. What stays: inflections other than the one seen, longer
and shorter rules, the fitted weights, and the lean of words (computed when the tables are compiled).

--harsh also takes away each edit of the row's reference that neither another row of dev.jsonl nor a pair of pairs.tsv
from elsewhere has, whoever wrote the rule: a lower bound, as if no one had known any of them.

usage: leave_one_out.py [--harsh] [--by FIELD] [--keep DIR] [--dev FILE] [--pairs FILE] [--phrases DIR] [--bin FILE]
"""
import re
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

sys.dont_write_bytecode = True
from common import ROOT, SPUN, Table, arguments, clean, lines, note, rows, score, stop  # noqa: E402


def folded(left, right):
    """A pair as the lexicon tells pairs apart: case and the kind of apostrophe do not count."""
    return tuple(" ".join(side.replace("\u2019", "'").lower().split()) for side in (left, right))


def read_pairs(path):
    """[(left, right, rows it was seen in)]"""
    out = []
    for number, line in enumerate(lines(path)[1:], 2):
        fields = line.split("\t")
        if len(fields) != 4:
            stop(f"{path}:{number}: 4 columns expected, got {len(fields)}")
        # `seen in seed-1`, `optional edit seen in news-1, web-2; occurs 3x in …`
        seen = {name for part in re.findall(r"seen in ([^;]*)", fields[3]) for name in re.findall(r"[\w.]+-\d+", part)}
        out.append((fields[0].strip(), fields[1].strip(), seen))
    return out


def uncommented(line):
    """The line without its comment: # at the beginning or after white space, outside quotation marks."""
    quoted = False
    for i, c in enumerate(line):
        quoted ^= c == '"'
        if c == "#" and not quoted and (i == 0 or line[i - 1].isspace()):
            return line[:i]
    return line


def read_tables(folder):
    """{left, folded: [right]} of all pairs-*.phrases."""
    out = defaultdict(list)
    files = sorted(Path(folder).glob("pairs-*.phrases"))
    if not files:
        stop(f"{folder}: no pairs-*.phrases here")
    for file in files:
        for line in map(uncommented, lines(file)):
            if not line.strip() or line[0] in " \t" or line.startswith("dialect "):
                continue
            left, _, right = line.partition("->")
            right = re.sub(r"\s+weak\s*$", "", right.rstrip())
            for each in right.split(" | "):
                out[folded(left, "")[0]].append(each.strip())
    return out


def rule(left, right):
    """The line of a table that takes this pair away; None where the syntax has no way to write it, so that no
    compiled rule can hold it either."""
    if re.search(r"[{}~]|->", left + right) or "|" in right or re.search(r"(^|\s)#", right) or not (left and right):
        return None
    # A comment sign or `dialect ` at a beginning is only itself inside {a|a}.
    left = re.sub(r"(^|(?<=\s))#", "{#|#}", left)
    left = re.sub(r"^dialect(?=\s)", "{dialect|dialect}", left)
    # The last word `weak` is a mark: a mark of its own behind it makes it a word again.
    return f"{left} -> {right}" + ("    weak" if right.split()[-1] == "weak" else "")


def trimmed(edit):
    """An edit of the reference without the words that both sides begin or end with."""
    left, right = edit["garbled"].split(), edit["restored"].split()
    while len(left) > 1 and len(right) > 1 and left[0] == right[0]:
        del left[0], right[0]
    while len(left) > 1 and len(right) > 1 and left[-1] == right[-1]:
        del left[-1], right[-1]
    return " ".join(left), " ".join(right)


def both(edit):
    """An edit of the reference as pairs: as it stands, and trimmed."""
    return {folded(edit["garbled"], edit["restored"]), folded(*trimmed(edit))}


def taken(row, dev, pairs, tables, harsh):
    """What this row alone could have taught: (pairs of 1, pairs of 2, pairs of --harsh)."""
    names = {case["id"] for case in dev}
    mine = [(left, right) for left, right, seen in pairs if seen & names == {row["id"]}]
    gone = {folded(*pair) for pair in mine}
    others = {folded(left, right) for left, right, seen in pairs if seen & names != {row["id"]}}
    merged = []
    for key in sorted({left for left, _ in gone}):
        for right in tables.get(key, []):
            pair = folded(key, right)
            if pair not in others and pair not in gone:
                merged.append((key, right))
                gone.add(pair)
    extra = []
    if harsh:
        known = others.union(*(both(e) for case in dev if case["id"] != row["id"] for e in case["edits"]))
        for edit in row["edits"]:
            for pair in [(edit["garbled"], edit["restored"]), trimmed(edit)]:
                if not both(edit) & known and folded(*pair) not in gone:
                    extra.append(pair)
                    gone.add(folded(*pair))
    return mine, merged, extra


def main():
    parser = arguments(__doc__)
    parser.add_argument("--dev", default=SPUN / "dev.jsonl", help="spun passages (default: %(default)s)")
    parser.add_argument("--pairs", default=SPUN / "pairs.tsv", help="pairs with notes (default: %(default)s)")
    parser.add_argument("--phrases", default=ROOT / "dictionaries" / "phrases",
                        help="folder of pairs-*.phrases (default: %(default)s)")
    parser.add_argument("--by", default="dialect", metavar="FIELD", help="groups (default: %(default)s)")
    parser.add_argument("--harsh", action="store_true", help="also take away all edits that only this row has")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the --without files in this folder")
    parser.add_argument("option", nargs="*", help="more options of `ungarble clean`, after --")
    a = parser.parse_args()
    table = Table(a.commit)
    dev, pairs, tables = rows(a.dev), read_pairs(a.pairs), read_tables(a.phrases)
    real = [case for case in dev if not case.get("constructed")]
    sums, unwritten, texts = [0, 0, 0], [], {}
    with tempfile.TemporaryDirectory() as folder:
        folder = a.keep or Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        for row in real:
            parts = taken(row, dev, pairs, tables, a.harsh)
            file = folder / f"{row['id']}.without"
            with open(file, "w", encoding="utf-8") as out:
                for i, part in enumerate(parts):
                    sums[i] += len(part)
                    for pair in part:
                        line = rule(*pair)
                        out.write(f"{line}\n" if line else "")
                        unwritten += [] if line else [f"{row['id']}: {pair[0]} -> {pair[1]}"]
            done = clean(a.bin, {row["id"]: row["garbled"]}, "--without", file, *a.option)
            texts[row["id"]] = done[row["id"]][0]
    for each in unwritten:
        note(f"no rule can say this, so none is taken away: {each}")
    harsh = f", {sums[2]} edits of the references" if a.harsh else ""
    table.line(f"leave one out: taken away in all {sums[0]} pairs, {sums[1]} right sides of merged rules{harsh} "
               f"({len(real)} passages)")
    table.groups("leave one out, harsh" if a.harsh else "leave one out", score(a.score, real, texts, a.by))


main()

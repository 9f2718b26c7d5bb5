#!/usr/bin/env python3
"""Repair of spun text: cleans the cases, scores them with score.py, and prints one table line per group.

Real and constructed cases are told apart; real ones also by dialect (or another field). Then the edits made in clean
passages; each of those edits is listed on stderr, for each has to be defended.

usage: spun.py [--cases FILE] [--by FIELD]... [--clean FILE | --no-clean] [--bin FILE] [-- OPTION...]
       spun.py --cases ../validation/validation.jsonl --by dialect --by source --no-clean
"""
import sys

sys.dont_write_bytecode = True
from common import SPUN, Table, arguments, clean, note, rows, score  # noqa: E402


def main():
    parser = arguments(__doc__)
    parser.add_argument("--cases", default=SPUN / "dev.jsonl", help="spun passages (default: %(default)s)")
    parser.add_argument("--by", action="append", metavar="FIELD", help="groups of the real cases (default: dialect)")
    parser.add_argument("--clean", default=SPUN / "clean.jsonl", help="clean passages (default: %(default)s)")
    parser.add_argument("--no-clean", action="store_true", help="leave the clean passages out")
    parser.add_argument("option", nargs="*", help="more options of `ungarble clean`, such as -- --threshold 0.8")
    a = parser.parse_args()
    table = Table(a.commit)
    cases = rows(a.cases)
    done = clean(a.bin, {case["id"]: case["garbled"] for case in cases}, *a.option)
    texts = {name: text for name, (text, _) in done.items()}
    name = str(a.cases).rsplit("/", 1)[-1].split(".")[0]
    real = [case for case in cases if not case.get("constructed")]
    for i, field in enumerate(a.by or ["dialect"]):
        scores = score(a.score, real, texts, field)
        if i > 0:
            del scores["ALL"]
        table.groups(f"{name}, real", scores)
    if made := [case for case in cases if case.get("constructed")]:
        table.groups(f"{name}, constructed", score(a.score, made, texts))
    if not a.no_clean:
        good = rows(a.clean)
        done = clean(a.bin, {case["id"]: case["text"] for case in good}, *a.option)
        table.groups("clean passages", score(a.score, good, {name: text for name, (text, _) in done.items()}))
        for case in good:
            for edit in done[case["id"]][1]:
                around = case["text"][max(0, edit["start_char"] - 30):edit["end_char"] + 30].replace("\n", " ")
                note(f"{case['id']}: {edit['garbled']} -> {edit['replacement']} ({edit['confidence']}) … {around} …")


main()

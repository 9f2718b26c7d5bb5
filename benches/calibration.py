#!/usr/bin/env python3
"""Calibration: is a repair with confidence 0.9 right nine times in ten? And precision and recall by threshold.

Cleans the real cases at a low threshold, so that what would be a doubt is an edit as well, and judges each edit by
itself. It is right if the reference has it at the word level: made alone, it gives only word edits that score.py finds
between source and reference; or, put in the place of the reference's edits that it overlaps, it gives the reference.
Edits that only restored_alt has are neither right nor wrong, as in score.py, and are counted apart.

Prints ten bins, then lines for RESULTS.md: the expected calibration error (the mean over edits of how far the share of
right ones in the bin is from the bin's mean confidence), the Brier score, the highest bin; then `ungarble eval --curve`.

usage: calibration.py [--cases FILE] [--threshold P] [--by FIELD] [--no-curve] [--all] [--bin FILE] [-- OPTION...]
       calibration.py --cases ../validation/validation.jsonl --by dialect
"""
import json
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
from common import SPUN, Table, apply, arguments, clean, rows, run, scorer_functions, stop, write_rows  # noqa: E402

BINS = 10


def judge(words, align, case):
    """A function that says of an edit of this case: True right, False wrong, None neither."""
    source = case["garbled"]
    old = words(source)
    wanted = set(align(old, words(case["restored"])))
    free = set(align(old, words(case["restored_alt"]))) if case.get("restored_alt") else set()
    reference = case.get("edits", [])

    def same(edits, others):
        return words(apply(source, edits)) == words(apply(source, others))

    def right(edit):
        alone = {"start": edit["start_char"], "end": edit["end_char"], "restored": edit["replacement"]}
        made = align(old, words(apply(source, [alone])))
        if not made:
            return None
        if all(each in wanted for each in made):
            return True
        if all(each in wanted or each in free for each in made):
            return None
        # Where edits of the reference touch, score.py sees one: try this one in the place of those that it overlaps.
        over = [e for e in reference if e["start"] < alone["end"] and alone["start"] < e["end"]]
        rest = [e for e in reference if e["required"] and e not in over]
        if not over or not same([*rest, alone], [*rest, *over]):
            needed = [e for e in over if e["required"]]
            return bool(needed) and same([*rest, alone], [*rest, *needed])
        return True if any(e["required"] for e in over) else None

    return right


def bins(cases, done, words, align):
    """For each bin: [edits judged, right ones, sum of confidences, neither]; and the sum of squared errors."""
    table, squares = [[0, 0, 0.0, 0] for _ in range(BINS)], 0.0
    for case in cases:
        right = judge(words, align, case)
        for edit in done[case["id"]][1]:
            if not 0 <= edit["confidence"] <= 1:
                stop(f"{case['id']}: confidence {edit['confidence']}")
            row = table[min(BINS - 1, int(edit["confidence"] * BINS + 1e-9))]
            verdict = right(edit)
            if verdict is None:
                row[3] += 1
                continue
            row[0] += 1
            row[1] += verdict
            row[2] += edit["confidence"]
            squares += (edit["confidence"] - verdict) ** 2
    return table, squares


def tell(table, name, cases, done, words, align):
    """The bins, and their sum in lines for RESULTS.md."""
    found, squares = bins(cases, done, words, align)
    print(f"\n| confidence | edits | right | share | mean confidence | neither |\n| --- | --- | --- | --- | --- | --- |")
    for i, (edits, right, confidence, neither) in enumerate(found):
        share = f"{right / edits:.3f} | {confidence / edits:.3f}" if edits else "- | -"
        print(f"| {i / BINS:.1f}-{(i + 1) / BINS:.1f} | {edits} | {right} | {share} | {neither} |")
    print()
    total = sum(row[0] for row in found)
    if total == 0:
        table.line(f"calibration, {name}: no edits in {len(cases)} texts")
        return
    error = sum(abs(right - confidence) for _, right, confidence, _ in found) / total
    edits, right, confidence, _ = found[-1]
    top = f"of {edits} with 0.9 or more {right} right ({right / edits:.3f}, " \
          f"mean confidence {confidence / edits:.3f})" if edits else "none with 0.9 or more"
    table.line(f"calibration, {name}: expected error {error:.4f}, Brier {squares / total:.4f}, {total} edits; {top}")


def curve(table, name, binary, cases, by, options):
    """What `ungarble eval --curve` finds, one line for each threshold and group."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "cases.jsonl"
        write_rows(file, cases)
        out = run(binary, "eval", file, "--curve", "--json", *(["--by", by] if by else []), *options)
    for line in out.splitlines():
        point = json.loads(line)
        groups = point["groups"]
        for group in sorted(groups, key=lambda g: (g != "ALL", g)):
            f = groups[group]
            table.line(f"curve, {name}, {'all' if group == 'ALL' else group}, threshold {point['threshold']:.2f}: "
                       f"precision {f['precision']:.4f}, recall {f['recall']:.4f}, F0.5 {f['f05']:.4f}, "
                       f"harm {f['harm_per_1k']:.2f} per 1,000 ({f['gold']} wanted, {f['got']} made)")


def main():
    parser = arguments(__doc__)
    parser.add_argument("--cases", default=SPUN / "dev.jsonl", help="spun passages (default: %(default)s)")
    parser.add_argument("--threshold", type=float, default=0.05, help="lowest confidence seen (default: %(default)s)")
    parser.add_argument("--by", metavar="FIELD", help="bins and curve for each value of this field as well")
    parser.add_argument("--all", action="store_true", help="constructed cases as well")
    parser.add_argument("--no-curve", action="store_true", help="leave the curve out")
    parser.add_argument("option", nargs="*", help="more options of ungarble, after --")
    a = parser.parse_args()
    table = Table(a.commit)
    words, align = scorer_functions(a.score)
    cases = [case for case in rows(a.cases) if a.all or not case.get("constructed")]
    if not cases:
        stop(f"{a.cases}: no real cases (--all takes constructed ones)")
    name = str(a.cases).rsplit("/", 1)[-1].split(".")[0]
    texts = {case["id"]: case["garbled"] for case in cases}
    done = clean(a.bin, texts, "--threshold", a.threshold, *a.option)
    tell(table, f"{name}, all", cases, done, words, align)
    for value in sorted({str(case.get(a.by)) for case in cases} if a.by else []):
        tell(table, f"{name}, {value}", [c for c in cases if str(c.get(a.by)) == value], done, words, align)
    if not a.no_curve:
        curve(table, name, a.bin, cases, a.by, a.option)


main()

#!/usr/bin/env python3
"""Fits dictionaries/model/ocr.trees, how sure a repair of scanned text is: pip install rapidfuzz scikit-learn numpy

usage: fit_ocr.py OUT.trees --scans PAGES.jsonl... --company OUT.company [--printed PAGES.jsonl...] --clean TEXTS.jsonl... [--check PAGES.jsonl...]

--scans: pages with their truth ({"id", "ocr", "gt"}); a reading is right where it brings the words around it nearer to the
truth. --clean: texts without fault ({"id", "text"}), in which every repair is wrong. --check: pages that are only measured on.
--printed: further pages of which only the truth is counted. --company: the table of the company of words to write, counted in
the truth of all of them. The pages that are fitted on are judged by tables without their own half of the pages: else the
trees would learn to trust a table that has seen the answers.
The evidence comes from the example scan_evidence, the tables from the program; both must be built: cargo build --release
--bins --example scan_evidence.
"""
import argparse, bisect, collections, json, os, re, subprocess, tempfile, zlib
import numpy as np
from rapidfuzz.distance import Levenshtein
from sklearn.ensemble import HistGradientBoostingClassifier

HERE = os.path.dirname(os.path.abspath(__file__))
WORDS = re.compile(r"\w+(?:['’\-]\w+)*|[^\w\s]")
AROUND = 3  # words on either side that a repair is judged with


def names():
    """The names of the evidence, as the program has them."""
    source = open(os.path.join(HERE, "../src/lexicon/weights.rs"), encoding="utf-8").read()
    at = source.index("impl OcrWeights")
    return re.findall(r'"(\w+)"', source[at : source.index("];", at)])


def half(case):
    """Which half of the pages a page belongs to."""
    return zlib.crc32(str(case).encode()) % 2


def lines(path, wanted=lambda case: True):
    with open(path, encoding="utf-8") as file:
        return [line for line in file if wanted(json.loads(line)["id"])]


def count(program, files, out, wanted=lambda case: True):
    """Counts the company of words in the wanted pages of files."""
    with tempfile.TemporaryDirectory() as folder:
        parts = []
        for path, always in files:
            parts.append(os.path.join(folder, os.path.basename(path)))
            with open(parts[-1], "w", encoding="utf-8") as part:
                part.writelines(lines(path, (lambda case: True) if always else wanted))
        subprocess.run([program, "train", "--company", *parts, "-o", out], check=True)


def evidence(program, path, company):
    tables = [os.path.join(HERE, "../dictionaries", name) for name in ("ocr.weights", "ocr.confusions", "model/ocr.trees")]
    out = subprocess.run([program, path, *tables, company], check=True, capture_output=True, text=True).stdout
    by_case = collections.defaultdict(list)
    for line in out.splitlines():
        e = json.loads(line)
        if e["f"][0] == 1:
            by_case[str(e["id"])].append(e)
    return by_case


def judged(program, path, company):
    """(evidence, words gained, case, start, end) of every reading that is judged."""
    out = []
    found = evidence(program, path, company)
    for line in open(path, encoding="utf-8"):
        case = json.loads(line)
        text, truth = case["ocr"], WORDS.findall(case["gt"])
        spans = [(m.start(), m.end(), m.group()) for m in WORDS.finditer(text)]
        source = [s[2] for s in spans]
        place = [0] * len(source) + [len(truth)]
        for op in Levenshtein.opcodes(source, truth):
            for k in range(op.src_start, op.src_end):
                place[k] = min(op.dest_end, op.dest_start + k - op.src_start)
        starts = [s[0] for s in spans]
        for e in found[str(case["id"])]:
            i = max(0, bisect.bisect_right(starts, e["s"]) - 1)
            while i < len(spans) and spans[i][1] <= e["s"]:
                i += 1
            j = i
            while j < len(spans) and spans[j][0] < e["e"]:
                j += 1
            a, b = max(0, i - AROUND), min(len(spans), j + AROUND)
            if a >= b or spans[a][0] > e["s"]:
                continue
            new = WORDS.findall(text[spans[a][0] : e["s"]] + e["r"] + text[e["e"] : spans[b - 1][1]])
            near = truth[place[a] : place[b]]
            gain = Levenshtein.distance(source[a:b], near) - Levenshtein.distance(new, near)
            out.append((e["f"], gain, case["id"], e["s"], e["e"]))
    return out


def made(held, sure, bar):
    """The readings that are made: the surest first, what meets one is beaten."""
    taken = collections.defaultdict(list)
    for i in np.argsort(-sure):
        if sure[i] < bar:
            return
        _, _, case, start, end = held[i]
        if not any(a < end and start < b for a, b in taken[case]):
            taken[case].append((start, end))
            yield i


def write(model, path, names):
    lines = ["# How sure a repair of scanned text is: src/lexicon/trees.rs has the format, benches/fit_ocr.py makes it."]
    lines.append(repr(float(model._baseline_prediction.ravel()[0])))
    for (tree,) in model._predictors:
        def walk(at):
            node = tree.nodes[at]
            if node["is_leaf"]:
                return [f"={node['value']:.4g}"]
            ask = f"{names[node['feature_idx'] + 1]}<{float(np.float32(node['num_threshold'])):.6g}"
            return [ask] + walk(node["left"]) + walk(node["right"])
        lines.append(" ".join(walk(0)))
    open(path, "w", encoding="utf-8").write("\n".join(lines) + "\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("--scans", nargs="+", required=True)
    parser.add_argument("--clean", nargs="+", default=[])
    parser.add_argument("--check", nargs="*", default=[])
    parser.add_argument("--program", default=os.path.join(HERE, "../target/release/examples/scan_evidence"))
    parser.add_argument("--ungarble", default=os.path.join(HERE, "../target/release/ungarble"))
    parser.add_argument("--company", required=True)
    parser.add_argument("--printed", nargs="*", default=[])
    args = parser.parse_args()
    files = [(path, False) for path in args.scans] + [(path, True) for path in args.printed]
    count(args.ungarble, files, args.company)
    scans, clean = [], []
    with tempfile.TemporaryDirectory() as folder:
        for side in (0, 1):
            table = os.path.join(folder, f"{side}.company")
            count(args.ungarble, files, table, lambda case: half(case) != side)
            for path in args.scans + args.clean:
                part = os.path.join(folder, "part.jsonl")
                with open(part, "w", encoding="utf-8") as file:
                    file.writelines(lines(path, lambda case: half(case) == side))
                if path in args.scans:
                    scans += judged(args.program, part, table)
                else:
                    clean += [e["f"] for es in evidence(args.program, part, table).values() for e in es]
    rows = np.array([x[0] for x in scans] + clean)[:, 1:]
    right = np.array([x[1] > 0 for x in scans] + [False] * len(clean))
    model = HistGradientBoostingClassifier(
        max_iter=300, learning_rate=0.06, max_leaf_nodes=31, min_samples_leaf=40, l2_regularization=1.0, max_features=0.4,
        random_state=1
    ).fit(rows, right, sample_weight=[1.0] * len(scans) + [2.0] * len(clean))
    write(model, args.out, names())
    print(f"{len(scans)} readings of scans, {len(clean)} of clean text -> {args.out}")
    for path in args.check:
        held = judged(args.program, path, args.company)
        sure = model.predict_proba(np.array([x[0] for x in held])[:, 1:])[:, 1]
        gain = np.array([x[1] for x in held])
        for bar in (0.4, 0.5, 0.6, 0.7):
            gains = gain[list(made(held, sure, bar))]
            print(f"{path} from {bar}: {len(gains)} made, {(gains > 0).mean():.3f} right, "
                  f"{gains.sum()} words gained, {(gains < 0).sum()} worse")


main()

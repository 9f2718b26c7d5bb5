#!/usr/bin/env python3
"""Measures scanned text: each set cleaned by the release program and scored by ../shared/tools/score.py.

usage: ocr.py [SET.jsonl...]   sets of {"id", "ocr", "gt"} lines, or {"id", "text"} for clean ones; default: the development sets
"""
import json, os, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
SHARED = os.path.join(HERE, "../../shared")
PROGRAM = os.environ.get("UNGARBLE", os.path.join(HERE, "../target/release/ungarble"))
SETS = ["hipe_icdar2017_dev", "hipe_overproof_combined_dev", "mibio", "acl_hertel"]


def main():
    sets = sys.argv[1:] or [os.path.join(SHARED, "data/ocr", name + ".jsonl") for name in SETS]
    for path in sets:
        first = json.loads(open(path, encoding="utf-8").readline())
        field = "ocr" if "ocr" in first else "text"
        start = time.time()
        out = subprocess.run([PROGRAM, "clean", "--field", field, "--only", "ocr,spacing", path],
                             check=True, capture_output=True, text=True).stdout
        seconds = time.time() - start
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as hyps:
            size = 0
            for line in out.splitlines():
                case = json.loads(line)
                size += len(case[field])
                hyps.write(json.dumps({"id": case["id"], "text": case[field]}) + "\n")
            hyps.flush()
            figures = subprocess.run([sys.executable, os.path.join(SHARED, "tools/score.py"), path, hyps.name],
                                     check=True, capture_output=True, text=True).stdout.strip()
        print(os.path.basename(path), figures, f"({size / seconds / 1e6:.2f} MB/s, {os.cpu_count()} threads at most)", flush=True)


main()

#!/usr/bin/env python3
"""Checks `diff --style sarif` against the schema of SARIF 2.1.0 (OASIS), as Microsoft's multitool carries it.

  npm install --prefix /tmp/sarif @microsoft/sarif-multitool && pip install jsonschema
  tests/sarif/validate.py /tmp/sarif/node_modules/@microsoft/sarif-multitool-linux/sarif-2.1.0.json [--bin target/release/ungarble]

Tried: the samples, edits and doubts; two files, one without changes; nothing but a clean file; a name with blanks and signs;
bytes that are not UTF-8. A log that lacks what the schema requires must fail, or nothing was checked.
"""
import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import jsonschema

ROOT = Path(__file__).resolve().parent.parent.parent


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("schema", type=Path)
    options.add_argument("--bin", default=ROOT / "target/release/ungarble", type=Path)
    options = options.parse_args()
    schema = json.loads(options.schema.read_text("utf-8-sig"))
    checker = jsonschema.validators.validator_for(schema)(schema)
    samples = ROOT / "samples"
    with tempfile.TemporaryDirectory() as folder:
        odd = Path(folder) / "a b#c%é?.txt"
        odd.write_bytes(b"They grew extra \xff fierce, and extra fierce.\r\n\xef\xbb\xbfextra fierce")
        rules = Path(folder) / "my.phrases"
        rules.write_text("extra fierce -> more fierce\n")
        results = 0
        for arguments in (["--doubts", samples], [samples / "spun-news.txt", samples / "clean-news.txt"],
                          [samples / "clean-news.txt"], ["--phrases", rules, odd]):
            command = [options.bin.resolve(), "diff", "--style", "sarif", *arguments]
            log = json.loads(subprocess.run(command, capture_output=True, check=False).stdout)
            errors = [f"{'/'.join(map(str, e.absolute_path))}: {e.message}" for e in checker.iter_errors(log)]
            if errors:
                sys.exit("\n".join([f"{command}:", *errors[:20]]))
            results += len(log["runs"][0]["results"])
        log["runs"][0]["results"][0].pop("message")
        if checker.is_valid(log):
            sys.exit("a result without a message passed: the schema checks nothing")
    print(f"{results} results, no errors")


main()

#!/usr/bin/env python3
"""Measures the repair of characters: cases, edits in clean text of many languages, damage by every chain, speed.

    benches/languages.py FOLDER                    clean text first, once (20 languages and more, from Debian packages)
    cargo build --release --example encoding
    benches/encoding.py FOLDER [--cases ../shared/data/mojibake]

Prints lines for RESULTS.md, and what failed to stderr. The damage is done to 60 lines of each of 28 languages; speed is
the best of five runs on one core.
"""

import argparse
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import common

LANGUAGES = "ar ca cs da de el es fi fr he hi hu it ja ko lt lv nl pl pt ro ru sv th tr uk vi zh_CN".split()
EXAMPLE = common.ROOT / "target" / "release" / "examples" / "encoding"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cases", type=Path, default=common.SHARED / "data" / "mojibake")
    parser.add_argument("--example", type=Path, default=EXAMPLE)
    args = parser.parse_args()

    def run(*parts: object) -> str:
        done = subprocess.run([args.example, *map(str, parts)], check=True, capture_output=True, text=True)
        *more, last = done.stdout.splitlines()
        print("\n".join(more), file=sys.stderr)
        print(f"{parts[0]}: {last}")
        return last

    cases = sorted(args.cases.glob("*.json"))
    if not cases:
        parser.error(f"no cases in {args.cases}: name their folder with --cases")
    for file in cases:
        run("cases", file)
    files = sorted(args.folder.glob("*.txt"))
    run("clean", *files)
    with tempfile.TemporaryDirectory() as folder:
        samples = []
        for language in LANGUAGES:
            lines = (args.folder / f"{language}.txt").read_text(encoding="utf-8").splitlines(keepends=True)
            fit = [line for line in lines if 20 < len(line) < 400 and not line.isascii()]
            random.Random(5).shuffle(fit)
            samples.append(Path(folder) / f"{language}.txt")
            samples[-1].write_text("".join(fit[:60]), encoding="utf-8")
        for rate in (1.0, 0.3):
            run("damage", rate, *samples)
        plain = "".join(c for c in (args.folder / "en.txt").read_text(encoding="utf-8") if c.isascii())
        ascii_file = Path(folder) / "ascii.txt"
        ascii_file.write_text(plain * 20, encoding="utf-8")
        misread = []
        for language in ("fr", "ru"):
            text = (args.folder / f"{language}.txt").read_text(encoding="utf-8")
            misread.append(Path(folder) / f"misread-{language}.txt")
            misread[-1].write_text(text.encode().decode("latin-1"), encoding="utf-8")
        for file in (ascii_file, *(args.folder / f"{name}.txt" for name in ("fr", "ru", "uk", "el", "ja")), *misread):
            run("speed", file)


if __name__ == "__main__":
    main()

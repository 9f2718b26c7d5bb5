#!/usr/bin/env python3
"""What diff costs beside clean: --mb megabytes of --text, as it is and garbled by `ungarble garble --kind news --rate 0.15`.

Every style is run in turn with clean, --rounds times, on the same core; the least time that the processor spent on each counts
(user and system: what else the machine does is not in it), and what is printed is its ratio to that of clean. apply is timed
too. Output goes to /dev/null.

usage: diff.py --text FILE[.zst] [--mb N] [--rounds N] [--core N] [--kind KIND] [--bin FILE]
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parent.parent
STYLES = ["words", "unified", "side-by-side", "json", "html", "lines", "sarif"]


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--text", required=True)
    options.add_argument("--mb", type=float, default=1.5)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--core", default="1")
    options.add_argument("--kind", choices=["garbled", "clean"], help="only this text")
    options.add_argument("--bin", default=ROOT / "target/release/ungarble")
    options = options.parse_args()
    opened = ["zstd", "-dcq", options.text] if options.text.endswith(".zst") else ["cat", options.text]
    with subprocess.Popen(opened, stdout=subprocess.PIPE) as source:
        text = source.stdout.read(int(options.mb * 1e6)).decode("utf-8", "ignore")
        source.kill()
    for kind in [options.kind] if options.kind else ["garbled", "clean"]:
        with tempfile.TemporaryDirectory() as folder:
            file, edits = Path(folder) / "text.txt", Path(folder) / "edits.json"
            file.write_text(text, "utf-8")
            if kind == "garbled":
                garble = [options.bin, "garble", "--kind", "news", "--rate", "0.15", "--seed", "1", file]
                file.write_bytes(subprocess.run(garble, stdout=subprocess.PIPE, check=True).stdout)
            run = ["taskset", "-c", options.core, options.bin]
            with open(edits, "wb") as out:
                subprocess.run([*run, "diff", "--style", "json", file], stdout=out)
            commands = {"clean": ["clean", file]}
            commands |= {style: ["diff", "--style", style, file] for style in STYLES}
            commands |= {"diff --stat": ["diff", "--stat", file], "apply": ["apply", edits, file]}
            best = dict.fromkeys(commands, float("inf"))
            for _ in range(options.rounds):
                for name, command in commands.items():
                    child = subprocess.Popen([*run, *command], stdout=subprocess.DEVNULL)
                    _, _, used = os.wait4(child.pid, 0)
                    child.returncode = 0
                    best[name] = min(best[name], used.ru_utime + used.ru_stime)
            found = json.loads(edits.read_text("utf-8"))
            print(f"{kind}: {file.stat().st_size / 1e6:.1f} MB, {len(found['edits'])} edits, {len(found['doubts'])} doubts; clean {best['clean']:.2f} s")
            for name in list(commands)[1:]:
                print(f"  {name:<13} {best[name] / best['clean']:.3f}")


main()

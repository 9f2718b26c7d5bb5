#!/usr/bin/env python3
"""Speed and memory on one core, against typos and codespell in the same run.

Four loads: clean text (paragraphs of all corpora in turn, --clean-mb megabytes) as one plain file and as JSON lines of
40 paragraphs; spun text (the garbled passages of --spun, five of a dialect to a document, repeated to --spun-mb
megabytes) as JSON lines and as one plain file; and one spun line, for the time to start. Every program runs on the same
core (taskset), output to /dev/null, in turn, --rounds times (--starts times on the line); the median counts. Peak
memory is the greatest resident set of any run on that load (this script's own, some 18 MB, is the least it can show).
MB are 10^6 bytes of input. Ratios are to typos.

usage: speed.py [--clean-mb N] [--spun-mb N] [--rounds N] [--starts N] [--core N] [--spun FILE]... [--corpus DIR]
                [--typos COMMAND] [--codespell COMMAND] [--bin FILE] [--keep DIR]
"""
import json
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

sys.dont_write_bytecode = True
from common import ROOT, SHARED, SPUN, Table, arguments, environment, note, rows, stop  # noqa: E402

LINE = "the de-escalation deal has been unravelling and the preventing rising extra fierce.\n"


def clean_paragraphs(corpus, size):
    """Paragraphs of all corpora in turn, 40 at a time from each, about `size` bytes. Unpacked as they are wanted: the
    memory of this process would count as that of the programs it starts."""
    files = sorted(corpus.glob("*.txt.zst"))
    if not files:
        stop(f"{corpus}: no *.txt.zst here")
    sources = [subprocess.Popen(["zstd", "-dcq", file], stdout=subprocess.PIPE) for file in files]
    made, left = 0, list(sources)
    while left and made < size:
        for source in list(left):
            block = [line for line in (source.stdout.readline() for _ in range(40)) if line.strip()]
            if not block:
                left.remove(source)
            elif made < size:
                made += sum(map(len, block))
                yield [line.decode("utf-8").rstrip("\n") for line in block]
    for source in sources:
        source.stdout.close()
        source.kill()
        source.wait()


def spun_documents(files, size):
    """Documents of five passages of a dialect, again and again, about `size` bytes."""
    dialects = defaultdict(list)
    for file in files:
        for case in rows(file):
            dialects[case["dialect"]].append(case["garbled"])
    documents = [texts[i:i + 5] for texts in dialects.values() for i in range(0, len(texts), 5)]
    made = 0
    while made < size:
        for document in documents:
            if made < size:
                made += sum(len(text.encode()) for text in document)
                yield document


def write(documents, plain, lines):
    """The same documents as one plain file and as JSON lines."""
    with open(plain, "w", encoding="utf-8") as text, open(lines, "w", encoding="utf-8") as objects:
        for i, paragraphs in enumerate(documents):
            body = "\n\n".join(paragraphs)
            text.write(body + "\n\n")
            objects.write(json.dumps({"id": i, "text": body}, ensure_ascii=False) + "\n")


def timed(command, core, good):
    """(wall seconds, processor seconds, MB of peak memory) of one run."""
    start = time.perf_counter()
    child = subprocess.Popen(["taskset", "-c", str(core), *command], stdout=subprocess.DEVNULL,
                             stderr=subprocess.PIPE, env=environment())
    said = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - start
    child.stderr.close()
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in good:
        stop(f"exit code {child.returncode} from: {shlex.join(command)}\n{said.decode(errors='replace')[-500:]}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6


def measure(programs, file, rounds, core, before=1):
    """{program: (median wall, median processor time, peak memory)}; the first run, which warms caches, has no time."""
    runs = defaultdict(list)
    for i in range(before + rounds):
        for name, (command, good) in programs.items():
            runs[name].append(timed([*command, str(file)], core, good))
    out = {}
    for name, all_ in runs.items():
        wall, processor, _ = map(statistics.median, zip(*all_[before:]))
        out[name] = (wall, processor, max(peak for _, _, peak in all_))
    return out


def programs(a):
    """{name: (command without the file, exit codes that are no failure)}; typos and codespell tell findings so."""
    if not a.bin.is_file():
        stop(f"{a.bin}: no such file; build it (cargo build --release) or name one with --bin")
    out = {"ungarble": ([str(a.bin), "clean", "--no-config", "--threads", "1"], {0})}
    options = {"typos": (["-j1", "--isolated", "--no-ignore", "--hidden", "--format", "brief"], {0, 2}),
               "codespell": ([], {0, 65})}
    for name, (more, good) in options.items():
        command = shlex.split(getattr(a, name))
        if shutil.which(command[0]):
            out[name] = ([*command, *more], good)
        else:
            note(f"{command[0]} is not here: no comparison with {name}")
    return out


def told(results, figure, unit, digits):
    """One figure of all programs, with ratios to typos."""
    base = figure(results["typos"]) if "typos" in results else None
    parts = []
    for name, result in results.items():
        value = figure(result)
        ratio = f" ({value / base:.2f} × typos)" if base and name != "typos" else ""
        parts.append(f"{name} {value:.{digits}f} {unit}{ratio}")
    return ", ".join(parts)


def main():
    parser = arguments(__doc__)
    home = Path.home() / ".cargo" / "bin" / "typos"
    parser.add_argument("--corpus", type=Path, default=SHARED / "corpus", help="clean text (default: %(default)s)")
    parser.add_argument("--spun", type=Path, action="append", metavar="FILE",
                        help="spun passages (default: dev.jsonl and ../validation/validation.jsonl, where it is)")
    parser.add_argument("--clean-mb", type=float, default=50, help="megabytes of clean text (default: %(default)s)")
    parser.add_argument("--spun-mb", type=float, default=5, help="megabytes of spun text (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="runs on each load (default: %(default)s)")
    parser.add_argument("--starts", type=int, default=30, help="runs on one line (default: %(default)s)")
    parser.add_argument("--core", type=int, default=min(1, os.cpu_count() - 1), help="the core (default: %(default)s)")
    parser.add_argument("--typos", default=str(home) if home.is_file() else "typos", help="default: %(default)s")
    parser.add_argument("--codespell", default=f"{sys.executable} -m codespell_lib", help="default: %(default)s")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the files made in this folder")
    a = parser.parse_args()
    spun = a.spun or [p for p in (SPUN / "dev.jsonl", ROOT.parent / "validation" / "validation.jsonl") if p.is_file()]
    table, all_programs = Table(a.commit), programs(a)
    with tempfile.TemporaryDirectory() as folder:
        folder = a.keep or Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        loads = []
        for name, documents in [("clean", clean_paragraphs(a.corpus, a.clean_mb * 1e6)),
                                ("spun", spun_documents(spun, a.spun_mb * 1e6))]:
            plain, lines = folder / f"{name}.txt", folder / f"{name}.jsonl"
            write(documents, plain, lines)
            loads += [(f"{name} text, one plain file", plain), (f"{name} text, JSON lines", lines)]
        for name, file in loads:
            size = file.stat().st_size / 1e6
            results = measure(all_programs, file, a.rounds, a.core)
            name = f"{name} of {size:.0f} MB"
            table.line(f"{name}: " + told(results, lambda r: size / r[0], "MB/s", 1))
            table.line(f"{name}, by processor time: " + told(results, lambda r: size / r[1], "MB/s", 1))
            table.line(f"{name}, peak memory: " + told(results, lambda r: r[2], "MB", 0))
        one = folder / "line.txt"
        one.write_text(LINE, encoding="utf-8")
        results = measure(all_programs, one, a.starts, a.core)
        table.line(f"start-up on one line, median of {a.starts}: " + told(results, lambda r: 1e3 * r[0], "ms", 1))
        table.line("start-up on one line, peak memory: " + told(results, lambda r: r[2], "MB", 0))


main()

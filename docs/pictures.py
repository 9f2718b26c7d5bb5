#!/usr/bin/env python3
"""Makes the pictures of docs/: what the program shows on a terminal as SVG, the review page as PNG.

usage: docs/pictures.py [--bin FILE] [--no-page]

The page needs what tests/browser/page.mjs needs (node, playwright-core on NODE_PATH, Chromium); --no-page leaves its pictures as
they are. Run from anywhere; the same program makes the same pictures.
"""
import argparse
import os
import pty
import re
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from fcntl import ioctl
from html import escape
from pathlib import Path
from termios import TIOCSWINSZ

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "pictures"
CHARACTER, ROW, EDGE, COLUMNS = 8.43, 20, 18, 112
CLASSES = {"1": "b", "2": "f", "31": "r", "32": "g", "33": "y", "36": "c"}
STYLE = (
    'text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#e6e1d8}'
    ".b{font-weight:bold}.f{fill:#a39d92}.r{fill:#ff9d94}.g{fill:#8fe0a6}.y{fill:#f0cf7a}.c{fill:#8fc7ff}.p{fill:#a39d92}"
)


def wrapped(row):
    """A row as a terminal of so many columns breaks it."""
    out, at = [[]], 0
    for style, part in row:
        while part:
            piece, part = part[:COLUMNS - at], part[COLUMNS - at:]
            out[-1].append((style, piece))
            at += len(piece)
            if part:
                out.append([])
                at = 0
    return out


def picture(name, command, text):
    """Draws text with its colours below the command that prints it."""
    rows = [[("p", f"$ {command}")]] if command else []
    for line in text.rstrip("\n").split("\n"):
        row, style = [], ""
        for part in re.split("(\x1b\\[[0-9;]*m)", line):
            code = re.fullmatch("\x1b\\[([0-9;]*)m", part)
            if code:
                style = CLASSES.get(code[1], "")
            elif part:
                row.append((style, part))
        rows.append(row)
    rows = [part for row in rows for part in wrapped(row)]
    columns = max(sum(len(part) for _, part in row) for row in rows)
    width, height = columns * CHARACTER + 2 * EDGE, len(rows) * ROW + 2 * EDGE - 6
    title = escape(f"{command or name}, as a terminal shows it")
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height}" viewBox="0 0 {width:.0f} {height}" role="img" '
        f'aria-label="{title}">\n<title>{title}</title>\n<style>{STYLE}</style>\n'
        f'<rect width="{width:.0f}" height="{height}" rx="8" fill="#1d1f22"/>'
    ]
    for i, row in enumerate(rows):
        at = 0
        for style, part in row:
            x, y, wide = EDGE + at * CHARACTER, EDGE + i * ROW + 10, len(part) * CHARACTER
            kind = f' class="{style}"' if style else ""
            if part.strip():
                out.append(
                    f'<text{kind} x="{x:.1f}" y="{y}" textLength="{wide:.1f}" xml:space="preserve">{escape(part)}</text>'
                )
            at += len(part)
    (OUT / f"{name}.svg").write_text("\n".join(out) + "\n</svg>\n", "utf-8")


def shown(binary, command):
    """What a command prints; its first word is the program."""
    pipe = command.replace("ungarble", f"{binary} --color always", 1)
    return subprocess.run(["sh", "-c", pipe], capture_output=True, text=True).stdout


def review(binary, arguments, keys, size=(24, 80)):
    """The screen of a review after some keys."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(binary, [str(binary), "review", *arguments], {"TERM": "xterm", "PATH": os.environ["PATH"]})
    ioctl(terminal, TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
    output = ""

    def read():
        nonlocal output
        until = time.monotonic() + 0.5
        while (left := until - time.monotonic()) > 0:
            if select.select([terminal], [], [], left)[0]:
                output += os.read(terminal, 65536).decode()

    while "\x1b[3J" not in output:
        read()
    for key in keys:
        os.write(terminal, key.encode())
        read()
    os.write(terminal, b"q")
    os.waitpid(pid, 0)
    return output.rsplit("\x1b[3J", 1)[-1].replace("\r", "")


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--bin", default=ROOT / "target/release/ungarble", type=Path)
    options.add_argument("--no-page", action="store_true")
    options = options.parse_args()
    binary = options.bin.resolve()
    if not binary.exists():
        sys.exit(f"{binary} is not there: cargo build --release, or --bin")
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for sample in ("spun-news.txt", "tortured-science.txt", "clean-news.txt"):
            shutil.copy(ROOT / "samples" / sample, sample)
        for name, command in {
            "words": "ungarble diff --width 100 spun-news.txt | head -n 15",
            "doubts": "ungarble diff --width 100 --doubts tortured-science.txt | head -n 10",
            "side-by-side": "ungarble diff --style side-by-side --width 110 spun-news.txt | head -n 16",
            "unified": "ungarble diff --style unified --context 1 spun-news.txt | cut -c 1-110 | head -n 9",
            "lines": "ungarble diff --style lines spun-news.txt | head -n 5",
            "stat": "ungarble diff --stat spun-news.txt tortured-science.txt | head -n 12",
            "explain": "echo 'the preventing rising extra fierce' | ungarble explain --lattice --path",
        }.items():
            picture(name, command, shown(binary, command))
        picture("review", "ungarble review spun-news.txt", review(binary, ["spun-news.txt"], "arass"))
        if not options.no_page:
            shots = Path(folder) / "shots"
            shots.mkdir()
            page = ["node", ROOT / "tests/browser/page.mjs", "--must", "--bin", binary, "--shots", shots]
            subprocess.run(page, check=True)
            for shot in ("page-desktop-light", "page-sides-dark", "page-phone-light"):
                shutil.copy(shots / f"{shot}.png", OUT / f"{shot}.png")
        os.chdir(ROOT)
    print("\n".join(sorted(f"{path.name} {path.stat().st_size}" for path in OUT.iterdir())))


main()

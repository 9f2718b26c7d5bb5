#!/usr/bin/env python3
"""Drives `ungarble review` through a pseudo-terminal: each key, what is on the screen, what is on the disk afterwards.

usage: drive.py UNGARBLE     works in an empty folder that it makes and takes away
"""
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import time
from fcntl import ioctl
from pathlib import Path
from termios import TIOCSWINSZ

BINARY = Path(sys.argv[1]).resolve()
RULES = "extra fierce -> more fierce\ngreen ticket -> boarding pass\n"
TEXT = "\n\n".join([
    "The wind grew extra fierce. Nobody had a green ticket.",
    "A sea that is extra fierce is no place for a boat.",
    "Show the green ticket. It was extra fierce then.",
]) + "\n"
PAIRS = {"extra": "more", "green ticket": "boarding pass"}
FOUND = re.findall("extra(?= fierce)|green ticket", TEXT)


class Review:
    """A review in a terminal of 80 columns and 24 lines."""

    def __init__(self, *arguments, colour=False, size=(24, 80)):
        self.size = size
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            environment = {"TERM": "xterm", "PATH": os.environ["PATH"]} | ({} if colour else {"NO_COLOR": "1"})
            command = [str(BINARY), "review", "--phrases", "rules.phrases", "--no-config", *arguments]
            os.execve(BINARY, command, environment)
        ioctl(self.terminal, TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
        self.output = ""

    def read(self, until, seconds=60):
        """Reads on until the last screen matches."""
        end = time.monotonic() + seconds
        while not re.search(until, self.screen(), re.S):
            if not select.select([self.terminal], [], [], max(0, end - time.monotonic()))[0]:
                raise AssertionError(f"no {until!r} on the screen:\n{self.screen()}")
            try:
                data = os.read(self.terminal, 65536)
            except OSError:
                data = b""
            if not data:
                raise AssertionError(f"ended without {until!r}:\n{self.output}")
            self.output += data.decode()
        return self.screen()

    def screen(self):
        return self.output.rsplit("\x1b[3J", 1)[-1]

    def press(self, keys, until):
        """Presses keys and reads on until the screen that comes of them matches."""
        drawn = self.output.count("\x1b[3J")
        os.write(self.terminal, keys.encode())
        end = time.monotonic() + 60
        while self.output.count("\x1b[3J") == drawn and time.monotonic() < end:
            self.read("" if self.output else ".", 60)
            ready = select.select([self.terminal], [], [], 0.05)[0]
            if ready:
                self.output += os.read(self.terminal, 65536).decode()
        return self.read(until)

    def end(self, keys="", status=0):
        """Presses keys that end it, and gives all that it said since."""
        os.write(self.terminal, keys.encode())
        before = len(self.output)
        while True:
            try:
                data = os.read(self.terminal, 65536)
            except OSError:
                break
            if not data:
                break
            self.output += data.decode()
        _, code = os.waitpid(self.pid, 0)
        assert os.waitstatus_to_exitcode(code) == status, (code, self.output)
        return self.output[before:]

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.terminal)


def journal():
    return [json.loads(line) for line in Path("ungarble-review.jsonl").read_text().splitlines()]


def apply(*arguments):
    return subprocess.run([BINARY, "apply", *arguments], capture_output=True, text=True, check=True)


def expected(*decided):
    """The text with these decisions about the changes in turn: True, False, or other words."""
    out, at = "", 0
    for match, decision in zip(re.finditer("extra(?= fierce)|green ticket", TEXT), decided):
        new = PAIRS[match.group()] if decision is True else match.group() if decision is False else decision
        out, at = out + TEXT[at:match.start()] + new, match.end()
    return out + TEXT[at:]


def test_each_key():
    review = Review("a.txt")
    screen = review.read(f"1/{len(FOUND)}.*quit")
    rows = screen.split("\r\n")
    assert len(rows) <= 24 and all(len(row) <= 80 for row in rows), screen
    assert "\x1b[" not in screen, "colour was switched off"
    assert "a.txt:1" in rows[0] and "The wind grew [-extra-]{+more+} fierce." in screen, screen
    review.press("a", r"2/5.*1 of 5 decided \(1 accepted, 0 rejected\)")
    review.press("r", "3/5.*1 rejected")
    review.press("u", r"2/5.*\(1 accepted, 0 rejected\)")
    review.press("s", "3/5")
    review.press(" ", "4/5")
    review.press("b", "3/5")
    review.press("\x1b[D", "2/5")
    review.press("?", "Any key goes back")
    review.press("x", "2/5")
    review.press("x", "what the keys do")
    os.write(review.terminal, b"e")
    review.read("> boarding pass$")
    review.press("\x7f" * len("boarding pass") + "golden ticket é\r", "3/5.*2 accepted")
    os.write(review.terminal, b"e")
    review.read("> more$")
    review.press("\x1b", "3/5.*2 accepted")
    review.press("C", r"5 of 5 decided \(2 accepted, 3 rejected\)")
    review.press("u", "2 of 5 decided")
    review.press("c", r"5 of 5 decided \(5 accepted, 0 rejected\)")
    review.press("u", "2 of 5 decided")
    said = review.end("q")
    assert "ungarble apply -w ungarble-review.jsonl" in said and "2 of 5 decided" in said, said
    assert Path("a.txt").read_text() == TEXT
    apply("-w", "ungarble-review.jsonl")
    assert Path("a.txt").read_text() == expected(True, "golden ticket é", False, False, False)


def test_a_killed_session_loses_nothing():
    review = Review("a.txt")
    review.read("1/5")
    for key, until in [("a", "2/5"), ("r", "3/5"), ("a", "4/5.*3 of 5 decided")]:
        review.press(key, until)
    review.kill()
    # As if the power had gone in the midst of a line.
    with open("ungarble-review.jsonl", "a") as file:
        file.write('{"file":"a.txt","sour')
    review = Review("a.txt")
    review.read(r"4/5.*3 of 5 decided \(2 accepted, 1 rejected\)")
    review.press("r", "5/5")
    # A terminal that goes away.
    os.close(review.terminal)
    os.waitpid(review.pid, 0)
    review = Review("a.txt")
    review.read(r"5/5.*4 of 5 decided \(2 accepted, 2 rejected\)")
    said = review.end("w")
    assert "a.txt: 2 changes" in said, said
    assert Path("a.txt").read_text() == expected(True, False, True, False, False)
    assert len(journal()) == 4


def test_always_and_never_hold_everywhere():
    Path("b.txt").write_text("It was extra fierce. And extra fierce again, with a green ticket.\n")
    review = Review("a.txt", "b.txt")
    review.read("1/8")
    review.press("A", r"2/8.*5 changes decided|5 of 8 decided")
    review.press("N", r"8 of 8 decided \(5 accepted, 3 rejected\)")
    assert "extra -> more" in Path("ungarble-always.phrases").read_text()
    review.press("u", "5 of 8 decided")
    assert "green" not in Path("ungarble-never.phrases").read_text()
    review.press("N", "8 of 8 decided")
    review.end("q")
    # Another file, another day: what was said holds.
    Path("c.txt").write_text("How extra fierce! A green ticket, a green ticket.\n")
    Path("ungarble-review.jsonl").unlink()
    review = Review("c.txt")
    review.read("1 of 1 decided|3 of 3 decided")
    said = review.end("w")
    assert Path("c.txt").read_text() == "How more fierce! A green ticket, a green ticket.\n", said
    # The tables are those of the other commands.
    tables = ["--phrases", "ungarble-always.phrases", "--without", "ungarble-never.phrases"]
    clean = subprocess.run([BINARY, "clean", *tables, "b.txt"], capture_output=True, text=True, check=True).stdout
    assert clean == "It was more fierce. And more fierce again, with a green ticket.\n", clean


def test_other_readings():
    Path("rules.phrases").write_text("green ticket -> red book | blue book\nextra fierce -> more fierce\n")
    Path("a.txt").write_text("Nobody had a green ticket.\n")
    review = Review("a.txt")
    screen = review.read("1/1.*or: 1 ")
    first, other = re.search(r"\{\+(.*?)\+\}", screen)[1], re.search(r"or: 1 (\w+ \w+) 0", screen)[1]
    assert {first, other} == {"red book", "blue book"}, screen
    review.press("2", "what the keys do|or: 1")
    review.press("1", "ACCEPTED.*1 of 1 decided")
    review.end("w")
    assert Path("a.txt").read_text() == f"Nobody had a {other}.\n"


def test_order_colour_and_a_small_screen():
    review = Review("--order", "unsure", "a.txt", colour=True, size=(14, 40))
    screen = review.read("1/5.*what they do")
    plain = re.sub("\x1b\\[[0-9;]*m", "", screen)
    rows = plain.split("\r\n")
    assert "\x1b[31m" in screen and len(rows) <= 14 and all(len(row) <= 40 for row in rows), screen
    review.end("q")


def test_without_a_terminal():
    done = subprocess.run([BINARY, "review", "a.txt"], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 2 and "needs a terminal" in done.stderr and "ungarble apply" in done.stderr, done


def test_nothing_to_do():
    Path("a.txt").write_text("The door is open.\n")
    review = Review("a.txt")
    assert "nothing to change" in review.end()
    assert not Path("ungarble-review.jsonl").exists()


def test_json_lines():
    lines = ['{"id": 1, "text": "They grew extra fierce.\\n\\u00e9"}', "", '{"text": "Nothing is wrong here."}',
             '{"text": "The wind was extra fierce, and they had a green ticket."}']
    source = "\r\n".join(lines)
    Path("docs.jsonl").write_text(source, newline="")
    review = Review("docs.jsonl")
    screen = review.read("1/3")
    assert "docs.jsonl:1:1" in screen and "They grew [-extra-]{+more+} fierce." in screen, screen
    review.press("a", "2/3")
    review.kill()
    review = Review("docs.jsonl")
    assert "docs.jsonl:4:1" in review.read("2/3.*1 of 3 decided")
    review.press("r", "3/3")
    review.press("a", "3 of 3 decided")
    kept = {record["file"] for record in journal()}
    assert kept == {"docs.jsonl:1", "docs.jsonl:4"}, kept
    applied = apply("ungarble-review.jsonl", "docs.jsonl").stdout
    assert "docs.jsonl: 2 changes" in review.end("w")
    decided = source.replace("extra", "more", 1).replace("green ticket", "boarding pass")
    assert Path("docs.jsonl").read_bytes() == decided.encode()
    assert applied.replace("\r\n", "\n") == decided.replace("\r\n", "\n")


def test_other_encodings():
    text = "The caf\u00e9 grew extra fierce.\r\nNobody had a green ticket, d\u00e9j\u00e0 vu."
    decided = text.replace("extra", "more")
    for arguments, written in (((), "utf-8"), (("--output-encoding", "same"), "cp1252")):
        Path("old.txt").write_bytes(text.encode("cp1252"))
        Path("ungarble-review.jsonl").unlink(missing_ok=True)
        review = Review(*arguments, "old.txt")
        assert "The caf\u00e9 grew [-extra-]{+more+} fierce." in review.read("1/2")
        review.press("a", "2/2")
        review.kill()
        review = Review(*arguments, "old.txt")
        review.read("2/2.*1 of 2 decided")
        review.press("r", "2 of 2 decided")
        applied = subprocess.run([BINARY, "apply", *arguments, "ungarble-review.jsonl"], capture_output=True, check=True)
        assert applied.stdout == decided.encode(written), applied
        assert "windows-1252" in review.end("w")
        assert Path("old.txt").read_bytes() == decided.encode(written)


def test_markup_is_decided_once_for_all_places():
    words = "They grew extra fierce".split()
    line = "<Word><TextEquiv><Unicode>{0}</Unicode></TextEquiv></Word>"
    page = ("<PcGts><Page><TextRegion><TextLine>" + "".join(map(line.format, words))
            + f"<TextEquiv><Unicode>{' '.join(words)}</Unicode></TextEquiv></TextLine></TextRegion></Page></PcGts>\n")
    Path("page.xml").write_text(page)
    review = Review("page.xml")
    screen = review.read("1/1")
    assert "They grew [-extra-]{+more+} fierce" in screen and "Unicode" not in screen, screen
    review.press("a", "1 of 1 decided")
    review.end("w")
    assert Path("page.xml").read_text() == page.replace("extra", "more")


def test_a_file_that_changes_meanwhile_is_left_alone():
    review = Review("a.txt")
    review.read("1/5")
    review.press("a", "2/5")
    Path("a.txt").write_text("By night. " + TEXT)
    said = review.end("w", status=2)
    assert "a.txt: has changed since it was scanned" in said, said
    assert Path("a.txt").read_text() == "By night. " + TEXT
    command = re.search("`ungarble (apply --fuzzy -w .*?)`", said)[1].split()
    apply(*command[1:])
    assert Path("a.txt").read_text() == "By night. " + expected(True, False, False, False, False)


SCAN = ("<html>\n<body>\n<p>Fire et Bort Ellery hotel forces 140 gue<i>8tR</i> into the street.</p>\n"
        "<p>He took the otber kcys to tbe ofiice.</p></body></html>\n")


def test_a_word_over_tags_takes_another_reading():
    Path("web.html").write_text(SCAN)
    review = Review("web.html")
    screen = review.read("1/")
    while "  gue8tR -> " not in screen:
        screen = review.press("s", "[0-9]+/[0-9]+.*quit")
    assert "web.html:3" in screen, screen
    proposed, other = re.search(r"gue8tR -> (\w+)", screen)[1], re.search(r"or: 1 (\w+) 0", screen)[1]
    assert other != proposed and "<i>" not in screen, screen
    os.write(review.terminal, b"e")
    review.read("written in several parts")
    review.press("x", "gue8tR ->")
    review.press("1", r"\(1 accepted")
    review.kill()
    review = Review("web.html")
    review.read("1 of [0-9]+ decided")
    while "  gue8tR -> " not in review.screen():
        review.press("b", "[0-9]+/[0-9]+.*quit")
    assert f"gue8tR -> {other} " in review.screen() and "ACCEPTED" in review.screen(), review.screen()
    review.end("w")
    assert Path("web.html").read_text() == SCAN.replace("8tR", other[3:])


def test_doubts_of_markup():
    Path("web.html").write_text(SCAN)
    review = Review("--doubts", "web.html")
    screen = review.read("1/.*quit")
    while "a doubt" not in screen:
        screen = review.press("s", "[0-9]+/[0-9]+.*quit")
    old, new = re.search(r"  (.+?) -> (.+?)   ", screen).groups()
    assert SCAN.count(f" {old} ") == 1 and f"[?{old}?]{{?{new}?}}" in screen, screen
    review.press("a", r"\(1 accepted")
    review.end("w")
    assert Path("web.html").read_text() == SCAN.replace(f" {old} ", f" {new} ")


for name, test in list(globals().items()):
    if name.startswith("test_"):
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            Path("rules.phrases").write_text(RULES)
            Path("a.txt").write_text(TEXT)
            test()
            os.chdir("/")
        print(f"ok {name}")

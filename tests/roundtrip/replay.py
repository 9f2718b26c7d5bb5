#!/usr/bin/env python3
"""Makes the edits of JSON documents by itself, and says where that is not what the program made.

usage: replay.py FOLDER     cases there: NAME.old, NAME.json, NAME.new

Shares no code with the program: what it reads is what anybody would read. Bytes, characters, lines and columns are each
tried alone, and so is the hash.
"""
import hashlib
import json
import sys
from pathlib import Path


def by_bytes(source, edits):
    out, at = [], 0
    for edit in edits:
        out += [source[at:edit["start"]], edit["replacement"].encode()]
        at = edit["end"]
    return b"".join(out + [source[at:]])


def by_chars(text, edits):
    out, at = [], 0
    for edit in edits:
        assert text[edit["start_char"]:edit["end_char"]] == edit["garbled"], edit
        out += [text[at:edit["start_char"]], edit["replacement"]]
        at = edit["end_char"]
    return "".join(out + [text[at:]])


def check(old, document, new):
    edits = document["edits"]
    assert document["source"] == {"bytes": len(old), "sha256": hashlib.sha256(old).hexdigest()}
    assert by_bytes(old, edits) == new, "bytes"
    try:
        text = old.decode()
    except UnicodeDecodeError:
        return
    assert by_chars(text, edits) == new.decode(), "characters"
    lines = text.split("\n")
    for edit in edits + document["doubts"]:
        rest = "\n".join([lines[edit["line"] - 1][edit["column"] - 1:]] + lines[edit["line"]:])
        assert rest.startswith(edit["garbled"] + edit["after"]), edit
        at = edit["start_char"]
        assert text[:at].endswith(edit["before"]), edit


def main():
    folder, count = Path(sys.argv[1]), 0
    for case in sorted(folder.glob("*.json")):
        old, new = (case.with_suffix(end).read_bytes() for end in (".old", ".new"))
        try:
            check(old, json.loads(case.read_text("utf-8")), new)
        except AssertionError as error:
            sys.exit(f"{case.name}: {error}")
        count += 1
    print(count)


main()

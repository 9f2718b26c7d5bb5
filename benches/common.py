"""What the measuring scripts share: paths, running ungarble, score.py, lines for RESULTS.md. Not a script itself."""
import argparse
import datetime
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
SPUN = SHARED / "data" / "spun"
BINARY = ROOT / "target" / "release" / "ungarble"

signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `| head` is no failure


def stop(message):
    """Says what is wrong and ends with exit code 2."""
    print(f"{Path(sys.argv[0]).name}: {message}", file=sys.stderr)
    sys.exit(2)


def arguments(doc):
    """A parser with the options that all scripts take; the docstring is the help, with the usage as its last part."""
    about, usage = doc.split("\nusage: ")
    parser = argparse.ArgumentParser(description=about, usage=usage.strip(),
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=Path, default=BINARY, help="the program (default: %(default)s)")
    parser.add_argument("--score", type=Path, default=SHARED / "tools" / "score.py",
                        help="the scorer (default: %(default)s)")
    parser.add_argument("--commit", help="what to write in the column `commit` (default: asked of git)")
    return parser


def read(path):
    """All bytes of a file, unpacked by the zstd command where the name ends in .zst."""
    path = Path(path)
    try:
        if path.suffix != ".zst":
            return path.read_bytes()
        if not path.is_file():
            stop(f"{path}: no such file")
        return subprocess.run(["zstd", "-dcq", path], stdout=subprocess.PIPE, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        stop(f"{path}: {error}")


def lines(path):
    """The lines of a text file."""
    return read(path).decode("utf-8").splitlines()


def rows(path):
    """The objects of a JSON lines file."""
    # split("\n"), for a string may hold a U+2028, which splitlines would cut at
    return [json.loads(line) for line in read(path).decode("utf-8").split("\n") if line.strip()]


def write_rows(path, objects):
    """Writes JSON lines."""
    with open(path, "w", encoding="utf-8") as file:
        for each in objects:
            file.write(json.dumps(each, ensure_ascii=False) + "\n")


def environment():
    """The environment without settings of ungarble, so that only the command line decides."""
    return {name: value for name, value in os.environ.items() if not name.startswith("UNGARBLE_")}


def run(binary, *options):
    """What ungarble prints."""
    command = [str(binary), *map(str, options), "--no-config"]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, env=environment())
    except OSError as error:
        stop(f"{binary}: {error.strerror}; build it (cargo build --release) or name one with --bin")
    if done.returncode != 0:
        stop(f"exit code {done.returncode} from: {shlex.join(command)}")
    return done.stdout.decode("utf-8")


def apply(text, edits, start="start", end="end", new="restored"):
    """The text with edits (in code points, disjoint) made."""
    out, at = [], 0
    for edit in sorted(edits, key=lambda e: (e[start], e[end])):
        out += [text[at:edit[start]], edit[new]]
        at = edit[end]
    return "".join(out) + text[at:]


def clean(binary, texts, *options):
    """Cleans texts ({id: text}): {id: (cleaned text, edits)}. The two must tell the same story."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "in.jsonl"
        write_rows(file, ({"id": name, "garbled": text} for name, text in texts.items()))
        out = run(binary, "clean", "--as", "jsonl", "--field", "garbled", "--edits-field", "edits", *options, file)
    cleaned = map(json.loads, out.rstrip("\n").split("\n"))
    done = {row["id"]: (row["garbled"], row.get("edits", [])) for row in cleaned}
    if list(done) != list(texts):
        stop(f"{len(texts)} lines in, {len(done)} lines out, or in another order")
    for name, (text, edits) in done.items():
        if apply(texts[name], edits, "start_char", "end_char", "replacement") != text:
            stop(f"{name}: the edits do not make the text that was printed")
    return done


def score(scorer, cases, texts, by=None):
    """What score.py says of these texts ({id: text}): {group: {figure: value}}; the group of all is ALL."""
    with tempfile.TemporaryDirectory() as folder:
        gold, hyps = Path(folder) / "cases.jsonl", Path(folder) / "hyps.jsonl"
        write_rows(gold, cases)
        write_rows(hyps, ({"id": name, "text": text} for name, text in texts.items()))
        command = [sys.executable, str(scorer), str(gold), str(hyps), "--json", *(["--by", by] if by else [])]
        done = subprocess.run(command, stdout=subprocess.PIPE)
    if done.returncode != 0:
        stop(f"exit code {done.returncode} from: {shlex.join(command)}")
    return json.loads(done.stdout)


def scorer_functions(scorer):
    """`words` and `align` of score.py, which runs as soon as it is imported and so is read without its last line."""
    source = re.sub(r"(?m)^main\(\)\s*$", "", Path(scorer).read_text(encoding="utf-8"))
    names = {"__name__": "score"}
    exec(compile(source, str(scorer), "exec"), names)
    return names["words"], names["align"]


def told(figures):
    """Figures of score.py as one phrase."""
    f = figures
    if "precision" not in f:
        return (f"{f['edits']} edits in {f['words']:,} words and marks, {f['edits_per_10k']:.2f} per 10,000; "
                f"{f['changed_docs']} of {f['docs']} texts changed")
    return (f"precision {f['precision']:.4f}, recall {f['recall']:.4f}, F0.5 {f['f05']:.4f}, touched {f['touched']:.4f}, "
            f"WER cut {f['wer_cut']:.4f}, harm {f['harm_per_1k']:.2f} per 1,000 "
            f"({f['gold']} wanted, {f['got']} made, {f['docs']} texts)")


class Table:
    """Prints lines for RESULTS.md: `| date | commit | command | figure |`."""

    def __init__(self, commit=None):
        arguments = [word if word.startswith("-") else shorter(word) for word in sys.argv[1:]]
        self.command = shlex.join([f"benches/{Path(sys.argv[0]).name}", *arguments])
        self.commit = commit or self.asked()

    @staticmethod
    def asked():
        """The commit, with a + where the working tree differs from it."""
        command = ["git", "-C", str(ROOT), "--no-optional-locks", "describe", "--always", "--dirty=+", "--exclude=*"]
        try:
            return subprocess.run(command, capture_output=True, text=True).stdout.strip() or "?"
        except OSError:
            return "?"

    def line(self, figure):
        """One figure."""
        cells = [datetime.date.today().isoformat(), self.commit, f"`{self.command}`", figure]
        print("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |", flush=True)

    def groups(self, name, scores):
        """The figures of all, then those of each group."""
        for group in sorted(scores, key=lambda g: (g != "ALL", g)):
            self.line(f"{name}, {'all' if group == 'ALL' else group}: {told(scores[group])}")


def shorter(word):
    """A path below the project or beside it, relative to the project."""
    if not word.startswith("/"):
        return word
    path = os.path.relpath(word, ROOT)
    return word if path.startswith("../../") else path


def note(text):
    """Talk, on stderr."""
    print(text, file=sys.stderr, flush=True)

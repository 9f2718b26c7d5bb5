#!/usr/bin/env python3
"""Harm: edits in clean English that the model was not trained on, nearly three million words of several genres.

The texts: the two held-out news corpora in documents of 40 paragraphs; the truth of the OCR sets (books of Project
Gutenberg, newspapers and books of the 17th to 20th century, a work on birds, research papers, modern scans); the human
references of earnings calls and of podcasts. Lines, pages and segments of one document are put together. Learners'
texts are left out, and tess.jsonl, whose sources are in the training corpus; so are the documents of seen.txt, which
share more than a tenth of their word sequences with it. Apart, and not in the sum, stand the passages with trap words
(a third of them is in the training corpus) and the project's own keep corpus (its tests forbid edits there).

A word is a word of score.py, marks not counted; an edit is one of the program's. The last figure of a line is what
score.py says of the same (its words include marks). Every edit is written to a file, with five words on either side.

--find-overlap looks for every fifth sequence of nine words of each document in the training corpora (two minutes),
prints the share found by genre, and writes the names of documents with more than a tenth to a file, as seen.txt is.

usage: harm.py [--words N] [--genre NAME]... [--leave-out FILE] [--out FILE] [--data DIR] [--corpus DIR] [--bin FILE]
       harm.py --find-overlap FILE
"""
import re
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

sys.dont_write_bytecode = True
from common import ROOT, SHARED, Table, arguments, clean, lines, note, rows, score, scorer_functions  # noqa: E402


def grouped(objects, field, name, between):
    """Documents of the pieces that `name` gives the same name, put together in their order."""
    documents = defaultdict(list)
    for each in objects:
        documents[name(each)].append(each[field].strip())
    return {key: between.join(pieces) for key, pieces in documents.items()}


def paragraphs(path, size=40):
    """Documents of so many lines."""
    all_lines = lines(path)
    starts = range(0, len(all_lines), size)
    return {f"{path.name.split('.')[0]}-{i // size}": "\n\n".join(all_lines[i:i + size]) for i in starts}


def without_piece(row):
    """The id without the number of the piece at its end."""
    return re.sub(r"-\d+$", "", row["id"])


def genres(data, corpus, keep):
    """Pairs of a genre and its {document: text}."""
    ocr, talk = data / "ocr", data / "transcripts"
    papers = [row for row in rows(ocr / "acl_hertel.jsonl") if len(row["gt"].split()) >= 20]
    old = [row for name in ("dev", "train") for row in rows(ocr / f"hipe_icdar2017_{name}.jsonl")]
    papers_old = [row for kind in ("overproof_combined", "impresso_snippets") for name in ("dev", "train")
                  for row in rows(ocr / f"hipe_{kind}_{name}.jsonl")]
    birds = [dict(row, id=f"mibio-{i // 10}") for i, row in enumerate(rows(ocr / "mibio.jsonl"))]
    books = rows(ocr / "hathi_gutenberg.jsonl.zst")
    yield "news", paragraphs(corpus / "heldout_newstest2015_2017.txt.zst")
    yield "news, mixed", paragraphs(corpus / "heldout_news_mixed.txt.zst")
    yield "books (Gutenberg)", grouped(books, "gt", lambda row: f"hathi-{row['volume']}", "\n\n")
    yield "press and books, 17th-19th c.", grouped(old, "gt", without_piece, "\n")
    yield "newspapers, 19th-20th c.", grouped(papers_old, "gt", lambda row: row["id"], "\n")
    yield "natural history", grouped(birds, "gt", lambda row: row["id"], "\n\n")
    yield "research papers", grouped(papers, "gt", lambda row: row["source"], "\n\n")
    yield "modern scans", grouped(rows(ocr / "modern_scans.jsonl"), "gt", lambda row: row["id"], "\n")
    calls = rows(talk / "earnings21_rev_kaldi.jsonl.zst")
    yield "earnings calls", grouped(calls, "ref", without_piece, "\n")
    yield "podcasts", grouped(rows(talk / "verbatim2clean_rev16.jsonl.zst"), "ref", without_piece, "\n")
    yield "trap words", grouped(rows(data / "spun" / "clean.jsonl"), "text", lambda row: row["id"], "\n")
    if keep.is_dir():
        yield "keep corpus", {file.stem: "\n".join(lines(file)) for file in sorted(keep.glob("*.txt"))}


APART = {"trap words", "keep corpus"}


def sampled(documents, count, limit):
    """Documents spread evenly over the genre, with about `limit` words."""
    if not limit:
        return documents
    total = sum(map(count, documents.values()))
    step = max(1.0, total / limit)
    names = list(documents)
    return {names[int(i * step)]: documents[names[int(i * step)]] for i in range(int((len(names) - 1) / step) + 1)}


def overlap(chosen, corpus, size=9, step=5):
    """{(genre, document): (sequences looked for, sequences found in the training corpora)}"""
    word = re.compile(r"[a-z]+")
    wanted, counts = defaultdict(list), {}
    for genre, documents in chosen:
        for name, text in documents.items():
            found = word.findall(text.lower())
            starts = range(0, max(0, len(found) - size), step)
            counts[genre, name] = [len(starts), 0]
            for i in starts:
                wanted[hash(tuple(found[i:i + size]))].append((genre, name))
    for path in sorted(corpus.glob("*.txt.zst")):
        if path.name.startswith("heldout"):
            continue
        note(path.name)
        with subprocess.Popen(["zstd", "-dcq", path], stdout=subprocess.PIPE) as unpacked:
            for line in unpacked.stdout:
                found = word.findall(line.decode("utf-8", "replace").lower())
                for i in range(len(found) - size):
                    for place in wanted.pop(hash(tuple(found[i:i + size])), ()):
                        counts[place][1] += 1
    return counts


def find_overlap(chosen, corpus, out, most=0.1):
    """Prints shares and writes the documents that are best left out."""
    counts = overlap(chosen, corpus)
    by_genre = defaultdict(lambda: [0, 0, 0])
    with open(out, "w", encoding="utf-8") as file:
        for (genre, name), (all_, found) in counts.items():
            seen = all_ > 0 and found / all_ > most
            file.write(f"{name}\n" if seen and genre not in APART else "")
            for i, n in enumerate((all_, found, seen)):
                by_genre[genre][i] += n
    for genre, (all_, found, seen) in by_genre.items():
        print(f"{genre}: {found / max(1, all_):.4f} of {all_:,} sequences found; {seen} documents above {most}")


def context(text, edit, size=5):
    """Five words before, [garbled -> replacement], five words after."""
    before = text[max(0, edit["start_char"] - 400):edit["start_char"]].split()[-size:]
    after = text[edit["end_char"]:edit["end_char"] + 400].split()[:size]
    garbled = " ".join(edit["garbled"].split())
    return " ".join([*before, f"[{garbled} -> {edit['replacement']}]", *after])


def main():
    parser = arguments(__doc__)
    parser.add_argument("--data", type=Path, default=SHARED / "data", help="data sets (default: %(default)s)")
    parser.add_argument("--corpus", type=Path, default=SHARED / "corpus", help="corpora (default: %(default)s)")
    parser.add_argument("--keep", type=Path, default=ROOT / "tests" / "keep",
                        help="keep corpus (default: %(default)s)")
    parser.add_argument("--genre", action="append", help="only this genre; may be given several times")
    parser.add_argument("--words", type=int, metavar="N", help="about so many words of each genre")
    parser.add_argument("--leave-out", type=Path, metavar="FILE", default=Path(__file__).resolve().parent / "seen.txt",
                        help="names of documents to leave out (default: %(default)s)")
    parser.add_argument("--out", type=Path, default=ROOT / "target" / "harm.tsv",
                        help="every edit (default: %(default)s)")
    parser.add_argument("--find-overlap", type=Path, metavar="FILE", help="write names of documents the model has seen")
    parser.add_argument("option", nargs="*", help="more options of `ungarble clean`, after --")
    a = parser.parse_args()
    if a.find_overlap:
        return find_overlap(genres(a.data, a.corpus, a.keep), a.corpus, a.find_overlap)
    table = Table(a.commit)
    words, _ = scorer_functions(a.score)
    left_out = set(lines(a.leave_out))
    count = lambda text: sum(word[0].isalnum() or word[0] == "_" for word in words(text))  # noqa: E731
    sums, rules = Counter(), Counter()
    a.out.parent.mkdir(parents=True, exist_ok=True)
    with open(a.out, "w", encoding="utf-8") as out:
        out.write("genre\tdocument\tconfidence\tedit in its place\treason\n")
        for genre, documents in genres(a.data, a.corpus, a.keep):
            documents = {name: text for name, text in documents.items() if name not in left_out and text}
            if a.genre and genre not in a.genre or not documents:
                continue
            documents = sampled(documents, count, a.words)
            done = clean(a.bin, documents, *a.option)
            for name, (_, made) in done.items():
                for edit in made:
                    place = context(documents[name], edit)
                    fields = [genre, name, str(edit["confidence"]), place, edit["reason"]]
                    out.write("\t".join(" ".join(field.split()) for field in fields) + "\n")
                    rules[edit["reason"]] += 1
            cases = [{"id": name, "text": text} for name, text in documents.items()]
            scored = score(a.score, cases, {name: text for name, (text, _) in done.items()})["ALL"]
            figures = Counter(words=sum(map(count, documents.values())), docs=len(documents),
                              edits=sum(len(made) for _, made in done.values()),
                              changed=sum(bool(made) for _, made in done.values()),
                              marks=scored["words"], scored=scored["edits"])
            apart = "not in the sum, " if genre in APART else ""
            tell(table, f"{apart}{genre}", figures)
            sums += figures if genre not in APART else Counter()
    if not a.genre:
        tell(table, "all", sums)
    for reason, times in rules.most_common(20):
        note(f"{times:6} {reason}")
    note(f"every edit: {a.out}")


def tell(table, name, f):
    """One line of figures."""
    table.line(f"clean text, {name}: {f['words']:,} words, {f['edits']} edits, {1e4 * f['edits'] / f['words']:.2f} per "
               f"10,000 ({f['changed']} of {f['docs']} documents changed; score.py: {1e4 * f['scored'] / f['marks']:.2f})")


main()

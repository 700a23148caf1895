"""What to annotate next: ``python -m annotation.queue POOL... [--labelled FILE.jsonl] [--size N] [--out FILE.jsonl]``.

POOL is anything that the extractor reads: files, folders and tables of unlabelled articles. The queue comes best first:
articles that the model is unsure of, unlike what is annotated already and each other, with labels that the corpus holds
few of; a few articles without figures stay in it on purpose. Each carries its reasons in its metadata, under ``queue``.
The pool is streamed, and what was measured is kept in --measures: a run that was stopped goes on where it was.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np
from rich import box
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text
from transformers.utils import logging

from annotation.measures import NAMES, Batcher, Measures, Store, checksum, measure
from annotation.selection import Choice, Labelled, Selection, select, twins
from tolltrace import jsonlines
from tolltrace.documents import AnnotatedDocument, Document, DocumentError
from tolltrace.model import loading
from tolltrace.model.predictor import Predictor
from tolltrace.reading import InputError, read_inputs
from tolltrace.writing.partial import written_whole
from tolltrace.writing.rows import safe
from tolltrace.writing.tabular import write_csv
from tolltrace.writing.words import one_line

T = TypeVar("T")
KEY = "queue"
NAMED = 10
UNREADABLE, LABELLED = "unreadable", "labelled already"
LIKE_LABELLED, LIKE_CHOSEN = "nearly the same as a labelled one", "nearly the same as a chosen one"
NO_FIGURES, LESS = "no figures to annotate", "less to offer than the chosen ones"


@dataclass(frozen=True, slots=True)
class Left:
    """An article that is not in the queue, and why."""

    article: str
    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Queue:
    """The choices, best first, as rows of ``pool``; and all that was left out."""

    pool: Measures
    choices: tuple[Choice, ...]
    left: tuple[Left, ...]


class QueueError(ValueError):
    """A queue that cannot be made; the message says why and what to do."""


def labelled_from(documents: Sequence[AnnotatedDocument], measures: Measures) -> Labelled:
    """What annotated documents hold, and where they stand among the encoder's states."""
    counts = np.zeros(len(NAMES))
    for annotated in documents:
        for name in (*(span.label for span in annotated.spans), *(link.label for link in annotated.links)):
            counts[NAMES.index(name)] += 1
    return Labelled(measures.ids, measures.vectors, measures.sketches, counts)


def measured(predictor: Predictor, store: Store, documents: Iterable[Document]) -> Measures:
    """Measures of all documents, from the store where it has them. No more texts are held than make a batch."""
    wanted: list[tuple[str, int]] = []
    batcher = Batcher()
    for document in documents:
        wanted.append((document.id, checksum(document.text)))
        if document not in store:
            for batch in batcher.add(document):
                store.add(measure(predictor, batch))
    for batch in batcher.rest():
        store.add(measure(predictor, batch))
    return store.gather(wanted)


def counted(items: Iterable[T], what: str, console: Console) -> Iterator[T]:
    """The items, their number shown as they pass."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(what, total=None)
        for item in items:
            yield item
            progress.advance(task)


def unlabelled(items: Iterable[Document | InputError], labelled: set[str], left: list[Left]) -> Iterator[Document]:
    """The documents that can be annotated; the others are added to ``left``."""
    for item in items:
        if isinstance(item, InputError):
            left.append(Left(item.document_id or item.place, UNREADABLE, str(item)))
        elif item.id in labelled:
            left.append(Left(item.id, LABELLED))
        else:
            yield item


def build(
    predictor: Predictor,
    store: Store,
    pool: Iterable[Document | InputError],
    corpus: Sequence[AnnotatedDocument],
    size: int,
    seed: int,
    console: Console,
) -> Queue:
    """The queue of a pool, given what is labelled."""
    texts = counted((annotated.document for annotated in corpus), "labelled articles", console)
    known = labelled_from(corpus, measured(predictor, store, texts))
    left: list[Left] = []
    articles = unlabelled(counted(pool, "articles of the pool", console), set(known.ids), left)
    measures = measured(predictor, store, articles)
    like = twins(measures.sketches, known)
    left += [Left(measures.ids[row], LIKE_LABELLED, name) for row, name in like.items()]
    measures = measures.take([row for row in range(len(measures)) if row not in like])
    selection = select(measures, known, size, seed=seed)
    return Queue(measures, selection.choices, (*left, *_not_chosen(measures, selection)))


def _not_chosen(pool: Measures, selection: Selection) -> Iterator[Left]:
    """What selection left out, by name."""
    chosen, quiet = {choice.row for choice in selection.choices}, set(selection.quiet)
    for row, name in enumerate(pool.ids):
        if row in selection.alike:
            yield Left(name, LIKE_CHOSEN, pool.ids[selection.alike[row]])
        elif row in quiet:
            yield Left(name, NO_FIGURES, f"chance of its likeliest figure {pool.figure[row]:.2f}")
        elif row not in chosen:
            yield Left(name, LESS)


def fetch(queue: Queue, pool: Iterable[Document | InputError], version: str) -> list[Document]:
    """The chosen articles, best first, with their reasons in their metadata, from a second reading of the pool.

    Raises :class:`QueueError` where one is no longer as it was measured.
    """
    wanted = {queue.pool.ids[c.row]: (place, c) for place, c in enumerate(queue.choices, 1)}
    found: dict[int, Document] = {}
    for item in pool:
        if len(found) == len(wanted):
            break
        if isinstance(item, Document) and item.id in wanted:
            place, choice = wanted[item.id]
            if checksum(item.text) != int(queue.pool.checksums[choice.row]):
                raise QueueError(f"article {item.id!r} changed while the queue was made: run it again")
            found[place] = replace(item, metadata={**item.metadata, KEY: reasons(choice, place, version)})
    if missing := [name for name, (place, _) in wanted.items() if place not in found]:
        raise QueueError(f"these articles went away while the queue was made: {', '.join(missing)}; run it again")
    return [found[place] for place in sorted(found)]


def reasons(choice: Choice, place: int, version: str) -> dict[str, object]:
    """What an article carries of why it was chosen."""
    return {
        "place": place,
        "why": "drawn from the articles without figures" if choice.quiet else "ranked",
        "corrections_per_100_words": round(choice.uncertainty, 1),
        "novelty": round(choice.novelty, 2),
        "rarity": round(choice.rarity, 2),
        "rare_expected": choice.rare,
        "model": version,
    }


def table(queue: Queue) -> Table:
    """The queue for people. Ids come from strangers' files and are shown as plain text."""
    result = Table(title="what to annotate next", title_justify="left", box=box.SIMPLE_HEAD)
    result.add_column("", justify="right")
    result.add_column("article", overflow="fold")
    for heading in ("words", "corrections on 100 words", "novelty", "rarity"):
        result.add_column(heading, justify="right")
    result.add_column("rare labels expected", overflow="fold")
    for place, c in enumerate(queue.choices, 1):
        numbers = (f"{queue.pool.words[c.row]:,}", f"{c.uncertainty:.1f}", f"{c.novelty:.2f}", f"{c.rarity:.2f}")
        rare = "no figures: drawn by chance" if c.quiet else ", ".join(f"{n:g} {name}" for name, n in c.rare.items())
        result.add_row(str(place), Text(one_line(queue.pool.ids[c.row])), *numbers, rare)
    return result


def summary(queue: Queue) -> str:
    """How many were chosen and left out, and why."""
    words = sum(int(queue.pool.words[choice.row]) for choice in queue.choices)
    reasons_left = Counter(left.reason for left in queue.left)
    rest = "; ".join(f"{number:,} {reason}" for reason, number in reasons_left.most_common())
    return f"{len(queue.choices):,} articles chosen, {words:,} words; left out: {rest or 'none'}"


def write(path: Path, documents: Iterable[Document]) -> None:
    """JSON lines without annotations: articles to annotate. The file appears whole or not at all."""
    with written_whole(path) as partial, open(partial, "w", encoding="utf-8", newline="\n") as out:
        for d in documents:
            out.write(jsonlines.dumps({"id": d.id, "text": d.text, "metadata": dict(d.metadata)}) + "\n")


def push(path: Path, project: str, model: str | None, blind: bool) -> int:
    """Send the written queue, with the model's annotation unless ``blind``. Returns the exit status of pushing."""
    from annotation import push

    return push.main([str(path), "--project", project, *(["--blind"] if blind else ["--model", model or "default"])])


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m annotation.queue", description=__doc__)
    parser.add_argument("pool", nargs="+", help="files, folders or globs of unlabelled articles")
    parser.add_argument("--labelled", nargs="*", default=["data/corpus.jsonl"], metavar="FILE.jsonl")
    parser.add_argument("--size", type=int, default=100, help="how many articles (default: 100)")
    parser.add_argument("--model", help="folder or hub name (default: the packaged model)")
    parser.add_argument("--out", type=Path, metavar="FILE.jsonl", help="write the articles with their reasons")
    parser.add_argument("--left-out", type=Path, metavar="FILE.csv", help="write what was left out, and why, by name")
    parser.add_argument("--push", metavar="PROJECT", help="then send --out to this project of Label Studio")
    parser.add_argument("--blind", action="store_true", help="with --push: without the model's annotation")
    parser.add_argument("--seed", type=int, default=1, help="draws the articles without figures (default: 1)")
    parser.add_argument("--measures", type=Path, default=Path("runs/queue"), help="where measured articles are kept")
    parser.add_argument("--text-column", default="text")
    parser.add_argument("--id-column", default="id")
    arguments = parser.parse_args()
    if arguments.size < 1:
        parser.error(f"--size must be at least 1, not {arguments.size}")
    if arguments.push and not arguments.out:
        parser.error("--push sends the file of the queue: give --out")
    if "-" in arguments.pool:
        parser.error("the pool is read twice, so that it cannot be standard input: name a file")
    logging.disable_progress_bar()
    console = Console(stderr=True)

    def pool() -> Iterator[Document | InputError]:
        return read_inputs(arguments.pool, arguments.text_column, arguments.id_column)

    try:
        corpus = [annotated for path in arguments.labelled for annotated in jsonlines.read(path)]
        predictor = Predictor(loading.load(arguments.model))
        store = Store(arguments.measures, predictor)
        queue = build(predictor, store, pool(), corpus, arguments.size, arguments.seed, console)
        documents = fetch(queue, pool(), predictor.version)
    except (QueueError, DocumentError, loading.ModelError, OSError) as error:
        raise SystemExit(f"python -m annotation.queue: {error}") from error
    _name_unreadable(queue.left, console)
    Console(width=None if sys.stdout.isatty() else 140).print(table(queue))
    print(summary(queue))
    if arguments.left_out:
        rows = ([safe(left.article), left.reason, safe(left.detail)] for left in queue.left)
        write_csv(arguments.left_out, ("article", "reason", "detail"), rows)
    if arguments.out:
        write(arguments.out, documents)
        print(f"written to {arguments.out}")
    if arguments.push and documents:
        return push(arguments.out, arguments.push, arguments.model, arguments.blind)
    return 0 if documents else 1


def _name_unreadable(left: Sequence[Left], console: Console) -> None:
    details = [item.detail for item in left if item.reason == UNREADABLE]
    for detail in details[:NAMED]:
        console.print(Text(one_line(detail)))
    if len(details) > NAMED:
        console.print(f"and {len(details) - NAMED} more: --left-out names them")


if __name__ == "__main__":
    sys.exit(main())

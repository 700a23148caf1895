"""The command ``tolltrace``; ``scripts/extract.py`` is its ``extract`` from a clone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tolltrace import __version__

if TYPE_CHECKING:
    from tolltrace.claims import Claim
    from tolltrace.documents import Document
    from tolltrace.writing import ResultFiles

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Sourced casualty claims from news on armed conflict.",
)


@app.callback()
def common() -> None:
    """Sourced casualty claims from news on armed conflict."""


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


@app.command()
def extract(
    inputs: Annotated[
        list[str],
        typer.Argument(help="Files, folders, globs, or - for standard input: txt, html, jsonl, csv, parquet."),
    ],
    out: Annotated[Path, typer.Option(help="Folder for the results.")],
    model: Annotated[
        str | None, typer.Option(help="A model's folder or hub name; without it the packaged one.")
    ] = None,
    device: Annotated[str | None, typer.Option(help="cpu, cuda or mps; without it the best there is.")] = None,
    text_column: Annotated[str, typer.Option(help="Name of the text in tables and JSON lines.")] = "text",
    id_column: Annotated[str, typer.Option(help="Name of the id in tables and JSON lines.")] = "id",
    show: Annotated[int, typer.Option(help="How many claims the table on the terminal shows.")] = 40,
) -> None:
    """Read articles, find the casualty claims in them, and write claims and annotations to a folder."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
    from transformers.utils import logging

    from tolltrace.model.loading import ModelError
    from tolltrace.pipeline import Extractor
    from tolltrace.writing import ResultFiles, claims_table

    logging.disable_progress_bar()
    console = Console(stderr=True)
    try:
        extractor = Extractor.from_pretrained(model, device=device)
    except (ModelError, OSError) as error:
        raise typer.BadParameter(str(error), param_hint="--model") from error
    except (RuntimeError, AssertionError) as error:  # PyTorch's ways to say that it has no such device
        raise typer.BadParameter(str(error), param_hint="--device") from error
    shown: list[Claim] = []
    columns = (SpinnerColumn(), TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress, ResultFiles(out, extractor.predictor.version) as files:
        task = progress.add_task("articles read", total=None)
        for result in extractor.extract(_documents(inputs, text_column, id_column, files)):
            files.add(result)
            progress.advance(task)
            shown += [claim for claim in result.claims if claim.repeat_of is None][: max(show - len(shown), 0)]
    summary = files.summary
    if shown:
        screen = Console()
        screen.print(claims_table(shown), width=None if screen.is_terminal else 120)
    if summary.claims > len(shown):
        typer.echo(f"… and {summary.claims - len(shown):,} more claims in {out / 'claims.csv'}")
    typer.echo(f"{summary}\nwritten to {out}")
    if not summary.documents:
        raise typer.Exit(1)


@app.command()
def show(
    documents: Annotated[Path, typer.Argument(help="A documents.jsonl of a run, or any file of annotated documents.")],
    ids: Annotated[list[str] | None, typer.Argument(help="Ids of the documents; without them all.")] = None,
) -> None:
    """Print annotated articles with their spans highlighted."""
    from rich.console import Console
    from rich.text import Text

    from tolltrace import jsonlines
    from tolltrace.documents import DocumentError
    from tolltrace.writing.highlight import highlighted, legend
    from tolltrace.writing.words import one_line

    console = Console()
    console.print(legend())
    missing = set(ids or ())
    try:
        for annotated in jsonlines.read(documents):
            if not ids or annotated.id in ids:
                missing.discard(annotated.id)
                console.rule(Text(one_line(annotated.id)))
                console.print(highlighted(annotated))
    except (DocumentError, OSError) as error:
        raise typer.BadParameter(str(error), param_hint="documents") from error
    if missing:
        raise typer.BadParameter(f"{documents} holds no document {', '.join(sorted(missing))}", param_hint="ids")


def _documents(inputs: list[str], text_column: str, id_column: str, files: ResultFiles) -> Iterator[Document]:
    from tolltrace.reading import InputError, read_inputs

    for item in read_inputs(inputs, text_column=text_column, id_column=id_column):
        if isinstance(item, InputError):
            files.add_error(item)
        else:
            yield item


def main() -> None:
    app()

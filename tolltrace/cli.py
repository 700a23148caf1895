"""The command ``tolltrace``; ``scripts/extract.py`` is its ``extract`` from a clone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tolltrace import __version__

if TYPE_CHECKING:
    from rich.console import Console

    from tolltrace.claims import Claim
    from tolltrace.documents import Document
    from tolltrace.events.review import Decision
    from tolltrace.reconcile import Articles, Reconciled
    from tolltrace.resolving.resolve import Resolver
    from tolltrace.writing import ResultFiles

FormatOption = Annotated[
    list[str] | None,
    typer.Option(help="Of the events: jsonl, csv, parquet, geojson, ged, duckdb, html; or none. Without it all."),
]
VagueOption = Annotated[
    str, typer.Option(help='What "dozens" and the like count as in the GED file: tolltrace or acled.')
]
NamesOption = Annotated[Path | None, typer.Option(help="A table of parties and sources instead of the packaged one.")]
PlacesOption = Annotated[
    list[Path] | None, typer.Option(help="More places; a row with the id of a packaged one replaces it.")
]
ReviewOption = Annotated[
    Path | None, typer.Option(help="A file of decisions; without it review.csv in the results' folder, if it is there.")
]
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
    format: FormatOption = None,
    vague: VagueOption = "tolltrace",
    names: NamesOption = None,
    places: PlacesOption = None,
    review: ReviewOption = None,
) -> None:
    """Read articles, find the casualty claims in them and the events they tell of, and write all to a folder."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
    from transformers.utils import logging

    from tolltrace.model.loading import ModelError
    from tolltrace.pipeline import Extractor
    from tolltrace.reconcile import Articles
    from tolltrace.writing import ResultFiles, claims_table
    from tolltrace.writing.outputs import write_claims

    logging.disable_progress_bar()
    console = Console(stderr=True)
    formats = _formats(format)
    resolver = _resolver(names, places)
    decisions = _decisions(review, out)
    try:
        extractor = Extractor.from_pretrained(model, device=device, resolver=resolver)
    except (ModelError, OSError) as error:
        raise typer.BadParameter(str(error), param_hint="--model") from error
    except (RuntimeError, AssertionError) as error:  # PyTorch's ways to say that it has no such device
        raise typer.BadParameter(str(error), param_hint="--device") from error
    shown: list[Claim] = []
    articles = Articles()
    columns = (SpinnerColumn(), TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress, ResultFiles(out, extractor.predictor.version) as files:
        task = progress.add_task("articles read", total=None)
        for result in extractor.extract(_documents(inputs, text_column, id_column, files)):
            files.add(result)
            if formats:
                articles.add(result.annotated, result.claims)
            progress.advance(task)
            shown += [claim for claim in result.claims if claim.repeat_of is None][: max(show - len(shown), 0)]
    summary = files.summary
    if shown:
        screen = Console()
        screen.print(claims_table(shown), width=None if screen.is_terminal else 120)
    if summary.claims > len(shown):
        typer.echo(f"… and {summary.claims - len(shown):,} more claims in {out / 'claims.csv'}")
    typer.echo(str(summary))
    if formats:
        made = _write_events(articles, resolver, out, formats, vague, decisions, console)
        if decisions:
            write_claims(out, made)
    typer.echo(f"written to {out}")
    if not summary.documents:
        raise typer.Exit(1)


@app.command()
def reconcile(
    runs: Annotated[list[Path], typer.Argument(help="Folders that extract or reconcile wrote.")],
    out: Annotated[Path | None, typer.Option(help="Folder for the results; of one run its own without it.")] = None,
    format: FormatOption = None,
    vague: VagueOption = "tolltrace",
    names: NamesOption = None,
    places: PlacesOption = None,
    review: ReviewOption = None,
) -> None:
    """Make the events of one or several runs again, without a model: after editing names, places or the review."""
    from rich.console import Console

    from tolltrace import jsonlines
    from tolltrace.documents import DocumentError
    from tolltrace.reconcile import read_runs
    from tolltrace.writing.outputs import write_claims

    if out is None and len(runs) > 1:
        raise typer.BadParameter("several runs need a folder of their own for the results", param_hint="--out")
    out = out or runs[0]
    console = Console(stderr=True)
    resolver = _resolver(names, places)
    decisions = _decisions(review, out)
    try:
        with console.status("articles"):
            articles = read_runs(runs, resolver)
    except (DocumentError, OSError) as error:
        raise typer.BadParameter(str(error), param_hint="runs") from error
    out.mkdir(parents=True, exist_ok=True)
    made = _write_events(articles, resolver, out, _formats(format), vague, decisions, console)
    write_claims(out, made)
    jsonlines.write(out / "documents.jsonl", made.documents.values())
    typer.echo(f"written to {out}")


@app.command()
def explain(
    event: Annotated[str, typer.Argument(help="The id of an event.")],
    results: Annotated[Path, typer.Option(help="The folder that holds its events.jsonl.")] = Path("out"),
) -> None:
    """Print why the claims of an event were joined, and what may be the same event."""
    import json

    from tolltrace.events.explain import explain as lines_of
    from tolltrace.writing.words import one_line

    try:
        with open(results / "events.jsonl", encoding="utf-8") as lines:
            found = next((value for line in lines if (value := json.loads(line))["id"] == event), None)
    except OSError as error:
        raise typer.BadParameter(str(error), param_hint="--results") from error
    if found is None:
        raise typer.BadParameter(f"{results / 'events.jsonl'} holds no event {event}", param_hint="event")
    for line in lines_of(found):
        indent = len(line) - len(line.lstrip(" "))
        typer.echo(" " * indent + one_line(line))


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


def _formats(names: list[str] | None) -> list[str]:
    from tolltrace.writing.outputs import FORMATS

    wanted = [name for given in names or FORMATS for name in given.split(",")]
    if wanted == ["none"]:
        return []
    if unknown := [name for name in wanted if name not in FORMATS]:
        raise typer.BadParameter(f"{unknown[0]!r} is none of {', '.join(FORMATS)}, none", param_hint="--format")
    return wanted


def _resolver(names: Path | None, places: list[Path] | None) -> Resolver:
    from tolltrace.resolving.gazetteer import GazetteerError
    from tolltrace.resolving.names import NamesError
    from tolltrace.resolving.resolve import Resolver

    try:
        return Resolver.load(names, places or ())
    except NamesError as error:
        raise typer.BadParameter(str(error), param_hint="--names") from error
    except GazetteerError as error:
        raise typer.BadParameter(str(error), param_hint="--places") from error


def _decisions(review: Path | None, out: Path) -> list[Decision]:
    from tolltrace.events.review import ReviewError, read_decisions

    path = review or out / "review.csv"
    if review is None and not path.exists():
        return []
    try:
        return read_decisions(path)
    except (ReviewError, OSError) as error:
        raise typer.BadParameter(str(error), param_hint="--review") from error


def _write_events(
    articles: Articles,
    resolver: Resolver,
    out: Path,
    formats: list[str],
    vague: str,
    decisions: list[Decision],
    console: Console,
) -> Reconciled:
    from tolltrace.reconcile import earlier_events, reconcile
    from tolltrace.writing.outputs import Options, write_events
    from tolltrace.writing.vague import as_vague

    try:
        options = Options(resolver.places, as_vague(vague))
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--vague") from error
    with console.status("events"):
        made = reconcile(articles, resolver.known_as, decisions, earlier_events(out / "events.jsonl"))
        write_events(out, made, options, formats)
    typer.echo(f"{len(made.events):,} events, {len(made.tallies):,} tallies")
    if decisions:
        typer.echo(f"{len(decisions) - len(made.unfit):,} of {len(decisions):,} decisions applied")
    for unfit in made.unfit:
        typer.echo(f"  line {unfit.decision.line}: {unfit.decision.decision} no longer fits: {unfit.why}")
    return made


def _documents(inputs: list[str], text_column: str, id_column: str, files: ResultFiles) -> Iterator[Document]:
    from tolltrace.reading import InputError, read_inputs

    for item in read_inputs(inputs, text_column=text_column, id_column=id_column):
        if isinstance(item, InputError):
            files.add_error(item)
        else:
            yield item


def main() -> None:
    app()

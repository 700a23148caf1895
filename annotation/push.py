"""Send articles to a Label Studio project: ``python -m annotation.push INPUT... --project TITLE``.

INPUT is what ``tolltrace extract`` reads: files, folders and globs of txt, html, jsonl, csv, parquet. Annotations in it
are not sent: gold must not lead annotators. The server and the key come from LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY.
Started again after an interruption it goes on: no article and no prediction is sent twice.

Exit status: 0 all is there; 1 something was set aside, and told; 2 an error; 3 the server went away: start it again.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from annotation import instructions, labelling_config
from annotation.label_studio.delivery import Patience
from annotation.label_studio.projects import is_blind, open_project
from annotation.label_studio.sending import CHUNK, Annotator, Item, Refusal, SendReport, send
from annotation.label_studio.studio import Project, Studio, StudioError, StudioGone, connect
from annotation.versions import FileVersions, ModelVersions
from tolltrace.documents import DocumentError
from tolltrace.reading import InputError, read_inputs
from tolltrace.writing.words import one_line

SHOWN = 40


def arguments_of(given: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m annotation.push", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("inputs", nargs="+", metavar="INPUT")
    parser.add_argument("--project", required=True, metavar="TITLE", help="title or id; made if there is none")
    parser.add_argument("--url", help="the server, instead of LABEL_STUDIO_URL")
    versions = parser.add_mutually_exclusive_group()
    versions.add_argument("--model", help="add predictions of this model: a folder, a hub name, or default")
    versions.add_argument("--predictions", type=Path, metavar="FILE", help="add predictions from annotated JSON lines")
    parser.add_argument("--version", metavar="NAME", help="how the predictions of the file are called")
    versions.add_argument("--blind", action="store_true", help="a project without predictions, for agreement sets")
    parser.add_argument("--only-predictions", action="store_true", help="add predictions, but no articles")
    parser.add_argument("--overlap", type=int, metavar="N", help="how many annotators get each article")
    parser.add_argument("--shuffled", action="store_true", help="hand articles out by chance, not in their order")
    parser.add_argument("--replace-changed", action="store_true", help="send changed texts anew, if not annotated yet")
    parser.add_argument("--text-column", default="text", help="name of the text in tables and JSON lines")
    parser.add_argument("--id-column", default="id", help="name of the id in tables and JSON lines")
    parser.add_argument("--device", help="cpu, cuda or mps for the model")
    parser.add_argument("--chunk", type=int, default=CHUNK, help=f"articles a call (default {CHUNK})")
    parser.add_argument("--wait", type=float, default=60, metavar="SECONDS", help="for a server that goes away (60)")
    parser.add_argument("--report", type=Path, metavar="FILE", help="JSON lines of all that was set aside")
    arguments = parser.parse_args(given)
    if arguments.overlap is not None and arguments.overlap < 1:
        parser.error("--overlap must be at least 1")
    if arguments.chunk < 1:
        parser.error("--chunk must be at least 1")
    if arguments.version and not arguments.predictions:
        parser.error("--version names the predictions of a file: give --predictions")
    if arguments.only_predictions and not (arguments.model or arguments.predictions):
        parser.error("--only-predictions needs --model or --predictions")
    if arguments.only_predictions and arguments.replace_changed:
        parser.error("--only-predictions sends no articles, and --replace-changed does")
    return arguments


def main(given: Sequence[str] | None = None) -> int:
    arguments = arguments_of(given)
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        annotator = annotator_of(arguments)
        studio = connect(arguments.url)
        project, done = open_project(
            studio,
            arguments.project,
            labelling_config.build(),
            blind=arguments.blind,
            overlap=arguments.overlap,
            shuffled=arguments.shuffled or None,
            instructions=instructions.html(),
        )
        if annotator and is_blind(project):
            raise StudioError(f"project {project.title!r} is blind: it takes no predictions. Choose another title")
    except (StudioError, ValueError, OSError) as error:  # ValueError: a model or a file that is none
        console.print(f"error: {error}", markup=False)
        return 2
    for line in done:
        console.print(line, markup=False)
    unread: list[InputError] = []
    try:
        report = _push(studio, project, arguments, annotator, unread, console)
        if annotator:
            _show_newest(studio, project, annotator.version)
    except StudioGone as gone:
        console.print(f"error: {gone}\nWhat was sent is kept: start the same command again to go on.", markup=False)
        return 3
    except (StudioError, DocumentError, OSError) as error:
        console.print(f"error: {error}", markup=False)
        return 2
    except KeyboardInterrupt:
        console.print("stopped; start the same command again to go on")
        return 130
    _tell(report, unread, annotator, console)
    if arguments.report:
        _write(arguments.report, report, unread)
    print(f"{studio.url}/projects/{project.id}/data")
    return 1 if report.refused or report.doubles or unread else 0


def annotator_of(arguments: argparse.Namespace) -> ModelVersions | FileVersions | None:
    if arguments.model:
        return ModelVersions(None if arguments.model == "default" else arguments.model, arguments.device)
    return FileVersions(arguments.predictions, arguments.version) if arguments.predictions else None


def _push(
    studio: Studio,
    project: Project,
    arguments: argparse.Namespace,
    annotator: Annotator | None,
    unread: list[InputError],
    console: Console,
) -> SendReport:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        line = progress.add_task("looking what is there", total=None)

        def show(report: SendReport) -> None:
            progress.update(line, description=", ".join(_counts(report)) or "nothing yet")

        return send(
            studio,
            project,
            _items(arguments, unread),
            arguments.chunk,
            show,
            annotator=annotator,
            replace_changed=arguments.replace_changed,
            only_predictions=arguments.only_predictions,
            patience=Patience(arguments.wait, lambda words: progress.console.print(words, markup=False)),
        )


def _items(arguments: argparse.Namespace, unread: list[InputError]) -> Iterator[Item]:
    for read in read_inputs(arguments.inputs, arguments.text_column, arguments.id_column):
        if isinstance(read, InputError):
            unread.append(read)
        else:
            yield Item(read)


def _show_newest(studio: Studio, project: Project, version: str) -> None:
    """Let annotators begin from these predictions, unless a connected model makes them."""
    shown = studio.project(str(project.id)).facts.get("model_version")
    backends = studio.get("list the models", "/api/ml/", project=project.id)
    versions = studio.get("list the predictions", f"/api/projects/{project.id}/model-versions/")
    if shown != version and version in versions and shown not in {backend.get("title") for backend in backends}:
        studio.update(project, model_version=version)


def _counts(report: SendReport) -> list[str]:
    counts = {
        "sent": report.sent,
        "there already": report.there,
        "predictions added": report.predictions,
        "of another text replaced": report.replaced,
        "not in the project": report.absent,
        "with the text of another": len(report.duplicates),
        "set aside": len(report.refused),
        "doubles of another push removed": report.removed,
    }
    return [f"{number:,} {words}" for words, number in counts.items() if number]


def _tell(
    report: SendReport, unread: list[InputError], annotator: ModelVersions | FileVersions | None, console: Console
) -> None:
    def say(title: str, lines: Sequence[Refusal | InputError]) -> None:
        if lines:
            console.print(f"{title}:", markup=False)
        for one in lines[:SHOWN]:
            console.print(f"  {one_line(str(one))}", markup=False)
        if len(lines) > SHOWN:
            console.print(f"  and {len(lines) - SHOWN:,} more: --report FILE writes all")

    say("not read", unread)
    say("duplicates, not sent", report.duplicates)
    say("set aside", report.refused)
    say("twice in the project", report.doubles)
    if report.foreign:
        console.print(f"{report.foreign:,} tasks of the project were not sent by this command")
    if isinstance(annotator, FileVersions):
        console.print(
            f"{annotator.path} holds predictions of {len(annotator):,} articles; {annotator.used:,} were needed"
        )
    elif annotator and annotator.unread:
        reasons = ", ".join(f"{reason} {number:,}" for reason, number in sorted(annotator.unread.items()))
        console.print(f"passages that the model did not read: {reasons}", markup=False)
    console.print(", ".join(_counts(report)) or "nothing to send")


def _write(path: Path, report: SendReport, unread: list[InputError]) -> None:
    with open(path, "w", encoding="utf-8") as out:
        for error in unread:
            row = {"state": "unread", "document": error.document_id, "place": error.place, "why": error.reason}
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
        for state in ("duplicates", "refused", "doubles"):
            for document, why in getattr(report, state):
                row = {"state": state.removesuffix("s"), "document": document, "why": why}
                out.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    sys.exit(main())

"""From what annotators did to a new model and the word whether it is better: ``python -m scripts.retrain --project X``.

Pulls the annotators' project (and ``--adjudication``, the adjudicator's), checks what came, makes gold of it, merges
that with the corpus, whose splits stay as they are, trains, and compares the new model with the released one on the
same test articles. With ``--gold FILE`` instead of projects it begins with the merging.

Everything stands in ``runs/retrain/NAME``; the corpus in data/ is left alone, since gold belongs there once somebody
has looked at it, whether or not it made this model better. ``--merge`` then writes it back, with its splits.
The same command goes on where it was interrupted; after a finished run it begins a new one, unless ``--name`` names it.

Exit status: 0 the new model is better; 1 no difference that the data can show; 2 an error; 3 the server went away: give
the same command again; 4 the new model is worse.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from annotation.label_studio.studio import StudioError, StudioGone
from annotation.snapshot import SnapshotError
from scripts.retraining import Choices, RetrainError, Run, folder_for
from tolltrace.documents import DocumentError
from tolltrace.model.loading import ModelError
from training.compare import Verdict
from training.config import ConfigError
from training.splits import SplitError

STATUS: dict[Verdict, int] = {"better": 0, "no difference": 1, "worse": 4}
MEASURED = "data/events/articles.jsonl"


def arguments_of(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.retrain", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--project", metavar="TITLE", help="the annotators' project in Label Studio")
    source.add_argument("--gold", type=Path, metavar="FILE", help="gold that is there already")
    parser.add_argument("--adjudication", metavar="TITLE", help="the adjudicator's project")
    parser.add_argument("--single", action="store_true", help="take articles that one annotator alone has")
    parser.add_argument("--config", type=Path, default=Path("training/configs/default.toml"), help="(%(default)s)")
    parser.add_argument(
        "--released", default="default", metavar="MODEL", help="the model to compare with (%(default)s)"
    )
    parser.add_argument("--measured", nargs="*", default=[MEASURED], metavar="FILE", help="texts never to learn from")
    parser.add_argument("--runs", type=Path, default=Path("runs/retrain"), metavar="FOLDER", help="(%(default)s)")
    parser.add_argument("--name", help="of the run (default: of the project or the file, with a number)")
    parser.add_argument("--merge", action="store_true", help="write the merged corpus and its splits back at the end")
    parser.add_argument("--url", help="the server, instead of LABEL_STUDIO_URL")
    arguments = parser.parse_args(given)
    if arguments.adjudication and not arguments.project:
        parser.error("--adjudication belongs to a --project")
    if arguments.single and not arguments.project:
        parser.error("--single is about what a --project gives; the file of --gold is taken whole")
    if not (arguments.project or arguments.gold):
        parser.error("name a --project, or a file of --gold")
    return arguments


def main(given: Sequence[str] | None = None) -> int:
    arguments = arguments_of(given)
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    choices = Choices(
        project=arguments.project,
        adjudication=arguments.adjudication,
        gold=arguments.gold,
        single=arguments.single,
        config=arguments.config,
        released=arguments.released,
        measured=tuple(arguments.measured),
    )
    try:
        run = Run(folder_for(choices, arguments.runs, arguments.name), choices, console)
        verdict = run.all(arguments.url)
        if arguments.merge:
            run.write_back()
    except StudioGone as gone:
        console.print(f"error: {gone}\nGive the same command again to go on.", markup=False)
        return 3
    except (RetrainError, SnapshotError, StudioError, DocumentError, ConfigError, SplitError, ModelError) as error:
        console.print(f"error: {error}", markup=False)
        return 2
    except OSError as error:
        console.print(f"error: {error}", markup=False)
        return 2
    except KeyboardInterrupt:
        console.print("stopped; give the same command again to go on")
        return 130
    return STATUS[verdict]


if __name__ == "__main__":
    sys.exit(main())

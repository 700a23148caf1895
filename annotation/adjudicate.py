"""Articles whose annotators differ, to a project for the adjudicator: ``python -m annotation.adjudicate SNAPSHOT``.

Articles that two or more annotators have in the same way are settled, and need no look. The others go to the project
``--project`` (made if there is none) with every annotator's version as a prediction, named after the annotator, with
what all of them have as the version ``agreed``, from which the adjudicator begins, and above the text in words where
they differ. Opened from the project's list, an article shows all versions as tabs, or side by side ("Compare All"); in
the stream of "Label All Tasks" it shows the agreed one alone. What is decided there is pulled like anything else, and
`python -m annotation.gold` takes it up.

Exit status: 0 all is there; 1 something was set aside, and told; 2 an error; 3 the server went away: start it again.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from rich.console import Console

from annotation import instructions, labelling_config, snapshot
from annotation.consensus import AGREED, DISPUTED, SINGLE, TEXTS, Case, Standing, agreed_part, cases
from annotation.disagreement import NOTHING, Article, Difference, LinkDifference, differences, link_differences, say
from annotation.label_studio.delivery import Patience
from annotation.label_studio.projects import open_project
from annotation.label_studio.sending import Item, SendReport, send
from annotation.label_studio.studio import Project, Studio, StudioError, StudioGone, connect
from annotation.snapshot import Manifest, SnapshotError
from tolltrace.documents import DocumentError
from tolltrace.writing.words import one_line

SHOWN = 8
"""Places, and links, that the question names."""
LONGEST = 80
"""Characters of an answer, or of words from the text."""
DESCRIPTION = "Articles that annotators annotated differently, for an adjudicator to decide."


def question(article: Article) -> str:
    """What the adjudicator reads above the text: where the versions differ, and how many say what."""
    places = differences(article)
    links = link_differences(article)
    shared = [link for link in links if link.on_shared_spans]
    counts = [f"at {_times(len(places), 'place')}"] if places else []
    counts += [f"in {_times(len(shared), 'link')} between spans that all have"] if shared else []
    differ = " and ".join(counts)
    lines = [f"{len(article.versions)} annotators; they differ {differ}. The version “{AGREED}” holds what all have."]
    lines += _few([_place(article, place) for place in places], "place")
    lines += _few([_link(article, link) for link in shared], "link")
    if hanging := len(links) - len(shared):
        lines.append(f"{_times(hanging, 'link')} of those places differ with them.")
    return "\n".join(lines)


def _few(lines: Sequence[str], what: str) -> list[str]:
    rest = len(lines) - SHOWN
    return [*lines[:SHOWN], *([f"and {_times(rest, f'more {what}')}"] if rest > 0 else [])]


def _place(article: Article, place: Difference) -> str:
    said = {name: say(article.text, place, spans) for name, spans in place.answers.items()}
    return f"{_where(article.text, place.start, place.end)}: {_tally(said)}"


def _link(article: Article, link: LinkDifference) -> str:
    said = {name: ", ".join(labels) or NOTHING for name, labels in link.answers.items()}
    head, tail = link.head, link.tail
    to = _short(article.text[tail.start : tail.end])
    return f"{_where(article.text, head.start, head.end)} linked to {tail.label} “{to}”: {_tally(said)}"


def _where(text: str, start: int, end: int) -> str:
    return f"Line {text.count(chr(10), 0, start) + 1}, “{_short(text[start:end])}”"


def _tally(said: Mapping[str, str]) -> str:
    """Each answer with how many give it, the most frequent first."""
    given: dict[str, int] = defaultdict(int)
    for answer in said.values():
        given[_short(answer)] += 1
    return "; ".join(f"{answer} ({number})" for answer, number in sorted(given.items(), key=lambda g: (-g[1], g[0])))


def _short(words: str) -> str:
    words = one_line(words)
    return words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"


def _times(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def item(article: Article) -> Item:
    """The article as it goes to the adjudicator. The server takes the last version of the first import for the one that
    the project begins with."""
    versions = {**article.versions, AGREED: agreed_part(article)}
    return Item(versions[AGREED].document, versions, question(article))


def adjudicate(
    studio: Studio, title: str, disputed: Iterable[Case], origin: Manifest, patience: Patience | None = None
) -> tuple[Project, SendReport]:
    """Send these articles to the project of that title. ``origin``: of the snapshot. Raises StudioError, also where the
    title is that of the annotators' own project."""
    found = studio.find(title)
    if found and (found.id, found.title) == (origin.project, origin.title):
        raise StudioError(
            f"{title!r} is the project that the snapshot was pulled from: its annotators would see each other's "
            "versions. Name another one"
        )
    project, _ = open_project(
        studio,
        title,
        labelling_config.build(question=True),
        overlap=1,
        instructions=instructions.html(),
        description=DESCRIPTION,
    )
    report = send(studio, project, (item(case.article) for case in disputed), patience=patience)
    _begin_with_agreed(studio, project)
    return project, report


def _begin_with_agreed(studio: Studio, project: Project) -> None:
    """The interface fills in this version; the others are tabs beside it where an article is opened in the list."""
    shown = studio.project(str(project.id)).facts.get("model_version")
    versions = studio.get("list the predictions", f"/api/projects/{project.id}/model-versions/")
    if shown != AGREED and AGREED in versions:
        studio.update(project, model_version=AGREED)


def by_standing(found: Iterable[Case]) -> dict[Standing, list[Case]]:
    parts: dict[Standing, list[Case]] = {AGREED: [], DISPUTED: [], SINGLE: [], TEXTS: []}
    for case in found:
        parts[case.standing].append(case)
    return parts


def report_lines(parts: Mapping[Standing, Sequence[Case]]) -> Iterator[str]:
    agreed, disputed, single, texts = (parts[name] for name in (AGREED, DISPUTED, SINGLE, TEXTS))
    yield (
        f"{len(agreed):,} articles are settled, {len(disputed):,} are disputed, {len(single):,} have one annotator only"
    )
    for case in single:
        yield f"  only {case.annotators[0]} has {one_line(case.id)}"
    for case in texts:
        yield f"  {one_line(case.id)}: {', '.join(case.annotators)} had different texts; it is left out"


def main(given: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m annotation.adjudicate",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("snapshot", type=Path, metavar="SNAPSHOT", help="a folder of annotation.pull")
    parser.add_argument("--project", required=True, metavar="TITLE", help="the adjudicator's; made if there is none")
    parser.add_argument("--url", help="the server, instead of LABEL_STUDIO_URL")
    parser.add_argument("--wait", type=float, default=60, metavar="SECONDS", help="for a server that goes away (60)")
    arguments = parser.parse_args(given)
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        manifest = snapshot.check(arguments.snapshot)
        parts = by_standing(cases(snapshot.read_versions(arguments.snapshot)))
        for line in report_lines(parts):
            console.print(line, markup=False)
        if not parts[DISPUTED]:
            console.print("nothing to adjudicate")
            return 1 if parts[TEXTS] else 0
        studio = connect(arguments.url)
        with console.status(f"sending {len(parts[DISPUTED]):,} articles"):
            patience = Patience(arguments.wait, lambda words: console.print(words, markup=False))
            project, report = adjudicate(studio, arguments.project, parts[DISPUTED], manifest, patience)
    except StudioGone as gone:
        console.print(f"error: {gone}\nWhat was sent is kept: start the same command again to go on.", markup=False)
        return 3
    except (SnapshotError, DocumentError, StudioError, OSError) as error:
        console.print(f"error: {error}", markup=False)
        return 2
    except KeyboardInterrupt:
        console.print("stopped; start the same command again to go on")
        return 130
    problems = [*report.refused, *report.duplicates, *report.doubles]
    console.print(f"{report.sent:,} sent, {report.there:,} there already")
    if report.there:
        console.print(
            "articles that were there keep the question and the versions that they came with; versions of annotators "
            f"who had none were added: {report.predictions:,}"
        )
    for problem in problems:
        console.print(f"  not sent: {one_line(str(problem))}", markup=False)
    print(f"{studio.url}/projects/{project.id}/data")
    return 1 if problems or parts[TEXTS] else 0


if __name__ == "__main__":
    sys.exit(main())

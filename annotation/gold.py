"""Gold from what annotators and adjudicators did: ``python -m annotation.gold SNAPSHOT [ADJUDICATED] --out FILE``.

SNAPSHOT is the annotators' folder of `python -m annotation.pull`, ADJUDICATED that of the adjudicator's project. An
article becomes gold as an adjudicator decided it, or as it is marked as ground truth in Label Studio; else, where two
or more annotators have it and all versions are the same, as they have it. All other articles are left out, one a line
on standard output with the reason; ``--single`` takes those that one annotator alone has, but disputed ones are never
taken. The metadata of each article say how it became gold: ``gold`` (adjudicated, agreed or single), ``annotators``,
and ``adjudicators`` or ``ground_truth`` where they decided.

Exit status: 0 gold is written; 1 it is, but something contradicts itself, and is told; 2 an error, nothing is written.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from rich.console import Console

from annotation import snapshot
from annotation.consensus import AGREED, DISPUTED, SINGLE, TEXTS, Case, bare, cases, is_same
from annotation.snapshot import IN_VERSIONS, SnapshotError
from tolltrace import jsonlines
from tolltrace.documents import AnnotatedDocument, DocumentError
from tolltrace.writing.words import one_line

ADJUDICATED = "adjudicated"
HOW = (ADJUDICATED, AGREED, SINGLE)
CONFLICT, UNKNOWN, UNREAD = "conflict", "unknown", "no version"
CONTRADICTIONS = (CONFLICT, UNKNOWN, TEXTS)
"""Why an article is left out though somebody decided it, or handed it in: a person has to look."""
WHYS = {
    SINGLE: "one annotator alone has it",
    DISPUTED: "its annotators differ, and nobody has decided",
    UNREAD: "nobody's annotation of it was kept",
    CONFLICT: "its decisions contradict each other",
    TEXTS: "it was annotated or decided with another text",
    UNKNOWN: "decided, but no annotator has it",
}
KEYS = ("gold", "annotators", "adjudicators", "ground_truth")


@dataclass(frozen=True, slots=True)
class Decision:
    """A version that an adjudicator made, or one that is marked as ground truth (then ``adjudicator`` may be empty)."""

    version: AnnotatedDocument
    adjudicator: str = ""
    ground_truth: bool = False


@dataclass(frozen=True, slots=True)
class LeftOut:
    """``kind``: a key of :data:`WHYS`."""

    document: str
    kind: str
    why: str

    def __str__(self) -> str:
        return f"{self.kind}\t{one_line(self.document)}\t{one_line(self.why)}"


@dataclass
class Gold:
    """``taken_over``: articles on which annotators agree since all took a model's prediction as it was."""

    documents: list[AnnotatedDocument] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    taken_over: int = 0

    def made(self) -> Counter[str]:
        """How many articles became gold, by how."""
        return Counter(str(annotated.document.metadata["gold"]) for annotated in self.documents)

    def missed(self) -> Counter[str]:
        """How many were left out, by the kind of reason."""
        return Counter(left.kind for left in self.left_out)


@dataclass(frozen=True, slots=True)
class Facts:
    """What provenance adds. ``lost``: by article, whose annotation was not kept, and its state; ``taken_over``:
    articles and annotators who left a prediction as it was."""

    lost: Mapping[str, Sequence[str]] = field(default_factory=dict)
    taken_over: frozenset[tuple[str, str]] = frozenset()


def make(
    versions: Mapping[str, Iterable[AnnotatedDocument]],
    decisions: Iterable[Decision] = (),
    single: bool = False,
    facts: Facts | None = None,
) -> Gold:
    """Gold, by the articles' ids. ``versions``: by annotator; ``single``: take what one annotator alone has."""
    facts = facts or Facts()
    decided: dict[str, list[Decision]] = defaultdict(list)
    for decision in decisions:
        decided[decision.version.id].append(decision)
    gold = Gold()
    found = cases(versions)
    for case in found:
        left = _take(gold, case, decided.pop(case.id, []), single, facts)
        if left:
            gold.left_out.append(left)
    for name, about in sorted(decided.items()):
        who = " and ".join(_named(decision) for decision in about)
        gold.left_out.append(
            LeftOut(name, UNKNOWN, f"{who} decided it, but no annotator has it: do the two snapshots belong together?")
        )
    for name in sorted(facts.lost.keys() - {case.id for case in found} - decided.keys()):
        gold.left_out.append(LeftOut(name, UNREAD, ", ".join(facts.lost[name])))
    return gold


def _take(gold: Gold, case: Case, decisions: Sequence[Decision], single: bool, facts: Facts) -> LeftOut | None:
    """Add the article to the gold, or say why not."""
    lost = "".join(f"; {words}" for words in facts.lost.get(case.id, ()))
    who = ", ".join(case.annotators)
    if case.standing == TEXTS:
        return LeftOut(case.id, TEXTS, f"{who} had different texts: push the right one, and have it annotated anew")
    if decisions:
        return _take_decided(gold, case, decisions)
    if case.standing == DISPUTED:
        return LeftOut(case.id, DISPUTED, f"{who} differ{lost}")
    if case.standing == SINGLE and not single:
        return LeftOut(case.id, SINGLE, f"{who} alone has it{lost}")
    if case.standing == AGREED:
        gold.taken_over += all((case.id, name) in facts.taken_over for name in case.annotators)
    gold.documents.append(_marked(case, case.first, case.standing))
    return None


def _take_decided(gold: Gold, case: Case, decisions: Sequence[Decision]) -> LeftOut | None:
    for decision in decisions:
        if decision.version.text != case.article.text:
            return LeftOut(case.id, TEXTS, f"{_named(decision)} decided another text than {case.annotators[0]} had")
    first, *others = decisions
    if other := next((other for other in others if not is_same(first.version, other.version)), None):
        why = f"{_named(first)} and {_named(other)} contradict each other: delete one in Label Studio"
        return LeftOut(case.id, CONFLICT, f"{why} (of two adjudicators, or mark one as ground truth), and pull again")
    adjudicators = sorted({d.adjudicator for d in decisions if d.adjudicator})
    facts = {"adjudicators": adjudicators} if adjudicators else {}
    truth = {"ground_truth": True} if any(d.ground_truth for d in decisions) else {}
    gold.documents.append(_marked(case, first.version, ADJUDICATED, **facts, **truth))
    return None


def _named(decision: Decision) -> str:
    return decision.adjudicator or "the version marked as ground truth"


def _marked(case: Case, version: AnnotatedDocument, how: str, **facts: object) -> AnnotatedDocument:
    kept = {key: value for key, value in case.first.document.metadata.items() if key not in KEYS}
    metadata = {**kept, "gold": how, "annotators": list(case.annotators), **facts}
    return bare(version, replace(case.first.document, metadata=metadata))


def from_snapshots(folder: Path, adjudicated: Path | None = None, single: bool = False) -> Gold:
    """Gold of the annotators' snapshot and of the adjudicator's, both checked. Raises SnapshotError, DocumentError."""
    manifest = snapshot.check(folder)
    decisions = [Decision(version, ground_truth=True) for version in snapshot.read_ground_truth(folder)]
    facts = [_facts(folder, "")]
    if adjudicated:
        other = snapshot.check(adjudicated)
        if (other.project, other.title) == (manifest.project, manifest.title):
            raise SnapshotError(
                f"{adjudicated} was pulled from the annotators' own project {manifest.title!r}: name the snapshot of "
                "the adjudicator's"
            )
        decisions += _decisions(adjudicated)
        facts.append(_facts(adjudicated, " in adjudication"))
    lost: dict[str, list[str]] = defaultdict(list)
    for part in facts:
        for name, words in part.lost.items():
            lost[name] += words
    return make(snapshot.read_versions(folder), decisions, single, Facts(lost, facts[0].taken_over))


def _decisions(folder: Path) -> list[Decision]:
    """What adjudicators decided. Where two differ, the mark of ground truth settles it."""
    truths = {version.id: version for version in snapshot.read_ground_truth(folder)}
    return [
        Decision(version, name, version.id in truths)
        for name, versions in snapshot.read_versions(folder).items()
        for version in versions
        if is_same(version, truths.get(version.id, version))
    ]


def _facts(folder: Path, where: str) -> Facts:
    lost: dict[str, list[str]] = defaultdict(list)
    taken_over = set()
    kept = set()
    rows = [row for row in snapshot.read_provenance(folder) if row.document is not None]
    for row in rows:
        if row.state in IN_VERSIONS:
            kept.add((row.document, row.annotator))
            if row.origin == "prediction":
                taken_over.add((str(row.document), row.annotator))
    for row in rows:
        if (row.document, row.annotator) not in kept and row.state not in IN_VERSIONS:
            lost[str(row.document)].append(f"{row.annotator}: {row.state}{where}")
    return Facts(lost, frozenset(taken_over))


def write(gold: Gold, path: Path) -> None:
    """Whole or not at all. Raises DocumentError where there is nothing to write."""
    if not gold.documents:
        raise DocumentError(f"no article became gold, and {path} is not written")
    path.parent.mkdir(parents=True, exist_ok=True)
    jsonlines.write(path, gold.documents)


def report_lines(gold: Gold) -> list[str]:
    made, missed = gold.made(), gold.missed()
    lines = [f"{made[how]:,} articles are gold: {how}" for how in HOW if made[how]]
    if gold.taken_over:
        lines.append(f"  of those agreed on, {gold.taken_over:,} are a model's prediction that nobody changed")
    return [*lines, *(f"{missed[kind]:,} left out ({kind}): {why}" for kind, why in WHYS.items() if missed[kind])]


def main(given: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m annotation.gold", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("snapshot", type=Path, metavar="SNAPSHOT")
    parser.add_argument("adjudicated", type=Path, nargs="?", metavar="ADJUDICATED")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="such as data/gold/NAME.jsonl")
    parser.add_argument("--single", action="store_true", help="take articles that one annotator alone has")
    arguments = parser.parse_args(given)
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        gold = from_snapshots(arguments.snapshot, arguments.adjudicated, arguments.single)
        for left in gold.left_out:
            print(left)
        for line in report_lines(gold):
            console.print(line, markup=False)
        write(gold, arguments.out)
    except (SnapshotError, DocumentError, OSError) as error:
        console.print(f"error: {error}", markup=False)
        return 2
    return 1 if any(left.kind in CONTRADICTIONS for left in gold.left_out) else 0


if __name__ == "__main__":
    sys.exit(main())

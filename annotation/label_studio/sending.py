"""Articles into a project, never twice: ``send``. Used by all that puts articles or predictions into Label Studio.

An article is known by its id and its text. Versions of it (a model's, an annotator's) go along as predictions, at most
one of each name. A push that was broken off is simply started again: what is there is not sent again. Two pushes into
one project at the same time are noticed at their end, and the later tasks of the same articles taken out where nobody
has touched them; what is not noticed is that both add one prediction to a task that was there before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any, Protocol

from annotation.label_studio import parcels
from annotation.label_studio.delivery import Patience, deliver
from annotation.label_studio.destinations import NewTasks, Predictions, Refusal, SendReport
from annotation.label_studio.inventory import Inventory
from annotation.label_studio.parcels import Parcel
from annotation.label_studio.projects import is_blind
from annotation.label_studio.studio import Project, Studio, StudioError
from tolltrace.documents import AnnotatedDocument, Document, DocumentError

__all__ = ["CHUNK", "Annotator", "Item", "Refusal", "SendReport", "send"]

CHUNK = 200  # articles; the server takes about a second for them


@dataclass(frozen=True, slots=True)
class Item:
    """An article to send. ``versions``: by name, annotations of it that become predictions. ``question``: what the
    annotator is to look at, for a project whose configuration shows it."""

    document: Document
    versions: Mapping[str, AnnotatedDocument] = field(default_factory=dict)
    question: str = ""


class Annotator(Protocol):
    """Something that makes versions when they are needed: a model, or a file of predictions."""

    @property
    def version(self) -> str: ...

    def annotate(self, documents: Sequence[Document]) -> Sequence[AnnotatedDocument | None]:
        """A version of each, None where there is none."""


def send(
    studio: Studio,
    project: Project,
    items: Iterable[Item],
    chunk: int = CHUNK,
    progress: Callable[[SendReport], None] | None = None,
    *,
    annotator: Annotator | None = None,
    replace_changed: bool = False,
    only_predictions: bool = False,
    patience: Patience | None = None,
) -> SendReport:
    """Send articles in their order, chunk by chunk. ``progress`` is called after each.

    ``annotator`` is asked only for what the project lacks. ``replace_changed``: an article that is there with another
    text is deleted there and sent anew where nobody has annotated it; otherwise it is refused. ``only_predictions``:
    articles that are not there stay out. Raises StudioError where the project takes no predictions or is gone, and
    StudioGone where the server does not answer for longer than ``patience``; what was sent by then stays sent.
    """
    sender = _Sender(studio, project, patience or Patience(0), annotator)
    waiting = iter(items)
    sender.begin()
    while batch := list(islice(waiting, chunk)):
        sender.send(batch, replace_changed, only_predictions)
        if progress:
            progress(sender.report)
    sender.finish()
    return sender.report


class _Sender:
    def __init__(self, studio: Studio, project: Project, patience: Patience, annotator: Annotator | None) -> None:
        self.studio = studio
        self.project = project
        self.patience = patience
        self.annotator = annotator
        self.inventory = Inventory(studio, project)
        self.report = SendReport()
        self.first = 0  # the last task before this push

    def begin(self) -> None:
        if self.annotator:
            self._may_see_predictions()
        self.patience(self.inventory.refresh)
        self.first, self.report.foreign = self.inventory.last, self.inventory.foreign

    def send(self, items: Sequence[Item], replace_changed: bool, only_predictions: bool) -> None:
        self.patience(self.inventory.refresh)
        new, there, changed = self._sorted(items)
        names = self._names(there)
        gone = [item for item in there if item.document.id not in names]
        there = [item for item in there if item.document.id in names]
        new += gone + self._replaced(changed, replace_changed and not only_predictions)
        if only_predictions:
            self.report.absent += len(new)
            new = []
        new = [item for item in new if self._claims(item)]
        version = self.annotator.version if self.annotator else ""
        made = self._made([*new, *(item for item in there if version not in names[item.document.id])])
        new_tasks = [parcel for item in new if (parcel := self._task(item, made))]
        deliver(NewTasks(self.studio, self.project, self.inventory, self.report), new_tasks, self.patience)
        more = [parcel for item in there for parcel in self._predictions(item, names[item.document.id], made)]
        deliver(Predictions(self.studio, self.project, self.report), more, self.patience)
        self.report.there += len(there)

    def finish(self) -> None:
        """Settle what another push did at the same time."""
        self.patience(self.inventory.refresh)
        late = [double for double in self.inventory.doubles.values() if double.same and double.task > self.first]
        untouched = self._untouched([(double.document, double.task) for double in late])
        for double in self.inventory.doubles.values():
            if double in late and double.task in untouched:
                self.patience(partial(self.studio.delete_task, double.task))
                self.report.removed += 1
            else:
                text = "the same" if double.same else "another"
                why = f"has a second task ({double.task}) with {text} text: delete one of them in Label Studio"
                self.report.doubles.append(Refusal(double.document, why))

    def _may_see_predictions(self) -> None:
        if is_blind(self.project):
            raise StudioError(
                f"project {self.project.title!r} is blind: its annotators work without predictions, and it takes none"
            )

    def _sorted(self, items: Sequence[Item]) -> tuple[list[Item], list[Item], list[Item]]:
        """Articles that are new, there with the same text, and there with another one."""
        new, there, changed = [], [], []
        for item in items:
            if item.versions:
                self._may_see_predictions()
            held = self.inventory.get(item.document.id)
            if held is None:
                new.append(item)
            elif self.inventory.is_same(item.document, held):
                there.append(item)
            else:
                changed.append(item)
        return new, there, changed

    def _names(self, items: Sequence[Item]) -> dict[str, set[str]]:
        """By article, the names of the predictions it has, where that matters; without those that are gone by now."""
        wanted = {item.document.id for item in items if item.versions or self.annotator}
        tasks = {name: held.task for name in wanted if (held := self.inventory.get(name))}
        rows = self._rows(tasks.items())
        found = {
            name: {prediction["model_version"] for prediction in row["predictions"]} for (name, _), row in rows.items()
        }
        for name in wanted - found.keys():
            self.inventory.forget(name)
        return found | {item.document.id: set() for item in items if item.document.id not in wanted}

    def _replaced(self, items: Sequence[Item], replace: bool) -> list[Item]:
        """Of articles that are there with another text, those whose old task could be deleted; the rest is refused."""
        old = {item.document.id: held.task for item in items if (held := self.inventory.get(item.document.id))}
        untouched = self._untouched(old.items()) if replace else set()
        replaced = []
        for item in items:
            name, task = item.document.id, old[item.document.id]
            if not replace:
                self._refuse(name, f"is there with another text (task {task}); --replace-changed can change that")
            elif task not in untouched:
                self._refuse(name, f"is there with another text, and that is annotated (task {task}): pull it first")
            elif self.inventory.get(name) is None:
                replaced.append(item)  # deleted for an item before it
            elif self._fits(item):
                self.patience(partial(self.studio.delete_task, task))
                self.inventory.forget(name)
                self.report.replaced += 1
                replaced.append(item)
        return replaced

    def _fits(self, item: Item) -> bool:
        """Whether it can be sent at all, before anything is deleted for it."""
        if twin := self.inventory.twin(item.document):
            self.report.duplicates.append(Refusal(item.document.id, f"has the same text as {twin!r}"))
            return False
        try:
            parcels.of_task(item.document, item.versions, item.question)
        except DocumentError as problem:
            self._refuse(item.document.id, str(problem))
            return False
        return True

    def _untouched(self, tasks: Iterable[tuple[str, int]]) -> set[int]:
        """Those of these tasks that hold nobody's annotation or draft."""
        rows = self._rows(tasks).values()
        return {row["id"] for row in rows if not row["annotations"] and not row["draft_exists"]}

    def _rows(self, tasks: Iterable[tuple[str, int]]) -> dict[tuple[str, int], dict[str, Any]]:
        """Tasks of articles as they are now; without those that are gone, or whose number another one has by now."""
        wanted = set(tasks)
        rows = self.patience(partial(self.studio.tasks_by_id, self.project, sorted(task for _, task in wanted)))
        found = {(row["data"].get("document_id"), row["id"]): row for row in rows}
        return {key: row for key, row in found.items() if key in wanted}

    def _claims(self, item: Item) -> bool:
        """Whether the article is to be sent: one of each id, one of each text."""
        document = item.document
        if held := self.inventory.get(document.id):
            if self.inventory.is_same(document, held):
                self.report.there += 1
            else:
                self._refuse(document.id, "stands in the input twice, with two texts")
            return False
        if twin := self.inventory.twin(document):
            self.report.duplicates.append(Refusal(document.id, f"has the same text as {twin!r}"))
            return False
        self.inventory.claim(document)
        return True

    def _made(self, items: Sequence[Item]) -> dict[str, AnnotatedDocument]:
        """The annotator's versions, by article."""
        if not self.annotator or not items:
            return {}
        made = self.annotator.annotate([item.document for item in items])
        return {item.document.id: version for item, version in zip(items, made, strict=True) if version}

    def _versions(self, item: Item, made: Mapping[str, AnnotatedDocument]) -> dict[str, AnnotatedDocument]:
        versions = dict(item.versions)
        if self.annotator and item.document.id in made:
            versions[self.annotator.version] = made[item.document.id]
        return versions

    def _task(self, item: Item, made: Mapping[str, AnnotatedDocument]) -> Parcel | None:
        try:
            return parcels.of_task(item.document, self._versions(item, made), item.question)
        except DocumentError as problem:
            self.inventory.forget(item.document.id)
            self._refuse(item.document.id, str(problem))
            return None

    def _predictions(self, item: Item, has: set[str], made: Mapping[str, AnnotatedDocument]) -> list[Parcel]:
        lacking = {name: version for name, version in self._versions(item, made).items() if name not in has}
        has.update(lacking)  # the article may stand in this chunk twice
        held = self.inventory.get(item.document.id)
        try:
            return parcels.of_predictions(item.document, held.task, lacking) if held else []
        except DocumentError as problem:
            self._refuse(item.document.id, str(problem))
            return []

    def _refuse(self, document: str, why: str) -> None:
        self.report.refused.append(Refusal(document, why.removeprefix(f"document {document!r}: ")))

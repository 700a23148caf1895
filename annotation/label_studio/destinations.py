"""Where parcels go: new tasks, and predictions of tasks that are there; and the report of what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from annotation.label_studio.delivery import as_array
from annotation.label_studio.inventory import CLAIMED, Inventory
from annotation.label_studio.parcels import Parcel
from annotation.label_studio.studio import Project, Studio, StudioError, StudioRefused

DROPPED = 422  # a status of our own: the server took the call and left something out


class Refusal(NamedTuple):
    document: str
    why: str

    def __str__(self) -> str:
        return f"{self.document}: {self.why}"


@dataclass(slots=True)
class SendReport:
    """``sent``: articles that are new in the project; ``replaced``: of them, those whose old text was taken out;
    ``there``: articles that were there with the same text; ``predictions``: added to those; ``absent``: not there, and
    not to be sent; ``duplicates``: the same text under another id; ``removed``: tasks that another push had made of the
    same articles; ``doubles``: articles that have several tasks; ``foreign``: tasks that were not sent by us."""

    sent: int = 0
    replaced: int = 0
    there: int = 0
    predictions: int = 0
    absent: int = 0
    removed: int = 0
    foreign: int = 0
    refused: list[Refusal] = field(default_factory=list)
    duplicates: list[Refusal] = field(default_factory=list)
    doubles: list[Refusal] = field(default_factory=list)


class NewTasks:
    """Each parcel becomes a task; its article has been claimed in the inventory."""

    def __init__(self, studio: Studio, project: Project, inventory: Inventory, report: SendReport) -> None:
        self.studio = studio
        self.project = project
        self.inventory = inventory
        self.report = report

    def post(self, parcels: Sequence[Parcel]) -> None:
        path = f"/api/projects/{self.project.id}/import?return_task_ids=true"
        answer = self.studio.post(f"send articles to {self.project.title!r}", path, as_array(parcels))
        ids = answer.get("task_ids")
        if not isinstance(ids, list) or len(ids) != len(parcels):
            raise StudioError(
                f"{self.studio.url} does not say which tasks it made of {len(parcels)} articles: only servers of Label "
                "Studio's open edition, which import at once, are supported"
            )
        for parcel, task in zip(parcels, ids, strict=True):
            self.inventory.confirm(parcel.document, task)
        self.report.sent += len(parcels)

    def missing(self, parcels: Sequence[Parcel]) -> list[Parcel]:
        self.inventory.refresh()
        missing = []
        for parcel in parcels:
            held = self.inventory.get(parcel.document)
            if held is None or held.task == CLAIMED:
                missing.append(parcel)
        self.report.sent += len(parcels) - len(missing)
        return missing

    def refuse(self, parcel: Parcel, why: str) -> None:
        self.inventory.forget(parcel.document)
        self.report.refused.append(Refusal(parcel.document, why))


class Predictions:
    """Each parcel becomes a prediction of its task."""

    def __init__(self, studio: Studio, project: Project, report: SendReport) -> None:
        self.studio = studio
        self.project = project
        self.report = report

    def post(self, parcels: Sequence[Parcel]) -> None:
        path = f"/api/projects/{self.project.id}/import/predictions"
        answer = self.studio.post(f"send predictions to {self.project.title!r}", path, as_array(parcels))
        if answer.get("created") != len(parcels):
            why = "it took the prediction and did not keep it: does the project's labelling configuration fit?"
            raise StudioRefused(f"{self.studio.url}: {why}", DROPPED, why)
        self.report.predictions += len(parcels)

    def missing(self, parcels: Sequence[Parcel]) -> list[Parcel]:
        rows = self.studio.tasks_by_id(self.project, sorted({parcel.task for parcel in parcels}))
        held = {(row["id"], prediction["model_version"]) for row in rows for prediction in row["predictions"]}
        missing = [parcel for parcel in parcels if (parcel.task, parcel.version) not in held]
        self.report.predictions += len(parcels) - len(missing)
        return missing

    def refuse(self, parcel: Parcel, why: str) -> None:
        self.report.refused.append(Refusal(parcel.document, f"prediction {parcel.version!r}: {why}"))

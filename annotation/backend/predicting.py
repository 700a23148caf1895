"""Predictions for the tasks of one request: in batches, one model, a bad task failing no other."""

from __future__ import annotations

import asyncio
import logging
import time
import traceback
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any, NamedTuple

from annotation.backend.journal import Journal
from annotation.backend.serving import Served
from annotation.label_studio.parcels import score
from annotation.label_studio.regions import to_result
from annotation.label_studio.tasks import from_data
from tolltrace.documents import AnnotatedDocument, Document

BATCH_DOCUMENTS = 32
BATCH_CHARACTERS = 200_000


@dataclass(frozen=True, slots=True)
class Limits:
    """``body``: bytes of a request. ``tasks``: of one request. ``text``: characters of one task's text. ``seconds``:
    how long one request is worked on; Label Studio waits 100 and then throws all of it away."""

    body: int = 64 << 20
    tasks: int = 10_000
    text: int = 1_000_000
    seconds: float = 80.0


class Item(NamedTuple):
    """A task that is to be predicted. ``place``: in the request."""

    place: int
    task: Any
    data: Mapping[str, Any]


Prediction = dict[str, Any]


class Predicting:
    """``worker``: runs the model, off the event loop; requests take turns there batch by batch, so that an annotator
    who opens one task does not wait for another's thousand."""

    def __init__(
        self, journal: Journal, worker: Executor, limits: Limits, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.journal = journal
        self.worker = worker
        self.limits = limits
        self.clock = clock

    async def results(
        self, served: Served, tasks: Sequence[Any], gone: Callable[[], Awaitable[bool]]
    ) -> list[Prediction | list[Any]]:
        """Label Studio's results, one a task and in order: a prediction, or an empty list, which Label Studio stores
        nothing for and asks for again. ``gone``: whether nobody waits for the answer any more."""
        deadline = self.clock() + self.limits.seconds
        results: list[Prediction | list[Any]] = [[] for _ in tasks]
        items = list(self._items(served, tasks))
        loop = asyncio.get_running_loop()
        done = 0
        for batch in _batches(items):
            left = f"{len(items) - done} of {len(items)} tasks"
            if await gone():
                self.journal.problem("given up", f"Label Studio hung up, {left} are not predicted")
                break
            if done and self.clock() > deadline:
                within = f"within {self.limits.seconds:g} s"
                self.journal.problem(
                    "left for later", f"{left} are not predicted {within}: retrieve predictions again for the rest"
                )
                break
            for place, prediction in await loop.run_in_executor(self.worker, self._predict, served, batch):
                results[place] = prediction
            done += len(batch)
        return results

    def _items(self, served: Served, tasks: Sequence[Any]) -> Iterator[Item]:
        for place, task in enumerate(tasks):
            if not isinstance(task, Mapping):
                self._refuse(place, task, f"a task must be an object, not {type(task).__name__}")
                continue
            data = task.get("data")
            text = data.get("text") if isinstance(data, Mapping) else None
            if not isinstance(data, Mapping):
                self._refuse(place, task, "the task has no data")
            elif isinstance(text, str) and len(text) > self.limits.text:
                self._refuse(place, task, f"its text has {len(text):,} characters, more than {self.limits.text:,}")
            elif _holds(task, served.version):
                self.journal.count("tasks that held this model's prediction")
            else:
                yield Item(place, task, data)

    def _predict(self, served: Served, batch: Sequence[Item]) -> list[tuple[int, Prediction]]:
        items, documents = [], []
        for item in batch:
            try:
                documents.append(from_data(item.data))
            except (ValueError, TypeError) as error:  # among them DocumentError
                self._refuse(item.place, item.task, str(error))
            else:
                items.append(item)
        found = self._annotate(served, items, documents)
        self.journal.count("tasks predicted", len(found))
        return found

    def _annotate(
        self, served: Served, items: Sequence[Item], documents: Sequence[Document]
    ) -> list[tuple[int, Prediction]]:
        if not documents:
            return []
        try:
            found = served.annotate(documents)
            return [(item.place, _prediction(served, a)) for item, a in zip(items, found, strict=True)]
        except Exception as error:  # one article must not fail the others: find it
            if len(items) > 1:
                pairs = zip(items, documents, strict=True)
                return [one for item, document in pairs for one in self._annotate(served, [item], [document])]
            self.journal.problem(
                "prediction failed",
                f"{type(error).__name__}: {error}",
                logging.ERROR,
                task=_id(items[0].task),
                document=documents[0].id,
                at=[f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-3:]],
            )
            return []

    def _refuse(self, place: int, task: Any, reason: str) -> None:
        self.journal.problem("task refused", reason, task=_id(task), place=place)


def _prediction(served: Served, annotated: AnnotatedDocument) -> Prediction:
    return {"result": to_result(annotated), "score": score(annotated), "model_version": served.version}


def _holds(task: Mapping[str, Any], version: str) -> bool:
    predictions = task.get("predictions")
    return isinstance(predictions, list) and any(
        isinstance(prediction, Mapping) and prediction.get("model_version") == version for prediction in predictions
    )


def _batches(items: Sequence[Item]) -> Iterator[list[Item]]:
    batch: list[Item] = []
    characters = 0
    for item in items:
        length = len(str(item.data.get("text")))
        if batch and (len(batch) == BATCH_DOCUMENTS or characters + length > BATCH_CHARACTERS):
            yield batch
            batch, characters = [], 0
        batch.append(item)
        characters += length
    if batch:
        yield batch


def _id(task: Any) -> int | str | None:
    """A task's id for the journal, whatever was sent as one."""
    name = task.get("id") if isinstance(task, Mapping) else None
    return name if name is None or isinstance(name, int) else str(name)[:100]

"""The steps of `python -m scripts.retrain`, each from named files to named files of the run's folder."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from annotation import gold as golds
from annotation import pull, snapshot
from annotation.check import read_all
from annotation.label_studio.studio import connect
from annotation.lint import find_slips
from scripts.steps import Steps, checksum
from tolltrace import jsonlines
from tolltrace.model import loading
from tolltrace.model.predictor import Predictor
from tolltrace.writing.partial import written_whole
from tolltrace.writing.words import one_line
from training import config as configs
from training import splits
from training.compare import MEAN, SAID, SCORES, Comparison, Difference, Verdict, compare
from training.evaluate import evaluate
from training.merge import Merged, merge
from training.train import RUN_FILE, train

SHOWN = 20
LAST = "compare"


class RetrainError(ValueError):
    """A run that cannot go on; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What a run depends on, besides the files and the server that these name."""

    project: str | None
    adjudication: str | None
    gold: Path | None
    single: bool
    config: Path
    released: str
    measured: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return json.loads(json.dumps(dataclasses.asdict(self), default=str))  # type: ignore[no-any-return]


def folder_for(choices: Choices, runs: Path, name: str | None = None) -> Path:
    """The run's folder: of that name; else the last one of this project or file while it is unfinished, or a new
    one."""
    if name:
        return runs / name
    subject = choices.project or (choices.gold.stem if choices.gold else "")
    stem = re.sub(r"[^\w.-]+", "-", subject).strip("-.").lower() or "run"
    taken = [int(path.name[len(stem) + 1 :]) for path in runs.glob(f"{stem}-*") if _is_number(path.name, stem)]
    last = max(taken, default=0)
    unfinished = last and not (runs / f"{stem}-{last}" / f"{LAST}.done").exists()
    return runs / f"{stem}-{last if unfinished else last + 1}"


def _is_number(name: str, stem: str) -> bool:
    number = name[len(stem) + 1 :]
    return number.isascii() and number.isdigit()


class Run:
    """One run in its folder, whose files are the attributes. Raises RetrainError where the folder is another run's."""

    def __init__(self, folder: Path, choices: Choices, console: Console) -> None:
        self.folder, self.choices, self.console = folder, choices, console
        self.steps = Steps(folder, console)
        self.config = configs.read(choices.config)
        self.snapshots = [folder / "annotated", *([folder / "adjudicated"] if choices.adjudication else [])]
        self.notes, self.gold, self.left_out = (folder / name for name in ("notes.txt", "gold.jsonl", "left_out.tsv"))
        self.corpus, self.splits, self.merged = (
            folder / name for name in ("corpus.jsonl", "splits.json", "merged.json")
        )
        self.model, self.test = folder / "model", folder / "test.jsonl"
        self.predicted = {name: folder / f"{name}.jsonl" for name in ("released", "new")}
        self.scores, self.comparison = folder / "scores.json", folder / "comparison.json"
        self._remember()

    def _remember(self) -> None:
        memory, chosen = self.folder / "choices.json", self.choices.to_json()
        if memory.exists():
            before = json.loads(memory.read_text(encoding="utf-8"))
            if other := [name for name in chosen if before.get(name) != chosen[name]]:
                told = ", ".join(f"{name} {before.get(name)!r}, not {chosen[name]!r}" for name in other)
                raise RetrainError(f"{self.folder} was begun with {told}: give the same again, or another --name")
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        with written_whole(memory) as partial:
            partial.write_text(json.dumps(chosen, indent=1) + "\n", encoding="utf-8")

    def all(self, url: str | None = None) -> Verdict:
        """Every step that is not done yet, and the verdict, which is printed too."""
        run, own = self.steps.run, [self.choices.gold] if self.choices.gold else []
        sources = own or [folder / snapshot.MANIFEST for folder in self.snapshots]
        self.console.print(f"run {self.folder}", markup=False)
        if not own:
            run("pull", [], sources, lambda: self._pull(url))
        run("check", sources, [self.notes], self._check)
        run("gold", sources, [self.gold, self.left_out], self._make_gold)
        run("merge", [self.gold], [self.corpus, self.splits, self.merged], self._merge)
        run("train", [self.corpus, self.splits, self.choices.config], [self.model / RUN_FILE], self._train)
        judged = [self.corpus, self.splits, self.model / RUN_FILE]
        run("evaluate", judged, [self.test, *self.predicted.values(), self.scores], self._evaluate)
        run(LAST, [self.test, *self.predicted.values(), self.merged], [self.comparison], self._compare)
        return self._tell()

    def _pull(self, url: str | None) -> None:
        studio = connect(url)
        for title, folder in zip((self.choices.project, self.choices.adjudication), self.snapshots, strict=False):
            with self.console.status(f"pulling {title}"):
                pulled = pull.pull(studio, studio.project(str(title)), folder)
            pull.report(pulled, studio.url, self.console)

    def _check(self) -> None:
        """Errors stop the run; notes, likely slips, are for a person to look at."""
        files = [path for folder in self.snapshots for path in sorted((folder / snapshot.ANNOTATORS).glob("*.jsonl"))]
        errors: list[str] = []
        notes: dict[str, None] = {}  # each once, however many annotators made the slip
        for annotated in read_all([self.choices.gold] if self.choices.gold else files, errors):
            notes.update((f"{one_line(annotated.id)}: {one_line(slip)}", None) for slip in find_slips(annotated))
        if errors:
            raise RetrainError("\n".join([f"{len(errors)} errors; mend them where they come from:", *errors]))
        with written_whole(self.notes) as partial:
            partial.write_text("".join(f"{note}\n" for note in notes), encoding="utf-8")
        self._list([f"note {note}" for note in notes], self.notes)
        self.console.print(f"no errors, {len(notes):,} notes (likely slips, for a person to look at)")

    def _make_gold(self) -> None:
        if self.choices.gold:
            made = golds.Gold(list(jsonlines.read(self.choices.gold)))
            self.console.print(f"{len(made.documents):,} articles of {self.choices.gold}", markup=False)
        else:
            annotated, *adjudicated = self.snapshots
            made = golds.from_snapshots(annotated, next(iter(adjudicated), None), self.choices.single)
            for line in golds.report_lines(made):
                self.console.print(line, markup=False)
        left = [str(one) for one in made.left_out]
        self.left_out.write_text("".join(f"{line}\n" for line in left), encoding="utf-8")
        self._list([f"left out: {line}" for line in left], self.left_out)
        golds.write(made, self.gold)

    def _merge(self) -> None:
        data = self.config.data
        corpus = [annotated for path in data.corpus for annotated in jsonlines.read(path)]
        beside = [annotated for path in data.files() if path not in data.corpus for annotated in jsonlines.read(path)]
        measured = [annotated for path in self.choices.measured for annotated in jsonlines.read(path)]
        made = merge(corpus, jsonlines.read(self.gold), splits.read(data.splits), beside, measured)
        told = [
            *(f"left out: {one_line(name)}: {one_line(why)}" for name, why in made.left_out.items()),
            *(f"replaced in the corpus: {one_line(name)}" for name in made.replaced),
        ]
        self._list(told, self.merged)
        self.console.print(
            f"{len(made.new):,} new articles, {len(made.replaced):,} replaced, {len(made.unchanged):,} as they were, "
            f"{len(made.left_out):,} left out; the corpus has {len(made.corpus):,}"
        )
        if not made.new and not made.replaced:
            raise RetrainError("the gold holds nothing that the corpus lacks: there is nothing to train for")
        self._write_merged(made)

    def _write_merged(self, made: Merged) -> None:
        jsonlines.write(self.corpus, made.corpus)
        _write_json(self.splits, made.splits)
        facts = {name: getattr(made, name) for name in ("new", "replaced", "unchanged", "left_out")}
        base = {path: checksum(Path(path)) for path in (*self.config.data.corpus, self.config.data.splits)}
        _write_json(self.merged, {"base": base, **facts})

    def _train(self) -> None:
        if (self.model / RUN_FILE).exists():  # finished, but of other data
            shutil.rmtree(self.model)
        self.model.mkdir(exist_ok=True)
        data = dataclasses.replace(self.config.data, corpus=(str(self.corpus),), splits=str(self.splits))
        train(dataclasses.replace(self.config, data=data), self.model)

    def _evaluate(self) -> None:
        test = splits.select(jsonlines.read(self.corpus), splits.read(self.splits), "test")
        if not test:
            raise RetrainError(f"no document of {self.corpus} is in the test split: there is nothing to compare by")
        jsonlines.write(self.test, test)
        released = None if self.choices.released == "default" else self.choices.released
        scores = {}
        for name, model in (("released", released), ("new", str(self.model))):
            with self.console.status(f"the {name} model reads {len(test):,} test articles"):
                scores[name], predicted = evaluate(Predictor(loading.load(model)), test)
            jsonlines.write(self.predicted[name], predicted)
        _write_json(self.scores, scores)

    def _compare(self) -> None:
        """On all test articles, and on those that this run added and those that were there before, if it has both."""
        test, released, new = (list(jsonlines.read(path)) for path in (self.test, *self.predicted.values()))
        fresh = json.loads(self.merged.read_text(encoding="utf-8"))["new"]
        parts = {"all": test, "added": [], "before": []}
        for annotated in test:
            parts["added" if annotated.id in fresh else "before"].append(annotated)
        found = {name: compare(part, released, new) for name, part in parts.items() if part}
        _write_json(self.comparison, {name: one.to_json() for name, one in found.items()})

    def _tell(self) -> Verdict:
        found = json.loads(self.comparison.read_text(encoding="utf-8"))
        for name, value in found.items():
            if name == "all" or len(found) == 3:
                self.console.print(_table(name, _comparison(value)))
        whole = _comparison(found["all"])
        self.console.print(f"[bold]{SAID[whole.verdict]}[/bold]")
        self.console.print(whole.why)
        self.console.print(f"The model is {self.model}, what became of the gold stands in {self.merged}.", markup=False)
        return whole.verdict

    def write_back(self) -> None:
        """The merged corpus and its splits to where they came from. Raises RetrainError where those have changed
        since."""
        if len(self.config.data.corpus) != 1:
            raise RetrainError(f"{self.choices.config} names several corpora: merge {self.gold} by hand")
        targets = {self.config.data.splits: self.splits, self.config.data.corpus[0]: self.corpus}
        base = json.loads(self.merged.read_text(encoding="utf-8"))["base"]
        for path, source in targets.items():
            if checksum(Path(path)) not in (base[path], checksum(source)):
                raise RetrainError(f"{path} has changed since this run took it up: begin a new run, and merge that")
        # The splits first: they may name documents that the corpus lacks, but not the other way round.
        for path, source in targets.items():
            with written_whole(Path(path)) as partial:
                shutil.copyfile(source, partial)
            self.console.print(f"written: {path}", markup=False)

    def _list(self, lines: list[str], file: Path) -> None:
        for line in lines[:SHOWN]:
            self.console.print(line, markup=False)
        if len(lines) > SHOWN:
            self.console.print(f"and {len(lines) - SHOWN:,} more: {file}", markup=False)


def _comparison(value: dict[str, Any]) -> Comparison:
    scores = {key: Difference(**row) for key, row in value["scores"].items()}
    return Comparison(value["documents"], scores, value["verdict"], value["why"])


def _table(name: str, found: Comparison) -> Table:
    table = Table(title=f"F1 on {found.documents:,} test articles ({name})", title_justify="left")
    for heading in ("", "released", "new", "difference", "interval"):
        table.add_column(heading, justify="right" if heading else "left")
    for key in (*SCORES, MEAN):
        row = found.scores[key]
        interval = f"{row.low:+.3f} to {row.high:+.3f}"
        table.add_row(key, f"{row.old:.3f}", f"{row.new:.3f}", f"{row.difference:+.3f}", interval)
    return table


def _write_json(path: Path, value: Any) -> None:
    with written_whole(path) as partial:
        partial.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

"""Change a live project's labelling configuration where nothing in use would break.

``python -m annotation.label_studio.config_update PROJECT`` gives a project the configuration and the instructions of
the scheme as it is now. Label Studio itself accepts what removes a label in use, looks at no relations, and takes
doubled labels and hotkeys in silence: so what annotations, drafts and predictions use is counted here first.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

from label_studio_sdk._extensions.label_studio_tools.core.label_config import parse_config
from rich.console import Console

from annotation import instructions, labelling_config
from annotation.label_studio.export import Export, Unreadable
from annotation.label_studio.studio import Project, Studio, StudioError, StudioRefused, connect
from tolltrace import scheme

RESERVED = ("u", "enter", "backspace", "delete", "escape", "esc", "alt+r", "ctrl+enter", "ctrl+space")
QUESTION = "$question"
SHOWN = 10  # tasks


class Part(NamedTuple):
    """Something of a configuration that a result may use: a label of a tag, a tag itself, the name of a link."""

    kind: str
    tag: str
    name: str

    def __str__(self) -> str:
        where = f" of the tag {self.tag!r}" if self.kind == "label" else ""
        return f"{self.kind} {self.name!r}{where}"


@dataclass(frozen=True, slots=True)
class Change:
    """What an update did. ``changed`` is False where the project had the configuration already."""

    changed: bool
    added: tuple[Part, ...] = ()
    removed: tuple[Part, ...] = ()

    def __str__(self) -> str:
        if not self.changed:
            return "the project has this configuration already"
        parts = [f"added {part}" for part in self.added] + [f"removed {part}" for part in self.removed]
        return "; ".join(parts) or "changed how it looks; labels and links are the same"


@dataclass
class Uses:
    """How often a part is used, and in which tasks."""

    times: int = 0
    tasks: set[int] = field(default_factory=set)
    where: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        tasks = sorted(self.tasks)
        names = ", ".join(map(str, tasks[:SHOWN])) + (f" and {len(tasks) - SHOWN} more" if len(tasks) > SHOWN else "")
        kinds = ", ".join(f"{number} in {kind}" for kind, number in sorted(self.where.items()))
        return f"used {_times(self.times)} ({kinds}), in task{'s' * (len(tasks) > 1)} {names}"


def update(studio: Studio, project: Project, config: str, **settings: Any) -> Change:
    """Give the project another configuration, and further ``settings`` of Label Studio's. Raises StudioError, with
    nothing changed, where the configuration is faulty or lacks what annotations, drafts or predictions use."""
    if faults := find_faults(config):
        raise StudioError(f"the new labelling configuration is faulty: {'; '.join(faults)}")
    before, after = _parts(project.config, "the configuration of the project"), _parts(config, "the new configuration")
    what = f"change the labelling configuration of project {project.title!r}"
    refusal = _refusal(studio, project, config, what)
    vanishing = [part for part in before if part not in after]
    added = [part for part in after if part not in before]
    if vanishing or added:
        used = _uses(studio, project, _Broken(vanishing, added))
        if used:
            told = "; ".join(f"{part} is {uses}" for part, uses in used.items())
            raise StudioError(
                f"cannot {what}, nothing was changed: {told}. Relabel or delete these first, or make a new project"
            )
    if refusal:
        raise refusal
    if config == project.config and all(project.facts.get(name) == value for name, value in settings.items()):
        return Change(False)
    studio.update(project, label_config=config, **settings)
    return Change(True, tuple(added), tuple(vanishing))


def find_faults(config: str) -> list[str]:
    """What the server would take in silence and annotators would stumble over, each as a sentence."""
    try:
        root = _tree(config)
    except ElementTree.ParseError as error:
        return [f"it is no XML: {error}"]
    faults = []
    for tag in root.iter("Labels"):
        names = [_text(label, "value") for label in tag.iter("Label")]
        faults += _doubled(f"label of the tag {_text(tag, 'name')!r}", names)
    faults += _doubled("link", [_text(relation, "value") for relation in root.iter("Relation")])
    keys = [_text(tag, "hotkey").lower() for tag in root.iter() if tag.get("hotkey")]
    faults += _doubled("hotkey", keys)
    faults += [f"the hotkey {key!r} is one of Label Studio's own" for key in dict.fromkeys(keys) if key in RESERVED]
    faults += _doubled("tag name", [_text(tag, "name") for tag in root.iter() if tag.get("name")])
    return faults


def _tree(config: str) -> ElementTree.Element:
    if "<!" in config.replace("<!--", ""):
        raise ElementTree.ParseError("a declaration (<!…) has no place in it")
    return ElementTree.fromstring(config)  # noqa: S314  # no declarations, so no entities


def _text(tag: ElementTree.Element, attribute: str) -> str:
    return tag.get(attribute) or ""


def _doubled(what: str, names: Iterable[str]) -> list[str]:
    return [f"{what} {name!r} stands {_times(number)}" for name, number in Counter(names).items() if number > 1]


def _parts(config: str, what: str) -> dict[Part, None]:
    """In their order, all that a result may use. A tag's name goes with its type and with what it lies over."""
    try:
        tags, root = parse_config(config), _tree(config)
    except Exception as error:  # whatever the parser of the SDK raises
        raise StudioError(f"{what} cannot be read: {error}") from error
    parts: list[Part] = []
    for name, tag in tags.items():
        pairs = zip(tag["to_name"], tag["inputs"], strict=False)
        over = ", ".join(f"{text} (${source['value']})" for text, source in pairs)
        parts.append(Part("tag", name, f"{tag['type']} {name} over {over}"))
        parts += [Part("label", name, label) for label in tag["labels"]]
    parts += [Part("link", "", _text(relation, "value")) for relation in root.iter("Relation")]
    return dict.fromkeys(parts)


def _refusal(studio: Studio, project: Project, config: str, what: str) -> StudioRefused | None:
    """What the server has against it; its words name no task, so they are the last to be said."""
    try:
        studio.call(what, lambda: studio.sdk.projects.validate_label_config(id=project.id, label_config=config))
    except StudioRefused as refused:
        return refused
    return None


class _Broken:
    """Finds in a result what a change would break."""

    def __init__(self, vanishing: Sequence[Part], added: Sequence[Part]) -> None:
        self.tags = {part.tag: part for part in vanishing if part.kind == "tag"}
        self.parts = {part for part in vanishing if part.kind != "tag"}
        self.links_gone = any(part.kind == "link" for part in vanishing)
        self.links_added = {part.name for part in added if part.kind == "link"}

    def of(self, result: Sequence[Mapping[str, Any]]) -> Iterator[Part]:
        labels: dict[str, str] = {}
        for item in result:
            if item.get("type") == "relation":
                continue
            names = _names(item)
            if names:
                labels[str(item.get("id"))] = names[0]
            tag = str(item.get("from_name"))
            if tag in self.tags:
                yield self.tags[tag]
            else:
                yield from (part for name in names if (part := Part("label", tag, name)) in self.parts)
        for item in result:
            if item.get("type") != "relation":
                continue
            if given := item.get("labels"):
                yield from (part for name in given if (part := Part("link", "", str(name))) in self.parts)
            else:
                ends = [labels.get(str(item.get(end)), "") for end in ("from_id", "to_id")]
                head, tail = reversed(ends) if item.get("direction") == "left" else ends
                if self._unsettled(head, tail):
                    yield Part("link without a name", "", f"{head} to {tail}")

    def _unsettled(self, head: str, tail: str) -> bool:
        """Whether a relation that has no name gets none from the scheme any more."""
        allowed = scheme.links_between(head, tail)
        before = [name for name in allowed if name not in self.links_added]
        return (self.links_gone and not allowed) or (len(before) == 1 and len(allowed) > 1)


def _names(item: Mapping[str, Any]) -> list[str]:
    kind, value = item.get("type"), item.get("value")
    names = value.get(kind) if isinstance(value, Mapping) and isinstance(kind, str) else None
    return [str(name) for name in names] if isinstance(names, list) else []


def _uses(studio: Studio, project: Project, broken: _Broken) -> dict[Part, Uses]:
    found: dict[Part, Uses] = {}
    for kind, task, result in _results(studio, project):
        for part in broken.of(result):
            uses = found.setdefault(part, Uses())
            uses.times += 1
            uses.tasks.add(task)
            uses.where[kind] += 1
    return found


def _results(studio: Studio, project: Project) -> Iterator[tuple[str, int, list[Mapping[str, Any]]]]:
    """Every result of the project: what it belongs to, its task, and itself. Everybody's drafts stand in the export
    alone, predictions with their regions in the list of tasks alone."""
    with tempfile.TemporaryDirectory() as scratch:
        for task in Export(studio, project, Path(scratch)).tasks():
            if isinstance(task, Unreadable):
                raise StudioError(
                    f"cannot tell what project {project.title!r} uses: the server fails to export task {task.id}; "
                    "delete it, or correct its annotations, first"
                )
            yield from _in("annotations", task)
            yield from _in("drafts", task)
            for annotation in task.get("annotations") or []:
                yield from _in("drafts", {"id": task["id"], "drafts": annotation.get("drafts")})
    for task in studio.tasks(project):
        yield from _in("predictions", task)


def _in(kind: str, task: Mapping[str, Any]) -> Iterator[tuple[str, int, list[Mapping[str, Any]]]]:
    for row in task.get(kind) or []:
        result = row.get("result") if isinstance(row, Mapping) else None
        if isinstance(result, list):
            yield kind, int(task["id"]), [item for item in result if isinstance(item, Mapping)]


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def main(given: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m annotation.label_studio.config_update", description=__doc__)
    parser.add_argument("project", help="title or id")
    parser.add_argument("--url", help="the server, instead of LABEL_STUDIO_URL")
    arguments = parser.parse_args(given)
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        studio = connect(arguments.url)
        project = studio.project(arguments.project)
        config = labelling_config.build(question=QUESTION in project.config)
        change = update(studio, project, config, expert_instruction=instructions.html())
    except StudioError as error:
        console.print(f"error: {error}", markup=False)
        return 2
    console.print(f"{project.title}: {change}", markup=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())

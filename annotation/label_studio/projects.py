"""Projects of ours: made with the scheme's labelling configuration, or found and checked.

A blind project is one whose annotators must see no predictions, so that they do not agree with the model instead of
each other. It says so in its description, by which it is known later.
"""

from __future__ import annotations

from typing import Any

from label_studio_sdk._extensions.label_studio_tools.core.label_config import parse_config

from annotation.label_studio.studio import Project, Studio, StudioError

BLIND = "Blind: annotators work without predictions. [tolltrace:blind]"
MARK = "[tolltrace:blind]"
SEQUENTIAL, UNIFORM = "Sequential sampling", "Uniform sampling"
# Each of them would fetch predictions from a connected model when a task is opened.
NO_PREDICTIONS = {"show_collab_predictions": False, "evaluate_predictions_automatically": False}


def is_blind(project: Project) -> bool:
    return MARK in (project.facts.get("description") or "")


def open_project(
    studio: Studio,
    title: str,
    config: str,
    *,
    blind: bool = False,
    overlap: int | None = None,
    shuffled: bool | None = None,
    instructions: str = "",
    description: str = "",
) -> tuple[Project, list[str]]:
    """The project of that title, made where there is none, and what was done to it, in words.

    ``blind``: see above; a project that is there already must be blind. ``overlap``: how many annotators get each
    article; None for one in a new project, and for what it has in one that is there. ``shuffled``: articles come in an
    order of chance. Raises StudioError where the project that is there has another configuration.
    """
    project = studio.find(title)
    if project is None:
        settings: dict[str, Any] = {
            "description": " ".join(part for part in (description, BLIND if blind else "") if part),
            "maximum_annotations": overlap or 1,
            "sampling": UNIFORM if shuffled else SEQUENTIAL,
            "expert_instruction": instructions,
            "show_instruction": bool(instructions),
            **(NO_PREDICTIONS if blind else {}),
        }
        project = studio.create(title, config, **settings)
        return project, [f"made the project {title!r} (id {project.id})"]
    check_config(project, config)
    if blind and not is_blind(project):
        raise StudioError(
            f"project {title!r} is there and not blind: its annotators may have seen predictions. Choose another title"
        )
    changes: dict[str, Any] = {}
    if is_blind(project):
        changes |= {name: value for name, value in NO_PREDICTIONS.items() if project.facts.get(name) != value}
    if overlap and project.facts.get("maximum_annotations") != overlap:
        changes["maximum_annotations"] = overlap
    sampling = UNIFORM if shuffled else SEQUENTIAL
    if shuffled is not None and project.facts.get("sampling") != sampling:
        changes["sampling"] = sampling
    if not changes:
        return project, []
    told = [
        f"set {name} of project {title!r} from {project.facts.get(name)!r} to {changes[name]!r}" for name in changes
    ]
    return studio.update(project, **changes), told


def check_config(project: Project, config: str) -> None:
    """Raises StudioError unless the project's configuration has the tags and labels of ``config``."""
    try:
        theirs = _labels(project.config)
    except Exception as error:  # whatever the parser of the SDK raises
        raise StudioError(
            f"the labelling configuration of project {project.title!r} cannot be read: {error}"
        ) from error
    ours = _labels(config)
    if theirs == ours:
        return
    differences = [
        f"{tag}: it has {', '.join(sorted(theirs.get(tag, ())) or ['no such tag'])}; ours has "
        f"{', '.join(sorted(ours.get(tag, ())) or ['none'])}"
        for tag in sorted(theirs.keys() | ours.keys())
        if theirs.get(tag) != ours.get(tag)
    ]
    raise StudioError(
        f"project {project.title!r} has another labelling configuration than the scheme: {'; '.join(differences)}. "
        "`python -m annotation.label_studio.config_update` changes it where nothing in use would break"
    )


def _labels(config: str) -> dict[str, frozenset[str]]:
    """By the name of each control tag, its labels."""
    return {name: frozenset(tag.get("labels") or ()) for name, tag in parse_config(config).items()}

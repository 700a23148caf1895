"""Whether a project's labelling configuration can hold what the model says."""

from __future__ import annotations

from functools import lru_cache
from xml.etree import ElementTree

from annotation.labelling_config import TEXT, tag_of
from tolltrace import scheme

LONGEST = 200_000
REMEDY = "use a project made by `python -m annotation.push`, or the output of `python -m annotation.labelling_config`"


@lru_cache(maxsize=64)
def misfit(config: str) -> str:
    """Why predictions do not fit the configuration; empty where they do. Without this check Label Studio would keep
    regions whose label no annotator can see."""
    if len(config) > LONGEST:
        return f"the labelling configuration has {len(config)} characters, more than {LONGEST}"
    if "<!" in config.replace("<!--", ""):
        return f"the labelling configuration holds a declaration (<!…), which has no place there: {REMEDY}"
    try:
        root = ElementTree.fromstring(config)  # noqa: S314  # no declarations, so no entities
    except ElementTree.ParseError as error:
        return f"the labelling configuration is no XML ({error}): {REMEDY}"
    if not any(tag.get("value") == "$text" for tag in root.iter("Text") if tag.get("name") == TEXT):
        return f'the labelling configuration shows no text of ours (<Text name="{TEXT}" value="$text"/>): {REMEDY}'
    known = {
        (tag.get("name"), label.get("value"))
        for tag in root.iter("Labels")
        if tag.get("toName") == TEXT
        for label in tag.iter("Label")
    }
    missing = [name for name in scheme.LABEL_NAMES if (tag_of(name), name) not in known]
    if missing:
        return f"the labelling configuration lacks the labels {', '.join(missing)}: {REMEDY}"
    return ""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from label_studio_sdk.label_interface.interface import LabelInterface

from annotation import labelling_config, tables
from tolltrace import scheme


def test_label_studio_reads_the_configuration() -> None:
    interface = LabelInterface(labelling_config.build())
    interface.validate()
    labels = interface.get_control("labels").labels
    assert sorted(labels) == sorted(scheme.LABEL_NAMES)


def test_labels_have_hotkeys_and_colours_of_their_own_and_links_their_names() -> None:
    view = ElementTree.fromstring(labelling_config.build())  # noqa: S314  # our own text
    keys = [label.get("hotkey") for label in view.iter("Label")]
    colours = [label.get("background") for label in view.iter("Label")]
    assert len(set(keys)) == len(set(colours)) == len(scheme.LABELS)
    assert [relation.get("value") for relation in view.iter("Relation")] == list(scheme.LINK_NAMES)


@pytest.mark.parametrize("name", ["annotation/guidelines.md", "data/README.md"])
def test_tables_in_the_documentation_are_those_of_scheme_and_data(name: str, root: Path) -> None:
    text = (root / name).read_text(encoding="utf-8")
    assert "<!-- table:" in text
    assert tables.filled(text) == text

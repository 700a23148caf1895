from __future__ import annotations

from itertools import product
from pathlib import Path
from xml.etree import ElementTree

import pytest
from label_studio_sdk.label_interface.interface import LabelInterface

from annotation import instructions, labelling_config, tables
from tolltrace import scheme


def view(question: bool = False) -> ElementTree.Element:
    return ElementTree.fromstring(labelling_config.build(question))  # noqa: S314  # our own text


@pytest.mark.parametrize("question", [False, True])
def test_label_studio_reads_the_configuration(question: bool) -> None:
    interface = LabelInterface(labelling_config.build(question))
    interface.validate()
    assert sorted(interface.get_control("labels").labels) == sorted(scheme.LABEL_NAMES)
    assert interface.get_control("note").to_name == ["text"]
    assert interface.get_object("text").value_name == "text"


def test_labels_have_hotkeys_and_colours_of_their_own_and_links_their_names() -> None:
    labels = list(view().iter("Label"))
    for attribute in ("value", "hotkey", "background", "hint"):
        assert len({label.get(attribute) for label in labels}) == len(scheme.LABELS)
    assert {str(label.get("value")): label.get("hotkey") for label in labels} == labelling_config.HOTKEYS
    assert [relation.get("value") for relation in view().iter("Relation")] == list(scheme.LINK_NAMES)


def test_labels_stand_together_by_layers() -> None:
    groups = [[str(label.get("value")) for label in group] for group in view().iterfind(".//Labels/View")]
    assert sorted(map(sorted, groups)) == sorted(sorted(scheme.layer_labels(layer)) for layer in scheme.LAYERS)


def test_only_a_project_for_questions_shows_one() -> None:
    assert [tag.get("value") for tag in view(question=True).iterfind("View[@className='tt-question']/Header")] == [
        "$question"
    ]
    assert "$question" not in labelling_config.build()


def test_the_style_sheet_survives_the_editor_and_names_every_label() -> None:
    style = str(view().findtext("Style"))
    assert not set("<>&") & set(style)  # the editor would write them as entities
    assert style.count("{") == style.count("}")
    for label in scheme.LABEL_NAMES:
        assert f'[data-label$=":{label}"]::after {{ content: "{label.lower()}"' in style
    classes = {str(tag.get("className")) for tag in view(question=True).iter() if tag.get("className")}
    assert [name for name in classes if f".{name}" not in style] == []


def test_every_label_and_link_is_explained_on_the_screen() -> None:
    page = view()
    told = {str(tag.get("whenLabelValue")): str(tag[0].get("value")) for tag in page.iter("View") if len(tag) == 1}
    (rules,) = (str(tag.get("value")) for tag in page.iter("Markdown"))
    for label in scheme.LABELS:
        assert told[label.name].startswith(f"{label.name}: {label.marks}. For example “{label.example}”.")
        assert f"<td>{label.name}</td><td>{label.marks}</td><td>“{label.example}”</td>" in rules
        assert f"<td>{label.name}</td><td>{label.marks}</td>" in instructions.html()
    for link in scheme.LINKS:
        assert f"<td>{link.name}</td><td>{', '.join(link.tails)}</td><td>{link.meaning}" in rules
    assert "\n" not in instructions.html()  # Label Studio would show them


def test_a_name_is_asked_for_only_where_the_labels_leave_a_choice() -> None:
    assert instructions.naming() == (
        "Name only links to ACTOR (perpetrator, suspected, claimed, denied) and to COUNT or TOTAL (part_of, updates)."
    )
    asked = {tail for tails in instructions.ambiguous().values() for tail in tails}
    for head, tail in product(scheme.COUNT_LABELS, scheme.LABEL_NAMES):
        assert (len(scheme.links_between(head, tail)) > 1) == (tail in asked)


@pytest.mark.parametrize("name", ["annotation/guidelines.md", "data/README.md"])
def test_tables_in_the_documentation_are_those_of_scheme_and_data(name: str, root: Path) -> None:
    text = (root / name).read_text(encoding="utf-8")
    assert "<!-- table:" in text
    assert tables.filled(text) == text

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from annotation import labelling_config
from annotation.label_studio import tasks
from annotation.label_studio.config_update import find_faults, main, update
from annotation.label_studio.server import Server
from annotation.label_studio.studio import KEY, URL, Project, Studio, StudioError, connect
from tests.label_studio.conftest import ALICE
from tolltrace import scheme
from tolltrace.documents import Document

TEXT = "Rebels killed five men in Orlan."
CONFIG = labelling_config.build()
WORDS = {
    "ACTOR": (0, 6),
    "KILLED": (7, 13),
    "MISSING": (7, 13),
    "HARMED": (7, 13),
    "COUNT": (14, 18),
    "VICTIM": (19, 22),
}


def region(label: str) -> dict[str, Any]:
    """Its id is the label."""
    start, end = WORDS[label]
    value = {"start": start, "end": end, "text": TEXT[start:end], "labels": [label]}
    return {"id": label, "from_name": "labels", "to_name": "text", "type": "labels", "value": value}


def relation(head: str, tail: str, *labels: str, **more: str) -> dict[str, Any]:
    named = {"labels": list(labels)} if labels else {}
    return {"type": "relation", "from_id": head, "to_id": tail, "direction": "right"} | named | more


def note(words: str) -> dict[str, Any]:
    value = {"text": [words]}
    return {"id": "n", "from_name": "note", "to_name": "text", "type": "textarea", "value": value}


def without(config: str, *parts: str) -> str:
    lines = config.splitlines()
    kept = [line for line in lines if not any(part in line for part in parts)]
    assert len(kept) < len(lines)
    return "\n".join(kept)


@pytest.fixture(scope="module")
def studio(label_studio: Server) -> Iterator[Studio]:
    studio = connect(label_studio.url, label_studio.key)
    yield studio
    studio.http.close()


def project_with(
    studio: Studio,
    annotation: list[dict[str, Any]] | None = None,
    prediction: list[dict[str, Any]] | None = None,
    draft: list[dict[str, Any]] | None = None,
) -> Project:
    """A project of one task. The draft is another user's than the key's."""
    project = studio.create(f"update {uuid.uuid4().hex[:8]}", CONFIG)
    task: dict[str, Any] = {"data": tasks.to_data(Document("d1", TEXT))}
    if annotation:
        task["annotations"] = [{"result": annotation}]
    if prediction:
        task["predictions"] = [{"model_version": "m", "result": prediction}]
    studio.post("send a task", f"/api/projects/{project.id}/import", [task])
    if draft:
        other = connect(studio.url, ALICE.token)
        number = task_of(studio, project)["id"]
        other.post("keep a draft", f"/api/tasks/{number}/drafts", {"result": draft, "lead_time": 1})
        other.http.close()
    return current(studio, project)


def current(studio: Studio, project: Project) -> Project:
    return studio.project(project.title)


def task_of(studio: Studio, project: Project) -> dict[str, Any]:
    (task,) = studio.tasks(project)
    return task


@pytest.fixture(scope="module")
def used(studio: Studio) -> Project:
    """In use: KILLED, *denied*, *suspected* and the note by an annotation, MISSING and *claimed* by a prediction,
    HARMED and *updates* by a draft."""
    ends = [region("COUNT"), region("ACTOR"), region("VICTIM")]
    return project_with(
        studio,
        annotation=[*ends, region("KILLED"), relation("COUNT", "ACTOR", "denied", "suspected"), note("unclear")],
        prediction=[*ends, region("MISSING"), relation("COUNT", "ACTOR", "claimed")],
        draft=[*ends, region("HARMED"), relation("COUNT", "COUNT", "updates")],
    )


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (('value="LOCATION"', 'value="ACTOR"'), "label of the tag 'labels' 'ACTOR' stands twice"),
        (('hotkey="l"', 'hotkey="a"'), "hotkey 'a' stands twice"),
        (('hotkey="l"', 'hotkey="A"'), "hotkey 'a' stands twice"),
        (('hotkey="l"', 'hotkey="u"'), "the hotkey 'u' is one of Label Studio's own"),
        (('value="harm"', 'value="victim"'), "link 'victim' stands twice"),
        (('name="note"', 'name="text"'), "tag name 'text' stands twice"),
        (("</View>", ""), "it is no XML"),
        (("<View", "<!DOCTYPE x><View"), "it is no XML: a declaration"),
    ],
)
def test_faults_that_the_server_takes_in_silence_are_found(change: tuple[str, str], fault: str) -> None:
    assert find_faults(CONFIG) == []
    assert fault in "; ".join(find_faults(CONFIG.replace(*change)))


@pytest.mark.label_studio
def test_the_server_itself_takes_doubled_labels_and_the_update_does_not(studio: Studio) -> None:
    doubled = CONFIG.replace('value="LOCATION"', 'value="ACTOR"').replace('hotkey="l"', 'hotkey="a"')
    project = project_with(studio)
    with pytest.raises(StudioError, match="label of the tag 'labels' 'ACTOR' stands twice; hotkey 'a' stands twice"):
        update(studio, project, doubled)
    assert current(studio, project).config == CONFIG
    # If this fails, Label Studio has learnt to refuse it.
    assert studio.update(project, label_config=doubled).config == doubled


@pytest.mark.label_studio
def test_what_is_new_is_added_and_what_nobody_uses_is_removed(studio: Studio) -> None:
    project = project_with(studio, [region("COUNT"), region("VICTIM"), relation("COUNT", "VICTIM", "victim")])
    smaller = without(CONFIG, '<Label value="MISSING"', '<Relation value="denied"')
    change = update(studio, project, smaller)
    assert str(change) == "removed label 'MISSING' of the tag 'labels'; removed link 'denied'"
    assert current(studio, project).config == smaller
    change = update(studio, current(studio, project), CONFIG)
    assert str(change) == "added label 'MISSING' of the tag 'labels'; added link 'denied'"
    assert current(studio, project).config == CONFIG
    assert not update(studio, current(studio, project), CONFIG).changed
    kept = task_of(studio, project)["annotations"][0]["result"]
    assert [item["value"]["labels"] for item in kept if item["type"] == "labels"] == [["COUNT"], ["VICTIM"]]


@pytest.mark.label_studio
@pytest.mark.parametrize(
    ("gone", "told"),
    [
        ('<Label value="KILLED"', "label 'KILLED' of the tag 'labels' is used once (1 in annotations)"),
        ('<Label value="MISSING"', "label 'MISSING' of the tag 'labels' is used once (1 in predictions)"),
        ('<Label value="HARMED"', "label 'HARMED' of the tag 'labels' is used once (1 in drafts)"),
        ('<Relation value="denied"', "link 'denied' is used once (1 in annotations)"),
        ('<Relation value="suspected"', "link 'suspected' is used once (1 in annotations)"),
        ('<Relation value="claimed"', "link 'claimed' is used once (1 in predictions)"),
        ('<Relation value="updates"', "link 'updates' is used once (1 in drafts)"),
    ],
)
def test_what_is_in_use_stays(studio: Studio, used: Project, gone: str, told: str) -> None:
    number = task_of(studio, used)["id"]
    with pytest.raises(StudioError) as refused:
        update(studio, used, without(CONFIG, gone, '<Label value="DETAINED"', '<Relation value="part_of"'))
    assert f"nothing was changed: {told}, in task {number}. Relabel" in str(refused.value)
    assert current(studio, used).config == CONFIG


@pytest.mark.label_studio
@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('name="labels"', 'name="spans"'), r"tag 'Labels labels over text \(\$text\)' is used 12 times"),
        (('value="$text"', 'value="$body"'), r"tag 'Labels labels over text \(\$text\)' is used 12 times"),
        (('name="note"', 'name="remark"'), r"tag 'TextArea note over text \(\$text\)' is used once"),
    ],
)
def test_a_tag_in_use_keeps_its_name_and_its_text(
    studio: Studio, used: Project, change: tuple[str, str], told: str
) -> None:
    with pytest.raises(StudioError, match=told) as refused:
        update(studio, used, CONFIG.replace(*change))
    assert "label 'COUNT'" not in str(refused.value)  # the tag says it
    assert current(studio, used).config == CONFIG


@pytest.mark.label_studio
def test_a_link_without_a_name_stays_readable(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its name is read off the scheme, so a link that comes or goes may leave it without one."""
    project = project_with(studio, [region("COUNT"), region("VICTIM"), relation("VICTIM", "COUNT", direction="left")])
    rest = [link for link in scheme.LINKS if link.name != "victim"]
    monkeypatch.setattr(scheme, "LINKS", tuple(rest))
    with pytest.raises(StudioError, match="link without a name 'COUNT to VICTIM' is used once"):
        update(studio, project, without(CONFIG, '<Relation value="victim"'))
    two = [*rest, scheme.LINK_BY_NAME["victim"], scheme.LinkLabel("escort", ("VICTIM",), "who went along")]
    monkeypatch.setattr(scheme, "LINKS", tuple(two))
    with pytest.raises(StudioError, match="link without a name 'COUNT to VICTIM' is used once"):
        update(studio, project, labelling_config.build())
    another = [*rest, scheme.LINK_BY_NAME["victim"], scheme.LinkLabel("near", ("LOCATION",), "what is near")]
    monkeypatch.setattr(scheme, "LINKS", tuple(another))
    assert str(update(studio, project, labelling_config.build())) == "added link 'near'"


@pytest.mark.label_studio
def test_what_the_server_refuses_is_told_in_its_words(studio: Studio, used: Project) -> None:
    lost = '<Choices name="mood" toName="nowhere"><Choice value="grim"/></Choices><Relations>'
    with pytest.raises(StudioError, match='toName="nowhere" not found'):
        update(studio, used, CONFIG.replace("<Relations>", lost))
    assert current(studio, used).config == CONFIG


@pytest.mark.label_studio
def test_the_command_gives_a_project_the_scheme_of_today(
    studio: Studio, label_studio: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(URL, label_studio.url)
    monkeypatch.setenv(KEY, label_studio.key)
    older = without(labelling_config.build(question=True), '<Label value="HARMED"')
    project = studio.create(f"older {uuid.uuid4().hex[:8]}", older)
    assert main([project.title]) == 0
    assert "added label 'HARMED'" in capsys.readouterr().err
    renewed = current(studio, project)
    assert renewed.config == labelling_config.build(question=True)
    assert "press ⋯ and choose" in renewed.facts["expert_instruction"]
    assert main([str(project.id)]) == 0
    assert "has this configuration already" in capsys.readouterr().err
    assert main(["no such project"]) == 2
    assert "has no project 'no such project'" in capsys.readouterr().err

"""The whole circle on the real server: out to two annotators, back, agreement, adjudication, gold."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from annotation import adjudicate, gold, push, snapshot
from annotation.agreement import read_all
from annotation.agreement_scores import measure
from annotation.consensus import agreed_part, cases, is_same
from annotation.disagreement import Article
from annotation.label_studio.regions import from_result, to_result
from annotation.label_studio.server import Server, User
from annotation.label_studio.studio import KEY, URL, Project, Studio, StudioError, connect
from annotation.label_studio.tasks import from_data
from annotation.pull import pull
from scripts import retrain, retraining
from tests.label_studio.conftest import ALICE, BOB, CAROL, OWNER
from tests.test_retrain import interrupt
from tolltrace import jsonlines
from tolltrace.documents import AnnotatedDocument, Document, Link, Span

pytestmark = pytest.mark.label_studio
ARTICLES = 200
# What the two annotators do with an article, in turn: most agree, and all else happens often enough.
KINDS = ("equal",) * 12 + ("other label", "no links", "fewer spans", "nothing found") + ("skipped", "draft", "only one")
Tasks = dict[str, dict[str, Any]]


@dataclass
class Done:
    """What was handed in: by article, by annotator, and what the adjudicator made of the disputed ones."""

    kinds: dict[str, str]
    versions: dict[str, dict[str, AnnotatedDocument]] = field(default_factory=dict)
    decided: dict[str, AnnotatedDocument] = field(default_factory=dict)


@pytest.fixture(scope="module")
def corpus() -> list[AnnotatedDocument]:
    path = Path(__file__).resolve().parents[2] / "data" / "corpus.jsonl"
    return list(islice(jsonlines.read(path), ARTICLES))


@pytest.fixture(autouse=True)
def environment(label_studio: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(URL, label_studio.url)
    monkeypatch.setenv(KEY, label_studio.key)


def tasks_of(studio: Studio, project: Project) -> Tasks:
    """By article; each stands there once."""
    rows = list(studio.tasks(project))
    found = {row["data"]["document_id"]: row for row in rows}
    assert len(found) == len(rows)
    return found


def hand_in(
    studio: Studio, task: int, version: AnnotatedDocument | None, path: str = "annotations/", **more: Any
) -> None:
    result = to_result(version) if version else []
    studio.post(f"hand in {path}", f"/api/tasks/{task}/{path}", {"result": result, **more})


def without_links(version: AnnotatedDocument) -> AnnotatedDocument:
    """Only the links that the scheme asks for."""
    return replace(version, links=tuple(link for link in version.links if link.label == "harm"))


def relabelled(version: AnnotatedDocument) -> AnnotatedDocument:
    """Every COUNT a TOTAL and the other way round."""
    swap = {"COUNT": "TOTAL", "TOTAL": "COUNT"}
    ends = {span: replace(span, label=swap.get(span.label, span.label)) for span in version.spans}
    links = tuple(Link(ends[link.head], link.label, ends[link.tail]) for link in version.links)
    return AnnotatedDocument(version.document, tuple(ends.values()), links)


def shortened(version: AnnotatedDocument) -> AnnotatedDocument:
    """Without the places."""
    kept: set[Span] = {span for span in version.spans if span.label != "LOCATION"}
    return AnnotatedDocument(version.document, tuple(kept), tuple(k for k in version.links if k.tail in kept))


OTHERS: dict[str, Callable[[AnnotatedDocument], AnnotatedDocument]] = {
    "equal": lambda version: version,
    "other label": relabelled,
    "no links": without_links,
    "fewer spans": shortened,
    "nothing found": lambda version: AnnotatedDocument(version.document),
}


def annotate(server: Server, tasks: Tasks, corpus: list[AnnotatedDocument]) -> Done:
    """Alice takes the corpus's annotation as hers, Bob does by the article's kind."""
    alice, bob = (connect(server.url, user.token) for user in (ALICE, BOB))
    names = {user: f"user-{connect(server.url, user.token).me()['id']}" for user in (ALICE, BOB)}
    kinds = {annotated.id: KINDS[number % len(KINDS)] for number, annotated in enumerate(corpus)}
    done = Done(kinds)
    for annotated in corpus:
        task, kind = tasks[annotated.id]["id"], kinds[annotated.id]
        hand_in(alice, task, annotated, lead_time=60.0)
        done.versions[annotated.id] = {names[ALICE]: annotated}
        if kind == "skipped":
            hand_in(bob, task, annotated, was_cancelled=True)
        elif kind == "draft":
            hand_in(bob, task, annotated, "drafts")
        elif kind in OTHERS:
            done.versions[annotated.id][names[BOB]] = OTHERS[kind](annotated)
            hand_in(bob, task, OTHERS[kind](annotated))
    return done


def decide(server: Server, tasks: Tasks, done: Done) -> set[str]:
    """Carol takes one side, the other, or what nobody had; she leaves out every fifth, and skips the one after it."""
    carol, left = connect(server.url, CAROL.token), set()
    for number, (name, row) in enumerate(tasks.items()):
        first, second = done.versions[name].values()
        if number % 5 in (3, 4):
            left.add(name)
            if number % 5 == 4:
                hand_in(carol, row["id"], first, was_cancelled=True)
            continue
        done.decided[name] = (first, second, shortened(without_links(first)))[number % 5]
        hand_in(carol, row["id"], done.decided[name])
    return left


def pulled(studio: Studio, project: Project, folder: Path) -> Path:
    pull(studio, project, folder)
    snapshot.check(folder)
    return folder


def push_all(path: Path, title: str) -> int:
    return push.main([str(path), "--project", title, "--predictions", str(path), "--version", "m1", "--overlap", "2"])


def test_200_articles_through_two_annotators_and_an_adjudicator_to_gold(
    label_studio: Server,
    corpus: list[AnnotatedDocument],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    studio = connect(label_studio.url, OWNER.token)
    title, second = f"circle {uuid4()}", f"adjudication {uuid4()}"
    articles = tmp_path / "articles.jsonl"
    jsonlines.write(articles, corpus)

    # Out, with predictions.
    assert push_all(articles, title) == 0
    project = studio.project(title)
    tasks = tasks_of(studio, project)
    assert len(tasks) == ARTICLES
    assert all([p["model_version"] for p in row["predictions"]] == ["m1"] for row in tasks.values())

    # Annotated, and back.
    done = annotate(label_studio, tasks, corpus)
    kinds = {kind: {name for name, held in done.kinds.items() if held == kind} for kind in set(KINDS)}
    folder = pulled(studio, project, tmp_path / "annotated")
    states = snapshot.read_manifest(folder).states
    assert states["skipped"] == len(kinds["skipped"]) and states["draft"] == len(kinds["draft"])
    assert states["empty"] == len(kinds["nothing found"])
    assert states["refused"] == states["stale"] == states["superseded"] == 0
    held: dict[str, dict[str, AnnotatedDocument]] = {}
    for annotator, theirs in snapshot.read_versions(folder).items():
        for version in theirs:
            held.setdefault(version.id, {})[annotator] = version
    assert held == done.versions

    # Agreement is that of the articles that both have.
    both = sum(len(versions) == 2 for versions in done.versions.values())
    report = measure(read_all([folder]))
    assert len(report.articles) == both
    wanted, found, right = (0, 0, 0)
    for versions in done.versions.values():
        if len(versions) == 2:
            one, other = (set(version.spans) for version in versions.values())
            wanted, found, right = wanted + len(one), found + len(other), right + len(one & other)
    assert report.agreement["span"].f1 == pytest.approx(2 * right / (wanted + found))
    assert right < found < wanted

    # Disputed articles go to the adjudicator, once.
    disputed = {name for name, v in done.versions.items() if len(v) == 2 and not is_same(*v.values())}
    settled = {name for name, versions in done.versions.items() if len(versions) == 2} - disputed
    single = done.versions.keys() - disputed - settled
    assert len(disputed) > 30 and len(settled) > 100 and len(single) > 20
    capsys.readouterr()
    for sent, there in ((len(disputed), 0), (0, len(disputed))):
        assert adjudicate.main([str(folder), "--project", second]) == 0
        told = capsys.readouterr().err
        assert f"{len(settled)} articles are settled, {len(disputed)} are disputed, {len(single)} have one" in told
        assert f"{sent} sent, {there} there already" in told
        assert {line.rpartition(" has ")[2] for line in told.splitlines() if line.startswith("  only ")} == single
    adjudication = studio.project(second)
    assert adjudication.facts["maximum_annotations"] == 1
    assert adjudication.facts["model_version"] == "agreed"  # with this one the interface begins
    sent_tasks = tasks_of(studio, adjudication)
    assert sent_tasks.keys() == disputed
    for name, row in sent_tasks.items():
        document = from_data(row["data"])
        assert document.text == done.versions[name][min(done.versions[name])].text
        shown = {p["model_version"]: from_result(document, p["result"]).annotated for p in row["predictions"]}
        assert shown == {**done.versions[name], "agreed": agreed_part(Article(name, done.versions[name]))}
        assert row["data"]["question"].startswith("2 annotators; they differ ")

    # Decided, back, and gold: exactly what was decided or agreed.
    left = decide(label_studio, sent_tasks, done)
    decisions = pulled(studio, adjudication, tmp_path / "adjudicated")
    out = tmp_path / "gold.jsonl"
    assert gold.main([str(folder), str(decisions), "--out", str(out)]) == 0
    listed = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert {name for kind, name, _ in listed if kind == "disputed"} == left
    assert {name for kind, name, _ in listed if kind == "single"} == single
    made = {annotated.id: annotated for annotated in jsonlines.read(out)}
    assert made.keys() == settled | done.decided.keys()
    for name, annotated in made.items():
        expected = done.decided.get(name) or next(iter(done.versions[name].values()))
        assert is_same(annotated, expected)
        how = "adjudicated" if name in done.decided else "agreed"
        metadata = annotated.document.metadata
        assert (metadata["gold"], metadata["annotators"]) == (how, sorted(done.versions[name]))
        assert metadata.items() >= expected.document.metadata.items()
    assert gold.main([str(folder), str(decisions), "--out", str(out), "--single"]) == 0
    assert {annotated.id for annotated in jsonlines.read(out)} == made.keys() | single
    capsys.readouterr()

    # Retraining takes the same gold up, in one command; here it stops before it trains.
    monkeypatch.setattr(retraining, "train", interrupt)
    given = ["--project", title, "--adjudication", second, "--runs", str(tmp_path / "runs"), "--name", "r"]
    assert retrain.main(given) == 130
    taken = list(jsonlines.read(tmp_path / "runs" / "r" / "gold.jsonl"))
    assert {annotated.id: annotated for annotated in taken} == made
    merged = json.loads((tmp_path / "runs" / "r" / "merged.json").read_text(encoding="utf-8"))
    changed = {name for name in made if not is_same(made[name], done.versions[name][min(done.versions[name])])}
    assert set(merged["replaced"]) == changed and not merged["new"] and not merged["left_out"]
    assert set(merged["unchanged"]) == made.keys() - changed

    # Out again: nothing is doubled, and nobody's work touched.
    assert push_all(articles, title) == 0
    assert "200 there already" in capsys.readouterr().err
    again = tasks_of(studio, project)
    assert {name: row["id"] for name, row in again.items()} == {name: row["id"] for name, row in tasks.items()}
    assert all([p["model_version"] for p in row["predictions"]] == ["m1"] for row in again.values())
    assert pull(studio, project, tmp_path / "annotated").manifest.states == states


@pytest.fixture
def disputed(label_studio: Server, tmp_path: Path) -> Iterator[tuple[Studio, Project, Path, Document]]:
    """A project of two articles, of which the annotators dispute the first, and its snapshot."""
    studio = connect(label_studio.url, OWNER.token)
    documents = [Document(f"d{number}", f"Shelling killed {number} people in Hajin.") for number in (5, 7)]
    articles = tmp_path / "articles.jsonl"
    jsonlines.write(articles, [AnnotatedDocument(document) for document in documents])
    title = f"disputed {uuid4()}"
    assert push.main([str(articles), "--project", title, "--overlap", "2"]) == 0
    project = studio.project(title)
    task = tasks_of(studio, project)["d5"]["id"]
    means = AnnotatedDocument(documents[0], (Span(0, 8, "MEANS"),))
    hand_in(connect(label_studio.url, ALICE.token), task, means)
    hand_in(connect(label_studio.url, BOB.token), task, None)
    yield studio, project, pulled(studio, project, tmp_path / "annotated"), documents[0]


def test_the_annotators_own_project_is_never_the_adjudicators(
    disputed: tuple[Studio, Project, Path, Document], capsys: pytest.CaptureFixture[str]
) -> None:
    studio, project, folder, _ = disputed
    assert adjudicate.main([str(folder), "--project", project.title]) == 2
    assert "annotators would see each other's versions" in capsys.readouterr().err
    rows = tasks_of(studio, project).values()
    assert not any(row["predictions"] for row in rows)
    assert studio.project(project.title).facts["maximum_annotations"] == 2


def test_a_blind_project_takes_no_versions(disputed: tuple[Studio, Project, Path, Document], tmp_path: Path) -> None:
    studio, _, folder, _ = disputed
    other = f"blind {uuid4()}"
    assert push.main([str(tmp_path / "articles.jsonl"), "--project", other, "--blind"]) == 0
    parts = adjudicate.by_standing(cases(snapshot.read_versions(folder)))
    with pytest.raises(StudioError, match="blind"):
        adjudicate.adjudicate(studio, other, parts["disputed"], snapshot.read_manifest(folder))


def test_a_third_annotators_version_is_added_and_two_adjudicators_who_differ_give_no_gold(
    label_studio: Server, disputed: tuple[Studio, Project, Path, Document], tmp_path: Path
) -> None:
    studio, project, folder, document = disputed
    second = f"adjudication {uuid4()}"
    assert adjudicate.main([str(folder), "--project", second]) == 0
    place = AnnotatedDocument(document, (Span(document.text.index("Hajin"), document.text.index("."), "LOCATION"),))
    hand_in(connect(label_studio.url, CAROL.token), tasks_of(studio, project)["d5"]["id"], place)
    pulled(studio, project, folder)
    assert adjudicate.main([str(folder), "--project", second]) == 0
    adjudication = studio.project(second)
    assert adjudication.facts["model_version"] == "agreed"
    (row,) = tasks_of(studio, adjudication).values()
    carol = f"user-{connect(label_studio.url, CAROL.token).me()['id']}"
    assert sorted(p["model_version"] for p in row["predictions"]) == sorted(
        ["agreed", carol, *(version for version in snapshot.annotators(folder) if version != carol)]
    )
    users: tuple[User, ...] = (OWNER, CAROL)
    for user, version in zip(users, (place, None), strict=True):
        hand_in(connect(label_studio.url, user.token), row["id"], version)
    decisions = pulled(studio, adjudication, tmp_path / "adjudicated")
    (left,) = gold.from_snapshots(folder, decisions).left_out
    assert (left.document, left.kind) == ("d5", "conflict")
    annotations = tasks_of(studio, adjudication)["d5"]["annotations"]
    mine = next(a for a in annotations if a["result"])
    studio.call("mark", lambda: studio.sdk.annotations.update(id=mine["id"], ground_truth=True))
    pulled(studio, adjudication, decisions)
    (made,) = gold.from_snapshots(folder, decisions).documents
    assert is_same(made, place) and made.document.metadata["ground_truth"]

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation import adjudicate
from annotation.consensus import agreed_part, bare, cases, is_same
from annotation.disagreement import Article
from annotation.snapshot import Row
from annotation.snapshot_writer import Writer
from tests.strategies import annotated_documents
from tolltrace import jsonlines, markup
from tolltrace.documents import AnnotatedDocument, Document, Link, Span
from tolltrace.scheme import COUNT_LABELS

TEXT = """Clashes near Hajin.
At least 20 civilians were killed in shelling by the regime, activists said."""
FULL = """Clashes near {LOCATION l1:Hajin}.
{COUNT c1:At least 20} {VICTIM v1:civilians} were {KILLED k1:killed} in {MEANS m1:shelling} by the {ACTOR a1:regime}, {SOURCE s1:activists} said.
-- links
c1 harm k1
c1 victim v1
c1 perpetrator a1"""  # noqa: E501
SUSPECTED = FULL.replace("perpetrator", "suspected")
TOTAL = FULL.replace("COUNT", "TOTAL")
NO_PLACE = FULL.replace("{LOCATION l1:Hajin}", "Hajin")


def version(marked: str, name: str = "d") -> AnnotatedDocument:
    return markup.parse(name, marked)


def article(*marked: str) -> Article:
    return Article("d", {f"user-{number}": version(one) for number, one in enumerate(marked, 2)})


def write_snapshot(
    folder: Path,
    versions: dict[str, list[AnnotatedDocument]],
    truths: tuple[str, ...] = (),
    rows: tuple[Row, ...] = (),
    title: str = "articles",
    project: int = 1,
) -> Path:
    """``truths``: ids of documents whose first version is marked as ground truth."""
    marked: set[str] = set()
    with Writer(folder, project, title) as writer:
        for annotator, documents in versions.items():
            for one in documents:
                truth = one.id in truths and one.id not in marked
                marked |= {one.id} if truth else set()
                writer.version(annotator, jsonlines.to_json(one), truth)
                writer.row(Row(one.id, 1, 1, annotator, "kept", ground_truth=truth))
        for row in rows:
            writer.row(row, {})
        writer.finish(1, "2026-01-01T00:00:00+00:00")
    return folder


def test_articles_are_settled_disputed_or_have_one_annotator() -> None:
    other = AnnotatedDocument(Document("texts", "Another text."))
    found = cases(
        {
            "user-2": [version(FULL, name) for name in ("same", "apart", "alone", "texts")],
            "user-3": [version(FULL, "same"), version(SUSPECTED, "apart"), other],
        }
    )
    assert {case.id: case.standing for case in found} == {
        "same": "agreed",
        "apart": "disputed",
        "alone": "single",
        "texts": "texts",
    }


@given(annotated_documents())
def test_ids_scores_and_order_make_no_difference(one: AnnotatedDocument) -> None:
    ends = {span: replace(span, id=f"x{number}", score=0.5) for number, span in enumerate(one.spans)}
    links = tuple(Link(ends[link.head], link.label, ends[link.tail], 0.1) for link in reversed(one.links))
    other = AnnotatedDocument(replace(one.document, metadata={}), tuple(reversed(ends.values())), links)
    assert is_same(one, other)
    assert jsonlines.to_json(bare(one, one.document)) == jsonlines.to_json(bare(other, one.document))


def part_of(one: AnnotatedDocument, kept: set[Span]) -> AnnotatedDocument:
    """As another annotator might have it, who saw less."""
    links = tuple(link for link in one.links if {link.head, link.tail} <= kept)
    counted = {link.head for link in links if link.label == "harm"}
    spans = tuple(span for span in one.spans if span in kept and (span.label not in COUNT_LABELS or span in counted))
    return AnnotatedDocument(one.document, spans, tuple(k for k in links if {k.head, k.tail} <= set(spans)))


@given(annotated_documents(), st.data())
def test_what_all_have_is_sound_and_all_that_is(one: AnnotatedDocument, data: st.DataObject) -> None:
    chosen = st.sets(st.sampled_from(one.spans)) if one.spans else st.just(set())
    versions = [part_of(one, data.draw(chosen)) for _ in range(data.draw(st.integers(2, 3)))]
    part = agreed_part(Article("d", {f"user-{number}": version for number, version in enumerate(versions)}))
    shared = set.intersection(*(set(version.spans) for version in versions))
    assert set(part.spans) <= shared
    assert set(part.links) <= set.intersection(*(set(version.links) for version in versions))
    assert all(span.label in COUNT_LABELS for span in shared - set(part.spans))
    assert is_same(agreed_part(Article("d", {"a": one, "b": one})), one)


def test_a_figure_whose_harm_is_disputed_is_not_agreed() -> None:
    """It would break the scheme, and the interface would begin with a mistake."""
    two = "{COUNT c1:20} were {KILLED k1:killed} or {INJURED i1:wounded} of {COUNT c2:30} {DETAINED h1:captured}"
    two += "\n-- links\n"
    one = version(two + "c1 harm k1\nc2 harm h1\nc1 part_of c2")
    other = version(two + "c1 harm i1\nc2 harm h1\nc1 part_of c2")
    part = agreed_part(Article("d", {"user-2": one, "user-3": other}))
    assert [(span.label, part.text_of(span)) for span in part.spans] == [
        ("KILLED", "killed"),
        ("INJURED", "wounded"),
        ("COUNT", "30"),
        ("DETAINED", "captured"),
    ]
    assert [link.label for link in part.links] == ["harm"]


def test_the_question_says_where_and_by_how_many() -> None:
    told = adjudicate.question(article(FULL, SUSPECTED, NO_PLACE)).splitlines()
    assert told == [
        "3 annotators; they differ at 1 place and in 1 link between spans that all have. The version “agreed” holds "
        "what all have.",
        "Line 1, “Hajin”: LOCATION (2); nothing (1)",
        "Line 2, “At least 20” linked to ACTOR “regime”: perpetrator (2); suspected (1)",
    ]
    told = adjudicate.question(article(FULL, TOTAL)).splitlines()
    assert told[1:] == ["Line 2, “At least 20”: COUNT (1); TOTAL (1)", "6 links of those places differ with them."]


def test_a_question_stays_short_and_on_its_lines() -> None:
    text = "\n".join("Hajin\r\x1b[31m" + "x" * 300 for _ in range(30))
    starts = [found for found in range(len(text)) if text.startswith("Hajin", found)]
    spans = tuple(Span(start, start + 200, "LOCATION") for start in starts)
    document = Document("d", text)
    versions = {"user-2": AnnotatedDocument(document, spans), "user-3": AnnotatedDocument(document)}
    told = adjudicate.question(Article("d", versions))
    lines = told.splitlines()
    assert len(lines) == 1 + adjudicate.SHOWN + 1
    assert lines[-1] == "and 22 more places"
    assert "\x1b" not in told
    assert max(map(len, lines)) < 250


def test_the_interface_begins_with_what_all_have() -> None:
    """The server takes the last version for the project's; one without a span shows that nothing is agreed on."""
    sent = adjudicate.item(article(FULL, SUSPECTED))
    assert list(sent.versions) == ["user-2", "user-3", "agreed"]
    assert len(sent.versions["agreed"].links) == 2
    nothing = adjudicate.item(article(NO_PLACE, "Clashes near {LOCATION:Hajin}." + TEXT[TEXT.index("\n") :]))
    assert nothing.versions["agreed"].spans == ()


def test_nothing_to_adjudicate_needs_no_server(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LABEL_STUDIO_URL", raising=False)
    folder = write_snapshot(
        tmp_path / "s",
        {"user-2": [version(FULL, "a"), version(FULL, "b\x1b")], "user-3": [version(FULL, "a")]},
    )
    assert adjudicate.main([str(folder), "--project", "adjudication"]) == 0
    told = capsys.readouterr().err
    assert "1 articles are settled, 0 are disputed, 1 have one annotator only" in told
    assert "only user-2 has b\n" in told
    assert "nothing to adjudicate" in told


def test_other_texts_are_told_and_a_damaged_snapshot_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_snapshot(
        tmp_path / "s", {"user-2": [version(FULL)], "user-3": [AnnotatedDocument(Document("d", "Another."))]}
    )
    assert adjudicate.main([str(folder), "--project", "adjudication"]) == 1
    assert "d: user-2, user-3 had different texts" in capsys.readouterr().err
    with open(folder / "annotators" / "user-2.jsonl", "a", encoding="utf-8") as out:
        out.write("\n")
    assert adjudicate.main([str(folder), "--project", "adjudication"]) == 2
    assert "was changed after it was pulled" in capsys.readouterr().err

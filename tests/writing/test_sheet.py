"""The HTML sheet as a file: what stands in it, and that nothing in an article can become part of the page."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.writing.events_fixture import HOSTILE, Sheet, hostile, many, small
from tolltrace.writing import sheet as page
from tolltrace.writing.self_contained import to_script
from tolltrace.writing.sheet import sheet_html, write_sheet
from tolltrace.writing.sheet_data import ARTICLES_A_SHARD, EVENTS_A_SHARD, blocks

FOLDER = Path(page.__file__).parent / "page"


class Parts(HTMLParser):
    """Scripts, styles, tags and links of a page as a browser would see them."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.styles: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._open: str | None = None
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open = tag
        if tag == "script":
            self.scripts.append((dict(attrs), ""))

    def handle_endtag(self, tag: str) -> None:
        self._open = None

    def handle_data(self, data: str) -> None:
        if self._open == "script":
            attributes, text = self.scripts[-1]
            self.scripts[-1] = attributes, text + data
        elif self._open == "style":
            self.styles.append(data)

    def data(self, name: str) -> Any:
        value = next(json.loads(text) for attrs, text in self.scripts if attrs.get("id") == f"data-{name}")
        return json.loads(gzip.decompress(base64.b64decode(value))) if isinstance(value, str) else value


def parts_of(sheet: Sheet) -> Parts:
    return Parts(sheet_html(*sheet.parts))


def test_everything_given_stands_in_the_page() -> None:
    sheet = small()
    parts = parts_of(sheet)
    index = parts.data("index")
    assert [row["id"] for row in index["rows"]] == [event.id for event in sheet.events]
    assert index["note"] == "machine-read claims, not verified"
    assert index["counts"] == {
        "events": 5,
        "reviewed": 0,
        "claims": len(sheet.claims),
        "articles": len(sheet.documents),
        "quoted": len(sheet.documents),
        "tallies": 2,
        "outlets": 3,
    }
    assert parts.data("events-0")["events"]["ev-orlan"] == json.loads(json.dumps(sheet.events[0].to_json()))
    assert [tally["id"] for tally in parts.data("tallies")["tallies"]] == ["t-1", "t-2"]
    articles = parts.data("articles-0")
    assert {name: article["text"] for name, article in articles["articles"].items()} == {
        name: document.text for name, document in sheet.documents.items()
    }
    assert set(articles["claims"]) == set(sheet.claims)


def test_a_row_shows_every_figure_of_a_range_by_its_origin() -> None:
    index = parts_of(small()).data("index")
    row = index["rows"][0]
    killed = next(part for part in row["ranges"] if part["harm"] == ["killed"] and part["group"] == "all")
    names = [
        (low, high, [index["origins"][i]["name"] for i in origins], old) for low, high, origins, old in killed["marks"]
    ]
    assert (killed["low"], killed["high"], killed["open"]) == (23, 35, True)
    assert names == [
        (23, None, ["Valley Observatory"], 0),
        (30, 35, ["medics at the central hospital"], 0),
        (14, 14, ["Valley Observatory"], 1),
    ]
    assert row["same"] == ["ev-fadel"]
    assert row["places"][0]["runner_up"]["name"] == "Orlan (the other)"


def test_seen_stands_for_the_claims_of_the_event() -> None:
    sheet = small()
    figures = sheet.events[0].figures
    expected = hashlib.sha256("\n".join(sorted(figure.claim for figure in figures)).encode()).hexdigest()[:8]
    assert parts_of(sheet).data("index")["rows"][0]["seen"] == expected


def test_shards_hold_every_event_and_article_once_where_they_are_looked_for() -> None:
    sheet = many(EVENTS_A_SHARD + 20, seed=3)
    found = blocks(*sheet.parts)
    for row in found["index"]["rows"]:
        part = found[f"events-{row['shard']}"]
        for figure in part["events"][row["id"]]["figures"]:
            shard = found[f"articles-{part['articles'][figure['document']]}"]
            assert shard["claims"][figure["claim"]]["document"] == figure["document"]
            assert len(shard["articles"]) <= ARTICLES_A_SHARD
    names = [name for key, part in found.items() if key.startswith("articles-") for name in part["articles"]]
    assert sorted(names) == sorted(sheet.documents)


def test_large_blocks_are_packed_and_the_same_input_gives_the_same_page() -> None:
    sheet = many(300, seed=1)
    source = sheet_html(*sheet.parts)
    assert source == sheet_html(*sheet.parts)
    assert re.search(r'id="data-index">"H4sI', source)
    assert len(Parts(source).data("index")["rows"]) == 300


def test_claims_and_articles_that_are_not_given_are_no_error() -> None:
    sheet = small()
    parts = Parts(sheet_html(sheet.events, sheet.tallies, {}, {}))
    assert parts.data("articles-0")["claims"] == {}
    assert {article["text"] for article in parts.data("articles-0")["articles"].values()} == {None}
    assert sheet_html([], [], {}, {}).count('id="data-index"') == 1


def test_articles_cannot_add_anything_to_the_page() -> None:
    plain, attacked = parts_of(small()), parts_of(hostile())
    apart = {"script"}
    assert [tag for tag in attacked.tags if tag[0] not in apart] == [tag for tag in plain.tags if tag[0] not in apart]
    assert len(attacked.scripts) == len(plain.scripts)
    assert attacked.data("index")["rows"][0]["title"] == HOSTILE
    assert HOSTILE not in sheet_html(*hostile().parts)


def test_the_policy_names_the_very_scripts_and_styles() -> None:
    parts = parts_of(small())
    policy = next(attrs["content"] for tag, attrs in parts.tags if attrs.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert "http" not in policy
    run = [text for attrs, text in parts.scripts if attrs.get("type") != "application/json"]
    for text in [*run, *parts.styles]:
        assert base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() in policy
    assert [attrs for tag, attrs in parts.tags if "src" in attrs or tag in ("link", "base", "iframe", "object")] == []
    assert [attrs for _, attrs in parts.tags if any(name.startswith("on") or name == "style" for name in attrs)] == []


@pytest.mark.parametrize("name", [*page.SCRIPTS, *page.LIBRARIES, *page.STYLES])
def test_the_page_parts_can_be_inlined(name: str) -> None:
    text = (FOLDER / name).read_text(encoding="utf-8")
    assert not re.search(r"</(script|style)|<!--", text, re.IGNORECASE)
    if not name.startswith("vendor/"):
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|fetch\(|XMLHttp", text
        )


def test_every_script_is_in_the_page_and_the_vendored_are_recorded() -> None:
    assert {path.name for path in FOLDER.glob("*.js")} == set(page.SCRIPTS)
    record = (FOLDER / "vendor" / "README.md").read_text(encoding="utf-8")
    for path in (FOLDER / "vendor").iterdir():
        assert path.name == "README.md" or path.name in record
        if path.suffix in (".js", ".css"):
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            assert f"{digest[:8]}…{digest[-4:]}" in record
    assert (FOLDER / "world.json").stat().st_size < 800_000


@given(st.recursive(st.text(st.characters(exclude_categories=["Cs"])), lambda inner: st.lists(inner, max_size=3)))
def test_json_in_a_script_is_inert_and_parses_back(value: Any) -> None:
    text = to_script(value)
    assert not set(text) & set("<>&\u2028\u2029")
    assert json.loads(text) == value


def test_half_a_surrogate_pair_is_no_error() -> None:
    assert json.loads(to_script("a\ud800b")) == "a?b"


def test_the_file_appears_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "sheet.html"
    write_sheet(path, *small().parts)
    before = path.read_bytes()
    assert [entry.name for entry in tmp_path.iterdir()] == ["sheet.html"]

    def fail(self: Path, target: Path) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="full"):
        write_sheet(path, [], [], {}, {})
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["sheet.html"]

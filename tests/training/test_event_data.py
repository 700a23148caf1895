"""The event sets in data/events: whole, valid, and of the size and kinds that were asked for."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

from tolltrace.documents import DocumentError
from training.event_data import FOLDER, read_sets


def test_incidents_are_told_by_several_articles() -> None:
    sets = read_sets()
    reported = Counter(len(event["claims"]) for made in sets for event in made.gold["events"])
    several = sum(number for articles, number in reported.items() if articles >= 2)
    assert several >= 60 and max(reported) <= 7
    assert all(article.document.metadata["invented"] is True for made in sets for article in made.articles)
    assert {made.split for made in sets} == {"validation", "test"}


def test_gold_that_does_not_fit_is_refused(root: Path, tmp_path: Path) -> None:
    shutil.copytree(root / FOLDER, tmp_path / "events")
    path = tmp_path / "events" / "gold.jsonl"
    first, *rest = path.read_text(encoding="utf-8").splitlines()
    gold = json.loads(first)
    document, names = next(iter(gold["events"][0]["claims"].items()))
    gold["events"][0]["claims"][document] = [*names[1:], "s999"]
    path.write_text("\n".join([json.dumps(gold), *rest]), encoding="utf-8")
    with pytest.raises(DocumentError, match=r"gold\.jsonl:1: set .*s999.* is no COUNT; .*has no gold"):
        read_sets(tmp_path / "events")

from __future__ import annotations

import json
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from training import learning_curve


def test_the_curve_trains_on_growing_shares_and_keeps_its_points(
    run_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning_curve, "SHARES", (0.5, 1.0))
    out, corpus = run_folder / "curve", run_folder / "corpus.jsonl"
    arguments = [run_folder / "config.toml", "--out", out, "--epochs", 1, "--also", f"all of it={corpus}"]
    monkeypatch.setattr(sys, "argv", ["learning_curve", *map(str, arguments)])
    learning_curve.main()
    points = json.loads((out / "curve.json").read_text(encoding="utf-8"))
    assert [point["documents"] for point in points] == [4, 8]
    assert points[0]["words"] < points[1]["words"]
    assert set(points[0]["scores"]) == {"the test split", "all of it"}
    assert ElementTree.parse(out / "curve.svg").getroot().tag.endswith("svg")  # noqa: S314  # our own picture

    def refuse(*_: object) -> None:
        raise AssertionError("a stored point was trained again")

    monkeypatch.setattr(learning_curve, "train", refuse)
    learning_curve.main()
    assert json.loads((out / "curve.json").read_text(encoding="utf-8")) == points

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from scripts import simulate_selection as simulation
from tolltrace import jsonlines
from training import config as configs


def point(seed: int, strategy: str, words: int, f1: float) -> dict[str, Any]:
    scores = {key: {"f1": f1} for key in simulation.SHOWN}
    return {"seed": seed, "strategy": strategy, "words": words, "annotations": words // 2, "scores": scores}


def the_simulation(folder: Path, out: Path) -> simulation.Simulation:
    corpus = list(jsonlines.read(folder / "corpus.jsonl"))
    return simulation.Simulation(configs.read(folder / "config.toml"), {a.id: a for a in corpus[:8]}, [], [], out)


def test_a_simulation_goes_on_and_draws(
    run_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out, picture = run_folder / "selection", run_folder / "selection.svg"
    config = (run_folder / "config.toml").read_text(encoding="utf-8").replace("epochs = 4", "epochs = 1")
    (run_folder / "config.toml").write_text(config, encoding="utf-8")
    words = len(next(jsonlines.read(run_folder / "corpus.jsonl")).text.split())
    given = ["--seeds", 1, "--words", 2 * words, 4 * words, 6 * words, "--validation", 1, "--draw", picture]
    arguments = ["simulate_selection", run_folder / "config.toml", "--out", out, *given]
    monkeypatch.setattr("training.train.calibrate", lambda *_: None)
    monkeypatch.setattr(sys, "argv", list(map(str, [*arguments, "--strategies", "queue", "random"])))
    simulation.main()
    points = {path.parent.name: json.loads(path.read_text(encoding="utf-8")) for path in out.glob("*/*/point.json")}
    assert len(points) == 1 + 2 * 2
    start = points["start"]["ids"]
    for name, made in points.items():
        assert made["ids"][:2] == start and len(set(made["ids"])) == made["documents"] == made["words"] / words
        assert {"d28", "d29", "d30", "d31"}.isdisjoint(made["ids"])  # validation and test
        if name.endswith(f"-{6 * words}"):
            before = points[name.replace(str(6 * words), str(4 * words))]
            assert made["ids"][: before["documents"]] == before["ids"]
    assert ElementTree.parse(picture).getroot().tag.endswith("svg")  # noqa: S314  # our own picture
    first = capsys.readouterr().out
    made = the_simulation(run_folder, out)
    unsure = made.choose(out / "seed-1" / "start", "uncertainty", start, 5 * words, 1)
    assert unsure[:2] == start and len(set(unsure)) == 5

    def refuse(*_: object) -> None:
        raise AssertionError("a stored point was trained again")

    monkeypatch.setattr(simulation, "train", refuse)
    simulation.main()
    again = capsys.readouterr().out
    assert again.splitlines()[-1] == first.splitlines()[-1]
    folder = out / "seed-1" / f"queue-{6 * words}"
    (folder / "point.json").unlink()
    monkeypatch.setattr(simulation.Simulation, "choose", refuse)  # what was chosen is remembered
    with pytest.raises(AssertionError, match="trained again"):
        simulation.main()
    monkeypatch.setattr(sys, "argv", [*sys.argv, "--report"])
    simulation.main()  # draws what is there


def test_chance_needs_more_words_for_what_the_queue_reached() -> None:
    points = [point(seed, "start", 1000, 0.2) for seed in (1, 2)]
    points += [point(seed, "random", words, f1) for seed in (1, 2) for words, f1 in ((2000, 0.4), (4000, 0.6))]
    points += [point(1, "queue", 2000, 0.45), point(2, "queue", 2000, 0.55), point(1, "queue", 4000, 0.7)]
    points += [point(2, "queue", 4000, 0.7)]
    lines = [line for line in simulation.report(points, ["random", "queue"]) if line.startswith("links")]
    assert lines[0].startswith("links, by the queue, 2,000 words: F1 0.500 (0.450 to 0.550), by chance 0.400")
    assert "chance needs 2,828: 29 % saved" in lines[0]
    assert "more than 4,000: it" in lines[1]
    for made in points:
        made["scores"] = (
            {key: {"f1": 0.1} for key in simulation.SHOWN} if made["strategy"] == "queue" else made["scores"]
        )
    for effort in simulation.EFFORTS:
        assert all("no saving" in line for line in simulation.report(points, ["random", "queue"], effort))


def test_rounds_that_not_all_seeds_have_are_left_out() -> None:
    points = [point(1, "start", 1000, 0.2), point(1, "random", 2000, 0.4), point(2, "start", 1000, 0.0)]
    found = simulation.mean(simulation.curve(points, "random", "span"))
    assert found == [(1000.0, 0.2, 0.2, 0.2), (2000.0, 0.4, 0.4, 0.4)]


@pytest.mark.parametrize(("wanted", "needed"), [(0.2, None), (0.3, 1414), (0.4, 2000), (0.5, None)])
def test_words_needed_are_read_off_the_curve(wanted: float, needed: float | None) -> None:
    found = simulation.effort_needed([(1000, 0.2), (2000, 0.4), (4000, 0.3)], wanted)
    assert found is None if needed is None else found == pytest.approx(needed, abs=1)

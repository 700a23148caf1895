"""The whole corpus to Label Studio, as annotations, and back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from annotation import labelling_config, pull, snapshot
from annotation.label_studio.regions import to_result
from annotation.label_studio.server import Server
from annotation.label_studio.studio import KEY, URL, connect
from annotation.label_studio.tasks import to_data
from scripts import benchmark_label_studio as benchmark
from tests.label_studio.conftest import OWNER
from tolltrace import jsonlines

CHUNK = 250


@pytest.mark.label_studio
def test_the_corpus_comes_back_as_it_went(label_studio: Server, tmp_path: Path, root: Path) -> None:
    corpus = root / "data" / "corpus.jsonl"
    studio = connect(label_studio.url, OWNER.token)
    project = studio.create("round trip of the corpus", labelling_config.build())
    documents = list(jsonlines.read(corpus))
    rows = [{"data": to_data(d.document), "annotations": [{"result": to_result(d)}]} for d in documents]
    for start in range(0, len(rows), CHUNK):
        studio.post("import", f"/api/projects/{project.id}/import", rows[start : start + CHUNK])

    pulled = pull.pull(studio, project, tmp_path / "out")

    assert pulled.manifest.states == dict.fromkeys(snapshot.STATES, 0) | {
        "kept": sum(bool(d.spans) for d in documents),
        "empty": sum(not d.spans for d in documents),
    }
    (annotator,) = snapshot.annotators(tmp_path / "out")
    came = (tmp_path / "out" / "annotators" / f"{annotator}.jsonl").read_bytes().splitlines()
    went = corpus.read_bytes().splitlines()
    assert len(came) == len(went) == len(documents)
    assert [json.loads(line) for line in came] == [json.loads(line) for line in went]
    assert came == went
    assert (tmp_path / "out" / "ground_truth.jsonl").read_bytes().splitlines() == went


@pytest.mark.label_studio
def test_the_benchmark_goes_round_and_sees_what_is_missing(
    label_studio: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(URL, label_studio.url)
    monkeypatch.setenv(KEY, OWNER.token)
    connect().create("benchmark of twelve", labelling_config.build())
    steps = {step: benchmark.run_step(step, "benchmark of twelve", 12, tmp_path / "out") for step in benchmark.STEPS}
    assert {step: facts["articles"] for step, facts in steps.items()} == {
        "push": 12,
        "push again": 0,
        "annotate": 12,
        "pull": 12,
    }
    assert benchmark.check(tmp_path / "out", 12) == []
    with pytest.raises(ValueError, match="zip"):
        benchmark.check(tmp_path / "out", 13)

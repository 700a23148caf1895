"""The packaged model, the wheel, and what the README promises."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from annotation.standoff import read_rows
from tolltrace import Document, Extractor, jsonlines
from tolltrace.model import loading


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor.from_pretrained(device="cpu")


def test_the_packaged_model_finds_a_sourced_claim(extractor: Extractor) -> None:
    text = (
        "Regime shelling killed at least 20 civilians, including five children, in the village of Tel Amra in "
        "eastern Syria on Thursday, activists said. "
        "The army denied that it had fired on the village, which has 14,000 inhabitants."
    )
    (result,) = extractor.extract([Document("a1", text, {"outlet": "Example Wire"})])
    claims = {claim.count.text.lower(): claim for claim in result.claims}
    assert set(claims) == {"at least 20", "five"}
    whole, part = claims["at least 20"], claims["five"]
    assert (whole.count.min, whole.count.max, whole.harm, whole.scope) == (20, None, ("killed",), "incident")
    assert whole.victims is not None and (whole.victims.text, whole.victims.category) == ("civilians", "civilian")
    assert "Tel Amra" in [place.text for place in whole.places]
    assert [(source.text, source.role) for source in whole.sources] == [("activists", "origin")]
    assert any(party.text == "Regime" for party in whole.responsible)
    assert text[whole.evidence.start : whole.evidence.end] == "at least 20"
    assert part.part_of == whole.id
    assert whole.confidence is not None and 0 < whole.confidence <= 1


@pytest.mark.parametrize(
    "strength",
    [
        "The United States estimates that about 14,000 militants remain in the area.",
        "Around 2,000 fighters are left in the pocket, the coalition says.",
        "The Pentagon estimates that 2,500 jihadists are still in the valley.",
    ],
)
def test_a_strength_is_no_claim(extractor: Extractor, strength: str) -> None:
    text = f"Shelling killed three people in Hajin on Friday, activists said. {strength}"
    (result,) = extractor.extract([Document("a1", text)])
    assert [claim.count.text for claim in result.claims] == ["three"]


def test_the_packaged_model_is_small_and_the_one_on_its_card(extractor: Extractor, root: Path) -> None:
    files = list(loading.DEFAULT_MODEL.iterdir())
    assert sum(path.stat().st_size for path in files) < 6_000_000
    assert {path.suffix for path in files} == {".json", ".safetensors"}
    metrics = json.loads((root / "model_cards/default/metrics.json").read_text(encoding="utf-8"))
    assert metrics["schema"] == 2 and metrics["model"] == extractor.predictor.version
    assert metrics["gate"]["verdict"] == "release" and "test split" in metrics["sets"]
    assert f"`{extractor.predictor.version}`" in (root / "model_cards/default/report.md").read_text(encoding="utf-8")
    assert f"`{extractor.predictor.version}`" in (root / "model_cards/default/README.md").read_text(encoding="utf-8")
    configuration = json.loads((loading.DEFAULT_MODEL / "config.json").read_text(encoding="utf-8"))
    assert len(configuration["base"]["sha256"]) == 64
    assert not any(
        re.search(r'"/[a-z]+/', path.read_text(encoding="utf-8")) for path in files if path.suffix == ".json"
    )


def test_examples_are_articles_that_the_model_was_not_trained_on(root: Path) -> None:
    corpus = {a.id: a.text for a in jsonlines.read(root / "data/corpus.jsonl")}
    splits = json.loads((root / "data/splits.json").read_text(encoding="utf-8"))
    standoff = {row["id"] for row in read_rows(root / "data/standoff/re3d.jsonl")}
    assert set(splits) == set(corpus) | standoff
    examples = sorted((root / "data/examples").glob("*.txt"))
    assert len(examples) >= 5
    for path in examples:
        assert path.read_bytes().decode() == corpus[path.stem]
        assert splits[path.stem] == "test"


def test_the_wheel_holds_the_runtime_only_and_works_elsewhere(root: Path, tmp_path: Path) -> None:
    source = tmp_path / "source"  # a copy, so that nothing left by an earlier build gets in
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(root / name, source / name)
    for name in ("tolltrace", "annotation", "training", "scripts", "data/gazetteers"):
        shutil.copytree(root / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(source)]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}
        assert {name for name in tops if not name.endswith(".dist-info")} == {"tolltrace"}
        archive.extractall(tmp_path / "site")
    (tmp_path / "a.txt").write_text("Shelling killed 20 civilians in Raqqa, activists said.\n", encoding="utf-8")
    run = [sys.executable, "-c", "from tolltrace.cli import main; main()", "extract", "a.txt", "--out", "out"]
    done = subprocess.run(
        run,
        check=False,
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "site"), "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert len((tmp_path / "out" / "claims.jsonl").read_text(encoding="utf-8").splitlines()) == 1
    (event,) = [json.loads(line) for line in (tmp_path / "out" / "events.jsonl").read_text().splitlines()]
    assert event["places"][0]["country"] == "SY"
    assert "machine-read claims, not verified" in (tmp_path / "out" / "events.html").read_text(encoding="utf-8")


def test_the_readme_names_real_commands_and_options(root: Path) -> None:
    readme = (root / "README.md").read_text(encoding="utf-8")
    assert not re.search(r"^[A-Z]{4,}$", readme, flags=re.MULTILINE)  # a place left to be filled in
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"make ([a-z-]+)", readme)):
        assert f"\n{target}:" in makefile, target
    for module in set(re.findall(r"python -m ([\w.]+)", readme)):
        path = root / module.replace(".", "/")
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), module
    for link in re.findall(r"\]\(([^)#]+)\)", readme):
        assert (root / link).exists(), link
    (example,) = re.findall(r"```python\n(.*?)```", readme, flags=re.DOTALL)
    done = subprocess.run([sys.executable, "-c", example], check=False, capture_output=True, text=True, cwd=root)
    assert done.returncode == 0, done.stderr
    assert "20 ('killed',) ['Hajin'] ['activists']" in done.stdout

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests import tiny
from tolltrace import jsonlines, markup

MARKED = (
    "{{MEANS m1:Shelling}} {{KILLED k1:killed}} {{COUNT c1:{number}}} {{VICTIM v1:civilians}} in {{LOCATION l1:Hajin}} "
    "on {{DATE d1:Thursday}}, {{SOURCE s1:activists}} said.\n-- links\n"
    "c1 harm k1\nc1 victim v1\nc1 location l1\nc1 date d1\nc1 source s1\nc1 means m1"
)


@pytest.fixture
def run_folder(tmp_path: Path) -> Path:
    """A folder with a tiny corpus, its splits, a tiny encoder and a configuration."""
    documents = [markup.parse(f"d{n}", MARKED.format(number=n)) for n in range(20, 32)]
    jsonlines.write(tmp_path / "corpus.jsonl", documents)
    sides = {d.id: "train" if n < 8 else "validation" if n < 10 else "test" for n, d in enumerate(documents)}
    (tmp_path / "splits.json").write_text(json.dumps(sides), encoding="utf-8")
    tiny.save_encoder(tmp_path / "encoder")
    (tmp_path / "config.toml").write_text(
        f"""
[data]
corpus = ["{tmp_path}/corpus.jsonl"]
splits = "{tmp_path}/splits.json"
[encoder]
name = "{tmp_path}/encoder"
[model]
window = 32
overlap = 8
span_size = 8
pair_size = 8
[train]
epochs = 4
batch_documents = 2
learning_rate = 1e-2
head_learning_rate = 1e-2
delta_bits = 4
patience = 99
evaluate_every = 1
""",
        encoding="utf-8",
    )
    return tmp_path

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from tests import tiny
from tolltrace import scheme
from tolltrace.documents import AnnotatedDocument, Document
from tolltrace.model import delta, loading
from tolltrace.model.encoding import tokenize
from tolltrace.model.loading import LoadedModel, ModelError
from tolltrace.model.network import Merger, link_loss
from tolltrace.model.predictor import Predictor
from tolltrace.scheme import LINK_NAMES

DOCUMENTS = [
    Document("short", "At least 20 civilians were killed."),
    Document("empty", " \n "),
    Document("long", " ".join(f"Shelling killed {n} civilians in Hajin, activists said." for n in range(60))),
    Document("other", "No casualties. The army denied it 👩‍🚒 on Thursday."),
]


def scores(annotated: AnnotatedDocument) -> list[float]:
    spans = [span.score or 0 for span in annotated.spans]
    return [round(score, 3) for score in [*spans, *(link.score or 0 for link in annotated.links)]]


@pytest.mark.parametrize("kind", tiny.KINDS)
def test_any_encoder_saves_loads_and_predicts_the_same(tmp_path: Path, kind: str) -> None:
    model = tiny.model(tmp_path / "encoder", kind)
    before = Predictor(model, device="cpu", dtype=torch.float32).predict(DOCUMENTS)
    model.network.save_pretrained(tmp_path / "model")
    model.tokenizer.save_pretrained(tmp_path / "model")
    loaded = loading.load(tmp_path / "model")
    after = Predictor(loaded, device="cpu", dtype=torch.float32).predict(DOCUMENTS)
    assert before == after
    assert [scores(a) for a in before] == [scores(a) for a in after]
    assert any(annotated.spans for annotated in before)
    assert not any(p.name.endswith((".bin", ".pt", ".pkl")) for p in (tmp_path / "model").iterdir())


def test_batches_and_neighbours_change_nothing(tmp_path: Path) -> None:
    model = tiny.model(tmp_path)
    together = Predictor(model, device="cpu", dtype=torch.float32, batch_tokens=4096).predict(DOCUMENTS)
    small = Predictor(model, device="cpu", dtype=torch.float32, batch_tokens=1)
    alone = [small.predict([document])[0] for document in DOCUMENTS]
    assert together == alone
    assert [a.id for a in together] == [d.id for d in DOCUMENTS]


def test_windows_and_pieces_of_words_merge_to_weighted_means() -> None:
    states = torch.tensor([[[9.0], [1.0], [2.0]], [[9.0], [5.0], [7.0]]])  # two windows, the first token special
    merger = Merger(3, 1, torch.device("cpu"))
    index = torch.tensor([[-1, 0, 1], [-1, 1, 2]])
    merger.add(states, index, torch.tensor([[0.0, 2.0, 1.0], [0.0, 3.0, 2.0]]))
    assert merger.merged().flatten().tolist() == [1.0, (2.0 * 1 + 5.0 * 3) / 4, 7.0]


def test_a_long_article_is_read_to_its_end(tmp_path: Path) -> None:
    predictor = Predictor(tiny.model(tmp_path, window=32, overlap=8), device="cpu", dtype=torch.float32)
    text = DOCUMENTS[2].text
    (tokens,) = tokenize(predictor.tokenizer, [text], [[(0, len(text))]])
    pieces = predictor.windower.pieces(tokens.ids, tokens.word, tokens.shape, 0)
    assert len(pieces) > 10
    batch = predictor.windower.batch(pieces)
    assert set(batch["index"][batch["index"] >= 0].tolist()) == set(range(tokens.words))
    (annotated,) = predictor.predict([DOCUMENTS[2]])
    assert max(span.end for span in annotated.spans) > len(text) * 0.9


@pytest.mark.parametrize("kind", tiny.KINDS)
def test_half_precision_works(tmp_path: Path, kind: str) -> None:
    predictor = Predictor(tiny.model(tmp_path, kind), device="cpu", dtype=torch.bfloat16)
    assert [a.id for a in predictor.predict(DOCUMENTS)] == [d.id for d in DOCUMENTS]


def test_no_span_crosses_a_passage_that_was_set_aside(tmp_path: Path) -> None:
    predictor = Predictor(tiny.model(tmp_path), device="cpu", dtype=torch.float32)
    with torch.no_grad():  # one ACTOR from the first word to the last
        bias = predictor.network.tag_heads.linear.bias
        predictor.network.tag_heads.linear.weight.zero_()
        bias.fill_(-20)
        bias[scheme.layer_tags("entities").index("I-ACTOR")] = 20
        bias[scheme.layer_tags("entities").index("B-ACTOR")] = 0
    text = "Syrian army\nshare this page\ntroops"
    (annotated,) = predictor.predict([Document("d", text)], [[(0, 12), (28, len(text))]])
    assert [annotated.text_of(span) for span in annotated.spans if span.label == "ACTOR"] == ["Syrian army"]


def test_only_safetensors_are_loaded(tmp_path: Path) -> None:
    model = tiny.model(tmp_path / "encoder")
    model.network.config.save_pretrained(tmp_path / "model")
    torch.save(model.network.state_dict(), tmp_path / "model" / "pytorch_model.bin")
    with pytest.raises(ModelError, match="safetensors only"):
        loading.load(tmp_path / "model")


def test_a_delta_of_another_network_is_refused(tmp_path: Path) -> None:
    model = tiny.model(tmp_path / "encoder")
    model.network.config.save_pretrained(tmp_path / "model")
    packed = delta.pack(model.network.state_dict(), loading.pretrained(model.network), 4)
    save_file(packed, tmp_path / "model" / loading.DELTA)
    assert loading.load(tmp_path / "model").version
    del packed["tag_heads.linear.bias"]
    save_file(packed, tmp_path / "model" / loading.DELTA)
    with pytest.raises(
        ModelError, match=r"not the one of this configuration: it lacks the weight tag_heads\.linear\.bias"
    ):
        loading.load(tmp_path / "model")


@pytest.mark.parametrize("kind", tiny.KINDS)
def test_a_delta_brings_every_kind_of_encoder_back(tmp_path: Path, kind: str) -> None:
    model = tiny.model(tmp_path / "encoder", kind)
    base = loading.pretrained(model.network)
    with torch.no_grad():
        for weight in model.network.encoder.parameters():
            weight.add_(0.01 * torch.randn_like(weight))
    tuned = model.network.state_dict()
    found = delta.unpack(delta.pack(tuned, base, 8), base, loading.shapes_of(model.network))
    assert set(base) < set(tuned) == set(found)
    assert all(torch.allclose(found[name], tuned[name], atol=1e-3 if name in base else 0.1) for name in tuned)


def test_an_encoder_that_lacks_weights_is_refused(tmp_path: Path) -> None:
    model = tiny.model(tmp_path / "encoder")
    weights = load_file(tmp_path / "encoder" / loading.WHOLE)
    del weights["encoder.layer.1.attention.self.query.weight"]
    save_file(weights, tmp_path / "encoder" / loading.WHOLE, {"format": "pt"})
    with pytest.raises(ModelError, match=r"lacks the weights .*layer\.1\.attention\.self\.query\.weight"):
        loading.pretrained(model.network)


def test_a_changed_encoder_or_scheme_is_refused(tmp_path: Path) -> None:
    model = tiny.model(tmp_path / "encoder")
    with pytest.raises(ModelError, match="it is not the encoder trained with"):
        loading.base_folder({"name": str(tmp_path / "encoder"), "sha256": "0" * 64})
    with pytest.raises(ModelError, match="is no folder with a model"):
        loading.load(tmp_path / "nowhere")
    model.network.config.scheme_fingerprint = "another"
    model.network.save_pretrained(tmp_path / "model")
    with pytest.raises(ModelError, match="was made for the scheme another"):
        loading.load(tmp_path / "model")


def test_the_version_changes_with_the_weights(tmp_path: Path) -> None:
    model: LoadedModel = tiny.model(tmp_path / "encoder")
    versions = []
    for name in ("one", "two"):
        model.network.save_pretrained(tmp_path / name)
        model.tokenizer.save_pretrained(tmp_path / name)
        versions.append(loading.load(tmp_path / name).version)
        with torch.no_grad():
            model.network.tag_heads.linear.bias.add_(1)
    assert versions[0] != versions[1]


def test_a_batch_without_pairs_costs_nothing() -> None:
    nothing = torch.zeros(0, len(LINK_NAMES), requires_grad=True)
    loss = link_loss(nothing, torch.zeros_like(nothing), torch.zeros(0, len(LINK_NAMES), dtype=torch.bool))
    assert loss.item() == 0
    loss.backward()


def test_a_name_that_is_no_folder_is_asked_of_the_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = tiny.model(tmp_path / "encoder")
    model.network.save_pretrained(tmp_path / "model")
    model.tokenizer.save_pretrained(tmp_path / "model")
    asked = []

    def download(name: str, allow_patterns: list[str]) -> str:
        asked.append((name, allow_patterns))
        return str(tmp_path / "model")

    monkeypatch.setattr(loading, "snapshot_download", download)
    assert loading.load("someone/a-model").version == loading.load(tmp_path / "model").version
    assert [name for name, _ in asked] == ["someone/a-model"]
    assert not any("bin" in pattern or pattern == "*" for pattern in asked[0][1])


def test_a_folder_with_another_kind_of_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="holds no tolltrace model, but one of type 'bert'"):
        loading.load(tiny.save_encoder(tmp_path))


def test_a_window_that_the_encoder_cannot_take_is_refused(tmp_path: Path) -> None:
    model = tiny.model(tmp_path / "encoder", window=200)
    with pytest.raises(ValueError, match="window is 200 tokens, but the encoder takes 130"):
        model.config.check()

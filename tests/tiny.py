"""Tiny encoders with fast tokenizers, built in code: no download, trained on nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    AutoModel,
    BertConfig,
    DebertaV2Config,
    ModernBertConfig,
    PreTrainedConfig,
    PreTrainedTokenizerFast,
    RobertaConfig,
)

from tolltrace.model.config import TolltraceConfig
from tolltrace.model.loading import LoadedModel, encoder_settings, load_tokenizer, start

WORDS = """At least 20 civilians and three SDF fighters were killed or wounded in airstrikes and shelling by the regime
on Hajin in eastern Syria on Thursday, activists said. The Syrian Observatory for Human Rights (SOHR) reported 1,200
dead since September 10. Islamic State militants claimed the car bomb; the army denied
it. No casualties. élan “quotes” —"""
SPECIALS = {
    "pad_token": "[PAD]",
    "unk_token": "[UNK]",
    "cls_token": "[CLS]",
    "sep_token": "[SEP]",
    "mask_token": "[MASK]",
}
SIZES: dict[str, Any] = {
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "max_position_embeddings": 130,
}
KINDS = ("bert", "roberta", "deberta-v2", "modernbert")


def word_pieces() -> dict[str, int]:
    """The vocabulary that training WordPiece on WORDS could give; its trainer breaks ties by chance."""
    words = sorted({word.strip(".,;()“”").lower() for word in WORDS.split()} - {""})
    letters = sorted(set(WORDS.lower()) - set(" \n") | set("abcdefghijklmnopqrstuvwxyz0123456789,.-'"))
    pieces = [*SPECIALS.values(), *letters, *(f"##{letter}" for letter in letters), *words]
    return {piece: number for number, piece in enumerate(dict.fromkeys(pieces))}


def tokenizer(kind: str) -> PreTrainedTokenizerFast:
    """A tokenizer of the kind's family: WordPiece, byte-level BPE, or Unigram."""
    specials = list(SPECIALS.values())
    trainer: Any
    if kind == "bert":
        made = Tokenizer(models.WordPiece(word_pieces(), unk_token="[UNK]"))
        made.normalizer = normalizers.BertNormalizer(lowercase=True)
        made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        trainer = None
    elif kind == "deberta-v2":
        made = Tokenizer(models.Unigram())
        made.normalizer = normalizers.NFKC()
        made.pre_tokenizer = pre_tokenizers.Metaspace()
        made.decoder = decoders.Metaspace()
        trainer = trainers.UnigramTrainer(vocab_size=200, special_tokens=specials, unk_token="[UNK]")
    else:
        made = Tokenizer(models.BPE())
        made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        made.decoder = decoders.ByteLevel()
        trainer = trainers.BpeTrainer(
            vocab_size=400, special_tokens=specials, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
        )
    if trainer:
        made.train_from_iterator([WORDS], trainer)
    cls, sep = made.token_to_id("[CLS]"), made.token_to_id("[SEP]")
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", cls), ("[SEP]", sep)]
    )
    return PreTrainedTokenizerFast(tokenizer_object=made, **SPECIALS)


def encoder_config(kind: str, vocabulary: int) -> PreTrainedConfig:
    if kind == "bert":
        return BertConfig(vocab_size=vocabulary, **SIZES)
    if kind == "roberta":
        return RobertaConfig(vocab_size=vocabulary, pad_token_id=0, **SIZES)
    if kind == "deberta-v2":
        return DebertaV2Config(
            vocab_size=vocabulary,
            relative_attention=True,
            pos_att_type=["p2c", "c2p"],
            position_biased_input=False,
            **SIZES,
        )
    return ModernBertConfig(
        vocab_size=vocabulary, pad_token_id=0, cls_token_id=2, sep_token_id=3, bos_token_id=2, eos_token_id=3, **SIZES
    )


def save_encoder(folder: Path, kind: str = "bert", seed: int = 0) -> Path:
    """A pretrained encoder as the hub has them: configuration, weights, tokenizer."""
    torch.manual_seed(seed)
    made = tokenizer(kind)
    AutoModel.from_config(encoder_config(kind, len(made))).save_pretrained(folder)
    made.save_pretrained(folder)
    return folder


def model(folder: Path, kind: str = "bert", window: int = 32, overlap: int = 8) -> LoadedModel:
    """An untrained model over a tiny encoder that is saved to ``folder``."""
    base = {"name": str(save_encoder(folder, kind))}
    config = TolltraceConfig(
        encoder=encoder_settings(base),
        base=base,
        window=window,
        overlap=overlap,
        span_size=8,
        pair_size=8,
        link_layers=1,
    )
    network = start(config).eval()
    with torch.no_grad():  # fresh heads find all tags alike, and rounding would choose between them
        network.tag_heads.linear.weight.mul_(50)
    return LoadedModel(network, load_tokenizer(folder), "tiny")

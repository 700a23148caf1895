"""Training configurations: TOML files read into frozen dataclasses. An unknown key is an error."""

from __future__ import annotations

import dataclasses
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_type_hints


class ConfigError(ValueError):
    """A configuration that cannot be used; the message names file and key."""


@dataclass(frozen=True, slots=True)
class DataConfig:
    """Corpus in the document format, and the file that assigns its documents to splits.

    ``joined``: public texts that were joined with our annotations on this machine, used where the file is there.
    ``share``: how much of the training split is trained on, for learning curves; a smaller share is part of a larger.
    """

    corpus: tuple[str, ...] = ("data/corpus.jsonl",)
    joined: tuple[str, ...] = ()
    splits: str = "data/splits.json"
    share: float = 1.0

    def files(self) -> tuple[str, ...]:
        """The files that are there to be trained on. Only joined ones may be missing."""
        return (*self.corpus, *(path for path in self.joined if Path(path).exists()))


@dataclass(frozen=True, slots=True)
class EncoderConfig:
    """The pretrained encoder: an installed ``package`` that carries it, or a folder's or hub's ``name``.

    ``settings`` replace values of the encoder's own configuration, such as its dropout.
    """

    package: str = ""
    name: str = ""
    sha256: str = ""
    settings: dict[str, Any] = field(default_factory=dict)

    def base(self) -> dict[str, str]:
        named = {"package": self.package, "name": self.name, "sha256": self.sha256}
        return {key: value for key, value in named.items() if value}


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """Sizes of windows and heads; see :class:`tolltrace.model.config.TolltraceConfig`."""

    window: int = 512
    overlap: int = 64
    reach: int = 130
    figure_reach: int = 330
    span_size: int = 192
    pair_size: int = 192
    link_layers: int = 2
    dropout: float = 0.1
    link_weight: float = 1.0


@dataclass(frozen=True, slots=True)
class AugmentConfig:
    """How likely a training article is changed each time it is read; see :mod:`training.augment`."""

    swap: float = 0.0
    mix: float = 0.0
    noise: float = 0.0


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """How to train: all but the word embeddings. Rates are peak rates, decayed linearly after a warm-up; a small
    encoder takes a higher one than a large one.

    ``delta_bits``: bits a weight, up to 8, in which the change of the encoder is kept, beside the pretrained one; 0
    keeps the model whole.
    """

    epochs: int = 30
    batch_documents: int = 4
    learning_rate: float = 5e-5
    head_learning_rate: float = 1e-3
    weight_decay: float = 0.01
    warmup: float = 0.1
    delta_bits: int = 0
    patience: int = 6
    evaluate_every: int = 2
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that a training run depends on, besides the data themselves."""

    data: DataConfig = field(default_factory=DataConfig)
    encoder: EncoderConfig = field(default_factory=EncoderConfig)
    model: ModelConfig = field(default_factory=ModelConfig)
    train: TrainConfig = field(default_factory=TrainConfig)
    augment: AugmentConfig = field(default_factory=AugmentConfig)


def read(path: str | Path) -> Config:
    """The configuration in a TOML file. Raises :class:`ConfigError` for unknown keys and wrong types."""
    try:
        values = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: {error}") from error
    config: Config = _fill(Config, values, str(path))
    if bool(config.encoder.package) == bool(config.encoder.name):
        raise ConfigError(f"{path}: [encoder] needs either package or name")
    if not 0 <= config.train.delta_bits <= 8:
        raise ConfigError(f"{path}: [train] delta_bits must be from 1 to 8, or 0, not {config.train.delta_bits}")
    return config


def _fill(kind: Any, values: dict[str, Any], where: str) -> Any:
    hints = get_type_hints(kind)
    if unknown := sorted(set(values) - set(hints)):
        raise ConfigError(f"{where}: unknown key {unknown[0]!r}; known: {', '.join(hints)}")
    filled = {}
    for name, value in values.items():
        wanted = hints[name]
        if dataclasses.is_dataclass(wanted):
            if not isinstance(value, dict):
                raise ConfigError(f"{where}: {name} must be a table")
            filled[name] = _fill(wanted, value, f"{where}: [{name}]")
        elif wanted is float and isinstance(value, int) and not isinstance(value, bool):
            filled[name] = float(value)
        elif wanted in (int, float, str) and (not isinstance(value, wanted) or isinstance(value, bool)):
            raise ConfigError(f"{where}: {name} must be {wanted.__name__}, not {value!r}")
        else:
            filled[name] = tuple(value) if isinstance(value, list) else value
    return kind(**filled)

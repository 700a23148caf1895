"""Models from a folder or the hub, safetensors only: whole ones, and what was changed of a pretrained encoder."""

from __future__ import annotations

import hashlib
import importlib.util
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from huggingface_hub import snapshot_download
from safetensors.torch import load_file
from torch import Tensor
from transformers import AutoConfig, AutoModel, AutoTokenizer

from tolltrace.model import delta
from tolltrace.model.config import TolltraceConfig
from tolltrace.model.network import TolltraceModel

DEFAULT_MODEL = Path(__file__).parent.parent / "default_model"
DELTA = "delta.safetensors"
WHOLE = "model.safetensors"


class ModelError(ValueError):
    """A model that cannot be loaded; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A network in evaluation mode with its tokenizer and a version that changes with its weights."""

    network: TolltraceModel
    tokenizer: Any
    version: str

    @property
    def config(self) -> TolltraceConfig:
        config: TolltraceConfig = self.network.config  # type: ignore[assignment]  # the base class's wider type
        return config


def load(name: str | Path | None = None) -> LoadedModel:
    """Load a model from a folder, or from the hub where no such folder exists; without a name the packaged one."""
    folder = _folder(DEFAULT_MODEL if name is None else name)
    config = _config(folder)
    if (folder / DELTA).exists():
        network = TolltraceModel(config)
        base = pretrained(network)
        try:
            weights = delta.unpack(load_file(folder / DELTA), base, shapes_of(network))
        except ValueError as error:
            raise ModelError(
                f"{folder / DELTA} is not the one of this configuration: {error}; copy both again"
            ) from error
        network.load_state_dict(weights)
    elif (folder / WHOLE).exists() or list(folder.glob("model-*.safetensors")):
        network = TolltraceModel.from_pretrained(folder, use_safetensors=True, dtype=torch.float32)
    else:
        raise ModelError(f"{folder} holds neither {DELTA} nor {WHOLE}: models are loaded from safetensors only")
    tokenizer_home = folder if (folder / "tokenizer.json").exists() else base_folder(config.base)
    return LoadedModel(network.eval(), load_tokenizer(tokenizer_home), _version(folder))


def _config(folder: Path) -> TolltraceConfig:
    settings, _ = TolltraceConfig.get_config_dict(folder)
    if settings.get("model_type") != TolltraceConfig.model_type or "scheme_fingerprint" not in settings:
        raise ModelError(f"{folder} holds no tolltrace model, but one of type {settings.get('model_type')!r}")
    config = TolltraceConfig.from_dict(settings)
    try:
        config.check()
    except ValueError as error:
        raise ModelError(f"{folder}: {error}") from error
    return config


def start(config: TolltraceConfig) -> TolltraceModel:
    """A network with the pretrained encoder that ``config.base`` names, and fresh heads."""
    network = TolltraceModel(config)
    network.load_state_dict(network.state_dict() | pretrained(network))
    return network


def pretrained(network: TolltraceModel) -> dict[str, Tensor]:
    """The weights of the encoder that the network's ``config.base`` names, under the names that the network has."""
    base = network.config.base
    encoder, found = AutoModel.from_pretrained(
        base_folder(base), use_safetensors=True, dtype=torch.float32, output_loading_info=True
    )
    weights = {f"encoder.{name}": weight for name, weight in encoder.state_dict().items()}
    fresh = {f"encoder.{name}" for name in found["missing_keys"]}  # made up by chance
    wanted = [name for name in network.state_dict() if name.startswith("encoder.")]
    if missing := sorted(set(wanted) - (set(weights) - fresh)):
        raise ModelError(f"the encoder {base} lacks the weights {missing[:5]}")
    return {name: weights[name] for name in wanted}


def shapes_of(network: TolltraceModel) -> dict[str, torch.Size]:
    return {name: weight.shape for name, weight in network.state_dict().items()}


def encoder_settings(base: dict[str, str]) -> dict[str, Any]:
    """The configuration of a pretrained encoder as a dict, for :class:`TolltraceConfig`."""
    settings: dict[str, Any] = AutoConfig.from_pretrained(base_folder(base)).to_dict()
    return settings


def load_tokenizer(folder: str | Path) -> Any:
    """The tokenizer of a folder. A slow one is refused: it gives no character offsets."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    if not tokenizer.is_fast:
        raise ModelError(f"{folder}: its tokenizer gives no character offsets; a fast tokenizer is needed")
    return tokenizer


def base_folder(base: dict[str, str] | None) -> Path:
    """Where the pretrained encoder lies. ``{"package": …}`` is an installed package that carries it in ``model/``,
    ``{"name": …}`` a folder or hub name; ``sha256`` is that of its ``model.safetensors``, checked where given."""
    if not base:
        raise ModelError("the configuration names no pretrained encoder (base)")
    if package := base.get("package"):
        spec = importlib.util.find_spec(package)
        if spec is None or spec.origin is None:
            raise ModelError(f"the package {package}, which carries the encoder, is not installed")
        folder = Path(spec.origin).parent / "model"
    else:
        folder = _folder(base["name"])
    if wanted := base.get("sha256"):
        found = _checksum(folder / WHOLE)
        if found != wanted:
            raise ModelError(f"{folder / WHOLE} has sha256 {found}, not {wanted}: it is not the encoder trained with")
    return folder


def _folder(name: str | Path) -> Path:
    if Path(name).is_dir():
        return Path(name)
    if isinstance(name, Path) or str(name).startswith((".", "/", "~")):
        raise ModelError(f"{name} is no folder with a model")
    try:
        return Path(snapshot_download(str(name), allow_patterns=["*.json", "*.txt", "*.safetensors", "*.model"]))
    except ValueError as error:  # no name that the hub could know
        raise ModelError(f"{name} is neither a folder with a model nor a hub name: {error}") from error


def _checksum(path: Path) -> str:
    facts = path.stat()
    return _checksum_of(path, facts.st_size, facts.st_mtime_ns)


@lru_cache(maxsize=8)
def _checksum_of(path: Path, size: int, changed: int) -> str:
    """Of the file as it is with this size and time: a model that was replaced in its place has another."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _version(folder: Path) -> str:
    digest = hashlib.sha256((folder / "config.json").read_bytes())
    for path in sorted(folder.glob("*.safetensors")):
        digest.update(_checksum(path).encode())
    return digest.hexdigest()[:12]

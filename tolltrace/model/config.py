"""Configuration of the network: the encoder's own configuration and everything the heads and windows need."""

from __future__ import annotations

from typing import Any

from transformers import AutoConfig, PreTrainedConfig

from tolltrace import scheme

DEFAULT_THRESHOLD = 0.5
# Facts of the machine or file that a configuration was read from, not of the encoder.
MACHINE_KEYS = ("dtype", "torch_dtype", "_name_or_path", "transformers_version")


class TolltraceConfig(PreTrainedConfig):
    """Configuration of :class:`tolltrace.model.network.TolltraceModel`.

    ``encoder``: the encoder's configuration as a dict with its ``model_type``. ``base``: where the encoder's pretrained
    weights come from, ``{"package" or "name": ..., "sha256": ...}``. ``window`` and ``overlap``: tokens a window,
    special tokens counted in, and tokens that neighbouring windows share. ``reach``: largest distance in words between
    the ends of a link; ``figure_reach``: the same between two figures. ``thresholds``: probability from which a
    link is stated, by link label. ``temperatures``: divisors of the logits, fitted on validation data.
    """

    model_type = "tolltrace"

    def __init__(
        self,
        encoder: dict[str, Any] | None = None,
        base: dict[str, str] | None = None,
        window: int = 512,
        overlap: int = 64,
        reach: int = 130,
        figure_reach: int = 330,
        span_size: int = 192,
        pair_size: int = 192,
        dropout: float = 0.1,
        link_weight: float = 1.0,
        link_form: str = "pair",
        crf: bool = False,
        thresholds: dict[str, float] | None = None,
        temperatures: dict[str, float] | None = None,
        scheme_fingerprint: str | None = None,
        **kwargs: Any,
    ) -> None:
        self.encoder = {k: v for k, v in (encoder or {}).items() if k not in MACHINE_KEYS}
        self.base = base
        self.window = window
        self.overlap = overlap
        self.reach = reach
        self.figure_reach = figure_reach
        self.span_size = span_size
        self.pair_size = pair_size
        self.dropout = dropout
        self.link_weight = link_weight
        self.link_form = link_form
        self.crf = crf
        self.thresholds = dict.fromkeys(scheme.LINK_NAMES, DEFAULT_THRESHOLD) | (thresholds or {})
        self.temperatures = {"spans": 1.0, "links": 1.0} | (temperatures or {})
        self.scheme_fingerprint = scheme_fingerprint or scheme.fingerprint()
        super().__init__(**kwargs)

    def check(self) -> None:
        """Raise ValueError for a configuration that cannot work, or that was made for another scheme."""
        if self.scheme_fingerprint != scheme.fingerprint():
            raise ValueError(
                f"the model was made for the scheme {self.scheme_fingerprint}, this is {scheme.fingerprint()}: "
                "use the tolltrace version that it was trained with, or train it again"
            )
        if not 0 <= self.overlap <= self.window // 2:
            raise ValueError(f"overlap must be from 0 to half the window ({self.window // 2}), not {self.overlap}")
        # RoBERTa and its like number positions from behind the padding's number.
        positions = self.encoder.get("max_position_embeddings")
        if positions and self.window > positions:
            raise ValueError(f"window is {self.window} tokens, but the encoder takes {positions} at most")

    def encoder_config(self) -> PreTrainedConfig:
        """A fresh configuration object of the encoder."""
        return AutoConfig.for_model(**self.encoder)

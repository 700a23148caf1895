"""The one colour of each label, for every page and screen that shows labels.

Each layer has its own arc of the hue circle (OKLCH, in which equal steps look equal), and the labels of a layer follow
each other on it, alternating in lightness. Made from the scheme: a new label gets a colour, and moves the others.
"""

from __future__ import annotations

import math
from functools import cache

from tolltrace import scheme

PAPER, DARK_PAPER = "#ffffff", "#191c21"
"""The backgrounds that colours are made for."""
TEXT, DARK_TEXT = "#1b1d21", "#ebe8e2"
"""The colours of running text on them, and on :func:`tint`."""

GAP = 2
"""Steps of hue left free between two layers."""
FIRST_HUE = 248.0
"""Degrees. With the scheme's order of layers: parties, places and dates blue, harm from pink over red to ochre."""
LIGHTNESS = (0.55, 0.66)


@cache
def colour(label: str) -> str:
    """``#rrggbb``: of middle lightness, at least 3:1 against paper and dark paper, for lines, borders and chips. Text
    stands on :func:`tint`, words in the label's colour take :func:`ink`. Raises KeyError for an unknown label."""
    place = scheme.layer_labels(scheme.LAYER_OF[label]).index(label)
    return _hex(LIGHTNESS[place % len(LIGHTNESS)], 0.18, _hue(label))


@cache
def tint(label: str, dark: bool = False) -> str:
    """A background for text of the colour :data:`TEXT` (or, on a dark page, :data:`DARK_TEXT`), at least 4.5:1."""
    return _hex(0.35, 0.075, _hue(label)) if dark else _hex(0.92, 0.055, _hue(label))


@cache
def ink(label: str, dark: bool = False) -> str:
    """For words in the label's colour on paper or on its own tint, at least 4.5:1."""
    return _hex(0.83, 0.11, _hue(label)) if dark else _hex(0.42, 0.13, _hue(label))


def _hue(label: str) -> float:
    """Degrees."""
    step, before = 360 / (len(scheme.LABELS) + GAP * len(scheme.LAYERS)), 0
    for layer in scheme.LAYERS:
        names = scheme.layer_labels(layer)
        if label in names:
            return (FIRST_HUE + step * (before + names.index(label))) % 360
        before += len(names) + GAP
    raise KeyError(label)


def _hex(lightness: float, chroma: float, hue: float) -> str:
    """OKLCH to sRGB; chroma is lowered as far as the screen's colours need it."""
    channels = _linear(lightness, chroma, hue)
    while not all(0 <= channel <= 1 for channel in channels):
        chroma -= 0.005
        channels = _linear(lightness, chroma, hue)
    return "#" + "".join(f"{round(255 * _gamma(channel)):02x}" for channel in channels)


def _linear(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    """Linear sRGB of an OKLCH colour (Björn Ottosson, "A perceptual color space for image processing", 2020)."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def _gamma(channel: float) -> float:
    return 12.92 * channel if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055

from __future__ import annotations

import math
import re
from itertools import combinations

import pytest

from tolltrace import scheme
from tolltrace.writing import colours


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def distance(one: str, other: str) -> float:
    """Of two colours in CIE 1976 L*a*b*: about 2.3 is the least that an eye tells apart."""

    def lab(colour: str) -> tuple[float, float, float]:
        values = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
        r, g, b = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values)
        x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505
        y = 0.2126 * r + 0.7152 * g + 0.0722 * b
        z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089
        fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
        return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)

    return math.dist(lab(one), lab(other))


@pytest.mark.parametrize("label", scheme.LABEL_NAMES)
def test_everything_can_be_read(label: str) -> None:
    line = colours.colour(label)
    assert re.fullmatch("#[0-9a-f]{6}", line)
    assert contrast(line, colours.PAPER) >= 3
    assert contrast(line, colours.DARK_PAPER) >= 3
    assert contrast(colours.tint(label), colours.TEXT) >= 7
    assert contrast(colours.tint(label, dark=True), colours.DARK_TEXT) >= 7
    for dark, paper in ((False, colours.PAPER), (True, colours.DARK_PAPER)):
        assert contrast(colours.ink(label, dark), paper) >= 4.5
        assert contrast(colours.ink(label, dark), colours.tint(label, dark)) >= 4.5


def test_no_two_labels_look_alike() -> None:
    for one, other in combinations(scheme.LABEL_NAMES, 2):
        assert distance(colours.colour(one), colours.colour(other)) > 20, (one, other)


def test_layers_keep_to_their_hues() -> None:
    for one, other in combinations(scheme.LABEL_NAMES, 2):
        apart = abs((colours._hue(one) - colours._hue(other) + 180) % 360 - 180)
        if scheme.LAYER_OF[one] != scheme.LAYER_OF[other]:
            assert apart > 40, (one, other)


def test_an_unknown_label_has_no_colour() -> None:
    with pytest.raises(KeyError):
        colours.colour("WEAPON")

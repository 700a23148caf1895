"""What claims refer to: parties, sources, places and days, resolved against gazetteers and the article itself."""

from __future__ import annotations

from pathlib import Path

_PACKAGED = Path(__file__).parents[1] / "gazetteers"
GAZETTEERS = _PACKAGED if _PACKAGED.exists() else Path(__file__).parents[2] / "data" / "gazetteers"
"""The folder of the gazetteers: inside the installed package, in a clone ``data/gazetteers``."""

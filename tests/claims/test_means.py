"""Categories of means."""

from __future__ import annotations

import pytest

from tolltrace.claims.means import categorise_means, read_means

ROWS = [
    ("airstrikes", "air"),
    ("air raid", "air"),
    ("aerial bombing", "air"),
    ("barrel bombs", "air"),
    ("air-to-surface missile", "air"),
    ("helicopter gunship fire", "air"),
    ("drone strike", "drone"),
    ("suicide drones", "drone"),
    ("shelling", "artillery_rocket"),
    ("shelled", "artillery_rocket"),
    ("mortar rounds", "artillery_rocket"),
    ("rocket", "artillery_rocket"),
    ("missile strikes", "artillery_rocket"),
    ("clashes", "ground_fighting"),
    ("gun battle", "ground_fighting"),
    ("ambush", "ground_fighting"),
    ("rocket-propelled grenade", "ground_fighting"),
    ("gunfire", "shooting"),
    ("shot", "shooting"),
    ("sniper", "shooting"),
    ("friendly fire", "shooting"),
    ("car bomb", "ied_mine"),
    ("roadside bombing", "ied_mine"),
    ("bomb", "ied_mine"),
    ("bomb attacks", "ied_mine"),
    ("mine", "ied_mine"),
    ("IED", "ied_mine"),
    ("suicide car bomb", "suicide"),
    ("sarin", "chemical"),
    ("chlorine barrel bomb", "chemical"),
    ("beheaded", "execution"),
    ("execution", "execution"),
    ("helicopter crash", "accident"),
    ("mine collapse", "accident"),
    ("stabbing", "other"),
    ("tear gas", "other"),
    ("shot down", "other"),
    ("grenade", "other"),
    ("bombing", "unknown"),
    ("strike", "unknown"),
    ("raid", "unknown"),
    ("blast", "unknown"),
    ("something new", "unknown"),
]


@pytest.mark.parametrize(("text", "category"), ROWS)
def test_category(text: str, category: str) -> None:
    assert categorise_means(text.upper() if text.isascii() else text) == category
    assert read_means(text, 1, 2).category == category

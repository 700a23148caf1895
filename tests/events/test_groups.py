from __future__ import annotations

import pytest

from tests.events.claims import claim
from tolltrace.events.groups import victim_group


@pytest.mark.parametrize(
    ("victims", "group"),
    [
        ("people", "all"),
        (None, "all"),
        ("bodies", "all"),
        ("others", "all"),
        ("civilians", "civilians"),
        ("Syrian civilians", "civilians"),
        ("SDF fighters", "combatants"),
        ("soldiers", "combatants"),
        ("policemen", "police"),
        ("children", "children"),
        ("women", "women"),
        ("men", "men"),
    ],
)
def test_the_noun_tells_whom_a_figure_counts(victims: str | None, group: str) -> None:
    assert victim_group(claim(victims=victims)) == (group, None)


@pytest.mark.parametrize("victims", ["officials", "women and children", "journalists", "relatives of a commander"])
def test_a_part_by_its_own_words_is_another_group(victims: str) -> None:
    assert victim_group(claim(victims=victims)) == ("other", victims)


def test_a_reviewer_decides() -> None:
    assert victim_group(claim(victims="officials", group="civilians")) == ("civilians", None)

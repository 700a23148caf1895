"""Categories, sex, age and unit of victims."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tolltrace.claims.victims import read_unit, read_victims

CATEGORIES = [
    ("civilians", "civilian", "stated"),
    ("Afghan civilians", "civilian", "stated"),
    ("civilian men and women", "civilian", "stated"),
    ("civilians, mostly women and children", "civilian", "stated"),
    ("children", "civilian", "inferred"),
    ("10-year-old boy", "civilian", "inferred"),
    ("elderly man", "civilian", "inferred"),
    ("doctors and nurses", "civilian", "inferred"),
    ("journalist", "civilian", "inferred"),
    ("bus driver", "civilian", "inferred"),
    ("firefighters", "civilian", "inferred"),
    ("displaced people", "civilian", "inferred"),
    ("fighters", "combatant", "stated"),
    ("Syrian soldiers", "combatant", "stated"),
    ("child soldiers", "combatant", "stated"),
    ("bodies of soldiers", "combatant", "stated"),
    ("service members", "combatant", "stated"),
    ("suspected militants", "combatant", "inferred"),
    ("terrorists", "combatant", "inferred"),
    ("suicide bombers", "combatant", "inferred"),
    ("members of the security forces", "combatant", "inferred"),
    ("army doctors", "combatant", "inferred"),
    ("policemen", "police", "stated"),
    ("police officers", "police", "stated"),
    ("soldiers and civilians", "mixed", "stated"),
    ("soldiers and children", "mixed", "inferred"),
    ("policemen, soldiers and farmers", "mixed", "inferred"),
    ("people", "unknown", None),
    ("people in rebel areas", "unknown", None),
    ("citizens", "unknown", None),
    ("martyrs", "unknown", None),
    ("activists", "unknown", None),
    ("women", "unknown", None),
    ("women and children", "unknown", None),
    ("soldiers and others", "unknown", None),
    ("peacekeepers", "unknown", None),
    ("prison guards", "unknown", None),
    ("wife of a commander", "unknown", None),
    ("commander’s wife", "unknown", None),
    ("families", "unknown", None),
    ("Jane Roe", "unknown", None),
]
CIVIL_HEADS = [
    "general public",
    "members of the general public",
    "rebel town residents",
    "police station visitors",
    "general hospital patients",
    "marine biologists",
    "election officers",
    "UN aid officers",
    "U.N. officers",
    "media officer",
    "customs officer Jane Roe",
    "Attorney General",
    "Attorney General Ada Poe",
]
MILITARY_HEADS = [
    "three generals",
    "General Ada Poe",
    "army officers",
    "army officer John Roe",
    "officer aged 34",
    "rebel commanders",
    "rebel leaders",
    "rebel forces",
    "members of a rebel group",
    "members of the rebel Free Army",
    "bodies of officers from the east",
    "US marines",
    "US marine",
    "members of the Marine Corps",
]
CATEGORIES += [(text, "civilian", "inferred") for text in CIVIL_HEADS]
CATEGORIES += [(text, "combatant", "stated") for text in MILITARY_HEADS]
CATEGORIES += [
    ("rebel town civilians", "civilian", "stated"),
    ("army press officers", "combatant", "inferred"),
    ("suspected members of rebels", "combatant", "inferred"),
    ("police press officer", "police", "stated"),
    ("rebel families", "unknown", None),
    ("general strike participants", "unknown", None),
]


@pytest.mark.parametrize(("text", "category", "basis"), CATEGORIES)
def test_category(text: str, category: str, basis: str | None) -> None:
    victims = read_victims(text, 3, 3 + len(text))
    assert (victims.category, victims.category_by) == (category, basis)
    assert (victims.text, victims.start, victims.end) == (text, 3, 3 + len(text))


@pytest.mark.parametrize(
    ("text", "actor", "category", "basis"),
    [
        ("SDF fighters", "SDF", "combatant", "stated"),
        ("jihadists", "jihadists", "combatant", "stated"),
        ("members of the Free Army", "Free Army", "combatant", "inferred"),
        ("Taliban", "Taliban", "combatant", "inferred"),
        ("police", "police", "police", "stated"),
        ("medics from Hezbollah", "Hezbollah", "civilian", "inferred"),
        ("relatives of IS leaders", "IS", "unknown", None),
        ("people in Taliban territory", "Taliban", "unknown", None),
        ("UN peacekeepers", "UN peacekeepers", "unknown", None),
    ],
)
def test_a_party_inside_the_words(text: str, actor: str, category: str, basis: str | None) -> None:
    victims = read_victims(text, 0, len(text), [actor])
    assert (victims.category, victims.category_by, victims.actor_text) == (category, basis, actor)
    assert victims.actor is None


@pytest.mark.parametrize(
    ("text", "sex", "age"),
    [
        ("women", "female", "adult"),
        ("female soldiers", "female", None),
        ("men", "male", "adult"),
        ("men and women", "mixed", "adult"),
        ("children", None, "child"),
        ("girls", "female", "child"),
        ("boys and girls", "mixed", "child"),
        ("woman and child", None, "mixed"),
        ("people and children", None, "mixed"),
        ("17-year-old girl", "female", "child"),
        ("35-year-old", None, "adult"),
        ("civilians, including women", None, None),
        ("policemen", None, None),
        ("people", None, None),
    ],
)
def test_sex_and_age(text: str, sex: str | None, age: str | None) -> None:
    victims = read_victims(text, 0, len(text))
    assert (victims.sex, victims.age) == (sex, age)


@pytest.mark.parametrize(
    ("victim", "count", "unit"),
    [
        ("families", "dozens", "family"),
        ("family of five", "a", "family"),
        ("family members", "six", "person"),
        ("households", "40", "household"),
        ("mobile sniper group", "a", "group"),
        ("members of the group", "two", "person"),
        ("people", "dozens of families", "person"),
        (None, "dozens of families", "family"),
        (None, "12", "person"),
    ],
)
def test_unit(victim: str | None, count: str, unit: str) -> None:
    assert read_unit(victim, count) == unit


@settings(deadline=None)
@given(st.text(min_size=1))
def test_any_words_are_read(text: str) -> None:
    victims = read_victims(text, 0, len(text), [text])
    assert (victims.category == "unknown") == (victims.category_by is None)
    read_unit(text)

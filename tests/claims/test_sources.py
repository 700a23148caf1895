"""Kinds and roles of sources."""

from __future__ import annotations

import pytest

from tolltrace.claims.claim import Source, SourceKind
from tolltrace.claims.sources import kinds_in_document, outlet_source, source_kind, with_roles

KINDS: list[tuple[str, list[str], SourceKind]] = [
    ("Syrian Observatory for Human Rights", [], "monitor"),
    ("war monitor", [], "monitor"),
    ("local activist network", [], "monitor"),
    ("AFP", [], "media"),
    ("state television", [], "media"),
    ("Army Radio", [], "media"),
    ("AP correspondent", [], "media"),
    ("Amaq news agency", [], "party"),
    ("Hamas media office", ["Hamas"], "party"),
    ("government media office", [], "official"),
    ("SDF commander", ["SDF"], "party"),
    ("Turkey", ["Turkey"], "party"),
    ("defence ministry", ["defence ministry"], "party"),
    ("Pentagon official", [], "party"),
    ("army spokesman John Roe", [], "party"),
    ("rebel commander", [], "party"),
    ("foreign ministry spokesman", ["foreign ministry"], "official"),
    ("Hamas-run health ministry", ["Hamas"], "official"),
    ("health ministry", [], "official"),
    ("provincial governor", [], "official"),
    ("police commander", [], "official"),
    ("security official", [], "official"),
    ("city mayor", [], "official"),
    ("attorney general", [], "official"),
    ("UN", [], "un"),
    ("U.N. mission", [], "un"),
    ("UNICEF", [], "un"),
    ("UN-backed government", ["UN-backed government"], "official"),
    ("World Health Organization", [], "un"),
    ("Red Crescent", [], "ngo"),
    ("White Helmets", [], "ngo"),
    ("aid workers", [], "ngo"),
    ("hospital official", [], "medical"),
    ("medics", [], "medical"),
    ("doctor in a rebel town", ["rebel"], "medical"),
    ("civil defence", [], "medical"),
    ("witnesses", [], "witness"),
    ("local resident Jane Roe", [], "witness"),
    ("locals", [], "witness"),
    ("activists", [], "unknown"),
    ("source", [], "unknown"),
    ("Roe", [], "unknown"),
    ("who", [], "unknown"),
]


@pytest.mark.parametrize(("text", "actors", "kind"), KINDS)
def test_kind(text: str, actors: list[str], kind: SourceKind) -> None:
    assert source_kind(text, actors) == kind


def test_a_surname_takes_the_kind_of_the_full_mention() -> None:
    kinds = kinds_in_document([("Roe", []), ("rebel spokesman John Roe", ["rebel"]), ("Poe", [])])
    assert kinds == {"Roe": "party", "rebel spokesman John Roe": "party", "Poe": "unknown"}


def stated(text: str, kind: SourceKind) -> Source:
    return Source(text, 0, len(text), kind, "origin")


def test_a_medium_beside_another_source_relays_it() -> None:
    roles = with_roles([stated("AFP", "media"), stated("medics", "medical")])
    assert [source.role for source in roles] == ["relay", "origin"]


def test_media_alone_and_correspondents_are_origins() -> None:
    assert [s.role for s in with_roles([stated("AFP", "media"), stated("state TV", "media")])] == ["origin", "origin"]
    roles = with_roles([stated("AFP correspondent", "media"), stated("medics", "medical")])
    assert [source.role for source in roles] == ["origin", "origin"]


def test_the_outlet_speaks_where_nobody_else_does() -> None:
    assert outlet_source("The Daily") == Source("The Daily", None, None, "media", "origin", stated=False)
    assert with_roles([]) == ()

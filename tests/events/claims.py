"""Claims for tests, made by hand."""

from __future__ import annotations

from typing import Any

from tolltrace.claims.claim import Claim, Count, Evidence, Place, Provenance, Source, Victims, When
from tolltrace.claims.means import read_means
from tolltrace.claims.victims import read_victims


def claim(
    document: str = "a",
    at: int = 0,
    number: int | tuple[int | None, int | None] = 5,
    victims: str | None = "people",
    *,
    harm: str = "killed",
    place: str | Place | None = "Hajin",
    day: str | None = "2018-05-01",
    told: str | None = "2018-05-02",
    source: str | None = "Observatory",
    means: str | None = "air strike",
    sentence: str = "",
    sentence_at: int | None = None,
    outlet: str = "Paper",
    **other: Any,
) -> Claim:
    """A figure at offset ``at`` of an article; a place given by name stands on coordinates of its own."""
    low, high = number if isinstance(number, tuple) else (number, number)
    located = here(place) if isinstance(place, str) else place
    words = str(low) if low == high else f"at least {low}"
    start = at if sentence_at is None else sentence_at
    facts: dict[str, Any] = {
        "id": f"{document}#{at}-{at + 2}",
        "count": Count(words, low, high, "exact" if low == high else "at_least"),
        "unit": "person",
        "scope": "incident",
        "part_of": None,
        "updates": None,
        "repeat_of": None,
        "harm": (harm,),
        "harm_words": (),
        "victims": _victims(victims, at + 3) if victims else None,
        "means": (read_means(means, at + 30, at + 40),) if means else (),
        "responsible": (),
        "denials": (),
        "places": (located,) if located else (),
        "date": When("Tuesday", at + 50, at + 57, day, day, "day") if day else None,
        "reported": None,
        "sources": (Source(source, at + 60, at + 70, "monitor", "origin", name=source, name_by="name"),)
        if source
        else (Source(outlet, None, None, "media", "origin", stated=False),),
        "evidence": Evidence(sentence or f"{words} were harmed.", start, start + 100, at, at + 2),
        "document": Provenance(document, outlet, None, None, told, told, "metadata" if told else None),
    }
    return Claim(**(facts | other))


def _victims(text: str, start: int) -> Victims:
    return read_victims(text, start, start + len(text))


SITES = {"Hajin": (34.69, 40.83), "Shaafa": (34.66, 40.90), "Raqqa": (35.95, 39.01), "Aleppo": (36.2, 37.16)}


def here(name: str, **other: Any) -> Place:
    """A place of Syria that the gazetteer knows, or by its words alone if it is none of ``SITES``."""
    if name not in SITES:
        return Place(name, 20, 28, **other)
    lat, lon = SITES[name]
    province = "Deir ez-Zor" if name in ("Hajin", "Shaafa") else name
    facts: dict[str, Any] = {
        "id": f"gn:{name}",
        "name": name,
        "province": province,
        "country": "SY",
        "lat": lat,
        "lon": lon,
        "precision": "exact",
        "margin": 0.8,
    }
    return Place(name, 20, 28, **(facts | other))

"""Invented events for the tests of outputs: one told in full, thousands of plausible ones, and hostile texts.

Places are real, so that maps look like maps; parties, sources, outlets and everything that happens is made up.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from tolltrace.claims import (
    Claim,
    Count,
    Denial,
    Evidence,
    Means,
    Place,
    PlaceCandidate,
    Provenance,
    Responsible,
    Source,
    Victims,
    When,
)
from tolltrace.claims.claim import Bound, Certainty, Harm, MeansCategory, PlacePrecision, VictimGroup
from tolltrace.documents import AnnotatedDocument, Document, Mention
from tolltrace.events.event import (
    Blame,
    Event,
    EventDenial,
    EventPlace,
    Figure,
    Join,
    Origin,
    PossiblySame,
    Range,
    Reason,
    State,
    Tally,
    TallyPoint,
)

HOSTILE = (
    '</script><script>window.pwned=1</script><img src=x onerror="window.pwned=1"><!-- \u202edesrever\u202c \u2028 & \''
)
"""Text that must be shown as it stands."""


@dataclass
class Sheet:
    """What a sheet is written from."""

    events: list[Event] = field(default_factory=list)
    tallies: list[Tally] = field(default_factory=list)
    claims: dict[str, Claim] = field(default_factory=dict)
    documents: dict[str, AnnotatedDocument] = field(default_factory=dict)

    @property
    def parts(self) -> tuple[list[Event], list[Tally], dict[str, Claim], dict[str, AnnotatedDocument]]:
        return self.events, self.tallies, self.claims, self.documents


@dataclass(frozen=True)
class Site:
    """A place of the invented events."""

    name: str
    province: str | None
    country: str
    lat: float | None
    lon: float | None
    precision: PlacePrecision | None = "exact"


@dataclass(frozen=True)
class Told:
    """One figure as an article tells it."""

    words: str
    low: int | None
    high: int | None
    bound: Bound
    harm: Harm
    group: VictimGroup
    victims: str
    origin: Origin
    state: State = "current"
    blamed: tuple[str, Certainty] | None = None
    denier: str | None = None
    order_unknown: bool = False


HARM_WORDS: dict[Harm, str] = {
    "killed": "killed",
    "injured": "wounded",
    "displaced": "driven from their homes",
    "detained": "detained",
    "missing": "missing",
    "unspecified": "casualties",
}
MEANS_WORDS: dict[MeansCategory, str] = {
    "air": "airstrikes",
    "drone": "a drone strike",
    "artillery_rocket": "shelling",
    "ground_fighting": "clashes",
    "shooting": "gunfire",
    "ied_mine": "a mine blast",
    "suicide": "a suicide bombing",
}
FILLER = (
    "Residents described a long night, and rescue teams worked until dawn with what equipment they had.",
    "The road north of the town was closed for most of the day, and telephone lines were down.",
    "A market was to have reopened this week after months of closure.",
    "Neither side commented at first. Independent confirmation from the area is rarely possible.",
)


class _Article:
    """Writes an article and remembers where its words stand."""

    def __init__(self, name: str, outlet: str | None, day: str, title: str, url: str | None) -> None:
        self.provenance = Provenance(name, outlet, url, title, f"{day}T08:30:00Z", day, "metadata")
        self.text = f"{title}\n\n"

    def add(self, words: str) -> Mention:
        start = len(self.text)
        self.text += words
        return Mention(words, start, len(self.text))

    def document(self) -> AnnotatedDocument:
        return AnnotatedDocument(Document(self.provenance.id, self.text, {"language": "en"}))


def _claim(article: _Article, told: Told, site: Site, when: tuple[str, str], means: MeansCategory) -> Claim:
    """Write one sentence of an article and read it as a claim."""
    first = len(article.text)
    count = article.add(told.words)
    article.add(" ")
    victims = article.add(told.victims)
    article.add(" were ")
    harm = article.add(HARM_WORDS[told.harm])
    article.add(" in ")
    weapon = article.add(MEANS_WORDS[means])
    article.add(" on ")
    where = article.add(site.name)
    article.add(" on ")
    day = article.add(when[0])
    article.add(", ")
    source = article.add(told.origin.name)
    article.add(" said.")
    sentence = Mention(article.text[first:], first, len(article.text))
    blamed, denials = [], []
    if told.blamed:
        party, certainty = told.blamed
        article.add(" ")
        at = article.add(party)
        article.add(" carried it out, it said." if certainty == "stated" else " was suspected.")
        said = Mention(article.text[at.start :], at.start, len(article.text))
        blamed.append(Responsible(party, at.start, at.end, certainty, source, said, party, "name"))
    if told.denier:
        article.add(" ")
        at = article.add(told.denier)
        article.add(" denied having targeted the town.")
        said = Mention(article.text[at.start :], at.start, len(article.text))
        denials.append(Denial(told.denier, at.start, at.end, None, said, told.denier, "name"))
    article.add("\n\n")
    other = PlaceCandidate("g9", f"{site.name} (the other)", "Far Province", site.country, 33.1, 44.2)
    return Claim(
        id=f"{article.provenance.id}#{count.start}-{count.end}",
        count=Count(told.words, told.low, told.high, told.bound),
        unit="person",
        scope="incident",
        part_of=None,
        updates=None,
        repeat_of=None,
        harm=(told.harm,),
        harm_words=(harm,),
        victims=Victims(victims.text, victims.start, victims.end, "unknown", None, None, None),
        means=(Means(weapon.text, weapon.start, weapon.end, means),),
        responsible=tuple(blamed),
        denials=tuple(denials),
        places=(
            Place(
                site.name,
                where.start,
                where.end,
                site.name,
                site.name,
                site.province,
                site.country,
                site.lat,
                site.lon,
                site.precision,
                margin=0.2,
                runner_up=other,
            ),
        ),
        date=When(day.text, day.start, day.end, when[1], when[1], "day"),
        reported=None,
        sources=(Source(source.text, source.start, source.end, told.origin.kind, "origin", told.origin.name, "name"),),
        evidence=Evidence(sentence.text, sentence.start, sentence.end, count.start, count.end),
        document=article.provenance,
        confidence=0.83,
        model="fixture",
    )


def _figure(claim: Claim, told: Told) -> Figure:
    return Figure(
        claim=claim.id,
        document=claim.document.id,
        outlet=claim.document.outlet,
        day=claim.document.day,
        harm=claim.harm,
        group=told.group,
        victims=told.victims,
        min=told.low,
        max=told.high,
        words=told.words,
        origins=(told.origin,),
        state=told.state,
        order_unknown=told.order_unknown,
        confidence=claim.confidence,
    )


def _ranges(figures: Sequence[Figure]) -> tuple[Range, ...]:
    found = []
    for harm, group in dict.fromkeys((figure.harm, figure.group) for figure in figures):
        members = [figure for figure in figures if (figure.harm, figure.group) == (harm, group)]
        current = [figure for figure in members if figure.state == "current"]
        stated = [n for figure in current for n in (figure.min, figure.max) if n is not None]
        found.append(
            Range(
                harm=harm,
                group=group,
                victims=None,
                low=min(stated, default=None),
                high=max(stated, default=None),
                open=any(figure.max is None for figure in current),
                floor=False,
                origins=len({origin.key for figure in current for origin in figure.origins}),
                current=tuple(figure.claim for figure in current),
                history=tuple(figure.claim for figure in members if figure.state == "replaced"),
                order_unknown=any(figure.order_unknown for figure in current),
            )
        )
    return tuple(found)


def _blamed(claims: Sequence[Claim]) -> tuple[Blame, ...]:
    by_party: dict[tuple[str, Certainty, str | None], list[str]] = {}
    for claim in claims:
        for party in claim.responsible:
            key = (party.actor or party.text, party.certainty, party.by.text if party.by else None)
            by_party.setdefault(key, []).append(claim.id)
    return tuple(Blame(party, True, sure, by, tuple(ids)) for (party, sure, by), ids in by_party.items())


def event(
    sheet: Sheet,
    name: str,
    site: Site,
    day: date | None,
    means: MeansCategory,
    articles: Sequence[tuple[str | None, int, Sequence[Told]]],
    *,
    wider: Site | None = None,
    uncertain: bool = False,
    contested: tuple[str, ...] = (),
    same: tuple[str, ...] = (),
    title: str | None = None,
    filler: int = 2,
) -> Event:
    """Add an event with its articles to a sheet. ``articles``: the outlet, days after the event, and what it tells."""
    claims, figures = [], []
    for number, (outlet, after, tellings) in enumerate(articles):
        published = (day or date(2031, 5, 7)) + timedelta(days=after)
        headline = title or f"{tellings[0].words.capitalize()} {HARM_WORDS[tellings[0].harm]} in {site.name}"
        article = _Article(f"{name}-{number}", outlet, published.isoformat(), headline, f"https://example.org/{name}")
        article.add(f"{site.name} — {FILLER[number % len(FILLER)]}\n\n")
        for told in tellings:
            when = ("Tuesday", day.isoformat()) if day else ("recently", "")
            claim = _claim(article, told, site, when, means)
            claims.append(claim)
            figures.append(_figure(claim, told))
        for extra in range(filler):
            article.add(FILLER[(number + extra + 1) % len(FILLER)] + "\n\n")
        sheet.documents[article.provenance.id] = article.document()
    figures = [_replaced(figure, figures) for figure in figures]
    sheet.claims.update({claim.id: claim for claim in claims})
    ids = tuple(claim.id for claim in claims)
    area = site.precision in ("district", "province", "country")
    made = Event(
        id=name,
        status="machine",
        title=title or f"{MEANS_WORDS[means].removeprefix('a ').capitalize()} in {site.name}",
        first_day=day.isoformat() if day else None,
        last_day=day.isoformat() if day else None,
        date_precision="day" if day else None,
        places=tuple(
            EventPlace(p.name, p.name, p.province, p.country, p.lat, p.lon, p.precision, p is wider, uncertain, ids)
            for p in (site, wider)
            if p is not None
        ),
        means=(means,),
        ranges=_ranges(figures),
        figures=tuple(figures),
        blamed=_blamed(claims),
        denials=tuple(
            EventDenial(d.actor or d.text, True, None, d.sentence.text, (c.id,)) for c in claims for d in c.denials
        ),
        contested=contested,
        origins=tuple(dict.fromkeys(origin for figure in figures for origin in figure.origins)),
        documents=tuple(dict.fromkeys(claim.document.id for claim in claims)),
        stories=len(articles),
        possibly_same_as=tuple(
            PossiblySame(
                other,
                0.48,
                (
                    Reason("place", 2.1, f"{site.name} and its neighbour lie 3 km apart"),
                    Reason("day", 1.0, "the same day"),
                    Reason("figures", -1.4, "25 civilians against at least 23 people"),
                ),
            )
            for other in same
        ),
        joins=tuple(
            Join(
                one,
                other,
                3.2,
                (
                    Reason("place", 3.0, f"both in {site.name}"),
                    Reason("day", 1.5, "the same day"),
                    Reason("means", 0.5 if not area else -0.5, f"both speak of {MEANS_WORDS[means]}"),
                ),
            )
            for one, other in pairwise(ids)
        ),
    )
    sheet.events.append(made)
    return made


def _replaced(figure: Figure, figures: Sequence[Figure]) -> Figure:
    """A replaced figure names the later one of its origin."""
    if figure.state != "replaced":
        return figure
    later = [
        other.claim
        for other in figures
        if other.state == "current"
        and (other.origins, other.group, other.harm) == (figure.origins, figure.group, figure.harm)
    ]
    values = {name: getattr(figure, name) for name in Figure.__slots__}
    return Figure(**{**values, "replaced_by": later[-1] if later else None})


MONITOR = Origin("monitor", "Valley Observatory", "monitor", True)
STATE_MEDIA = Origin("state", "State News Agency", "media", True)
ARMY = Origin("army", "Blue Army command", "party", True)
HOSPITAL = Origin("hospital", "medics at the central hospital", "medical", False)
WITNESS = Origin("witness", "residents", "witness", False)
UN = Origin("un", "UN human rights office", "un", True)
MINISTRY = Origin("ministry", "Ministry of Health", "official", True)
ORIGINS = (MONITOR, STATE_MEDIA, ARMY, HOSPITAL, WITNESS, UN, MINISTRY)

EAST = Site("Deir ez-Zor", "Deir ez-Zor", "SY", 35.336, 40.141, "province")


def small() -> Sheet:
    """Five events and two tallies that hold every case: updates, parts, denials, areas, no place, no day."""
    sheet = Sheet()
    orlan = Site("Orlan", "Deir ez-Zor", "SY", 34.712, 40.933)
    red_suspected: tuple[str, Certainty] = ("Red Coalition", "suspected")
    red_stated: tuple[str, Certainty] = ("Red Coalition", "stated")
    first = [
        Told("14", 14, 14, "exact", "killed", "all", "people", MONITOR, "replaced"),
        Told("five", 5, 5, "exact", "killed", "children", "children", MONITOR, "replaced"),
    ]
    later = [
        Told("At least 23", 23, None, "at_least", "killed", "all", "people", MONITOR, blamed=red_suspected),
        Told("10", 10, 10, "exact", "killed", "children", "children", MONITOR),
        Told("between 30 and 35", 30, 35, "range", "killed", "all", "people", HOSPITAL, blamed=red_stated),
        Told("dozens", 24, None, "vague", "injured", "all", "people", HOSPITAL, denier="Red Coalition"),
    ]
    army = Told("up to 20", None, 20, "up_to", "killed", "combatants", "fighters", ARMY)
    event(
        sheet,
        "ev-orlan",
        orlan,
        date(2031, 5, 6),
        "air",
        [("The Daily Orlan", 0, first), ("Valley Times", 1, later), (None, 2, [army])],
        wider=EAST,
        uncertain=True,
        same=("ev-fadel",),
        title="Airstrikes on Orlan",
        contested=(
            "who was hit: people and children, or fighters only",
            "the Red Coalition denies having targeted the town",
        ),
    )
    fadel = Site("Fadel", "Deir ez-Zor", "SY", 34.69, 40.96, "near")
    told = Told("25", 25, 25, "exact", "killed", "civilians", "civilians", STATE_MEDIA, blamed=red_stated)
    event(sheet, "ev-fadel", fadel, date(2031, 5, 6), "air", [("State News Agency", 0, [told])], same=("ev-orlan",))
    told = Told("several", 3, None, "vague", "injured", "all", "people", WITNESS, order_unknown=True)
    event(sheet, "ev-east", EAST, date(2031, 5, 20), "artillery_rocket", [("Valley Times", 0, [told])])
    sudan = Site("Sudan", None, "SD", 15.5, 30.0, "country")
    told = Told("hundreds", 200, None, "vague", "displaced", "all", "families", UN)
    event(sheet, "ev-sudan", sudan, None, "ground_fighting", [("Valley Times", 0, [told])])
    nowhere = Site("the Upper Meadow", None, "SY", None, None, None)
    gunmen: tuple[str, Certainty] = ("unknown gunmen", "unidentified")
    told = Told("a", 1, 1, "exact", "killed", "all", "shepherd", WITNESS, blamed=gunmen)
    event(sheet, "ev-nowhere", nowhere, date(2031, 6, 2), "ied_mine", [("The Daily Orlan", 1, [told])])
    _tallies(sheet)
    return sheet


def _tallies(sheet: Sheet) -> None:
    claim = next(iter(sheet.claims.values()))
    points = tuple(
        TallyPoint(claim.id, claim.document.id, f"2031-0{month}-01", low, None, f"more than {low:,}")
        for month, low in ((2, 300), (3, 480), (5, 820), (7, 2000))
    )
    since, war = "since September", "since the war began"
    area = ("Deir ez-Zor",)
    sheet.tallies = [
        Tally("t-1", "machine", MONITOR, area, "SY", ("killed",), "civilians", None, "2030-09", since, points),
        Tally("t-2", "machine", UN, (), "SD", ("displaced",), "all", "families", None, war, points[:1]),
    ]


def hostile() -> Sheet:
    """Every text that a stranger can set is an attack; one article has a word of 100,000 letters."""
    sheet = Sheet()
    origin = Origin("bad", HOSTILE, "media", False)
    told = Told(HOSTILE, 3, 3, "exact", "killed", "all", HOSTILE, origin, blamed=(HOSTILE, "stated"), denier=HOSTILE)
    site = Site(HOSTILE, HOSTILE, "SY", 34.7, 40.9)
    event(sheet, "ev-hostile", site, date(2031, 5, 6), "air", [(HOSTILE, 0, [told])], title=HOSTILE,
          contested=(HOSTILE,), uncertain=True)  # fmt: skip
    name = "ev-hostile-0"
    text = sheet.documents[name].text + "w" * 100_000 + " 🕊 after\n"
    sheet.documents[name] = AnnotatedDocument(Document(name, text, {"language": '"><script>'}))
    for key, claim in sheet.claims.items():
        values = {slot: getattr(claim, slot) for slot in Claim.__slots__}
        source = Provenance(name, HOSTILE, "javascript:window.pwned=1", HOSTILE, HOSTILE, "2031-05-06")
        sheet.claims[key] = Claim(**{**values, "document": source})
    return sheet


TOWNS = """
Aleppo SY 36.20 37.16|Idlib SY 35.93 36.63|Hama SY 35.13 36.75|Homs SY 34.73 36.71|Hajin SY 34.69 40.83
Raqqa SY 35.95 39.01|Hasakah SY 36.50 40.75|Daraa SY 32.62 36.10|Manbij SY 36.53 37.95|Afrin SY 36.51 36.87
Mosul IQ 36.34 43.13|Kirkuk IQ 35.47 44.39|Tikrit IQ 34.61 43.68|Baghdad IQ 33.31 44.37|Sinjar IQ 36.32 41.87
Sanaa YE 15.35 44.21|Taiz YE 13.58 44.02|Hodeidah YE 14.80 42.95|Marib YE 15.46 45.33|Aden YE 12.79 45.03
Kharkiv UA 49.99 36.23|Bakhmut UA 48.59 38.00|Kherson UA 46.64 32.61|Mariupol UA 47.10 37.54|Odesa UA 46.48 30.73
El-Fasher SD 13.63 25.35|Khartoum SD 15.50 32.56|Nyala SD 12.05 24.88|El-Obeid SD 13.18 30.22|Kadugli SD 11.01 29.72
Goma CD -1.68 29.22|Bunia CD 1.57 30.25|Beni CD 0.49 29.47|Mogadishu SO 2.05 45.32|Baidoa SO 3.11 43.65
Maiduguri NG 11.83 13.15|Damboa NG 11.16 12.76|Gao ML 16.27 -0.04|Mopti ML 14.48 -4.18|Djibo BF 14.10 -1.63
Kabul AF 34.53 69.17|Jalalabad AF 34.43 70.45|Kunduz AF 36.73 68.86|Lashkar-Gah AF 31.59 64.37|Quetta PK 30.18 67.00
Sittwe MM 20.15 92.90|Loikaw MM 19.67 97.21|Mekelle ET 13.50 39.47|Gondar ET 12.60 37.47|Benghazi LY 32.12 20.09
Tripoli LY 32.89 13.19|Gaza PS 31.50 34.47|Rafah PS 31.29 34.25|Tyre LB 33.27 35.20|Port-au-Prince HT 18.54 -72.34
""".replace("\n", "|")
SITES = [
    Site(name.replace("-", " "), None, country, float(lat), float(lon))
    for name, country, lat, lon in (town.split() for town in TOWNS.split("|") if town.strip())
]
PARTIES = ("Red Coalition", "Blue Army", "Green Front", "Northern Alliance", "Council Forces", "unknown warplanes")
OUTLETS = tuple(
    f"{a} {b}" for a in ("Valley", "River", "Daily", "Northern", "Capital") for b in ("Times", "Post", "Wire")
)
GROUPS: tuple[VictimGroup, ...] = ("all", "all", "all", "civilians", "combatants", "children")


def many(number: int = 5000, seed: int = 7) -> Sheet:
    """That many plausible events, each with 1 to 3 articles and about 3 figures."""
    rng = random.Random(seed)
    sheet = Sheet()
    for i in range(number):
        site = _moved(rng, rng.choice(SITES))
        day = date(2030, 1, 1) + timedelta(days=int(rng.betavariate(2, 1.6) * 730)) if rng.random() > 0.03 else None
        told = [_telling(rng) for _ in range(rng.choice((1, 1, 2, 2, 3)))]
        articles = [
            (rng.choice(OUTLETS), n, [t, *([_telling(rng)] if rng.random() < 0.7 else [])]) for n, t in enumerate(told)
        ]
        event(sheet, f"ev-{i:05d}", site, day, rng.choice(tuple(MEANS_WORDS)), articles, filler=rng.randint(2, 14),
              contested=("the numbers of dead",) if rng.random() < 0.1 else (),
              same=(f"ev-{i - 1:05d}",) if i and rng.random() < 0.06 else ())  # fmt: skip
    if number:
        _tallies(sheet)
    return sheet


def _moved(rng: random.Random, site: Site) -> Site:
    """A town, a place near it, or the area around it."""
    draw = rng.random()
    if draw < 0.02:
        return Site("an unnamed village", None, site.country, None, None, None)
    if draw < 0.45 or site.lat is None or site.lon is None:
        return site
    precision: PlacePrecision = rng.choices(("exact", "near", "district", "province", "country"), (5, 3, 2, 2, 0.4))[0]
    spread = 0.0 if precision in ("province", "country") else 0.9
    lat, lon = site.lat + rng.gauss(0, spread), site.lon + rng.gauss(0, spread)
    kind = {"district": " district", "province": " province", "country": ""}.get(precision, "")
    name = f"{site.name}{kind}" if kind else f"{rng.choice(('Tell', 'Upper', 'New', 'Old'))} {site.name}"
    return Site(name, None, site.country, round(lat, 3), round(lon, 3), precision)


def _telling(rng: random.Random) -> Told:
    low = max(1, int(rng.lognormvariate(1.6, 1.1)))
    harm: Harm = rng.choices(("killed", "injured", "displaced", "detained", "missing"), (60, 25, 4, 6, 3))[0]
    if harm == "displaced":
        low *= 90
    words, least, most, bound = rng.choice(
        (
            (f"{low:,}", low, low, "exact"),
            (f"at least {low:,}", low, None, "at_least"),
            (f"between {low:,} and {low + 4:,}", low, low + 4, "range"),
            (f"up to {low:,}", None, low, "up_to"),
        )
    )
    party: tuple[str, Certainty] | None = None
    if rng.random() < 0.5:
        name = rng.choice(PARTIES)
        party = (name, "unidentified" if name.startswith("unknown") else rng.choice(("stated", "suspected", "claimed")))
    group = rng.choice(GROUPS)
    victims = {"all": "people", "combatants": "fighters"}.get(group, group)
    state: State = "replaced" if rng.random() < 0.12 else "current"
    return Told(words, least, most, bound, harm, group, victims, rng.choice(ORIGINS), state, party)  # type: ignore[arg-type]

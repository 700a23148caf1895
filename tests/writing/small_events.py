"""Three invented events, a tally and their claims, for the tests of the files that are exported.

- ``crossing``: a strike on a village that is known exactly; two origins, an update, children as a part, a denial, and
  an article whose title is a spreadsheet formula.
- ``road``: a mine somewhere in a province, told in vague words; reviewed, possibly the same as the first.
- ``nowhere``: a village that no gazetteer knows, no day.
"""

from __future__ import annotations

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
    read_count,
)
from tolltrace.claims.claim import Certainty, Harm, SourceKind
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
    Reason,
    State,
    Tally,
    TallyPoint,
)
from tolltrace.events.figures import ranges_of
from tolltrace.events.groups import victim_group

FORMULA = '=HYPERLINK("http://example.org";"x"); DROP TABLE events; --'
"""A title that is a formula and SQL: it must arrive as text."""
ARTICLES = {
    "one": Provenance("one", "Northern Wire", "https://example.org/1", FORMULA, "2031-05-02T09:00:00Z", "2031-05-02"),
    "two": Provenance("two", "Daily Lamp", None, "Toll rises", "3 May 2031", "2031-05-03", "date line"),
    "three": Provenance("three"),
}
TEXTS = {
    "one": "A strike on Tell Aswad killed 14 people, five of them children, the Observer Group said.",
    "two": "At least 23 people died in Tell Aswad, the Observer Group said. The Valley Army denied it. Dozens hurt.",
    "three": "A mine killed dozens in Wadi province. Several died in Umm Khafi.",
}
PLACE = Place(
    "Tell Aswad",
    12,
    22,
    id="x:1",
    name="Tall Aswad",
    province="Wadi",
    country="SY",
    lat=35.25,
    lon=40.5,
    precision="exact",
    margin=0.4,
    runner_up=PlaceCandidate("x:2", "Tall Aswad", "Jabal", "SY", 33.0, 36.5),
)
PROVINCE = Place("Wadi province", 26, 39, "x:3", "Wadi", None, "SY", 35.0, 40.0, "province", margin=0.05)
UNKNOWN = Place("Umm Khafi", 54, 63)
DAY = When("Thursday", 0, 8, "2031-05-01", "2031-05-01", "day")
SPAN = When("this week", 0, 9, "2031-04-28", "2031-05-04", "week")
OBSERVER = Origin("observer group", "Observer Group", "monitor", resolved=True)
LAMP = Origin("daily lamp", "Daily Lamp", "media", resolved=False)
DENIED = Mention("The Valley Army denied it.", 64, 90)


def _claim(
    document: str,
    words: str,
    at: int,
    *,
    harm: Harm = "killed",
    victims: Victims | None = None,
    places: tuple[Place, ...] = (PLACE,),
    when: When | None = DAY,
    source: str | None = "Observer Group",
    kind: SourceKind = "monitor",
    responsible: tuple[Responsible, ...] = (),
    denials: tuple[Denial, ...] = (),
    part_of: str | None = None,
    total: bool = False,
    count: Count | None = None,
) -> Claim:
    text = TEXTS[document]
    return Claim(
        id=f"{document}#{at}",
        count=count or read_count(words),
        unit="person",
        scope="total" if total else "incident",
        part_of=part_of,
        updates=None,
        repeat_of=None,
        harm=(harm,),
        harm_words=(Mention("killed", 0, 6),),
        victims=victims,
        means=(Means("strike", 2, 8, "air"),),
        responsible=responsible,
        denials=denials,
        places=places,
        date=when,
        reported=None,
        sources=(Source(source, 0, 5, kind, "origin", source, "name"),)
        if source
        else (Source(ARTICLES[document].outlet, None, None, "media", "origin", stated=False),),
        evidence=Evidence(text, 0, len(text), at, at + len(words)),
        document=ARTICLES[document],
        confidence=0.8,
        model="m1",
    )


def _blamed(certainty: Certainty) -> Responsible:
    said = Mention("The Valley Army did it.", 0, 23)
    return Responsible("Valley Army", 4, 15, certainty, None, said, "Valley Army", "name")


PEOPLE = Victims("people", 0, 6, "unknown", None, None, None)
CHILDREN = Victims("children", 0, 8, "unknown", None, None, "child")
CLAIMS = [
    _claim("one", "14", 30, victims=PEOPLE, responsible=(_blamed("suspected"),)),
    _claim("one", "five", 41, victims=CHILDREN, part_of="one#30"),
    _claim("two", "At least 23", 0, victims=PEOPLE, denials=(Denial("Valley Army", 68, 79, None, DENIED),)),
    _claim("two", "Dozens", 91, harm="injured", source=None),
    _claim("three", "dozens", 14, places=(PROVINCE,), when=SPAN, source=None),
    _claim("three", "Several", 39, places=(UNKNOWN,), when=None, source=None),
    _claim("two", "2,000", 50, total=True, when=When("since 2030", 0, 10, "2030-01-01", "2031-05-03", "period")),
]
BY_ID = {claim.id: claim for claim in CLAIMS}
DOCUMENTS = [
    AnnotatedDocument(Document(name, text, {"title": ARTICLES[name].title, "outlet": ARTICLES[name].outlet}))
    for name, text in TEXTS.items()
]


def _figure(claim: Claim, origin: Origin, state: State = "current", replaced_by: str | None = None) -> Figure:
    group, victims = victim_group(claim)
    return Figure(
        claim=claim.id,
        document=claim.document.id,
        outlet=claim.document.outlet,
        day=claim.document.day,
        harm=claim.harm,
        group=group,
        victims=victims,
        min=claim.count.min,
        max=claim.count.max,
        words=claim.count.text,
        origins=(origin,),
        state=state,
        replaced_by=replaced_by,
        part_of=claim.part_of,
        confidence=claim.confidence,
        moment="2031-05-02T09:00:00+00:00" if claim.document.id == "one" else None,
    )


def _place(place: Place, *claims: str, uncertain: bool = False) -> EventPlace:
    return EventPlace(
        place.name or place.text,
        place.id,
        place.province,
        place.country,
        place.lat,
        place.lon,
        place.precision,
        place.wider,
        uncertain,
        claims,
    )


_CROSSING = (
    _figure(CLAIMS[0], OBSERVER, "replaced", "two#0"),
    _figure(CLAIMS[1], OBSERVER),
    _figure(CLAIMS[2], OBSERVER),
    _figure(CLAIMS[3], LAMP),
)
_REASON = Reason("place", -1.5, "a village in Wadi, and Wadi")
CROSSING = Event(
    id="event-1",
    status="machine",
    title="Air strike, Tall Aswad (Wadi), 1 May 2031",
    first_day="2031-05-01",
    last_day="2031-05-01",
    date_precision="day",
    places=(_place(PLACE, "one#30", "two#0"),),
    means=("air",),
    ranges=tuple(ranges_of(_CROSSING)),
    figures=_CROSSING,
    blamed=(Blame("Valley Army", True, "suspected", None, ("one#30",)),),
    denials=(EventDenial("Valley Army", False, None, DENIED.text, ("two#0",)),),
    contested=("Valley Army denies",),
    origins=(OBSERVER, LAMP),
    documents=("one", "two"),
    stories=2,
    possibly_same_as=(PossiblySame("event-2", 0.4, (_REASON,)),),
    joins=(Join("one#30", "two#0", 3.0, (Reason("place", 3.0, "the same village"),)),),
)
_ROAD = (_figure(CLAIMS[4], LAMP),)
ROAD = Event(
    id="event-2",
    status="reviewed",
    title="Bomb or mine, Wadi, 28 April – 4 May 2031",
    first_day="2031-04-28",
    last_day="2031-05-04",
    date_precision="week",
    places=(_place(PROVINCE, "three#14", uncertain=True),),
    means=("ied_mine",),
    ranges=tuple(ranges_of(_ROAD)),
    figures=_ROAD,
    blamed=(),
    denials=(),
    contested=(),
    origins=(LAMP,),
    documents=("three",),
    stories=1,
    possibly_same_as=(PossiblySame("event-1", 0.4, (_REASON,)),),
    joins=(),
    formerly=("event-9",),
)
_NOWHERE = (_figure(CLAIMS[5], LAMP),)
NOWHERE = Event(
    id="event-3",
    status="machine",
    title="Killed, Umm Khafi, day not known",
    first_day=None,
    last_day=None,
    date_precision=None,
    places=(_place(UNKNOWN, "three#39"),),
    means=(),
    ranges=tuple(ranges_of(_NOWHERE)),
    figures=_NOWHERE,
    blamed=(),
    denials=(),
    contested=(),
    origins=(LAMP,),
    documents=("three",),
    stories=1,
    possibly_same_as=(),
    joins=(),
)
EVENTS = [CROSSING, ROAD, NOWHERE]
TALLIES = [
    Tally(
        id="tally-1",
        status="machine",
        origin=OBSERVER,
        area=("Wadi",),
        country="SY",
        harm=("killed",),
        group="civilians",
        victims=None,
        start="2030-01-01",
        period="since 2030",
        points=(
            TallyPoint("one#0", "one", "2031-05-02", 1900, 1900, "1,900"),
            TallyPoint("two#50", "two", "2031-05-03", 2000, None, "more than 2,000"),
        ),
    )
]

"""Time the making of events from claims: ``python scripts/benchmark_events.py [--claims 1000 10000 100000]``.

The claims are made up, and read by no model: incidents at random places of the gazetteer on random days of two years,
each told by up to five articles with one to four figures. Articles of the same day and country meet, as in news.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

from rich.console import Console
from rich.table import Table

from tolltrace.claims import Claim
from tolltrace.claims.claim import Count, Evidence, Harm, Place, Provenance, Source, When
from tolltrace.claims.means import read_means
from tolltrace.claims.victims import read_victims
from tolltrace.events.find import find_events
from tolltrace.resolving.gazetteer import Entry, Gazetteer
from tolltrace.resolving.known_as import KnownAs

COUNTRIES = ("SY", "IQ", "AF", "YE", "SD", "UA", "SO", "NG", "ML", "MM", "CD", "PS", "LB", "PK")
MEANS = ("air strike", "shelling", "car bomb", "clashes", "drone strike", "gunfire")
VICTIMS = ("people", "civilians", "fighters", "soldiers", "children")
HARMS: tuple[Harm, ...] = ("killed", "killed", "injured", "displaced")
SOURCES = ("Observatory", "Health Ministry", "Army", "Civil Defence", "Agency", "Red Crescent")
FIRST = date(2023, 1, 1)


def make_claims(number: int, places: list[Entry], seed: int = 1) -> Iterator[list[Claim]]:
    """Articles' claims until there are ``number`` of them."""
    chance = random.Random(seed)
    made = articles = 0
    while made < number:
        place, day = chance.choice(places), FIRST + timedelta(days=chance.randrange(730))
        means, dead = chance.choice(MEANS), 1 + int(chance.expovariate(1 / 8))
        for _ in range(min(5, 1 + int(chance.expovariate(0.8)))):
            articles += 1
            claims = [_claim(f"a{articles}", i, place, day, means, dead, chance) for i in range(chance.randint(1, 4))]
            made += len(claims)
            yield claims
            if made >= number:
                return


def _claim(article: str, index: int, place: Entry, day: date, means: str, dead: int, chance: random.Random) -> Claim:
    start = index * 150
    count = max(0, dead + chance.choice((0, 0, 0, 1, -1, 3))) if index == 0 else 1 + int(chance.expovariate(0.2))
    victims, source = chance.choice(VICTIMS), chance.choice(SOURCES)
    told = (day + timedelta(days=chance.choice((0, 0, 1)))).isoformat()
    return Claim(
        id=f"{article}#{start}-{start + 2}",
        count=Count(str(count), count, count, "exact"),
        unit="person",
        scope="incident",
        part_of=None,
        updates=None,
        repeat_of=None,
        harm=(HARMS[index],),
        harm_words=(),
        victims=read_victims(victims, start + 3, start + 3 + len(victims)),
        means=(read_means(means, start + 40, start + 50),),
        responsible=(),
        denials=(),
        places=(
            Place(
                place.name, start + 60, start + 70, place.id, place.name, place.province, place.country,
                place.lat, place.lon, "exact", margin=0.7,
            ),
        ),
        date=When("Tuesday", start + 80, start + 87, day.isoformat(), day.isoformat(), "day"),
        reported=None,
        sources=(Source(source, start + 90, start + 99, "unknown", "origin", name=source, name_by="name"),),
        evidence=Evidence(f"{count} {victims} died in {place.name}.", start, start + 140, start, start + 2),
        document=Provenance(article, f"Paper {chance.randrange(40)}", None, None, told, told, "metadata"),
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="python scripts/benchmark_events.py", description=__doc__)
    parser.add_argument("--claims", type=int, nargs="+", default=[1_000, 3_000, 10_000, 30_000, 100_000])
    parser.add_argument("--plot", type=Path, help="write the curve to this picture")
    arguments = parser.parse_args()
    places = [e for e in Gazetteer.load() if e.kind == "place" and e.country in COUNTRIES]
    table = Table(
        "claims", "articles", "events", "seconds", "ms a claim", "peak memory, MB", title="claims to events, one core"
    )
    curve = []
    for number in arguments.claims:
        articles = list(make_claims(number, places))
        stories = {claims[0].document.id: claims[0].document.id for claims in articles}
        start = time.perf_counter()
        found = find_events(articles, stories, KnownAs())
        seconds = time.perf_counter() - start
        curve.append((number, seconds))
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        counts = (f"{value:,}" for value in (number, len(articles), len(found.events)))
        table.add_row(*counts, f"{seconds:.1f}", f"{seconds / number * 1000:.2f}", f"{memory:,}")
    Console().print(table)
    if arguments.plot:
        _plot(curve, arguments.plot)


def _plot(curve: list[tuple[int, float]], path: Path) -> None:
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "tolltrace"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6, 3.6))
    axes.loglog(*zip(*curve, strict=True), marker="o", color="#2a6f97")
    axes.set(xlabel="claims", ylabel="seconds on one core", title="Claims to events")
    axes.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    main()

"""The views of the database: the questions that an analyst asks first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class View:
    """A view: its comment, its query, and the comments of its columns in their order."""

    comment: str
    select: str
    columns: Mapping[str, str]


STATUS = {"status": "machine, or reviewed where an analyst decided"}
COUNTED = {
    "events": "Number of events; figures are never added up",
    "reviewed": "How many of them an analyst decided on",
    "ids": "Their ids",
}
EVENT = {"event": "Id of the event", "title": "Means, place and day in words"}
DAYS = {"first_day": "First day of the event", "last_day": "Last day of the event"}
HARM = {
    "harm": "What happened to the people counted",
    "victim_group": "Whom the figure counts",
    "victims": "The words of the group other",
}
NUMBERS = {"words": "The figure as written", "min": "Lowest number; empty: open", "max": "Highest number; empty: open"}

VIEWS: dict[str, View] = {
    "figures_by_source": View(
        "A row a figure and who says so: what each source says about each event, replaced figures too",
        """
        SELECT f.event, e.title, e.first_day, e.last_day, f.source.name AS source, f.source.kind AS source_kind,
               f.source.resolved AS source_resolved, f.harm, f.victim_group, f.victims, f.words, f.min, f.max, f.state,
               f.replaced_by, f.order_unknown, f.outlet, f.day AS article_day, f.document, f.claim, f.status
        FROM (SELECT *, unnest(CASE WHEN len(origins) = 0 THEN [NULL] ELSE origins END) AS source FROM figures) AS f
        JOIN events AS e ON e.id = f.event
        ORDER BY e.first_day, f.event, f.harm, f.victim_group, source, f.day, f.claim
        """,
        {
            **EVENT,
            **DAYS,
            "source": "Who says so, whoever prints it",
            "source_kind": "monitor, media, party, official, un, ngo, medical, witness, unknown",
            "source_resolved": "Whether source is a canonical name",
            **HARM,
            **NUMBERS,
            "state": "current, replaced, part or repeat",
            "replaced_by": "Id of the claim that replaced it",
            "order_unknown": "The source gives another figure, and nothing tells which is later",
            "outlet": "Who printed it",
            "article_day": "The article's own date",
            "document": "Id of the article",
            "claim": "Id of the claim",
            **STATUS,
        },
    ),
    "events_by_day": View(
        "A row a day, or a longer time where no day is known",
        """
        SELECT first_day, last_day, count(*) AS events, count(*) FILTER (status = 'reviewed') AS reviewed,
               list(id ORDER BY id) AS ids
        FROM events GROUP BY first_day, last_day ORDER BY first_day, last_day
        """,
        {**DAYS, **COUNTED},
    ),
    "events_by_province": View(
        "A row a province; an event that names places of two provinces stands under both, one without under none",
        """
        WITH named AS (
            SELECT DISTINCT event, status, country,
                   coalesce(province, CASE WHEN precision = 'province' THEN name END) AS province
            FROM places
        ),
        finest AS (
            SELECT * FROM named AS n
            WHERE province IS NOT NULL
               OR NOT EXISTS (SELECT 1 FROM named AS m WHERE m.event = n.event AND m.province IS NOT NULL)
        ),
        each_event AS (
            SELECT e.id, e.status, e.first_day, e.last_day, f.country, f.province
            FROM events AS e LEFT JOIN finest AS f ON f.event = e.id
        )
        SELECT country, province, count(DISTINCT id) AS events,
               count(DISTINCT id) FILTER (status = 'reviewed') AS reviewed,
               min(first_day) AS first_day, max(last_day) AS last_day, list(DISTINCT id ORDER BY id) AS ids
        FROM each_event GROUP BY country, province ORDER BY country, province
        """,
        {
            "country": "ISO 3166-1 alpha-2; empty where no place is known",
            "province": "First-order division; empty where only a country or no known place is named",
            "events": COUNTED["events"],
            "reviewed": COUNTED["reviewed"],
            "first_day": "First day of the earliest event",
            "last_day": "Last day of the latest event",
            "ids": COUNTED["ids"],
        },
    ),
    "contested_events": View(
        "A row an event on which reports disagree",
        """
        SELECT id AS event, title, first_day, last_day, contested,
               [origin.name FOR origin IN origins] AS sources, stories, status
        FROM events WHERE len(contested) > 0 ORDER BY first_day, id
        """,
        {
            **EVENT,
            **DAYS,
            "contested": "What they disagree on",
            "sources": "Who stands behind the figures",
            "stories": "Number of articles, a syndicated story counted once",
            **STATUS,
        },
    ),
    "claims_with_evidence": View(
        "A row a claim with its sentence, its article and its event; totals are in no event",
        """
        SELECT c.id AS claim, f.event, c.scope, c."count".text AS words, c."count".min AS min, c."count".max AS max,
               c.harm, c.victims.text AS victims, c.evidence.sentence AS sentence, c.document.outlet AS outlet,
               c.document.title AS article, c.document.url AS url, c.document.day AS article_day,
               c.document.id AS document, c.confidence, c.status
        FROM claims AS c LEFT JOIN figures AS f ON f.claim = c.id
        ORDER BY c.document.day, c.document.id, c.evidence.start
        """,
        {
            "claim": "Id of the claim",
            "event": EVENT["event"],
            "scope": "incident or total",
            **NUMBERS,
            "harm": HARM["harm"],
            "victims": "Who was harmed, as written",
            "sentence": "The sentence that holds the figure",
            "outlet": "Who published the article",
            "article": "The article's title",
            "url": "Where it stands",
            "article_day": "The article's own date",
            "document": "Id of the article",
            "confidence": "The model's, from 0 to 1",
            **STATUS,
        },
    ),
    "killed_ranges": View(
        "A row an event and victim group: the lowest and highest current figure of killed people",
        """
        SELECT e.id AS event, e.title, e.first_day, e.last_day, e.part."group" AS victim_group,
               e.part.victims AS victims, e.part.low AS low, e.part.high AS high, e.part.open AS open,
               e.part.floor AS floor, e.part.origins AS origins, e.part.order_unknown AS order_unknown, e.status
        FROM (SELECT *, unnest(ranges) AS part FROM events) AS e
        WHERE e.part.harm = ['killed']
        ORDER BY e.first_day, e.id, victim_group <> 'all', victim_group, victims
        """,
        {
            **EVENT,
            **DAYS,
            "victim_group": HARM["victim_group"],
            "victims": HARM["victims"],
            "low": "Lowest current figure",
            "high": "Highest number that a current figure states",
            "open": "A current figure goes on upwards",
            "floor": "No figure of its own: not fewer than a group that is in it",
            "origins": "How many origins stand behind the current figures",
            "order_unknown": "An origin gives two figures, and nothing tells which is later",
            **STATUS,
        },
    ),
    "tally_series": View(
        "A row a total, each series in the order of its days",
        """
        SELECT t.id AS tally, t.origin.name AS source, t.origin.kind AS source_kind, t.area, t.country, t.harm,
               t.victim_group, t.victims, t.start, t.period, p.day, p.words, p.min, p.max, p.document, p.claim, t.status
        FROM tallies AS t JOIN tally_points AS p ON p.tally = t.id
        ORDER BY source, t.id, p.day, p.claim
        """,
        {
            "tally": "Id of the tally",
            "source": "Who says so, whoever prints it",
            "source_kind": "monitor, media, party, official, un, ngo, medical, witness, unknown",
            "area": "Places that the totals are for",
            "country": "ISO 3166-1 alpha-2",
            **HARM,
            "start": "First day of the period summed over",
            "period": "The words of the period",
            "day": "As of which day",
            **NUMBERS,
            "document": "Id of the article",
            "claim": "Id of the claim",
            **STATUS,
        },
    ),
}

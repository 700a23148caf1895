"""The self-contained HTML sheet: events on a map, a timeline and in a table, every claim in its article, and a review.

Its parts stand in ``page/``; ``self_contained`` makes them one page that loads nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from tolltrace.claims import Claim
from tolltrace.documents import AnnotatedDocument
from tolltrace.events.event import Event, Tally
from tolltrace.writing.partial import written_whole
from tolltrace.writing.self_contained import assemble, one_scope, part
from tolltrace.writing.sheet_data import blocks

STYLES = ("vendor/leaflet.css", "sheet.css")
LIBRARIES = ("vendor/leaflet.js", "vendor/topojson-client.min.js")
SCRIPTS = (
    "dom.js",
    "words.js",
    "data.js",
    "state.js",
    "filters.js",
    "bars.js",
    "table.js",
    "world.js",
    "map.js",
    "timeline.js",
    "figures.js",
    "details.js",
    "article.js",
    "tallies.js",
    "csv.js",
    "decisions.js",
    "review.js",
    "help.js",
    "main.js",
)
"""In the order in which the page needs them: they share one scope."""


def write_sheet(
    path: Path,
    events: Sequence[Event],
    tallies: Sequence[Tally],
    claims: Mapping[str, Claim],
    documents: Mapping[str, AnnotatedDocument],
) -> None:
    """Write the page to ``path``; it appears there whole or not at all.

    ``claims`` and ``documents`` are by id. A figure whose claim or article is not among them is shown with what the
    event itself says. Raises :class:`OSError` where ``path`` cannot be written.
    """
    page = sheet_html(events, tallies, claims, documents)
    with written_whole(path) as partial:
        partial.write_bytes(page.encode("utf-8"))


def sheet_html(
    events: Sequence[Event],
    tallies: Sequence[Tally],
    claims: Mapping[str, Claim],
    documents: Mapping[str, AnnotatedDocument],
) -> str:
    """The page's source."""
    style = "\n".join(map(_part, STYLES))
    scripts = [
        *(_without_source_map(_part(name)) for name in LIBRARIES),
        one_scope({name: _part(name) for name in SCRIPTS}),
    ]
    data = blocks(events, tallies, claims, documents)
    data["world"] = json.loads(_part("world.json"))
    return assemble(_part("sheet.html"), style, scripts, data)


def _part(name: str) -> str:
    return part(Path(__file__).with_name("page") / name)


def _without_source_map(script: str) -> str:
    """Without the comment that makes a browser's tools ask for a file that is not there."""
    return "\n".join(line for line in script.splitlines() if not line.startswith("//# sourceMappingURL="))

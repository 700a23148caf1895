"""The self-contained HTML sheet: events on a map, a timeline and in a table, every claim in its article, and a review.

The page loads nothing: its parts (``page/``) and its data are inlined, and its Content-Security-Policy forbids
everything but its own scripts and styles, named by their hashes. Text from articles stands in JSON in which no
character can close the script that holds it, and the page puts it in as text only.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from string import Template
from typing import Any

from tolltrace.claims import Claim
from tolltrace.documents import AnnotatedDocument
from tolltrace.events.event import Event, Tally
from tolltrace.writing.partial import written_whole
from tolltrace.writing.sheet_data import blocks

PLAIN_UP_TO = 100_000
"""Characters of JSON up to which a block of data stays readable in the page's source; larger ones are packed."""
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
ESCAPES = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


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
    scripts = [*(_without_source_map(_part(name)) for name in LIBRARIES), _one_scope(SCRIPTS)]
    data = blocks(events, tallies, claims, documents)
    data["world"] = json.loads(_part("world.json"))
    return Template(_part("sheet.html")).substitute(
        policy=_policy(scripts, style),
        style=f"<style>{style}</style>",
        data="\n".join(_data_script(name, value) for name, value in data.items()),
        scripts="\n".join(f"<script>{script}</script>" for script in scripts),
    )


def to_script(value: Any) -> str:
    """JSON that can stand inside a script element: nothing in it ends the element, and it parses to the same value.

    A lone half of a surrogate pair, which no file can hold, becomes a question mark.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace").decode("utf-8").translate(ESCAPES)


def _data_script(name: str, value: Any) -> str:
    """A block of data: its JSON, or a JSON string that holds the JSON gzipped in base 64."""
    text = to_script(value)
    if len(text) > PLAIN_UP_TO:
        text = to_script(base64.b64encode(gzip.compress(text.encode("utf-8"), 6, mtime=0)).decode("ascii"))
    return f'<script type="application/json" id="data-{name}">{text}</script>'


def _part(name: str) -> str:
    text = (resources.files("tolltrace.writing") / "page" / name).read_text(encoding="utf-8")
    return text.replace("\r\n", "\n")


def _one_scope(names: Sequence[str]) -> str:
    """The page's own scripts as one: they see each other, and nothing else sees them."""
    parts = "\n".join(f"// {name}\n{_part(name)}" for name in names)
    return f'"use strict";\n(() => {{\n{parts}}})();\n'


def _without_source_map(script: str) -> str:
    """Without the comment that makes a browser's tools ask for a file that is not there."""
    return "\n".join(line for line in script.splitlines() if not line.startswith("//# sourceMappingURL="))


def _policy(scripts: Sequence[str], style: str) -> str:
    """Content-Security-Policy: nothing loads, nothing is sent, only these very scripts and styles run."""
    allowed = " ".join(map(_hash, scripts))
    return (
        f"default-src 'none'; script-src {allowed}; style-src {_hash(style)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}'"

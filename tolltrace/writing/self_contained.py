"""Pages that load nothing: parts and data are inlined, and a Content-Security-Policy forbids everything but the page's
own scripts and styles, named by their hashes.

Text from articles stands in JSON in which no character can close the script that holds it, and pages put it in as text.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any

PLAIN_UP_TO = 100_000
"""Characters of JSON up to which a block of data stays readable in the page's source; larger ones are packed."""
ESCAPES = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


def assemble(template: str, style: str, scripts: Sequence[str], data: Mapping[str, Any]) -> str:
    """The page's source: a template with ``$policy``, ``$style``, ``$data`` and ``$scripts``; each block of data is
    read by the page from the element ``data-<name>``."""
    return Template(template).substitute(
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


def one_scope(parts: Mapping[str, str]) -> str:
    """Scripts by name as one: they see each other, and nothing else sees them."""
    text = "\n".join(f"// {name}\n{part}" for name, part in parts.items())
    return f'"use strict";\n(() => {{\n{text}}})();\n'


def part(path: Path) -> str:
    """A page's part as it stands in its file, whatever its newlines."""
    return path.read_text(encoding="utf-8").replace("\r\n", "\n")


def _data_script(name: str, value: Any) -> str:
    """A block of data: its JSON, or a JSON string that holds the JSON gzipped in base 64."""
    text = to_script(value)
    if len(text) > PLAIN_UP_TO:
        text = to_script(base64.b64encode(gzip.compress(text.encode("utf-8"), 6, mtime=0)).decode("ascii"))
    return f'<script type="application/json" id="data-{name}">{text}</script>'


def _policy(scripts: Sequence[str], style: str) -> str:
    """Content-Security-Policy: nothing loads, nothing is sent, only these very scripts and styles run."""
    allowed = " ".join(map(_hash, scripts))
    return (
        f"default-src 'none'; script-src {allowed}; style-src {_hash(style)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}'"

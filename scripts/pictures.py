"""The README's pictures, from runs' outputs.

``python scripts/pictures.py RUN_FOLDER docs/images DOCUMENT_ID`` draws an article and its claims,
``python scripts/pictures.py RUN_FOLDER docs/images`` the sheet of events, with the Chromium on the PATH or in CHROMIUM.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI

from tolltrace import jsonlines
from tolltrace.claims import build_claims
from tolltrace.writing import claims_table
from tolltrace.writing.highlight import highlighted, legend

# Rich's own frame asks a server for its font; this one takes the reader's.
FRAME = """<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
font-size: {char_height}px; line-height: {line_height}px; white-space: pre; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>{lines}</defs>
<rect fill="{background}" width="{width}" height="{height}" rx="8"/>
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">{backgrounds}
<g class="{unique_id}-matrix">{matrix}</g></g>
</svg>
"""


def picture(path: Path, *things: object, width: int) -> None:
    with open("/dev/null", "w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=width, file=nowhere, force_terminal=True)
        for thing in things:
            console.print(thing)
        svg = console.export_svg(theme=MONOKAI, code_format=FRAME.replace("{background}", "#1b1b1b"), unique_id="t")
    path.write_text(svg, encoding="utf-8")


def sheet(run: Path, images: Path) -> None:
    """The page as it opens, and on a phone with the event open that most figures are of."""
    from playwright.sync_api import sync_playwright

    with open(run / "events.jsonl", encoding="utf-8") as lines:
        event = max(map(json.loads, lines), key=lambda event: len(event["figures"]))
    address = (run / "events.html").resolve().as_uri()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu"],
        )
        for name, hash, width, height in (("sheet", "", 1440, 900), ("phone", f"#event={event['id']}", 390, 844)):
            page = browser.new_page(viewport={"width": width, "height": height})
            page.goto(address + hash)
            page.wait_for_timeout(2000)
            page.screenshot(path=images / f"{name}.png")
        browser.close()


def main() -> None:
    run, images = Path(sys.argv[1]), Path(sys.argv[2])
    if len(sys.argv) == 3:
        sheet(run, images)
        return
    wanted = sys.argv[3]
    annotated = next(a for a in jsonlines.read(run / "documents.jsonl") if a.id == wanted)
    images.mkdir(parents=True, exist_ok=True)
    picture(images / "claims.svg", claims_table(build_claims(annotated)), width=132)
    picture(images / "article.svg", legend(), "", highlighted(annotated), width=110)


if __name__ == "__main__":
    main()

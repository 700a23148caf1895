"""Claims as a table on the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from tolltrace.claims import Claim
from tolltrace.writing import words


def claims_table(claims: Sequence[Claim]) -> Table:
    """Who says how many of whom were harmed how, where, when and by whom. Text from articles is shown as text."""
    table = Table(title="machine-read claims, not verified", title_justify="left", show_lines=True)
    for heading, width in (
        ("figure", 10),
        ("harm", 9),
        ("victims", 16),
        ("where", 18),
        ("when", 12),
        ("held responsible", 22),
        ("says who", 18),
        ("article", 14),
    ):
        table.add_column(heading, max_width=width, overflow="fold")
    for claim in claims:
        scope = f"\n{claim.scope}" if claim.scope == "total" else ""
        cells = (
            f"{words.figure(claim)}\n“{claim.count.text}”{scope}",
            words.join(claim.harm),
            claim.victims.text if claim.victims else "",
            words.join(place.text for place in claim.places),
            claim.date.text if claim.date else "",
            words.join(words.responsible(claim)),
            words.join(words.sources(claim)),
            claim.document.id,
        )
        table.add_row(*(Text("\n".join(words.one_line(line) for line in cell.split("\n"))) for cell in cells))
    return table

"""Claims as a table on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from rich import box
from rich.table import Table
from rich.text import Text

from tolltrace.claims import Claim
from tolltrace.writing import words

HEADINGS = ("figure", "victims", "where and when", "held responsible", "says who")


def claims_table(claims: Sequence[Claim]) -> Table:
    """Who says how many of whom were harmed how, where, when and by whom. Text from articles is shown as text.

    ``claims`` stand article by article, each under the article's id.
    """
    table = Table(title="machine-read claims, not verified", title_justify="left", box=box.SIMPLE_HEAD, expand=False)
    for heading in HEADINGS:
        table.add_column(heading, overflow="fold", ratio=1)
    for article, members in groupby(claims, key=lambda claim: claim.document.id):
        table.add_row(Text(words.one_line(article), style="bold cyan"))
        for claim in members:
            table.add_row(*(Text("\n".join(map(words.one_line, lines))) for lines in _cells(claim)))
        table.add_section()
    return table


def _cells(claim: Claim) -> tuple[list[str], ...]:
    figure = f"{claim.count.numbers} {words.join(claim.harm)}" + (" in total" if claim.scope == "total" else "")
    return (
        [figure, f"“{claim.count.text}”"],
        [claim.victims.text] if claim.victims else [],
        [words.join(place.text for place in claim.places), *([claim.date.text] if claim.date else [])],
        list(dict.fromkeys(words.responsible(claim))),
        list(dict.fromkeys(words.sources(claim))),
    )

from __future__ import annotations

from tests.events.claims import claim
from tolltrace.events.explain import explain
from tolltrace.events.find import find_events
from tolltrace.resolving.known_as import KnownAs


def test_an_event_is_explained_by_figures_and_reasons() -> None:
    articles = [[claim("a", number=14, told="2018-05-01")], [claim("b", number=18)], [claim("c", place="Shaafa")]]
    found = find_events(articles, {name: name for name in "abc"}, KnownAs())
    event = next(event for event in found.events if len(event.figures) == 2)
    text = "\n".join(explain(event.to_json()))
    assert "not verified" in text
    assert "14 all killed [Observatory; a#0-2]: replaced by b#0-2" in text
    assert "+3.0  both in Hajin" in text and "+2.0  on the same day" in text

from __future__ import annotations

import pytest

from annotation.lint import find_slips
from tolltrace import markup

LINKED = "\n-- links\nc1 harm k1\nc1 victim v1"


@pytest.mark.parametrize(
    ("marked", "slip"),
    [
        ("{ACTOR:The army} left.", "begins with an article"),
        ("In {LOCATION:Iraq's Nineveh province}.", "may hold two places"),
        ("{ACTOR:SDF} came. Then SDF left.", "'SDF' is marked ACTOR elsewhere, not here"),
        ("Some were wounded.", "'wounded' is not marked: INJURED?"),
        ("An airstrike hit.", "'airstrike' is not marked: MEANS?"),
        ("At least 20 people were {KILLED:killed}.", "holds no COUNT or TOTAL"),
        ("{COUNT c1:20} {KILLED k1:dead}.\n-- links\nc1 harm k1", "has no victim"),
        ("{COUNT c1:20} {VICTIM v1:men} {KILLED k1:dead}, {SOURCE:AP} said." + LINKED, "has no source"),
        (
            "{COUNT c1:20} {VICTIM v1:men} {KILLED k1:died} in {MEANS m1:shelling}. The {MEANS m2:shells} were many."
            + LINKED
            + "\nc1 means m1 m2",
            "has a means in its sentence, and one in another",
        ),
        ("The {ACTOR:army}\n\n{SOURCE:an aide} spoke.", "line 3: span SOURCE"),
    ],
)
def test_likely_slips_are_found(marked: str, slip: str) -> None:
    assert any(slip in found for found in find_slips(markup.parse("d", marked)))


def test_a_clean_article_gives_no_notes() -> None:
    marked = "{COUNT c1:Two} {VICTIM v1:men} {KILLED k1:died} in {LOCATION l1:Hajin}, {SOURCE s1:activists} said."
    links = LINKED + "\nc1 location l1\nc1 source s1"
    assert list(find_slips(markup.parse("d", marked + links))) == []

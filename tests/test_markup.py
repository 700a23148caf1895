from __future__ import annotations

import pytest

from tolltrace import markup
from tolltrace.documents import DocumentError, Span

MARKED = r"""{TOTAL c1:At least 20} {VICTIM v1:{ACTOR:SDF} fighters} \{sic\} have been {KILLED k1:killed}.
\-- links of a chain
-- links
c1 victim v1
c1 harm k1
-- metadata
{"kind": "wire"}
"""


def test_markup_is_read_as_written() -> None:
    annotated = markup.parse("a1", MARKED)
    assert annotated.text == "At least 20 SDF fighters {sic} have been killed.\n-- links of a chain"
    assert Span(12, 15, "ACTOR") in annotated.spans
    assert [(k.label, annotated.text_of(k.tail)) for k in annotated.links] == [
        ("harm", "killed"),
        ("victim", "SDF fighters"),
    ]
    assert annotated.document.metadata == {"kind": "wire"}


@pytest.mark.parametrize(
    ("marked", "message"),
    [
        ("one\n{ACTOR a1:two", "a1:2: span .* is never closed"),
        ("one\ntwo}", "a1:2: '}' closes no span"),
        ("{actor a1:x}", "a1:1: .* opens no span"),
        ("{ACTOR a1:x}\n-- links\na1 harm", "a1:3: .* is no link"),
        ("{ACTOR a1:x}\n-- links\n\na1 harm k9", "a1:4: .* no span has the id 'k9'"),
        ("x\n-- metadata\n[1]", "a1:3: the metadata line is no JSON object"),
        ("x\n-- spans\nc1 COUNT a b", "a1:3: .* write ID LABEL START END"),
        ("{ACTOR a1:x }", "document 'a1': span a1 ACTOR .* white space"),
    ],
)
def test_mistakes_are_named_with_their_line(marked: str, message: str) -> None:
    with pytest.raises(DocumentError, match=message):
        markup.parse("a1", marked)

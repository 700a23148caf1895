"""Hypothesis strategies for documents and valid annotations of them."""

from __future__ import annotations

from hypothesis import strategies as st

from tolltrace import scheme
from tolltrace.documents import STRAY_EDGES, AnnotatedDocument, Document, Link, Span

TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=80) | st.text(
    alphabet="ab 1{}\\-\n\r\t\u2028é👩‍🚒,.:", max_size=80
)
METADATA = st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=8) | st.integers() | st.none(), max_size=3)


def _fits(text: str, start: int, end: int) -> bool:
    words = text[start:end]
    return bool(words) and words == words.strip() and words[0] not in STRAY_EDGES and words[-1] not in STRAY_EDGES


@st.composite
def annotated_documents(draw: st.DrawFn) -> AnnotatedDocument:
    """A document with any valid spans (nested and crossing ones too) and links."""
    text = draw(TEXT)
    chosen: list[Span] = []
    for _ in range(draw(st.integers(0, 8))):
        start = draw(st.integers(0, max(len(text) - 1, 0)))
        end = draw(st.integers(start, min(len(text), start + 12)))
        name = draw(
            st.sampled_from(["", f"s{len(chosen)}", f"x {len(chosen)}", f"a:{len(chosen)}", f"é{{{len(chosen)}"])
        )
        span = Span(start, end, draw(st.sampled_from(scheme.LABEL_NAMES)), id=name)
        if _fits(text, start, end) and not any(span.layer == s.layer and span.overlaps(s) for s in chosen):
            chosen.append(span)
    harms = [s for s in chosen if s.label in scheme.HARM_LABELS]
    if not harms:
        chosen = [s for s in chosen if s.label not in scheme.COUNT_LABELS]
    links: set[Link] = set()
    for head in (s for s in chosen if s.label in scheme.COUNT_LABELS):
        links.add(Link(head, "harm", draw(st.sampled_from(harms))))
        for rule in scheme.LINKS:
            tails = [s for s in chosen if s.label in rule.tails and s < head]  # only backwards: no circles
            for tail in tails[: rule.at_most] if draw(st.booleans()) else ():
                links.add(Link(head, rule.name, tail))
    return AnnotatedDocument(Document("d", text, draw(METADATA)), tuple(chosen), tuple(links))

"""Who is held responsible for a figure, by whom and in which sentence; and who denies it.

``by`` is the SOURCE of the sentence that blames, ``None`` where the article speaks itself. Of several SOURCEs of that
sentence the one linked to the figure blames, else the nearest; a party does not accuse itself, so a SOURCE that is the
blamed ACTOR comes last. Claims and denials are the other way round: the ACTOR's own SOURCE comes first. Where the
blame stands in the figure's own sentence and that names no SOURCE ("it said"), the figure's linked SOURCE blames. In
another sentence without a SOURCE a pronoun that speaks ("she blamed") stands for a SOURCE before it: the figure's, if
that is in the sentence before or in the figure's, else the nearest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from tolltrace.claims.claim import Certainty, Denial, Responsible
from tolltrace.documents import AnnotatedDocument, Link, Mention, Span
from tolltrace.scheme import RESPONSIBILITY_LINKS
from tolltrace.sentences import Sentences

NAMELESS = re.compile(r"\b(?:unknown|unidentified|unnamed|unspecified|mysterious|anonymous)\b", re.IGNORECASE)
CERTAINTY: dict[str, Certainty] = {"perpetrator": "stated", "suspected": "suspected", "claimed": "claimed"}
OWN_VOICE = ("claimed", "denied")
PRONOUN_SPEAKS = re.compile(
    r"\b(?:he|she|it|they) (?:(?:has|have|had|also|later|then|again|did not|\w+ly) )*"
    r"(?:blam(?:ed|es?)|accus(?:ed|es?)|sa(?:id|ys?)|claim(?:ed|s)?(?![^.]*\blives\b)|den(?:ied|y|ies)|told|tells?|add(?:ed|s)|"
    r"alleg(?:ed|es?)|suspect(?:ed|s)?|held|holds?|charged|insist(?:ed|s)?|stated|reported|confirmed|condemned)\b",
    re.IGNORECASE,
)


def read_responsible(
    annotated: AnnotatedDocument, sentences: Sentences, figure: Span, links: Sequence[Link]
) -> tuple[tuple[Responsible, ...], tuple[Denial, ...]]:
    """The parties that the ``links`` of a ``figure`` hold responsible, and the denials, in order of the text."""
    linked = [link.tail for link in links if link.label == "source"]
    responsible: list[Responsible] = []
    denials: list[Denial] = []
    for link in sorted((k for k in links if k.label in RESPONSIBILITY_LINKS), key=lambda k: k.tail):
        actor = link.tail
        text = annotated.text_of(actor)
        speaker = _speaker(annotated, sentences, figure, actor, linked, own_voice=link.label in OWN_VOICE)
        by = Mention(annotated.text_of(speaker), speaker.start, speaker.end) if speaker else None
        sentence = sentences.around(actor.start)
        if link.label == "denied":
            denials.append(Denial(text, actor.start, actor.end, by, sentence))
            continue
        certainty = CERTAINTY[link.label]
        if certainty != "claimed" and NAMELESS.search(text):
            certainty = "unidentified"
        responsible.append(Responsible(text, actor.start, actor.end, certainty, by, sentence))
    return tuple(responsible), tuple(denials)


def _speaker(
    annotated: AnnotatedDocument,
    sentences: Sentences,
    figure: Span,
    actor: Span,
    linked: Sequence[Span],
    own_voice: bool,
) -> Span | None:
    here = sentences.index(actor.start)
    told = sentences.index(figure.start)
    sources = [s for s in annotated.spans if s.label == "SOURCE"]
    present = [s for s in sources if sentences.index(s.start) == here]
    if not present and told == here:
        present = list(linked)
    if not present and PRONOUN_SPEAKS.search(" ".join(sentences.around(actor.start).text.split())):
        before = [s for s in sources if sentences.index(s.start) < here]
        own = [s for s in before if s in linked and sentences.index(s.start) in (here - 1, told)]
        present = own or sorted(before, key=lambda s: s.end)[-1:]

    def order(source: Span) -> tuple[bool, bool, int]:
        itself = source.overlaps(actor)
        if own_voice:
            return not itself, False, _distance(source, actor)
        return itself, source not in linked, _distance(source, actor)

    key: Callable[[Span], tuple[bool, bool, int]] = order
    return min(present, key=key, default=None)


def _distance(one: Span, other: Span) -> int:
    return max(one.start - other.end, other.start - one.end, 0)

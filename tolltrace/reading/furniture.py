"""Page furniture: lines of a page that are no part of its article.

Found by the wording of whole lines, and by blocks: the rules under a comments heading, the headlines under "Related".
In doubt a line stays in the article: furniture that is read costs a false claim that shows its evidence, a sentence
that is not read is lost without a trace.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from tolltrace.reading import furniture_patterns as patterns
from tolltrace.reading.lines import Line, split_lines
from tolltrace.reading.set_aside import SetAside

_NUMBER_WORDS = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|"
    "nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|dozens?|scores|tens|million"
)
_FIGURE = re.compile(rf"\d|\b(?:{_NUMBER_WORDS})\b")
_VAGUE_FIGURE = re.compile(r"\b(?:an?|one|no|some|several|many|few|couple|number|another|others|more than|all)\b")
_HARM = re.compile(
    r"\b(?:kill|dead|dies?\b|died|dying|deaths?|deadly|wound|injur|hurt|casualt|displac|fled|flee|missing|captur|arrest|"
    r"detain|kidnap|abduct|hostage|massacre|martyr|execut|lives\b|toll\b|fatal|evacuat|shot\b|shoot|murder|slain|bodies|"
    r"victim|losses|neutrali|jailed|maimed|perish)"
)
# By what means harm is done, and its traces: together with _HARM what no line of a menu or of "Related" may hold.
_MEANS = re.compile(
    r"\b(?:(?:air|drone)-?(?:strike|raid)|strikes?\b|struck\b|raid|bomb|shell(?:s|ed|ing|fire)?\b|clash|attack|assault|"
    r"ambush|blast|explo(?:d|s)|missile|rocket|mortar|artillery|drones?\b|gun(?:fire|m[ae]n|shot|ned)|opened fire|"
    r"sniper|grenade|landmine|mines?\b|battle|fight|siege|besieg|rubble|corpse|buried|trapped|rescu|surviv|drown|behead|"
    r"tortur|rap(?:es?|ed)\b|loot|burn(?:s|t|ed|ing)?\b|torched|demolish|expel|evict|refugee|seiz)"
)
_ENTRY = re.compile(  # an entry of a live page or of a list: a clock time, a bullet or a dash
    r"[\[(]?(?:\d{1,2}[:.h]\d{2}(?!\d)|\d{1,2} ?[ap]\.?m\b|\d{4} ?(?:gmt|utc|hrs|hours|local)\b)|"
    r"[-‒―*•·●○◦▪▫■□◆◇‣⁃∙►▶➤]"
)
_QUOTATION = re.compile(r'"([^"]*)"')
_QUOTED_WORDS = 3
_SPEECH = re.compile(r"\b(?:said|says|told|added|adding|stated|announced|reported|according to|claimed|denied)\b")

_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]{0,2}$")
_TRUNCATED = re.compile(r"(?:\.{2,4}|…)$")
_INLINE_AD = re.compile(r"\[ad_\d{1,2}\](?:[ \t]?Source link\b)?")
# What runs into the end of a text that has lost its line breaks; only behind a finished sentence.
_TAIL = re.compile(
    r"[.!?…][\"'”’)\]]{0,2}\s{1,5}((?:Read (?:Also|More)|READ (?:ALSO|MORE)|Related (?:Articles|Stories|News)|"
    r"Loading recommendations|Source link|Share on Facebook|Add new comment|Post a comment)[ .:…»>]{0,6})$"
)
_TAIL_REACH = 80
_TAIL_KIND = {"share": "sharing", "add": "comments", "post": "comments", "source": "notice"}

_MENU_ITEM = re.compile(r"[^\W_][\w &'/-]{0,24}")

_HEADLINE_LENGTH = 130
_HEADLINES_AT_MOST = 15
# A shorter line between "Read more" and article text may be a subheading.
_HEADLINE_WORDS = 5
_TRUNCATED_AT_LEAST = 3
_TEASERS_AT_LEAST = 4
# Lines cut at one width still differ by the last word or letters that fitted.
_CUT_WIDTHS = 12
_BODY_SENTENCE = 60
_LOADING = "loading recommendations"


def find_furniture(text: str) -> list[SetAside]:
    """The furniture of ``text``, sorted, without overlaps: a line each, or a part of a line at its end."""
    lines = list(split_lines(text))
    kinds: list[str | None] = [line_kind(line.text) for line in lines]
    begin = next((i for i, line in enumerate(lines) if kinds[i] is None and _is_body_sentence(line.text)), len(lines))
    _mark_comment_rules(lines, kinds, begin, len(text))
    _mark_headlines(lines, kinds, begin, len(text))
    _mark_truncated_headlines(lines, kinds, begin)
    found = [
        SetAside(line.start, line.end, f"furniture: {kind}") for line, kind in zip(lines, kinds, strict=True) if kind
    ]
    left = [line for line, kind in zip(lines, kinds, strict=True) if kind is None]
    if left:
        found += _tails(left)
    return sorted(found)


def line_kind(line: str) -> str | None:
    """The kind of furniture that this line is by its own wording, or None for a line of the article."""
    if len(line) > patterns.MAXIMUM_POLICY_LINE:
        return None
    plain = patterns.normalise(line)
    if len(plain) > patterns.MAXIMUM_LINE:
        return None
    kind = next((kind for kind, pattern in patterns.KINDS.items() if pattern.fullmatch(plain)), None)
    if kind is None and _is_share_bar(plain):
        kind = "sharing"
    if kind is None and _is_menu_bar(plain):
        kind = "menu"
    if kind is not None and states_harm_or_quotes(plain):
        return None
    if kind in {"related", "menu"} and may_tell_events(plain) and not patterns.KEYWORDS.fullmatch(plain):
        return None
    return kind


def states_harm_or_quotes(plain: str, vague: bool = True) -> bool:
    """Whether a normalised line tells of harm with a figure, or of what somebody said: then it is article text.

    ``vague``: "a", "some", "several" count as figures too.
    """
    if _HARM.search(plain) and (_FIGURE.search(plain) or (vague and _VAGUE_FIGURE.search(plain))):
        return True
    if '"' not in plain:
        return False
    return bool(_SPEECH.search(plain)) or any(len(q.split()) >= _QUOTED_WORDS for q in _QUOTATION.findall(plain))


def may_tell_events(plain: str) -> bool:
    """Whether a normalised line is an entry of a live page or list, or names harm or its means, figure or not."""
    return bool(_ENTRY.match(plain) or _HARM.search(plain) or _MEANS.search(plain))


def _is_share_bar(plain: str) -> bool:
    words = re.findall(r"[^\W\d_]+", plain)
    return (
        0 < len(words) <= 20
        and all(word in patterns.SHARE_WORDS for word in words)
        and any(word in patterns.SHARE_SIGNS for word in words)
    )


def _is_menu_bar(plain: str) -> bool:
    """A bar of short items ("News | Sport | Culture"), a choice of languages, a row of hashtags."""
    if _FIGURE.search(plain):  # a row of a table
        return False
    items = [item.strip() for item in re.split(r"[|•·]", plain) if item.strip()]
    if len(items) >= 2 and all(_MENU_ITEM.fullmatch(item) and len(item.split()) <= 3 for item in items):
        return len(items) >= 4 or any(word in patterns.LANGUAGES for item in items for word in item.split())
    words = plain.split()
    return len(words) >= 2 and all(word.startswith("#") for word in words)


def _is_body_sentence(line: str) -> bool:
    end = line[-6:]
    return len(line) >= _BODY_SENTENCE and bool(_SENTENCE_END.search(end)) and not _TRUNCATED.search(end)


def _is_headline(line: str) -> bool:
    if len(line) > _HEADLINE_LENGTH:
        return False
    end = line[-6:]
    return bool(_TRUNCATED.search(end)) or end[-1] == "?" or not (_SENTENCE_END.search(end) or end[-1] in ':;,"”')


def _mark_comment_rules(lines: Sequence[Line], kinds: list[str | None], begin: int, length: int) -> None:
    """Rules and form fields below a comments heading behind the article's beginning or in the text's second half."""
    below = False
    for i, line in enumerate(lines):
        late = i > begin or line.start * 2 >= length
        if kinds[i] == "comments":
            below = late
        elif kinds[i] is None:
            plain = patterns.normalise(line.text) if len(line.text) <= patterns.MAXIMUM_POLICY_LINE and late else ""
            if below:
                rule = patterns.POLICY_PHRASE.search(plain) or patterns.FORM_FIELD.fullmatch(plain)
            else:
                rule = patterns.POLICY_START.match(plain)
            below = bool(rule) and not states_harm_or_quotes(plain, vague=False)
            if below:
                kinds[i] = "comments"


def _mark_headlines(lines: Sequence[Line], kinds: list[str | None], begin: int, length: int) -> None:
    """Headlines below "Related" and the like, and above "Loading recommendations..."."""
    end_of_body = len(lines)  # only headlines and furniture from here on
    while end_of_body and (kinds[end_of_body - 1] is not None or _may_be_headline(lines, kinds, end_of_body - 1)):
        end_of_body -= 1
    for i, line in enumerate(lines):
        plain = patterns.normalise(line.text) if kinds[i] == "related" else ""
        if not plain:
            continue
        if plain.startswith(_LOADING):
            first = i
            while first > begin + 1 and i - first < _HEADLINES_AT_MOST and _may_be_headline(lines, kinds, first - 1):
                first -= 1
            _mark(lines, kinds, range(first, i), "related")
        elif patterns.NEWS_HEADING.fullmatch(plain) and (i + 1 < end_of_body or line.start * 4 < length * 3):
            continue  # a section of a round-up
        elif ":" not in plain[:-1]:  # "Read more: ..." brings its headline along
            last = i + 1
            while last < len(lines) and last - i <= _HEADLINES_AT_MOST and _may_be_headline(lines, kinds, last):
                last += 1
            alone = last - i == 2 and len(lines[i + 1].text.split()) >= _HEADLINE_WORDS
            if last < len(lines) and kinds[last] is None and not (alone and i > begin):
                last -= 1  # what stands right above article text may be the article's own headline or subheading
            _mark(lines, kinds, range(i + 1, last), "related")


def _may_be_headline(lines: Sequence[Line], kinds: Sequence[str | None], i: int) -> bool:
    return kinds[i] is None and _is_headline(lines[i].text)


def _mark_truncated_headlines(lines: Sequence[Line], kinds: list[str | None], begin: int) -> None:
    """Headlines at the page's end of which several are cut by dots: a list of other articles without a heading.

    The list ends, upwards, at a line that may tell of events: the body of a live page looks the same. Not so from the
    first cut line on where all that are cut have one width, and no other is wider: a column of teasers, whatever they
    tell.
    """

    def run_at_end(stops: Callable[[str], bool]) -> list[int]:
        first = len(lines)
        while first > begin + 1 and (kinds[first - 1] is not None or _is_headline(lines[first - 1].text)):
            if kinds[first - 1] is None and stops(patterns.normalise(lines[first - 1].text)):
                break
            first -= 1
        return [i for i in range(first, len(lines)) if kinds[i] is None]

    def cut(headlines: Sequence[int]) -> list[int]:
        return [i for i in headlines if _TRUNCATED.search(lines[i].text[-6:])]

    headlines, run = run_at_end(may_tell_events), run_at_end(lambda plain: bool(_ENTRY.match(plain)))
    if len(cut(headlines)) >= _TRUNCATED_AT_LEAST:
        _mark(lines, kinds, headlines, "related")
    if len(clipped := cut(run)) >= _TEASERS_AT_LEAST:
        teasers = [i for i in run if i >= clipped[0]]
        widest, narrowest = max(len(lines[i].text) for i in teasers), min(len(lines[i].text) for i in clipped)
        if widest - narrowest <= _CUT_WIDTHS:
            for i in teasers:
                kinds[i] = "related"


def _mark(lines: Sequence[Line], kinds: list[str | None], which: Iterable[int], kind: str) -> None:
    for i in which:
        plain = patterns.normalise(lines[i].text)
        if kinds[i] is None and not states_harm_or_quotes(plain) and not may_tell_events(plain):
            kinds[i] = kind


def _tails(lines: Sequence[Line]) -> list[SetAside]:
    """Parts of article lines: marks of advertisements anywhere, and furniture that runs on behind the last sentence."""
    found = []
    for line in lines:
        if "[ad_" in line.text:
            for mark in _INLINE_AD.finditer(line.text):
                found.append(SetAside(line.start + mark.start(), line.start + mark.end(), "furniture: notice"))
    last = lines[-1]
    offset = max(0, len(last.text) - _TAIL_REACH)
    tail = _TAIL.search(last.text[offset:])
    if tail:
        kind = _TAIL_KIND.get(tail[1].split()[0].lower(), "related")
        start = last.start + offset + tail.start(1)
        if not any(start < item.end and item.start < last.end for item in found):
            found.append(SetAside(start, last.end, f"furniture: {kind}"))
    return found

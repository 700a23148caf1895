"""Number words and digits to a value: "2.5 million", "three hundred and fifty", "two dozen", "half a million"."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction

Token = str | Fraction

SMALL_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
TENS_WORDS = "twenty thirty forty fifty sixty seventy eighty ninety"
SMALL = {word: number for number, word in enumerate(SMALL_WORDS.split())}
TENS = {word: number * 10 for number, word in enumerate(TENS_WORDS.split(), 2)}
SCALES = {
    "score": 20,
    "dozen": 12,
    "thousand": 10**3,
    "lakh": 10**5,
    "million": 10**6,
    "crore": 10**7,
    "billion": 10**9,
    "trillion": 10**12,
}
SCALES |= {f"{word}s": value for word, value in SCALES.items()}
HUNDRED = frozenset({"hundred", "hundreds"})
ENDING = frozenset({12, 20})  # nothing follows "dozen" and "score"
SUFFIXES = {"k": 10**3, "m": 10**6, "mn": 10**6, "bn": 10**9}
PARTS = {"half": Fraction(1, 2), "quarter": Fraction(1, 4)}
LONGEST = 15  # digits; more is no figure of people, and int() refuses thousands of them

VULGAR = {"½": (".5", "half"), "¼": (".25", "a quarter"), "¾": (".75", "three quarters")}
VULGAR |= {"⅓": ("", "one third"), "⅔": ("", "two thirds")}
SCALE_WORD = r"(?:hundred|thousand|million|billion|dozen|score|lakh|crore)s?\b"
PART_OF_SCALE = re.compile(
    rf"(?<!\band )(?<!\band a )\b(?:(a|one|three)[ -])?(half|quarter)s?[ -](?:of[ -])?(?:an?[ -])?(?={SCALE_WORD})"
)
TOKEN = re.compile(
    r"""
      (?P<grouped> \d{1,3} (?P<mark>[,.' ]) \d{3} (?:(?P=mark)\d{3})* (?!\d|[.,']\d) )
    | (?P<indian> \d{1,2} (?:,\d{2})+ ,\d{3} (?!\d|[.,']\d) )
    | (?P<decimal> \d+ [.,] \d+ (?!\d|[.,']\d) )
    | (?P<other> \d+ (?:[.,']\d+)+ )
    | (?P<ordinal> \d+ (?:st|nd|rd|th)\b )
    | (?P<whole> \d+ )
    | (?P<word> [^\W\d_]+ (?:'[^\W\d_]+)* )
    | (?P<sign> \S )
    """,
    re.VERBOSE,
)
SUFFIX = re.compile(r"(k|m|mn|bn)\b| (mn|bn)\b")
SCALE_AHEAD = re.compile(rf"[ -]?(?:{SCALE_WORD}|(?:mn|bn)\b)|[km]\b")


def normalise(text: str) -> str:
    """Lower case, plain digits of any script, one kind of dash, apostrophe and space; no invisible signs."""
    for sign, (after_digits, alone) in VULGAR.items():
        if sign in text:
            text = re.sub(rf"(?<=\d){sign}", after_digits or "?", text).replace(sign, f" {alone} ")
    text = unicodedata.normalize("NFKC", text).casefold()
    out = []
    for char in text:
        kind = unicodedata.category(char)
        if kind == "Nd":
            out.append(str(unicodedata.decimal(char)))
        elif kind == "Pd" or char == "\u2212":
            out.append("-")
        elif char in "'’‘ʼ":
            out.append("'")
        elif char in "٬٫":  # the Arabic separators of thousands and of decimals
            out.append("," if char == "٬" else ".")
        elif kind not in ("Cf", "Ps", "Pe", "Pi", "Pf") and char != '"':
            out.append(char)
    return " ".join("".join(out).split())


def join_parts(words: str) -> str:
    """ "Half a million", "three quarters of a million" with the part as a decimal in front of its scale."""

    def decimal(match: re.Match[str]) -> str:
        share = PARTS[match[2]] * (3 if match[1] == "three" else 1)
        return f"{float(share)} "

    return PART_OF_SCALE.sub(decimal, words)


def tokenise(words: str) -> list[Token]:
    """Words and numbers of a normalised text; digits that are no number come as the word "?"."""
    tokens: list[Token] = []
    at = 0
    while at < len(words):
        match = TOKEN.match(words, at)
        if match is None:  # white space
            at += 1
            continue
        at = match.end()
        if match.lastgroup in ("word", "sign", "ordinal"):
            tokens.append(match[0])
            continue
        value = _digits(match, scaled=bool(SCALE_AHEAD.match(words, at)))
        suffix = SUFFIX.match(words, at)
        if suffix and value is not None:
            value *= SUFFIXES[suffix[1] or suffix[2]]
            at = suffix.end()
        tokens.append("?" if value is None else value)
    return tokens


def _digits(match: re.Match[str], scaled: bool) -> Fraction | None:
    written = match[0]
    if len(written) > 2 * LONGEST or sum(c.isdigit() for c in written) > LONGEST or match.lastgroup == "other":
        return None
    if match["decimal"] or (match["mark"] == "." and scaled and written.count(".") == 1):
        return Fraction(written.replace(",", "."))
    return Fraction(re.sub(r"\D", "", written))


def cardinal(words: str) -> int | None:
    """The value of a whole normalised text that is one number, else ``None``. "A" alone is none, "a hundred" is."""
    tokens = [piece for piece in tokenise(words) if piece != "-"]
    total = Fraction(0)
    limit: int | None = None
    at = 0
    while at < len(tokens):
        read = _amount(tokens, at)
        if read is None:
            return None
        amount, at = read
        scale = _scale(tokens, at)
        if scale is None:
            if at < len(tokens) or (limit is not None and amount >= limit):
                return None
            total += amount
            break
        if limit is not None and scale >= limit:
            return None
        total, limit, at = total + amount * scale, scale, at + 1
        if tokens[at : at + 2] == ["and", "a"] and at + 3 == len(tokens) and tokens[at + 2] in PARTS:
            return _whole(total + scale * PARTS[str(tokens[at + 2])])
        if at < len(tokens) and scale in ENDING:
            return None
        if at < len(tokens) - 1 and tokens[at] == "and":
            at += 1
    return _whole(total) if tokens else None


def _whole(value: Fraction) -> int | None:
    return value.numerator if value.denominator == 1 else None


def _scale(tokens: list[Token], at: int) -> int | None:
    piece = tokens[at] if at < len(tokens) else None
    return SCALES.get(piece) if isinstance(piece, str) else None


def _amount(tokens: list[Token], at: int) -> tuple[Fraction, int] | None:
    """What stands in front of a scale: digits, words below a thousand, "a" or nothing. With the place behind it."""
    piece = tokens[at]
    if isinstance(piece, Fraction):
        value, at = piece, at + 1
    elif (small := _small(tokens, at)) is not None:
        value, at = small
    elif piece in ("a", "an") and at + 1 < len(tokens) and (tokens[at + 1] in HUNDRED or _scale(tokens, at + 1)):
        value, at = Fraction(1), at + 1
    elif piece == "hundred" or (_scale(tokens, at) and not str(piece).endswith("s")):
        value = Fraction(1)
    else:
        return None
    if tokens[at : at + 2] == ["and", "a"] and at + 3 < len(tokens) and tokens[at + 2] in PARTS:
        if tokens[at + 3] in HUNDRED or _scale(tokens, at + 3):
            return value + PARTS[str(tokens[at + 2])], at + 3
        return None
    if at < len(tokens) and tokens[at] in HUNDRED:
        value, at = value * 100, at + 1
        tail = _small(tokens, at + 1 if tokens[at : at + 1] == ["and"] else at)
        if tail is not None:
            value, at = value + tail[0], tail[1]
    return value, at


def _small(tokens: list[Token], at: int) -> tuple[Fraction, int] | None:
    """Words below a hundred, with the place behind them."""
    piece = tokens[at] if at < len(tokens) else None
    if not isinstance(piece, str):
        return None
    if piece in SMALL:
        return Fraction(SMALL[piece]), at + 1
    if piece not in TENS:
        return None
    value = TENS[piece]
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if isinstance(after, str) and 0 < SMALL.get(after, 0) < 10:
        return Fraction(value + SMALL[after]), at + 2
    return Fraction(value), at + 1

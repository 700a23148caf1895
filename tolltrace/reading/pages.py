"""Web pages: the main content of an HTML file, and what the page says about itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from tolltrace.reading.decoding import decode
from tolltrace.reading.records import InputError, Placed, Source, UnreadableError, make_document

_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s{0,5}=\s{0,5}[\"']?\s{0,5}([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
# A publication date from meta data, JSON-LD, <time> or the address only: a guess from any date in the text would
# move every "Thursday" of the article.
_DATE_PARAMETERS = {"original_date": True, "extensive_search": False}


def read_html(handle: BinaryIO, source: Source) -> Iterator[Placed | InputError]:
    """The article of an HTML page. Offsets later on point into this text, not into the page's source.

    Metadata: ``title``, ``published`` (YYYY-MM-DD), ``outlet``, ``url``, each where the page states it.
    """
    try:
        text, metadata = extract_article(_decode_page(handle.read()))
        yield make_document(source, source.stem, text, metadata)
    except UnreadableError as error:
        yield source.error(str(error), document_id=source.stem)


def extract_article(page: str) -> tuple[str, dict[str, str]]:
    """Main text and metadata of HTML source; raises :class:`UnreadableError` where there is no article in it."""
    import trafilatura

    if not page.strip():
        raise UnreadableError("the text is empty or holds only white space")
    try:
        found: Any = trafilatura.bare_extraction(
            page, include_comments=False, with_metadata=True, date_extraction_params=dict(_DATE_PARAMETERS)
        )
    except Exception as error:  # a parser of broken markup may fail in any way; the run must go on
        raise UnreadableError(f"the HTML cannot be parsed: {error}") from error
    if found is None or not (found.text or "").strip():
        raise UnreadableError("no article text found in the HTML page")
    stated = {"title": found.title, "published": found.date, "outlet": found.sitename, "url": found.url}
    return found.text, {key: str(value) for key, value in stated.items() if value}


def _decode_page(raw: bytes) -> str:
    """UTF-8 first; else the encoding that the page declares, for pages saved as they were served."""
    try:
        return decode(raw)
    except UnreadableError as error:
        declared = _CHARSET.search(raw[:4096])
        if declared is None or b"\0" in raw:
            raise
        try:
            return raw.decode(declared[1].decode("ascii"))
        except (LookupError, ValueError):
            raise error from None

"""Bytes to text: UTF-8, never altered except that a byte order mark at the very start is dropped."""

from __future__ import annotations

import codecs

from tolltrace.reading.records import UnreadableError

# First bytes of files that people name .txt or .csv by mistake, and what to tell them.
_SIGNATURES = (
    (codecs.BOM_UTF32_LE, "the file is UTF-32, not UTF-8: convert it"),
    (codecs.BOM_UTF16_LE, "the file is UTF-16, not UTF-8: convert it"),
    (codecs.BOM_UTF16_BE, "the file is UTF-16, not UTF-8: convert it"),
    (b"%PDF-", "the file is a PDF: export its text first"),
    (b"PK\x03\x04", "the file is a ZIP archive or an Office document: export its text first"),
    (b"\x1f\x8b", "the file is compressed by gzip: give its name the ending .gz"),
    (b"PAR1", "the file is Parquet: give its name the ending .parquet"),
)


def check_signature(head: bytes) -> None:
    """Raise :class:`UnreadableError` where the first bytes of a file show that it is no UTF-8 text."""
    for signature, reason in _SIGNATURES:
        if head.startswith(signature):
            raise UnreadableError(reason)


def decode(raw: bytes, at_start: bool = True) -> str:
    """The text of UTF-8 bytes; ``at_start`` drops one byte order mark. Raises :class:`UnreadableError`."""
    if at_start:
        raw = raw.removeprefix(codecs.BOM_UTF8)
    if (nul := raw.find(b"\0")) >= 0:
        raise UnreadableError(f"a NUL byte at byte {nul}: this is a binary file or not UTF-8")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableError(
            f"not UTF-8: byte 0x{raw[error.start]:02x} at byte {error.start} cannot be decoded ({error.reason})"
        ) from None

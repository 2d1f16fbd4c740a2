"""Tables that may have been through a spreadsheet: commas, semicolons or tabs, in UTF-8, UTF-16, or as Excel for Windows writes them."""

from __future__ import annotations

import csv
import io
from typing import Any


def lines_of(content: bytes) -> list[list[str]]:
    """The fields of each line of a table; raises csv.Error where it is none."""
    return list(csv.reader(io.StringIO(_text(content), newline=""), delimiter=delimiter_of(content)))


def delimiter_of(content: bytes) -> str:
    """What stands between the fields of a table: a comma, a semicolon or a tab."""
    return max(",;\t", key=_text(content).partition("\n")[0].count)


def in_unicode(content: bytes) -> bool:
    """Whether a table is in UTF-8 or UTF-16; else Excel wrote it, which takes an alphabet of its own where nobody chose UTF-8."""
    try:
        content.decode("utf-16" if is_utf_16(content) else "utf-8")
    except UnicodeDecodeError:
        return False
    return True


def is_utf_16(content: bytes) -> bool:
    """Whether a file begins with the mark of UTF-16."""
    return content[:2] in (b"\xff\xfe", b"\xfe\xff")


def _text(content: bytes) -> str:
    if is_utf_16(content):
        return content.decode("utf-16", "replace")
    return content.decode("utf-8-sig" if in_unicode(content) else "cp1252", "replace")


def no_formula(value: Any) -> str:
    """Text that a spreadsheet takes for text: one that starts like a formula gets an apostrophe."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text

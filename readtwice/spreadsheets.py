"""Tables that may have been through a spreadsheet: commas, semicolons or tabs, in UTF-8 or UTF-16."""

from __future__ import annotations

import csv
import io
from typing import Any


def lines_of(content: bytes) -> list[list[str]]:
    """The fields of each line of a table; raises csv.Error where it is none. What is no text gets question marks."""
    return list(csv.reader(io.StringIO(_text(content), newline=""), delimiter=delimiter_of(content)))


def delimiter_of(content: bytes) -> str:
    """What stands between the fields of a table: a comma, a semicolon or a tab."""
    return max(",;\t", key=_text(content).partition("\n")[0].count)


def _text(content: bytes) -> str:
    return content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "replace")


def no_formula(value: Any) -> str:
    """Text that a spreadsheet takes for text: one that starts like a formula gets an apostrophe."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text

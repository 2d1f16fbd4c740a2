"""Tables that may have been through a spreadsheet: commas, semicolons or tabs, in UTF-8 or UTF-16."""

from __future__ import annotations

import csv
import io


def lines_of(content: bytes) -> list[list[str]]:
    """The fields of each line of a table; raises csv.Error where it is none. What is no text gets question marks."""
    text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "replace")
    first = text.partition("\n")[0]
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count)))

"""Something to look at under a cell: sentences, marked text, a form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

from readtwice.form import MIME


@dataclass(frozen=True)
class Shown:
    """Something to look at under a cell: HTML, the same as plain text, and the form where it can be drawn."""

    html: str
    plain: str
    form: dict[str, Any] | None = None

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = {"text/html": self.html, "text/plain": self.plain}
        return bundle | {MIME: self.form} if self.form else bundle

    def __repr__(self) -> str:
        return self.plain


def say(lines: Iterable[str], todo: Iterable[str] = ()) -> Shown:
    lines, todo = list(lines), list(todo)
    html = "".join(f'<p style="margin:.3em 0"><b>{escape(line)}</b></p>' for line in lines)
    if todo:
        html += "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in todo) + "</ul>"
    return Shown(html, "\n".join([*lines, *(f"- {line}" for line in todo)]))


def listed(items: list[str], most: int = 25) -> str:
    return ", ".join(items[:most]) + (f" and {len(items) - most} more" if len(items) > most else "")

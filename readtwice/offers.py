"""Offers: what an answer cell that is not about labels puts before its reader."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from readtwice.choices import read_reasons
from readtwice.forms import OPTIONS
from readtwice.kinds import ADDED, REASONS, Kind, questions_of
from readtwice.texts import Text

_LIST = "list-style:none;padding-left:.5em;max-width:46em"


def offers(kind: Kind, text: Text) -> tuple[str, str]:
    """Sentences with their reasons, quotations with what the author makes of them, or questions, as HTML and as plain text."""
    if kind.name == REASONS:
        reasons = read_reasons(text.name)
        return _shown((item, text[item].text, [(r.id, r.reason) for r in reasons if r.item == item]) for item in kind.items)
    if kind.name == ADDED:
        pairs = [pair for pair in text.pairs if pair.item in kind.items]
        return _shown(
            (pair.item, "", [("the quotation", text.passage(pair.from_)), ("the author's words", text.passage(pair.to))]) for pair in pairs
        )
    if questions := questions_of(kind.name):
        return _shown((q.id, q.question, [(o, q.options[o]) for o in OPTIONS]) for q in questions)
    return "", ""


def _shown(blocks: Iterable[tuple[str, str, list[tuple[str, str]]]]) -> tuple[str, str]:
    html, plain = [], []
    for item, head, lines in blocks:
        rows = "".join(f"<li><b>{escape(name)}</b> {escape(words)}</li>" for name, words in lines)
        html.append(f"<li style='margin:.6em 0'><b>{escape(item)}</b> <i>{escape(head)}</i><ul style='{_LIST}'>{rows}</ul></li>")
        plain += [f"{item} {head}".strip(), *(f"    {name}: {words}" for name, words in lines)]
    return f"<ul style='{_LIST}'>{''.join(html)}</ul>", "\n".join(plain)

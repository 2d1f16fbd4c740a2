"""Quotations: what an article quotes, laid word by word beside what the record has."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from html import escape

from readtwice.marked_text import GREY, INK
from readtwice.sources import Card
from readtwice.texts import TEXTS, Text, records_of

WORD_FOR_WORD = "="  # in the column `same`: the card says that the record has the quoted words, and gives no others
BEFORE, KEPT, ADDED, LEFT_OUT, AFTER = "cut before", "kept", "added", "left out", "cut after"
HAPPENED = (BEFORE, KEPT, ADDED, LEFT_OUT, AFTER)
_BOX = f"max-width:46em;background-color:#ffffff;color:{INK};padding:.6em .9em;border:1px solid #c8c8c8;border-radius:4px;line-height:1.9"
_TAG = f"border:1px solid {INK};border-radius:3px;padding:0 .3em;font-size:.72em;white-space:nowrap;background-color:#ffffff"
_LOOK = {
    BEFORE: "border:2px dashed #1c1c1c;background-color:#fbe3b5;padding:.1em .3em",
    AFTER: "border:2px dashed #1c1c1c;background-color:#fbe3b5;padding:.1em .3em",
    LEFT_OUT: "border:2px dashed #1c1c1c;background-color:#fbe3b5;padding:.1em .3em",
    ADDED: "border-bottom:4px double #1c1c1c;background-color:#d7e6f7;padding:.1em .2em",
}

Piece = tuple[str, str]  # what happened to some words, and the words


@dataclass(frozen=True)
class Record:
    """What a source has of a quotation: the words that are quoted, and the record's before, in their place, and after.

    `quoted` stands in the text; the others stand in the quotation of one of the source's cards. Dots
    mean that the record goes on there with words that the pack does not have.
    """

    item: str
    source: str
    quoted: str
    before: str
    same: str
    after: str


@lru_cache(maxsize=16)
def read_records(name: str) -> tuple[Record, ...]:
    """The records to compare quotations of an installed text with, none where it has no such table; raises ValueError at wrong columns."""
    return records_of(TEXTS / name / "records.csv", Record)


def pieces(record: Record) -> list[Piece]:
    """What happened to the words, in their order: cut before, kept, added, left out, cut after.

    Words are compared whatever their case and punctuation. All kept and added words in a row are the
    quotation; all kept and left out words are the record's.
    """
    same = record.quoted if record.same == WORD_FOR_WORD else record.same
    return [piece for piece in [(BEFORE, record.before), *differences(record.quoted, same), (AFTER, record.after)] if piece[1]]


def differences(quoted: str, recorded: str) -> list[Piece]:
    """The words of two passages as kept, added and left out, from a longest common run outwards (difflib)."""
    ours, theirs = words_in(quoted), words_in(recorded)
    found: list[Piece] = []
    matcher = SequenceMatcher(None, [_bare(w) for w in theirs], [_bare(w) for w in ours], autojunk=False)
    for how, a, b, c, d in matcher.get_opcodes():
        if how == "equal":
            found.append((KEPT, " ".join(ours[c:d])))
            continue
        found += [(LEFT_OUT, " ".join(theirs[a:b])), (ADDED, " ".join(ours[c:d]))]
    return [piece for piece in found if piece[1]]


def words_in(passage: str) -> list[str]:
    """The pieces between spaces that hold a letter or a digit, each with the lone signs behind it."""
    return [m[0].strip() for m in re.finditer(r"\S*\w\S*(?:\s+[^\w\s]+(?=\s|$))*", passage)]


def _bare(word: str) -> str:
    return re.sub(r"\W", "", word).casefold()


def drawn(record: Record, card: Card, text: Text) -> tuple[str, str]:
    """A quotation beside its record, as HTML and as plain text: each change has its name, a line of its own kind, and a count."""
    found = pieces(record)
    head = f"{record.item}: the quotation beside {record.source} ({card.publisher}, {card.date})"
    counts = ", ".join(f"{how} {_count(how, found)}" for how in HAPPENED)
    summary = f"Words: {counts}."
    notes = [*_notes(record, found), f"The card says: {card.says}", f"It cannot settle: {card.cannot_settle}"]
    line = " ".join(_marked(*piece) for piece in found)
    small = "".join(f'<p style="margin:.3em 0;line-height:1.5">{escape(note)}</p>' for note in [summary, *notes])
    notice = escape(text.foot)
    html = (
        f'<div class="mathjax_ignore tex2jax_ignore" lang="en" style="{_BOX}">'
        f'<p style="margin:.2em 0 .6em;line-height:1.4"><b>{escape(head)}</b></p>'
        f'<p style="margin:.4em 0;overflow-wrap:anywhere">{line}</p>{small}'
        f'<p style="margin:.6em 0 0;font-size:.8em;line-height:1.4;color:{GREY}">{notice}</p></div>'
    )
    rows = [words if how == KEPT else f"[{how}: {words}]" for how, words in found]
    return html, "\n".join([head, " ".join(rows), summary, *notes, text.about["notice"]])


def _count(how: str, found: Sequence[Piece]) -> str:
    parts = [words for what, words in found if what == how]
    number = sum(len(words_in(words)) for words in parts)
    return f"{'at least ' if any('…' in words for words in parts) else ''}{number}"


def _notes(record: Record, found: Sequence[Piece]) -> list[str]:
    notes = []
    if record.same == WORD_FOR_WORD:
        notes.append("The card says that the record has the quoted words. The pack holds no second copy to compare them with.")
    if any("…" in words for _, words in found):
        notes.append("The dots stand for words of the record that are not in the pack.")
    return notes


def _marked(how: str, words: str) -> str:
    if how == KEPT:
        return escape(words)
    element = "ins" if how == ADDED else "span"
    return (
        f'<{element} style="text-decoration:none;-webkit-box-decoration-break:clone;box-decoration-break:clone;{_LOOK[how]}">'
        f'<b style="{_TAG}">{how}</b> {escape(words)}</{element}>'
    )

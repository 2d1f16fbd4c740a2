"""Other kinds of answers: choices, a label with its reason, copied words, the omission."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from readtwice.answers import Answers, read_lines
from readtwice.keys import Key, KeyRow
from readtwice.marking import MarkedItem, Marks
from readtwice.schemes import Label, Scheme
from readtwice.speakers import starts_of, words_of

FULL, HALF = 0.8, 0.5  # overlap from which copied words earn full and half credit


def choice_scheme(options: Sequence[str]) -> Scheme:
    """The scheme of a question with options: each letter is a label, and none has a detail."""
    labels = tuple(Label(option, option.upper() * 2, "#e8e6df", False, "", "") for option in options)
    return Scheme("choice", "Which answer is best?", "questions", "all", "", (), labels)


def read_choices(source: str, questions: Sequence[str], options: Sequence[str]) -> Answers:
    """Read a cell of choices, one a line: ``q3: b``. Marked with `mark` against a key of letters."""
    return read_lines(source, choice_scheme(options), questions)


def mark_reasons(answers: Answers, key: Key, scheme: Scheme) -> Marks:
    """Mark labels that come with a reason, ``4.1: interpretation | r2``.

    An item earns the credit of its label only where the reason fits: it must be the key's detail, or
    one that is accepted too. Among the reasons on offer are some that fit no label, so nothing is
    taken off for chance; the score is the mean credit over all asked items.
    """
    rows = tuple(_reasoned(answers, row, scheme) for row in key.rows.values())
    return Marks(key.layer, rows, _mean(rows))


def _reasoned(answers: Answers, row: KeyRow, scheme: Scheme) -> MarkedItem:
    answer = answers.rows.get(row.item)
    if answer is None or answer.label not in scheme.names:
        return MarkedItem(row.item, "", "", None, None, "open")
    fits = any(words_of(answer.detail) == words_of(reason) for reason in (row.detail, *row.detail_accept))
    halves = row.halves(answer.label) if fits else 0
    why = "detail" if row.halves(answer.label) and not fits else ("wrong", "near", "accepted")[halves]
    return MarkedItem(row.item, answer.label, answer.detail, halves / 2, float(fits), "right" if halves == 2 else why)


def overlap(said: str, right: str, passage: str) -> float:
    """How far copied words are the right words of a passage, from 0 to 1.

    F1 over the words of the passage (van Rijsbergen 1979): the harmonic mean of the share of the
    copied words that are right and the share of the right words that were copied. Pieces are
    separated by a semicolon or dots; a piece that does not stand in the passage counts as wrong words.
    """
    there = words_of(passage)
    wanted, _ = _places(right, there, set())
    copied, strange = _places(said, there, wanted)
    if not wanted or not copied:
        return 0.0
    return 2 * len(copied & wanted) / (len(copied) + strange + len(wanted))


def _places(words: str, there: list[str], wanted: set[int]) -> tuple[set[int], int]:
    """Where the pieces stand in a passage, as positions of words, and how many words stand nowhere.

    A piece that stands there more than once is taken where it meets most of `wanted`.
    """
    found: set[int] = set()
    strange = 0
    for piece in (words_of(part) for part in re.split(r"[;…]|\.\.\.", words)):
        if starts := starts_of(piece, there):
            best = max(starts, key=lambda i: len(wanted & set(range(i, i + len(piece)))))
            found |= set(range(best, best + len(piece)))
        else:
            strange += len(piece)
    return found, strange


def mark_copied(copied: Mapping[str, str], key: Mapping[str, KeyRow]) -> Marks:
    """Mark words copied out of a passage: `detail` of a row is what to copy, `detail_accept` what also does.

    An overlap of .8 earns full credit, one of .5 half; the score is the mean credit over all items.
    """
    rows = []
    for item, row in key.items():
        said = copied.get(item, "").strip()
        if not said:
            rows.append(MarkedItem(item, "", "", None, None, "open"))
            continue
        best = max(overlap(said, right, row.words) for right in (row.detail, *row.detail_accept))
        credit = 1.0 if best >= FULL else 0.5 if best >= HALF else 0.0
        rows.append(MarkedItem(item, said, "", credit, None, {1.0: "right", 0.5: "near", 0.0: "wrong"}[credit]))
    return Marks("copied words", tuple(rows), _mean(rows))


def mark_omission(card: str, sentence: str, row: KeyRow) -> Marks:
    """Mark the omission: which card tells what the text leaves out, and which sentence reads differently then.

    Each earns half of the score; a card that comes near earns half of its half.
    """
    cards = {label.casefold(): row.halves(label) / 2 for label in (row.label, *row.accept, *row.near)}
    sentences = {item.casefold() for item in (row.detail, *row.detail_accept)}
    first = cards.get(card.strip().casefold(), 0.0) if card.strip() else None
    second = float(sentence.strip().casefold() in sentences) if sentence.strip() else None
    rows = tuple(
        MarkedItem(name, said.strip(), "", credit, None, "open" if credit is None else {1.0: "right", 0.5: "near", 0.0: "wrong"}[credit])
        for name, said, credit in (("card", card, first), ("sentence", sentence, second))
    )
    return Marks("omission", rows, _mean(rows))


def _mean(rows: Sequence[MarkedItem]) -> float:
    return sum(row.credit or 0.0 for row in rows) / len(rows) if rows else 0.0

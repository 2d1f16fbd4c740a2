"""Marking: answers against a key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from readtwice.answers import Answers
from readtwice.details import TRIGGERS, detail_credit
from readtwice.keys import Key, KeyProblem, KeyRow
from readtwice.numbers import Number
from readtwice.schemes import Scheme

CARRY_FROM = 0.2  # labels below this score carry no numbers: whoever guesses could count anything


@dataclass(frozen=True)
class MarkedItem:
    """Marks of one item: `credit` and `detail_credit` from 0 to 1, None where nothing was asked or answered."""

    item: str
    answer: str
    detail: str
    credit: float | None
    detail_credit: float | None
    why: str  # right, accepted, near, wrong, open, detail


@dataclass(frozen=True)
class Marks:
    """One row per asked item, and a score from 0 to 1; with them what a reader wrote behind *I disagree*, by item."""

    layer: str
    rows: tuple[MarkedItem, ...]
    score: float
    objections: tuple[tuple[str, str], ...] = ()

    @property
    def asked(self) -> int:
        return len(self.rows)

    @property
    def answered(self) -> int:
        return sum(row.credit is not None for row in self.rows)

    @property
    def right(self) -> int:
        """Items whose label earns full credit."""
        return sum(row.credit == 1 for row in self.rows)


def mark(answers: Answers, key: Key, scheme: Scheme) -> Marks:
    """Mark a reader's answers to the items of a key.

    The score is agreement beyond chance, times the share answered: over the n answered items of N,
    ``n/N × max(0, (c - e) / (1 - e))``, where c is the mean credit and e the mean credit if the same
    labels were dealt at random over the same items (after Cohen 1960, "A coefficient of agreement
    for nominal scales"). Where labels ask for a detail, that is multiplied by ``(1 + d) / 2``, d
    being the mean credit of the details over the items whose label earned credit; behind a label that
    only the teacher accepts a detail can raise d and never lowers it. For e, such a label counts
    where this reader gave it, so accepting one lowers nobody's score. Counted in whole
    numbers, so that one label everywhere is exactly 0. Raises KeyProblem where the key holds a
    label that the scheme does not know.
    """
    for row in key.rows.values():
        if unknown := {row.label, *row.accept, *row.near} - set(scheme.names):
            raise KeyProblem(f"{key.layer}, {row.item}: no label of the scheme: {', '.join(sorted(unknown))}")
    marked = _owed(tuple(_mark_item(answers, row, scheme) for row in key.rows.values()), key)
    answered = [m for m in marked if m.credit is not None]
    details = [m.detail_credit for m in marked if m.detail_credit is not None]
    score = _beyond_chance([(m.answer, key.rows[m.item].for_reader(m.answer)) for m in answered])
    if marked:
        score *= len(answered) / len(marked)
    if details:
        score *= (1 + sum(details) / len(details)) / 2
    return Marks(key.layer, marked, score)


def _owed(marked: tuple[MarkedItem, ...], key: Key) -> tuple[MarkedItem, ...]:
    """Marks in which the detail behind a label that only the teacher accepts counts where it raises the score, and else not at all."""
    free = [m for m in marked if m.detail_credit is not None and m.answer in key.rows[m.item].by_teacher]
    if not free:
        return marked
    counted = [m.detail_credit for m in marked if m.detail_credit is not None and m not in free]
    dropped = set()
    for m in sorted(free, key=lambda m: -m.detail_credit):
        if counted and m.detail_credit >= sum(counted) / len(counted):
            counted.append(m.detail_credit)
        else:
            dropped.add(m.item)
    return tuple(replace(m, detail_credit=None, why="accepted") if m.item in dropped else m for m in marked)


def _beyond_chance(answered: list[tuple[str, KeyRow]]) -> float:
    """(c - e) / (1 - e) over the answered items, not below 0; 0 where e is 1."""
    n = len(answered)
    earned = sum(row.halves(label) for label, row in answered)
    dealt = sum(count * sum(row.halves(label) for _, row in answered) for label, count in Counter(label for label, _ in answered).items())
    full = 2 * n * n  # c = earned / 2n and e = dealt / 2n²
    return max(0, n * earned - dealt) / (full - dealt) if dealt < full else 0.0


def _mark_item(answers: Answers, row: KeyRow, scheme: Scheme) -> MarkedItem:
    answer = answers.rows.get(row.item)
    if answer is None or answer.label not in scheme.names:
        return MarkedItem(row.item, "", "", None, None, "open")
    halves = row.halves(answer.label)
    why = "right" if answer.label == row.label else ("wrong", "near", "accepted")[halves]
    detail = None
    if halves and scheme[answer.label].asks_detail and (row.detail or scheme.detail == TRIGGERS):
        right, also = (row.detail, row.detail_accept) if scheme[row.label].asks_detail else ("", ())
        detail = detail_credit(scheme.detail, answer.detail, right, also, row.words)
        if detail < 1 and halves == 2:
            why = "detail"
    return MarkedItem(row.item, answer.label, answer.detail, halves / 2, detail, why)


def mark_numbers(typed: Mapping[str, Number], expected: Mapping[str, float], label_score: float, tolerance: float) -> Marks:
    """Mark numbers that a student got from their own labels.

    `expected` is worked out from those labels, so an error in a label costs nothing a second time.
    A number within `tolerance` is right; the score is the share of right ones. Labels that score
    less than .2 carry no numbers, and all of them earn 0.
    """
    carried = label_score >= CARRY_FROM
    rows = []
    for name, value in expected.items():
        number = typed.get(name)
        if number is None or number.value is None:
            rows.append(MarkedItem(name, "", "", None, None, "open"))
            continue
        near = abs(number.value - value) <= tolerance + 1e-9
        why = "right" if near and carried else "wrong" if carried else "uncarried"
        rows.append(MarkedItem(name, number.said, "", float(near and carried), None, why))
    score = sum(row.credit or 0.0 for row in rows) / len(rows) if rows else 0.0
    return Marks("numbers", tuple(rows), score)

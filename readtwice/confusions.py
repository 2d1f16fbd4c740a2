"""Confusions: what a reader who took one label for another may have been thinking, and how far trained readers agree."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from readtwice.keys import Key
from readtwice.marking import MarkedItem, Marks
from readtwice.schemes import SCHEMES, rows_in


@dataclass(frozen=True)
class Confusion:
    """Written by hand, once for each pair of labels of a layer: a guess at the thought, and a thing to try."""

    key: str
    said: str
    thinking: str
    tip: str


@lru_cache(maxsize=1)
def _all() -> dict[tuple[str, str, str], Confusion]:
    rows = rows_in(SCHEMES / "confusions.csv")
    return {(r["layer"], r["key"], r["said"]): Confusion(r["key"], r["said"], r["thinking"], r["tip"]) for r in rows}


def confusion(layer: str, key: str, said: str) -> Confusion | None:
    """The confusion of `said` where the key says `key`, or None where nobody has written one."""
    return _all().get((layer, key, said))


def commonest(marks: Marks, key: Key) -> tuple[Confusion, list[str]] | None:
    """The confusion that cost a reader most, with its items; None where nothing was confused.

    Half credit counts half; of two that cost the same, the one made more often, then the one that
    comes first in the text.
    """
    cost: Counter[tuple[str, str]] = Counter()
    items: dict[tuple[str, str], list[str]] = {}
    for row in marks.rows:
        if is_confused(row):
            pair = key.rows[row.item].label, row.answer
            cost[pair] += 2 - round(2 * (row.credit or 0))
            items.setdefault(pair, []).append(row.item)
    if not cost:
        return None
    pair = max(cost, key=lambda pair: (cost[pair], len(items[pair])))
    found = confusion(marks.layer, *pair)
    return (found, items[pair]) if found else None


def is_confused(row: MarkedItem) -> bool:
    """Whether an item has another label than a right one."""
    return row.credit is not None and row.credit < 1


def went_well(marks: Marks, key: Key) -> tuple[str, int, int] | None:
    """The label that a reader knows best: its name, how many are right, of how many; None where none stands out.

    At least two items, two in three of them right, and two in three of the times that the label was
    said; so a label that is put everywhere is not praised. The largest share wins, then the larger number.
    """
    asked = Counter(key.rows[row.item].label for row in marks.rows)
    right = Counter(key.rows[row.item].label for row in marks.rows if row.credit == 1)
    said = Counter(row.answer for row in marks.rows if row.answer)
    earned = Counter(row.answer for row in marks.rows if row.credit == 1)
    good = [
        label
        for label in asked
        if asked[label] >= 2 and right[label] / asked[label] >= 2 / 3 and earned[label] >= 2 / 3 * max(said[label], 1) and marks.score > 0
    ]
    if not good:
        return None
    best = max(good, key=lambda label: (right[label] / asked[label], right[label]))
    return best, right[best], asked[best]


@lru_cache(maxsize=16)
def published_agreement(layer: str) -> dict[str, str] | None:
    """How far trained readers agreed in a published study of such a layer, with its source; None where none is known."""
    return next((row for row in rows_in(SCHEMES / "agreement.csv") if row["layer"] == layer), None)

"""Detection: whether a reader finds what is there and leaves alone what is not (moves and calls)."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

from readtwice.keys import Key
from readtwice.marking import Marks

NOTHING = {"move": "none", "call": "0"}  # the label that says: nothing here


@dataclass(frozen=True)
class Detection:
    """Counts of four kinds of answers to clear items, and what signal detection theory makes of them."""

    hits: int
    misses: int
    false_alarms: int
    rejections: int

    @property
    def d_prime(self) -> float:
        """Discernment: how far apart a reader keeps something from nothing; 0 is guessing.

        z(hits) - z(false alarms), with half an answer added to each count so that no rate is 0 or 1
        (the log-linear rule; Hautus 1995, after Green and Swets 1966).
        """
        hit, alarm = self._z()
        return hit - alarm

    @property
    def bias(self) -> float:
        """Criterion c: below 0 a reader flags too readily, above 0 too seldom (Macmillan and Creelman 2005)."""
        hit, alarm = self._z()
        return -(hit + alarm) / 2

    def _z(self) -> tuple[float, float]:
        z = NormalDist().inv_cdf
        hit = (self.hits + 0.5) / (self.hits + self.misses + 1)
        alarm = (self.false_alarms + 0.5) / (self.false_alarms + self.rejections + 1)
        return z(hit), z(alarm)


def detection(marks: Marks, key: Key) -> Detection:
    """Count hits, misses, false alarms and correct rejections over the answered items.

    Items for which the key accepts both something and nothing are left out: there a reader can do
    neither. Raises KeyError for a layer that has no label for nothing.
    """
    nothing = NOTHING[marks.layer]
    counts = {(there, said): 0 for there in (True, False) for said in (True, False)}
    for row in marks.rows:
        right = {key.rows[row.item].label, *key.rows[row.item].accept}
        if row.credit is None or (nothing in right and right != {nothing}):
            continue
        counts[nothing not in right, row.answer != nothing] += 1
    return Detection(counts[True, True], counts[True, False], counts[False, True], counts[False, False])

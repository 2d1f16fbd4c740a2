"""Tallies: what a class did with the items of a task, counted hand-in by hand-in, so that no answers pile up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import sqrt

from readtwice.agreement import Agreement, ItemSplit, KeyCheck, agreement_of
from readtwice.detection import NOTHING, Detection, detection
from readtwice.keys import Key
from readtwice.kinds import questions_of
from readtwice.marking import Marks
from readtwice.numbers import RECIPES
from readtwice.schemes import Scheme
from readtwice.units import Unit

MOST_OBJECTIONS = 20  # of one item
LONGEST_OBJECTION = 300  # characters
NEARLY_NOTHING = 1e-9  # a variance below this is what rounding leaves of none


@dataclass
class Pairs:
    """Sums over pairs of numbers, from which their correlation follows."""

    n: int = 0
    x: float = 0.0
    y: float = 0.0
    xx: float = 0.0
    yy: float = 0.0
    xy: float = 0.0

    def add(self, x: float, y: float) -> None:
        self.n += 1
        self.x += x
        self.y += y
        self.xx += x * x
        self.yy += y * y
        self.xy += x * y

    def take(self, other: Pairs) -> None:
        for name in ("n", "x", "y", "xx", "yy", "xy"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def correlation(self) -> float | None:
        """Pearson's correlation, or None where there is none: fewer than two pairs, or a side without variation."""
        if self.n < 2:
            return None
        vx, vy = self.xx / self.n - (self.x / self.n) ** 2, self.yy / self.n - (self.y / self.n) ** 2
        if vx < NEARLY_NOTHING or vy < NEARLY_NOTHING:
            return None
        return max(-1.0, min(1.0, (self.xy / self.n - self.x * self.y / self.n**2) / sqrt(vx * vy)))


@dataclass
class Tally:
    """One task across a class: `readers` are the hand-ins in which anything of it is answered."""

    readers: int = 0
    scores: float = 0.0
    labels: dict[str, Counter[str]] = field(default_factory=dict)  # by item
    right: Counter[str] = field(default_factory=Counter)
    confusions: Counter[tuple[str, str]] = field(default_factory=Counter)  # (key says, they say)
    found: Counter[str] = field(default_factory=Counter)  # hits, misses, false_alarms, rejections
    with_the_rest: dict[str, Pairs] = field(default_factory=dict)  # credit of an item, and mean credit of the reader's others
    objected: Counter[str] = field(default_factory=Counter)
    objections: dict[str, list[str]] = field(default_factory=dict)  # by item, what readers wrote, the first few in the alphabet
    chosen: dict[str, dict[str, str]] = field(default_factory=dict)  # in a test, the options by question of each reader

    def add(self, marks: Marks, key: Key, reader: str = "") -> None:
        """Count one hand-in; where nothing is answered it counts nowhere. What each `reader` chose is kept for a test alone."""
        for item, said in marks.objections:
            self.objected[item] += 1
            self._objects(item, [said[:LONGEST_OBJECTION]])
        answered = [row for row in marks.rows if row.credit is not None]
        if not answered:
            return
        self.readers += 1
        self.scores += marks.score
        credit = sum(row.credit for row in answered)
        for row in answered:
            self.labels.setdefault(row.item, Counter())[row.answer] += 1
            self.right[row.item] += row.credit == 1
            if row.credit < 1 and key.rows[row.item].label not in ("", row.answer):
                self.confusions[key.rows[row.item].label, row.answer] += 1
            if len(answered) > 1:
                self.with_the_rest.setdefault(row.item, Pairs()).add(row.credit, (credit - row.credit) / (len(answered) - 1))
        if questions_of(key.layer):
            self.chosen[reader] = {row.item: row.answer for row in answered}
        if key.layer in NOTHING:
            one = detection(marks, key)
            self.found.update(hits=one.hits, misses=one.misses, false_alarms=one.false_alarms, rejections=one.rejections)

    def take(self, other: Tally) -> None:
        """Count what another tally of the same task has counted, too."""
        self.readers += other.readers
        self.scores += other.scores
        for name in ("right", "confusions", "found", "objected"):
            getattr(self, name).update(getattr(other, name))
        for item, labels in other.labels.items():
            self.labels.setdefault(item, Counter()).update(labels)
        for item, pairs in other.with_the_rest.items():
            self.with_the_rest.setdefault(item, Pairs()).take(pairs)
        for item, said in other.objections.items():
            self._objects(item, said)
        self.chosen |= other.chosen

    def _objects(self, item: str, said: list[str]) -> None:
        self.objections[item] = sorted([*self.objections.get(item, []), *said])[:MOST_OBJECTIONS]  # whatever order they come in

    @property
    def mean(self) -> float:
        """Mean score, from 0 to 1; 0 where nobody answered."""
        return self.scores / self.readers if self.readers else 0.0

    def split(self, item: str) -> ItemSplit:
        labels = self.labels.get(item, Counter())
        return ItemSplit(item, Counter({label: labels[label] for label in sorted(labels)}))

    def agreement(self, scheme: Scheme, items: Iterable[str]) -> Agreement:
        """How far the class agrees with itself on these items."""
        return agreement_of([self.split(item) for item in items], self.readers, scheme)

    def against_key(self, key: Key) -> tuple[KeyCheck, ...]:
        """Each item of the key against the class, in the key's order; open answers count nowhere."""
        checks = []
        for item, row in key.rows.items():
            pairs = self.with_the_rest.get(item, Pairs())
            checks.append(KeyCheck(self.split(item), row, pairs.correlation, pairs.n))
        return tuple(checks)

    @property
    def detection(self) -> Detection | None:
        """Hits, misses, false alarms and correct rejections of the whole class; None for a layer without a label for nothing.

        Where readers differ in bias, d′ of the summed counts is a little below the mean of their own (Macmillan and Kaplan 1985).
        """
        return Detection(*(self.found[name] for name in ("hits", "misses", "false_alarms", "rejections"))) if self.found else None


def tally_of(marks: Iterable[Marks], key: Key) -> Tally:
    """The tally of these hand-ins on one task."""
    held = Tally()
    for one in marks:
        held.add(one, key)
    return held


Tallies = dict[tuple[str, str], Tally]  # by unit and test cell


def tally(marks: Iterable[tuple[str, Mapping[str, Marks]]], unit: Unit) -> Tallies:
    """Tallies of one unit, from its hand-ins: whose each is, and its marks by test cell."""
    tallies = {(unit.name, task.test): Tally() for task in unit.tasks if task.layer not in RECIPES}
    for reader, one in marks:
        for task in unit.tasks:
            if task.layer not in RECIPES:
                tallies[unit.name, task.test].add(one[task.test], unit.key(task), reader)
    return tallies


def take_all(tallies: Tallies, more: Tallies) -> None:
    for task, one in more.items():
        tallies.setdefault(task, Tally()).take(one)

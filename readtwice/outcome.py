"""What came of a class: points, counts to report on, and what needs a human eye."""

from __future__ import annotations

from dataclasses import dataclass, field

from readtwice.tally import Tallies


@dataclass
class Outcome:
    """What came of a class: points by student and unit, tallies to report on, and what needs a human eye."""

    points: dict[tuple[str, str], float] = field(default_factory=dict)
    by_hand: dict[tuple[str, str], int] = field(default_factory=dict)
    tallies: Tallies = field(default_factory=dict, compare=False)
    counted: set[tuple[str, str]] = field(default_factory=set, compare=False)  # whose hand-ins are in the tallies
    attention: list[tuple[str, str]] = field(default_factory=list)  # (file, why)
    stuck: dict[tuple[str, str], str] = field(default_factory=dict, compare=False)  # who may be stuck, and why
    students: set[str] = field(default_factory=set, compare=False)  # all that the gradebook knows

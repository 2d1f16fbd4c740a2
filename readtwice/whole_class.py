"""The whole class: what has come of every hand-in that was ever marked in a course, for whoever tells of it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from readtwice.batches import BATCH, workers
from readtwice.mark_batch import Standing, packed, tally_files
from readtwice.outcome import Outcome
from readtwice.places import places
from readtwice.stuck import stuck
from readtwice.tally import take_all
from readtwice.units import Unit


def so_far(course: Path, units: dict[str, Unit], db: str = "") -> Iterator[tuple[tuple[str, str], Standing]]:
    """How every hand-in stands that was ever marked in this course and has its marked notebook there, unit by unit."""
    from readtwice.gradebook import is_there, open_gradebook, standings_of

    if not is_there(course, db):
        return
    with open_gradebook(course, db) as gradebook:
        for name, unit in units.items():
            for student, standing in standings_of(gradebook, unit):
                if places(course, (student, name))[0].is_file():
                    yield (student, name), standing


def known_students(course: Path, db: str = "") -> set[str]:
    """Every student whom the gradebook knows, those too who have handed in nothing."""
    from readtwice.gradebook import all_students, is_there, open_gradebook

    if not is_there(course, db):
        return set()
    with open_gradebook(course, db) as gradebook:
        return all_students(gradebook)


def whole_class(course: Path, units: dict[str, Unit], marked: Outcome | None = None, db: str = "") -> Outcome:
    """What has come of every hand-in that was ever marked in this course, for the class report.

    `marked` is the outcome of marking, whose hand-ins are counted already; the others are counted
    on this machine, where their marked notebooks lie.
    """
    outcome = Outcome()
    if marked:
        take_all(outcome.tallies, marked.tallies)
        outcome.counted |= marked.counted
        outcome.attention += marked.attention
    paths: dict[str, list[Path]] = {}
    for who, standing in so_far(course, units, db):
        outcome.points[who], outcome.by_hand[who] = standing.points, len(standing.pending)
        if why := stuck(standing, units[who[1]]):
            outcome.stuck[who] = why
        if who not in outcome.counted:
            outcome.counted.add(who)
            paths.setdefault(who[1], []).append(places(course, who)[0])
    outcome.students = known_students(course, db) | {student for student, _ in outcome.points}
    parts = [(name, held[start : start + BATCH]) for name, held in paths.items() for start in range(0, len(held), BATCH)]
    with workers(None, sum(map(len, paths.values()))) as executor:
        count = partial(tally_files, packed(units))
        for tallies in (executor.map if executor else map)(count, *zip(*parts, strict=True)) if parts else ():
            take_all(outcome.tallies, tallies)
    return outcome

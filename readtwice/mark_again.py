"""Marking again what was marked by other rules, wherever the hand-ins are now: from the notebooks that marking them left."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from pathlib import Path

from readtwice.batches import batches, results, workers
from readtwice.collect import Found, Refused
from readtwice.mark_batch import Marked, packed
from readtwice.mark_class import save_units
from readtwice.marked_before import Before, marked_before, remember, rules_digests
from readtwice.outcome import Outcome
from readtwice.places import places, write_files
from readtwice.plan import Planned
from readtwice.units import Unit

LEAST = 0.005  # points are given to two decimals


@dataclass
class Again:
    """What marking again brought: points before and after by student and unit, and what needs a human eye."""

    points: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)
    attention: list[tuple[str, str]] = field(default_factory=list)  # (file, why)

    def told(self) -> list[str]:
        """How many hand-ins were marked again, and whose points that has changed; nothing where none was."""
        if not self.points:
            return []
        n = len(self.points)
        said = [f"{n} {'hand-in was' if n == 1 else 'hand-ins were'} marked again, because what decides the marks has changed since."]
        for word, sign in (("more", 1), ("fewer", -1)):
            by = {who: sign * points for who, points in self.changed().items() if sign * points > 0}
            if students := len({student for student, _ in by}):
                has = "1 student has" if students == 1 else f"{students} students have"
                said.append(f"  {has} {word} points than before: at most {round(max(by.values()), 2):g} {word}.")
        return said if len(said) > 1 else [*said, "  Nobody's points have changed."]

    def changed(self) -> dict[tuple[str, str], float]:
        """By how much points have changed, where they have."""
        by = {who: after - before for who, (before, after) in self.points.items()}
        return {who: points for who, points in by.items() if abs(points) > LEAST}


def mark_again(
    course: Path,
    units: Mapping[str, Unit],
    db: str = "",
    progress: Callable[[int, int], None] = lambda done, of: None,
    executor: Executor | None = None,
) -> Again:
    """Mark again every hand-in of these units that was marked by other rules than those of now.

    The rules are a unit's master and exercise, the keys of what it asks, what the teacher accepts
    beside them, and this package. The student's texts come from the marked notebook; what the
    teacher gave by hand, times and penalties for lateness stay. The gradebook is written first, then
    the files, each whole, so a killed run can be run again. No student code runs. Raises UnitProblem
    or GradebookProblem.
    """
    again = Again()
    if not (course / "autograded").is_dir():
        return again
    from readtwice.gradebook import open_gradebook, said_plainly, standings_of, students_of, teachers_config, write_grades

    rules, before = rules_digests(course, units), marked_before(course)
    with open_gradebook(course, db) as gradebook, said_plainly():
        handed_in = [(student, name) for name in units for student in students_of(gradebook, name)]
        todo = list(_todo(handed_in, course, before, rules, again))
        if not todo:
            return again
        touched = {one.unit for one in todo}
        save_units(gradebook, [units[name] for name in units if name in touched])
        was = {(student, name): s.points for name in touched for student, s in standings_of(gradebook, units[name])}
        config, outcome, done = teachers_config(course), Outcome(attention=again.attention), 0
        with workers(executor, len(todo)) as at_work:
            uncounted = dict.fromkeys(one.who for one in todo)
            for batch in results(batches(todo, uncounted, outcome), packed(units), at_work, outcome):
                again.attention += [(refused.where, refused.why) for _, refused in batch if isinstance(refused, Refused)]
                marked = [(one, done) for one, done in batch if isinstance(done, Marked)]
                for who, points in _write(gradebook, units, marked, before, course, config).items():
                    again.points[who] = was[who], points
                done += len(batch)
                progress(done, len(todo))
        write_grades(gradebook, course / "grades.csv")
    return again


def _todo(handed_in, course: Path, before: Mapping[tuple[str, str], Before], rules: Mapping[str, str], again: Again) -> Iterable[Planned]:
    for student, name in handed_in:
        held = before.get((student, name))
        if held and held.rules == rules[name]:
            continue
        path = places(course, (student, name))[0]
        where = str(path.relative_to(course))
        if path.is_file():
            found = Found(where, student, name, 0.0, path.read_bytes, held.number if held else "", True)
            yield Planned(found, (student, name), held.hand_in if held else "", rules[name], again=True)
        elif held:
            again.attention.append((where, "it is not there, so this could not be marked again. Mark the hand-in itself once more"))


def _write(gradebook, units, marked: list[tuple[Planned, Marked]], before, course: Path, config) -> dict[tuple[str, str], float]:
    """Write a batch into the gradebook, then its files, and remember it; the points now."""
    from readtwice.gradebook import Entry, write_batch

    points = {}
    for name in sorted({one.unit for one, _ in marked}):
        batch = [(one, done) for one, done in marked if one.unit == name]
        standings = write_batch(gradebook, units[name], [Entry(one.student, done.points, done.untouched) for one, done in batch], config)
        told = []
        for one, done in batch:
            standing = standings[one.student]
            write_files(course, one, done, standing)
            points[one.who] = standing.points
            held = before.get(one.who) or Before(one.student, one.unit, "", "", done.notes)
            told.append(replace(held, standing=standing.digest, rules=one.rules))
        remember(course, told)
    return points

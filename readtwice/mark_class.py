"""Marking a class: hand-ins in; gradebook, marked notebooks, feedback pages and grades.csv out."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import replace
from itertools import chain
from pathlib import Path

from readtwice.batches import batches, results, workers
from readtwice.build import replace_file
from readtwice.cells import grade_id, source_of
from readtwice.collect import Refused
from readtwice.mark_batch import Marked, Standing, packed
from readtwice.marked_before import Before, marked_before, remember
from readtwice.outcome import Outcome
from readtwice.places import page_of, places, stands, write_files
from readtwice.plan import Planned, plan
from readtwice.renamed import correct_names
from readtwice.typed import another_way
from readtwice.units import Unit, UnitProblem, read_notebook, read_units
from readtwice.whose import read_who


def mark_class(
    source: Path,
    course: Path,
    progress: Callable[[int, int], None] = lambda done, of: None,
    executor: Executor | None = None,
    db: str = "",
) -> Outcome:
    """Mark every hand-in at `source` and write what nbgrader would: no student code runs.

    One bad file never stops the class: it is named in `attention` and the others are marked. What
    was marked before and has not changed since is not marked again. The gradebook is written first,
    then the files, each whole, so a killed run can be run again. `executor` runs the marking, in any
    process on any machine; without one, worker processes do where there are many hand-ins. `db` is
    the gradebook's address, as `open_gradebook` takes it. Raises FileNotFoundError, NoCourse,
    UnitProblem, KeyProblem or WhoProblem before anything is written, and GradebookProblem.
    """
    units = read_units(course)
    planned, attention = plan(source, course, units)
    outcome = Outcome(attention=attention)
    before = marked_before(course)
    outcome.attention += _alike(planned, before)
    newest = {one.who: one for one in planned}
    same = {who for who, one in newest.items() if who in before and before[who].marked_as(one.digest, one.rules) and stands(course, who)}
    todo = [one for one in planned if one.who not in same]
    for who, one in newest.items():
        if who not in same and who in before and another_way(one.found.where, before[who].where):
            why = f"{one.student} had handed {one.unit} in before; this counts now, and not {before[who].where}"
            outcome.attention.append((one.found.where, why))
    with workers(executor, len(todo)) as at_work:
        marked = results(batches(todo, newest, outcome), packed(units), at_work, outcome)
        marked = chain(filter(None, [next(marked, None)]), marked)  # they are on their way while nbgrader is imported
        _write_all(marked, planned, newest, same, before, units, course, db, outcome, progress)
    return outcome


def _write_all(marked, planned: list[Planned], newest, same: set, before, units, course: Path, db: str, outcome: Outcome, progress) -> None:
    from readtwice.gradebook import late_penalties, open_gradebook, said_plainly, teachers_config, unit_standings, write_grades

    config = teachers_config(course)
    with open_gradebook(course, db) as gradebook, said_plainly():
        save_units(gradebook, units.values())
        outcome.attention += correct_names(gradebook, planned, before, read_who(course), course)
        standings = {}
        for name in {name for _, name in same}:
            late_penalties(gradebook, units[name], config)
            standings[name] = unit_standings(gradebook, units[name])
        gone = {(student, name) for student, name in same if student not in standings[name]}  # it is another gradebook
        seen: dict[tuple[str, str], Planned] = {}
        kept = [one for one in planned if one.who in same - gone]
        for one in kept:
            _say_twice(one, seen, outcome)
        for who in dict.fromkeys(one.who for one in kept):
            _keep(who, seen[who].found.where, standings[who[1]][who[0]], before[who], course, outcome)
        done = len(kept)
        progress(done, len(planned))
        again = results(batches([one for one in planned if one.who in gone], newest, outcome), packed(units), None, outcome)
        for batch in chain(marked, again):
            for one, made in batch:
                if isinstance(made, Refused):
                    outcome.attention.append((made.where, made.why))
                else:
                    _say_twice(one, seen, outcome)
            _write_batch(gradebook, units, {one.who: (one, m) for one, m in batch if isinstance(m, Marked)}, course, config, outcome)
            done += len(batch)
            progress(done, len(planned))
        progress(len(planned), len(planned))
        write_grades(gradebook, course / "grades.csv")


def save_units(gradebook, units: Iterable[Unit]) -> None:
    """Record the units' cells in the gradebook; raises UnitProblem where one that is in use has other cells now."""
    from readtwice.gradebook import save_unit

    for unit in units:
        try:
            save_unit(gradebook, unit)
        except RuntimeError as error:  # nbgrader's word for cells that came or went
            raise UnitProblem(
                f"{unit.name} has other cells now than when hand-ins were marked with it. "
                "Give the changed unit a new name, or move gradebook.db away to begin anew"
            ) from error


def _say_twice(one: Planned, seen: dict[tuple[str, str], Planned], outcome: Outcome) -> None:
    if before := seen.get(one.who):
        newer = "this newer file counts" if one.found.newest > before.found.newest else "both are of the same time, and this one counts"
        outcome.attention.append((one.found.where, f"{one.student} handed in twice; {newer}, not {before.found.where}"))
    seen[one.who] = one


def _alike(planned: Iterable[Planned], before: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """A note on each new name that differs from another in capitals alone: it may be one student, and Windows keeps them in one folder."""
    known = dict.fromkeys(student for student, _ in before)
    spelt = {student.casefold(): student for student in known}
    for one in planned:
        other = spelt.setdefault(one.student.casefold(), one.student)
        if other != one.student and one.student not in known:
            why = f"{one.student} and {other} differ in capitals alone. If they are one student, give both hand-ins one name and mark again"
            yield one.found.where, why


def _keep(who: tuple[str, str], where: str, standing: Standing, before: Before, course: Path, outcome: Outcome) -> None:
    """Leave a hand-in as it was marked; where the teacher has added something since, the page gets it."""
    outcome.attention += [(where, note) for note in before.notes]
    outcome.points[who], outcome.by_hand[who] = standing.points, len(standing.pending)
    if before.standing != standing.digest:
        notebook, path = places(course, who)
        replace_file(path, page_of(who, read_notebook(notebook), standing).encode())
        remember(course, [replace(before, standing=standing.digest)])


def _write_batch(
    gradebook, units: dict[str, Unit], batch: Mapping[tuple[str, str], tuple[Planned, Marked]], course, config, outcome
) -> None:
    from readtwice.gradebook import Entry, write_batch

    for name in sorted({name for _, name in batch}):
        entries = []
        for (student, unit), (one, marked) in batch.items():
            if unit == name:
                timestamp = one.found.timestamp
                notes = marked.notes
                if timestamp is not None and not _is_time(timestamp):
                    timestamp = None
                    notes = (*notes, "the time in timestamp.txt could not be read, so this counts as handed in without one")
                entries.append((one, marked, notes, Entry(student, marked.points, marked.untouched, timestamp)))
        standings = write_batch(gradebook, units[name], [entry for *_, entry in entries], config)
        told = []
        for one, marked, notes, entry in entries:
            standing = standings[entry.student]
            notes = [*notes, *_changed_by_hand(course, one.who, marked, standing)]
            write_files(course, one, marked, standing)
            outcome.attention += [(one.found.where, note) for note in notes]
            outcome.points[one.who], outcome.by_hand[one.who] = standing.points, len(standing.pending)
            known = one.found.where, one.found.number, one.rules
            told.append(Before(one.student, one.unit, one.digest, standing.digest, tuple(notes), *known))
        remember(course, told)


def _is_time(timestamp: str) -> bool:
    from nbgrader.utils import parse_utc

    try:
        return bool(timestamp) and parse_utc(timestamp) is not None
    except (ValueError, OverflowError):
        return False


def _changed_by_hand(course: Path, who: tuple[str, str], marked: Marked, standing: Standing) -> Iterator[str]:
    """A note for each answer that the teacher has marked by hand and the student has changed since."""
    if not standing.by_teacher:
        return
    with contextlib.suppress(OSError, UnitProblem, KeyError):
        then = {grade_id(cell): source_of(cell) for cell in read_notebook(places(course, who)[0])["cells"]}
        now = {grade_id(cell): source_of(cell) for cell in json.loads(marked.notebook)["cells"]}
        for name in sorted(standing.by_teacher):
            if name in then and then[name] != now.get(name):
                yield f"the answer {name}, which you marked by hand, has changed since. Your mark was kept; look at it again"

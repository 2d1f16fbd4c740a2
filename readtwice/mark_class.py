"""Marking a class: hand-ins in; gradebook, marked notebooks, feedback pages and grades.csv out."""

from __future__ import annotations

import contextlib
import json
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from readtwice.build import replace_file
from readtwice.cells import cells_of, grade_id, source_of
from readtwice.collect import Found, Refused, Table, Unreadable, collect, parse
from readtwice.hand_in import mark_tasks, names_of
from readtwice.mark_batch import HandIn, Marked, Standing, mark_batch, packed, tally_files
from readtwice.marked_before import Before, digest_of, marked_before, remember, rules_digests
from readtwice.marking import Marks
from readtwice.page import page
from readtwice.renamed import correct_names
from readtwice.stuck import stuck
from readtwice.tally import Tallies, take_all
from readtwice.typed import another_way, hand_ins
from readtwice.units import Unit, UnitProblem, read_notebook, read_units
from readtwice.whose import FILE, read_who

BATCH = 40  # hand-ins that go to a worker together
LARGEST_BATCH = 8 * 1024 * 1024  # bytes of them
AHEAD = 8  # batches on their way at the same time
FEWEST_FOR_WORKERS = 100  # hand-ins; starting workers takes as long as marking so many


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


@dataclass(frozen=True)
class Planned:
    """A hand-in that is known by student and unit, with digests of what was handed in and of the rules it is marked by."""

    found: Found
    student: str
    unit: str
    digest: str
    rules: str
    again: bool = False  # whether it is the marked notebook that `found` reads

    @property
    def who(self) -> tuple[str, str]:
        return self.student, self.unit


Batch = list[tuple[Planned, HandIn]]


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
    newest = {one.who: one for one in planned}
    same = {who for who, one in newest.items() if who in before and before[who].marked_as(one.digest, one.rules) and _stands(course, who)}
    todo = [one for one in planned if one.who not in same]
    for who, one in newest.items():
        if who not in same and who in before and another_way(one.found.where, before[who].where):
            why = f"{one.student} had handed {one.unit} in before; this counts now, and not {before[who].where}"
            outcome.attention.append((one.found.where, why))
    with _workers(executor, len(todo)) as workers:
        results = _results(_batches(todo, newest, outcome), packed(units), workers, outcome)
        results = chain(filter(None, [next(results, None)]), results)  # they are on their way while nbgrader is imported
        _write_all(results, planned, newest, same, before, units, course, db, outcome, progress)
    return outcome


@contextlib.contextmanager
def _workers(executor: Executor | None, hand_ins: int) -> Iterator[Executor | None]:
    """Who does the work: the executor that is given, else worker processes where it pays to start them, else nobody but us."""
    if executor is None and hand_ins >= FEWEST_FOR_WORKERS and (os.cpu_count() or 1) > 1:
        with ProcessPoolExecutor(mp_context=get_context("spawn")) as executor:
            yield executor
    else:
        yield executor


def plan(source: Path, course: Path, units: dict[str, Unit]) -> tuple[list[Planned], list[tuple[str, str]]]:
    """Whose each file at `source` is and which unit it belongs to, oldest first, and the files of which that cannot be known, with why.

    Raises FileNotFoundError or WhoProblem.
    """
    if source.resolve() == course.resolve():
        source = course / "submitted"  # else masters and exercises would be taken for hand-ins
    rules = rules_digests(course, units)
    planned: list[Planned] = []
    attention: list[tuple[str, str]] = []
    for one in collect(source, units, read_who(course)):
        if isinstance(one, Found) and one.together[:1] == (one.student,):
            attention.append((one.where, f"it counts for {_listed(one.together)}. If that is wrong, write who it was into {FILE}"))
        try:
            rows, notes = hand_ins(one, units) if isinstance(one, Table) else ([one], [])
            attention += notes
            planned += [_planned(row, units, rules) for row in rows]
        except Unreadable as error:
            attention.append((one.where, str(error)))
    return planned, attention


def _listed(names: tuple[str, ...]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _planned(one: Found | Refused, units: dict[str, Unit], rules: Mapping[str, str]) -> Planned:
    if isinstance(one, Refused):
        raise Unreadable(one.why)
    content = content_of(one)
    unit = one.unit or _unit_of(parse(content), units)
    if not unit:
        raise Unreadable(f"this notebook belongs to no unit of this course. The units are: {', '.join(units)}")
    if not one.student:
        why = f"the name of this file does not say whose it is. Name it after the student, or write it into {FILE} in the course folder"
        raise Unreadable(why)
    return Planned(one, one.student, unit, digest_of(one.student, content, one.beside), rules[unit])


def content_of(found: Found) -> bytes:
    """What stands in a file; raises Unreadable with the reason in plain words."""
    try:
        return found.read()
    except OSError as error:
        raise Unreadable(f"this file could not be read ({error.strerror})") from error


def _unit_of(notebook: Any, units: dict[str, Unit]) -> str:
    """The unit with whose exercise a notebook shares most cells, by name or by text; "" where it shares none."""
    own = {name for cell in cells_of(notebook) for name in names_of(cell)}
    shared = {name: len(own & {n for cell in unit.release["cells"] for n in names_of(cell)}) for name, unit in units.items()}
    best = max(shared, key=lambda name: shared[name], default="")
    return best if best and shared[best] else ""


def _batches(planned: Iterable[Planned], newest: Mapping[tuple[str, str], Planned], outcome: Outcome) -> Iterator[Batch]:
    batch: Batch = []
    size = 0
    for one in planned:
        try:
            content = content_of(one.found)
        except Unreadable as error:
            outcome.attention.append((one.found.where, str(error)))
            continue
        batch.append((one, HandIn(one.found.where, one.student, one.unit, content, one is newest[one.who], one.again)))
        size += len(content)
        if len(batch) >= BATCH or size >= LARGEST_BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _results(
    batches: Iterable[Batch], units: bytes, executor: Executor | None, outcome: Outcome
) -> Iterator[list[tuple[Planned, Marked | Refused]]]:
    """What marking brought, batch after batch in their order; a few batches are on their way at a time."""
    waiting: deque[tuple[Batch, Future | None]] = deque()

    def result() -> list[tuple[Planned, Marked | Refused]]:
        batch, future = waiting.popleft()
        hand_ins = [hand_in for _, hand_in in batch]
        try:
            marked, tallies = future.result() if future else mark_batch(units, hand_ins)
        except BrokenExecutor:  # a worker was killed, perhaps for want of memory: do it here
            marked, tallies = mark_batch(units, hand_ins)
        take_all(outcome.tallies, tallies)
        pairs = [(planned, one) for (planned, _), one in zip(batch, marked, strict=True)]
        counts = zip(pairs, hand_ins, strict=True)
        outcome.counted |= {planned.who for (planned, one), hand_in in counts if hand_in.counts and isinstance(one, Marked)}
        return pairs

    for batch in batches:
        try:
            future = executor.submit(mark_batch, units, [hand_in for _, hand_in in batch]) if executor else None
        except BrokenExecutor:
            future = None
        waiting.append((batch, future))
        if future is None or len(waiting) >= AHEAD:
            yield result()
    while waiting:
        yield result()


def _write_all(
    results, planned: list[Planned], newest, same: set, before, units, course: Path, db: str, outcome: Outcome, progress
) -> None:
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
        seen: dict[tuple[str, str], str] = {}
        kept = [one for one in planned if one.who in same - gone]
        for one in kept:
            _say_twice(one, seen, outcome)
        for who in dict.fromkeys(one.who for one in kept):
            _keep(who, seen[who], standings[who[1]][who[0]], before[who], course, outcome)
        done = len(kept)
        progress(done, len(planned))
        again = _results(_batches([one for one in planned if one.who in gone], newest, outcome), packed(units), None, outcome)
        for batch in chain(results, again):
            for one, marked in batch:
                if isinstance(marked, Refused):
                    outcome.attention.append((marked.where, marked.why))
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


def _say_twice(one: Planned, seen: dict[tuple[str, str], str], outcome: Outcome) -> None:
    if one.who in seen:
        why = f"{one.student} handed in twice; this newer file counts, not {seen[one.who]}"
        outcome.attention.append((one.found.where, why))
    seen[one.who] = one.found.where


def _keep(who: tuple[str, str], where: str, standing: Standing, before: Before, course: Path, outcome: Outcome) -> None:
    """Leave a hand-in as it was marked; where the teacher has added something since, the page gets it."""
    outcome.attention += [(where, note) for note in before.notes]
    outcome.points[who], outcome.by_hand[who] = standing.points, len(standing.pending)
    if before.standing != standing.digest:
        notebook, path = _places(course, who)
        replace_file(path, _page(who, read_notebook(notebook), standing).encode())
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
            _write_files(course, one, marked, standing)
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
        then = {grade_id(cell): source_of(cell) for cell in read_notebook(_places(course, who)[0])["cells"]}
        now = {grade_id(cell): source_of(cell) for cell in json.loads(marked.notebook)["cells"]}
        for name in sorted(standing.by_teacher):
            if name in then and then[name] != now.get(name):
                yield f"the answer {name}, which you marked by hand, has changed since. Your mark was kept; look at it again"


def _places(course: Path, who: tuple[str, str]) -> tuple[Path, Path]:
    """Where the marked notebook and the feedback page of a hand-in lie."""
    student, name = who
    return course / "autograded" / student / name / f"{name}.ipynb", course / "feedback" / student / name / f"{name}.html"


def _stands(course: Path, who: tuple[str, str]) -> bool:
    return all(path.is_file() for path in _places(course, who))


def _page(who: tuple[str, str], notebook: Any, standing: Standing) -> str:
    student, name = who
    return page(notebook, name, student, standing.scores, standing.comments, standing.pending, standing.late_penalty)


def _write_files(course: Path, one: Planned, marked: Marked, standing: Standing) -> None:
    notebook, path = _places(course, one.who)
    for place in (notebook, path):
        os.makedirs(place.parent, exist_ok=True)
    replace_file(notebook, marked.notebook)
    os.chmod(notebook, 0o444)  # as nbgrader leaves it
    html = marked.page if standing == marked.expected else _page(one.who, json.loads(marked.notebook), standing)
    replace_file(path, html.encode())
    for beside, content in one.found.beside.items():
        for place in (notebook, path):
            replace_file(place.with_name(beside), content)


def marks_of(course: Path, who: tuple[str, str], unit: Unit) -> dict[str, Marks]:
    """The marks of a hand-in that was marked before, by test cell."""
    return mark_tasks(read_notebook(_places(course, who)[0]), unit)


def so_far(course: Path, units: dict[str, Unit], db: str = "") -> Iterator[tuple[tuple[str, str], Standing]]:
    """How every hand-in stands that was ever marked in this course and has its marked notebook there, unit by unit."""
    from readtwice.gradebook import is_there, open_gradebook, unit_standings

    if not is_there(course, db):
        return
    with open_gradebook(course, db) as gradebook:
        for name, unit in units.items():
            for student, standing in sorted(unit_standings(gradebook, unit).items()):
                if _places(course, (student, name))[0].is_file():
                    yield (student, name), standing


def known_students(course: Path, db: str = "") -> set[str]:
    """Every student whom the gradebook knows, those too who have handed in nothing."""
    from readtwice.gradebook import is_there, open_gradebook

    if not is_there(course, db):
        return set()
    with open_gradebook(course, db) as gradebook:
        return {student.id for student in gradebook.students}


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
            paths.setdefault(who[1], []).append(_places(course, who)[0])
    outcome.students = known_students(course, db) | {student for student, _ in outcome.points}
    parts = [(name, held[start : start + BATCH]) for name, held in paths.items() for start in range(0, len(held), BATCH)]
    with _workers(None, sum(map(len, paths.values()))) as workers:
        count = partial(tally_files, packed(units))
        for tallies in (workers.map if workers else map)(count, *zip(*parts, strict=True)) if parts else ():
            take_all(outcome.tallies, tallies)
    return outcome

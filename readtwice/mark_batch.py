"""Marking a batch of hand-ins: bytes in, bytes out, in whatever process. Imports neither nbgrader nor a database."""

from __future__ import annotations

import hashlib
import json
import pickle
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from readtwice.cells import Cell, cells_of, grade_id, is_solution, is_written, source_of
from readtwice.collect import BROKEN, Refused, Unreadable, parse
from readtwice.feedback import earned
from readtwice.hand_in import (
    BREAKS_OFF,
    NOTES,
    answers_in,
    make_inert,
    mark_tasks,
    notes_of,
    other_text,
    other_unit,
    pour,
    restore,
    written_text,
)
from readtwice.marking import Marks
from readtwice.page import NO_RESPONSE, page
from readtwice.tally import Tallies, take_all, tally
from readtwice.units import Unit, read_notebook

_GIVEN = re.compile(r"^[ \t]*=[ \t]*([\w.]+)[ \t]*:[ \t]*\w", re.MULTILINE)


@dataclass(frozen=True)
class HandIn:
    """One file to mark: whose it is, which unit it belongs to, and what stands in it."""

    where: str
    student: str
    unit: str
    content: bytes
    counts: bool = True  # whether it goes into the tallies: the newest of a student and unit does
    again: bool = False  # whether `content` is the notebook that marking it left, from which it is marked once more


@dataclass(frozen=True)
class Standing:
    """How a hand-in stands in the gradebook, the teacher's marks and comments included, by grade id."""

    scores: Mapping[str, float]
    comments: Mapping[str, str]
    pending: frozenset[str]
    by_teacher: frozenset[str] = frozenset()  # what the teacher has marked by hand
    late_penalty: float = 0.0

    @property
    def points(self) -> float:
        """Points so far, less what came off for lateness."""
        return sum(self.scores.values()) - self.late_penalty

    @property
    def digest(self) -> str:
        parts = (sorted(self.scores.items()), sorted(self.comments.items()), sorted(self.pending), self.late_penalty)
        return hashlib.blake2b(repr(parts).encode(), digest_size=20).hexdigest()


@dataclass(frozen=True)
class Marked:
    """One marked hand-in, before it goes into the gradebook.

    `page` is the feedback page as long as no teacher has added anything: where the gradebook gives
    the hand-in `expected`.
    """

    where: str
    student: str
    unit: str
    notebook: bytes
    page: str
    expected: Standing
    points: dict[str, float | None]  # by grade id; None: by hand
    untouched: frozenset[str]
    notes: tuple[str, ...]


def packed(units: Mapping[str, Unit]) -> bytes:
    """Units as bytes that any process can unpack, once, however many batches it marks."""
    return pickle.dumps(dict(units), pickle.HIGHEST_PROTOCOL)


@lru_cache(maxsize=2)
def _unpacked(units: bytes) -> dict[str, Unit]:
    return pickle.loads(units)  # ours: made by `packed` in the process that sends the batch


def mark_batch(units: bytes, batch: Sequence[HandIn]) -> tuple[list[Marked | Refused], Tallies]:
    """Mark hand-ins, in their order, and count what they did; one that cannot be read is refused, with the reason.

    No student code runs.
    """
    marked: list[Marked | Refused] = []
    tallies: Tallies = {}
    for one in batch:
        unit = _unpacked(units)[one.unit]
        try:
            done, marks = mark_one(one, unit, _unpacked(units).values())
        except Unreadable as error:
            marked.append(Refused(one.where, str(error)))
        else:
            marked.append(done)
            if one.counts:
                take_all(tallies, tally([(one.student, marks)], unit))
    return marked, tallies


def mark_one(hand_in: HandIn, unit: Unit, units: Iterable[Unit] = ()) -> tuple[Marked, dict[str, Marks]]:
    """Read and mark one hand-in, with its marks by test cell; raises Unreadable with the reason in plain words."""
    notebook = poured_again(hand_in.content, unit) if hand_in.again else poured(hand_in.content, unit, units)
    marks = mark_tasks(notebook, unit)
    now = {grade_id(cell): source_of(cell) for cell in notebook["cells"] if is_solution(cell)}
    untouched = frozenset(name for name, source in now.items() if source == unit.solutions_released[name])
    points: dict[str, float | None] = {task.test: earned(marks[task.test], task.points) for task in unit.tasks}
    points |= {grade_id(c): 0.0 if grade_id(c) in untouched else None for c in notebook["cells"] if is_written(c)}
    make_inert(notebook)
    expected = Standing(
        {name: value or 0.0 for name, value in points.items()},
        dict.fromkeys(untouched, NO_RESPONSE),
        frozenset(name for name, value in points.items() if value is None),
    )
    html = page(notebook, unit.name, hand_in.student, expected.scores, expected.comments, expected.pending, clean_feedback=str)
    written = notebook_text(notebook)
    notes = (*notes_of(notebook), *_given(now, unit))
    marked = Marked(hand_in.where, hand_in.student, unit.name, written, html, expected, points, untouched, notes)
    return marked, marks


def _given(sources: Mapping[str, str], unit: Unit) -> list[str]:
    """A note where asked items stand as given ones: they count as the student's, but an older exercise may have given them."""
    given = {
        task.name(part, item)
        for task in unit.tasks
        for part in task.parts
        for item in set(_GIVEN.findall(sources[part.answer_cell])) & set(part.asked)
    }
    if not given:
        return []
    some = f"{', '.join(sorted(given)[:5])}{' …' if len(given) > 5 else ''}"
    return [
        f"{len(given)} asked items stand behind an equals sign ({some}). They were marked. "
        "If you changed what is asked after you gave the exercise out, these labels were given and are not the student's"
    ]


def poured(content: bytes, unit: Unit, units: Iterable[Unit] = ()) -> Cell:
    """What a student handed in, poured into the released exercise; raises Unreadable with the reason in plain words.

    `units` are those of the course, so that another one's exercise can be named.
    """
    theirs, whole = parse(content)
    if why := other_text(theirs, unit) or other_unit(theirs, unit, units):
        raise Unreadable(why)
    if not whole and not answers_in(theirs, unit):
        raise Unreadable(BROKEN)
    return restore(theirs, unit.release, () if whole else (BREAKS_OFF,))


def poured_again(content: bytes, unit: Unit) -> Cell:
    """What a student handed in, out of the notebook that marking it left, poured into the released exercise; raises Unreadable.

    The answers stand in their own cells there and are not looked for anew; what was noted at the end stays.
    """
    notebook, whole = parse(content)
    if not whole:
        raise Unreadable(BROKEN)
    cells = [{**cell, "source": source_of(cell)} for cell in cells_of(notebook)]
    answers = {grade_id(cell): cell for cell in cells if is_solution(cell)}
    if lost := [name for name in unit.solutions_released if name not in answers]:
        raise Unreadable(f"this marked notebook has lost its answer {lost[0]}, so it was left as it was. Mark the hand-in itself once more")
    notebook = {**unit.release, "cells": [dict(cell) for cell in unit.release["cells"]]}
    for cell in notebook["cells"]:
        if is_solution(cell):
            held = answers[grade_id(cell)]
            pour(cell, held["source"] if held.get("cell_type") == "code" else written_text(held["source"]))
    notebook["cells"] += [cell for cell in cells if cell.get("id") == NOTES]
    return notebook


def tally_files(units: bytes, name: str, paths: Sequence[Path]) -> Tallies:
    """Tallies of a unit from marked notebooks, which hold no more than the released exercise and the student's texts."""
    unit = _unpacked(units)[name]
    return tally(((path.parent.parent.name, mark_tasks(read_notebook(path), unit)) for path in paths), unit)


def notebook_text(notebook: Mapping) -> bytes:
    """A notebook as nbformat writes it, byte for byte; cells that stand in every hand-in are written out once."""
    cells = ",\n".join(_written(cell) if cell.get("outputs") or is_solution(cell) else _cell(_compact(cell)) for cell in notebook["cells"])
    frame = json.dumps({**notebook, "cells": []}, ensure_ascii=False, indent=1, sort_keys=True, separators=(",", ": "))
    return (frame.replace('"cells": []', f'"cells": [\n{cells}\n ]', 1) + "\n").encode()


def _compact(cell: Mapping) -> str:
    return json.dumps(cell, ensure_ascii=False, sort_keys=True)


@lru_cache(maxsize=1024)
def _cell(compact: str) -> str:
    return _written(json.loads(compact))


def _written(cell: Mapping) -> str:
    """A cell with its texts as lists of lines, indented as it stands in a notebook."""
    held = {**cell, "source": cell["source"].splitlines(keepends=True)}
    if "outputs" in cell:
        held["outputs"] = [
            {**o, "data": {kind: text.splitlines(keepends=True) for kind, text in o["data"].items()}} for o in cell["outputs"]
        ]
    text = json.dumps(held, ensure_ascii=False, indent=1, sort_keys=True, separators=(",", ": "))
    return "  " + text.replace("\n", "\n  ")

"""A hand-in: the student's own texts poured into the released exercise, and marked there. No code runs."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from html import escape, unescape
from itertools import islice
from typing import Any

from readtwice.answers import read_answers, read_header
from readtwice.cells import Cell, cells_of, grade_id, is_solution, is_test, is_written, source_of
from readtwice.feedback import earned, item_feedback, label_feedback, number_feedback
from readtwice.marking import Marks, mark_numbers
from readtwice.numbers import RECIPES, TOLERANCE, read_numbers
from readtwice.schemes import read_scheme
from readtwice.texts import TextNotFound, read_text
from readtwice.units import Task, Unit, texts_read

NOTES = "readtwice-notes"  # id of the cell at the end with what belongs nowhere
MOST_CELLS = 2_000  # of one hand-in; an exercise has about forty
LONGEST_CELL = 100_000  # characters; an article with all its answers has under ten thousand
LONGEST_REST = 20_000
SELF_CHECK = "self-check"  # tag of a cell in which students write what they compare themselves
_INERT = '<pre class="readtwice-written mathjax_ignore tex2jax_ignore" style="white-space:pre-wrap;font:inherit">'
_INERT_CELL = re.compile(re.escape(_INERT) + r"([^<>]*)</pre>")
BREAKS_OFF = "This file breaks off or is damaged. What could be read was marked. Hand in the whole file if you have it."
_CUT = f"A cell of this notebook is longer than {LONGEST_CELL:,} characters. Only its beginning was read."
_SAID = re.compile(r"^[ \t]{0,9}([^:#%=\n]{1,60}?):[ \t]{0,9}[^\s_.?…-]", re.MULTILINE)
_ANSWERS = re.compile(r"^(?=[ \t]{0,9}%%[ \t]{0,9}answers\b)", re.MULTILINE)
_HEAD = re.compile(r"^[ \t]{0,9}=?[ \t]{0,9}([^:#%\n]{1,60}?):", re.MULTILINE)


def restore(student: Any, release: Mapping[str, Any], noted: Sequence[str] = ()) -> Cell:
    """Pour a student's texts into a copy of the released exercise.

    A solution cell is found by its grade id, its cell id, its ``%%answers`` line or its unchanged
    text; failing that, by its place between cells that were found. Nothing else of the student's
    is kept: no metadata, no points, no test, no output. What belongs nowhere is shown, as text, in
    one cell at the end, with a note on each thing that was mended, behind what was `noted` before.
    """
    fresh = {**release, "cells": [dict(cell) for cell in release["cells"]]}  # no more than the cells' own texts and outputs will change
    theirs, notes = _bounded(_parted(student))
    notes = [*noted, *notes]
    claims = _claims(theirs, fresh["cells"])
    claimed = {i for found in claims.values() for i in found}
    free = [i for i, cell in enumerate(theirs) if i not in claimed and source_of(cell).strip()]
    own: list[int] = []
    for target, cell in enumerate(fresh["cells"]):
        found = claims.get(target, [])
        if not is_solution(cell):
            changed = [i for i in found if not is_test(cell) and _says_other(source_of(theirs[i]), cell["source"])]
            if SELF_CHECK in cell["metadata"].get("tags", []):
                own += changed
            else:
                free += changed
            if not found and is_test(cell):
                notes.append("A check cell was missing from this notebook. It was put back; nothing is lost.")
            continue
        header = cell["source"].split("\n")[0] if read_header(cell["source"]) else ""
        changed = [i for i in found if _says_other(source_of(theirs[i]), cell["source"])]
        if changed:
            best = max(changed, key=lambda i: (len(_answered(source_of(theirs[i]))) if header else 0, len(source_of(theirs[i]))))
            parts = _parts(best, [*changed, *_beside(target, cell, claims, free, theirs)], theirs) if header else [best]
            cell["source"] = "\n".join(source_of(theirs[i]) for i in parts)
            if len(parts) > 1:
                notes.append("An answer was split over several cells. They were put together and marked.")
            taken = set(parts)
            if rest := [i for i in changed if i not in taken]:
                free += rest
                notes.append("One answer stood in this notebook twice. The longer one was marked; the other is shown at the end.")
            free = [i for i in free if i not in taken]
        elif beside := _beside(target, cell, claims, free, theirs):
            cell["source"] = "\n\n".join(source_of(theirs[i]) for i in beside)
            taken = set(beside)
            free = [i for i in free if i not in taken]
            notes.append("An answer did not stand in its own cell. It was found by its place and marked.")
        elif not found:
            notes.append("An answer cell was missing from this notebook, and no answer was found in its place.")
        if header:
            cell["source"] = _headed(cell["source"], header)
        if len(cell["source"]) > LONGEST_CELL:
            cell["source"] = cell["source"][:LONGEST_CELL]
            notes.append(_CUT)
    rest = "\n\n".join(source_of(theirs[i]) for i in sorted(free))
    written = "\n\n".join(source_of(theirs[i]) for i in own)
    if notes or rest or written:
        fresh["cells"].append(_notes_cell(notes, rest, written))
    return fresh


def other_text(student: Any, unit: Unit) -> str:
    """Why a hand-in cannot be marked with this unit, or "": it is the lesson, or it was made on another text than the course folder."""
    opened = texts_read(cells_of(student))
    own = unit.tasks[0].text if unit.tasks else None
    if own is None or own.name in opened:
        return ""
    for name in opened:
        with contextlib.suppress(TextNotFound):
            text = read_text(name)
            if text.for_practice:
                return f"this is the lesson and not the exercise. Hand in  exercises/{unit.name}/{unit.name}.ipynb"
            if text.about.get("whole_course") == "yes":
                return (
                    f"this hand-in is about “{text.title}”, and this course folder is built on “{own.title}”. "
                    f"Mark it in a folder built on its own text:  readtwice build --text {name}"
                )
    return ""


def other_unit(student: Any, unit: Unit, units: Iterable[Unit]) -> str:
    """Why a hand-in cannot be marked with this unit, or "": it holds answers, and all of them are another unit's."""
    if answers_in(student, unit):
        return ""
    if others := [one for one in units if answers_in(student, one)]:
        names = {grade_id(cell) for cell in cells_of(student)}
        other = max(others, key=lambda one: len(names & one.solutions_released.keys()))
        return f"this is the exercise of {other.name}, handed in for {unit.name}. Ask for the right file, or mark it under its own name"
    headers = map(read_header, map(source_of, _parted(student)))
    if not (layers := sorted({header[0] for header in headers if header and header[0]})):
        return ""
    return (
        f"this notebook holds answers to {', '.join(layers[:3])} and none to {unit.name}, so it seems to be another unit's. "
        f"Hand in  exercises/{unit.name}/{unit.name}.ipynb"
    )


def answers_in(student: Any, unit: Unit) -> bool:
    """Whether a notebook has any answer cell of a unit, by its grade id or its first line."""
    if any(grade_id(cell) in unit.solutions_released for cell in cells_of(student)):
        return True
    own = set(map(read_header, unit.solutions_released.values())) - {None}
    return any(read_header(source_of(cell)) in own for cell in _parted(student))


def pour(cell: Cell, source: str) -> None:
    """Put a student's text into a released solution cell, unless it is the released one but for space."""
    if _says_other(source, cell["source"]):
        header = cell["source"].split("\n")[0] if read_header(cell["source"]) else ""
        cell["source"] = _headed(source, header) if header else source


def _headed(source: str, header: str) -> str:
    """An answer cell's text with its first line as released, so that it can never run as anything else."""
    first, _, rest = source.partition("\n")
    return f"{header}\n{rest if read_header(first) else source}"


def _claims(theirs: list[Mapping[str, Any]], cells: list[Cell]) -> dict[int, list[int]]:
    """For each released cell, which of the student's cells are that cell."""
    by_name = _by_name(tuple((grade_id(cell), cell.get("id"), cell["source"]) for cell in cells))
    claims: dict[int, list[int]] = {}
    for i, cell in enumerate(theirs):
        target = next((by_name[name] for name in names_of(cell) if name in by_name), None)  # names are made as they are asked for
        if target is not None:
            claims.setdefault(target, []).append(i)
    return claims


@lru_cache(maxsize=32)
def _by_name(cells: tuple[tuple[str, str | None, str], ...]) -> dict[tuple[str, Any], int]:
    """The place of each released cell by all its names; a class's hand-ins are poured into the same few exercises."""
    by_name: dict[tuple[str, Any], int] = {}
    for target, (name, id_, source) in enumerate(cells):
        for known in names_of({"id": id_, "source": source, "metadata": {"nbgrader": {"grade_id": name}}}):
            by_name.setdefault(known, target)
    return by_name


def names_of(cell: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What a cell can be known by, the surest first."""
    if name := grade_id(cell):
        yield "grade id", name
    if isinstance(cell.get("id"), str):
        yield "cell id", cell["id"]
    source = source_of(cell)
    if header := read_header(source):
        yield "header", header
    if squeezed := _squeeze(source):
        yield "source", squeezed


def _says_other(theirs: str, released: str) -> bool:
    """Whether a student's cell says anything, and anything else than the released one; space does not count."""
    return theirs != released and _squeeze(theirs) not in ("", _squeeze(released))


def _squeeze(source: str) -> str:
    return " ".join(source.split())


def _beside(target: int, cell: Cell, claims: dict[int, list[int]], free: list[int], theirs) -> list[int]:
    """Cells without a name that stand where this one belongs, and hold an answer to it."""
    before = max((i for t, found in claims.items() if t <= target for i in found), default=-1)
    after = min((i for t, found in claims.items() if t > target for i in found if i > before), default=len(theirs))
    here = [i for i in free if before < i < after]
    if is_written(cell):
        return here
    heads = _heads(cell["source"])
    return [i for i in here if heads & _heads(source_of(theirs[i]))]


def _parted(student: Any) -> Iterator[Mapping[str, Any]]:
    """A notebook's cells with each that holds several answers cut before every ``%%answers`` line, as if they had never been merged."""
    for cell in cells_of(student)[: MOST_CELLS + 1]:
        parts = [part.rstrip("\n") for part in _ANSWERS.split(source_of(cell)) if part.strip()]
        yield {**cell, "source": parts[0]} if len(parts) > 1 else cell
        yield from ({"cell_type": "code", "source": part} for part in parts[1:])


def _bounded(cells: Iterator[Mapping[str, Any]]) -> tuple[list[Mapping[str, Any]], list[str]]:
    """No more cells, and no longer ones, than anybody writes, and a note where that leaves something out."""
    held, notes = list(islice(cells, MOST_CELLS + 1)), []
    if len(held) > MOST_CELLS:
        del held[MOST_CELLS:]
        notes.append(f"This notebook holds more than {MOST_CELLS:,} cells. Only the first {MOST_CELLS:,} were read.")
    for i, cell in enumerate(held):
        if len(source := source_of(cell)) > LONGEST_CELL:
            held[i] = {**cell, "source": source[:LONGEST_CELL]}
            notes.append(_CUT)
    return held, notes


def _parts(best: int, others: list[int], theirs: list[Mapping[str, Any]]) -> list[int]:
    """Which of the student's cells together are an answer: the best one, and those that answer what it leaves open."""
    parts, answered = [best], _answered(source_of(theirs[best]))
    for i in others:
        more = _answered(source_of(theirs[i]))
        if i != best and answered and more and not answered & more:
            parts.append(i)
            answered |= more
    return sorted(parts)


def _answered(source: str) -> set[str]:
    """What stands before the colons of those lines that are no given ones and have something behind the colon."""
    return {head.strip().casefold() for head in _SAID.findall(source)}


def _heads(source: str) -> set[str]:
    """What stands before the colons of an answer cell's lines."""
    return {head.strip().casefold() for head in _HEAD.findall(source)}


def _notes_cell(notes: list[str], rest: str, written: str) -> Cell:
    parts = [f"<li>{escape(note)}</li>" for note in dict.fromkeys(notes)]
    html = f"<h3>Notes on this notebook</h3><ul>{''.join(parts)}</ul>" if parts else ""
    if written:
        html += "<p>You wrote this for yourself and compared it yourself. It brings no points.</p>" + inert(written[:LONGEST_REST])
    if rest:
        html += "<p>This also stood in the notebook and belongs to no task. It was not marked.</p>" + inert(rest[:LONGEST_REST])
    return {"cell_type": "markdown", "id": NOTES, "metadata": {"readtwice": {"notes": list(dict.fromkeys(notes))}}, "source": html}


def notes_of(notebook: Cell) -> tuple[str, ...]:
    """What restoring a notebook mended, a sentence each."""
    return tuple(note for cell in notebook["cells"] if cell.get("id") == NOTES for note in cell["metadata"]["readtwice"]["notes"])


def inert(written: str) -> str:
    """What a student wrote, as text that no page, Markdown or formula reader can take for anything else."""
    lines = re.sub(r"\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", "\n", written)
    plain = "".join(" " if c.isspace() and c not in "\n\t" else c for c in lines)
    safe = "".join(c if c.isalnum() or c in " ,.;?" else f"&#{ord(c)};" for c in plain if c in "\n\t" or c.isprintable())
    return f"{_INERT}{safe}</pre>"


def written_text(source: str) -> str:
    """The student's text behind a cell that may have been made inert."""
    found = _INERT_CELL.fullmatch(source)
    return unescape(found[1]) if found else source


def mark_tasks(notebook: Cell, unit: Unit) -> dict[str, Marks]:
    """Mark a restored notebook in place; the marks by the name of the test cell.

    The points, as a plain float, are each test cell's only result, with the feedback in the same
    output. Every test cell holds 0 before the first is marked: an error of ours never gives marks.
    """
    tests = {grade_id(cell): cell for cell in notebook["cells"] if is_test(cell)}
    for cell in tests.values():
        _put(cell, 0.0, "")
    sources = {grade_id(cell): cell["source"] for cell in notebook["cells"] if is_solution(cell)}
    marks: dict[tuple[str, str], Marks] = {}
    by_test = {}
    for task in sorted(unit.tasks, key=lambda task: task.layer in RECIPES):  # numbers are counted from labels
        marked, html = (_mark_numbers if task.layer in RECIPES else _mark_answers)(task, unit, sources, marks)
        by_test[task.test] = marks[task.text.name, task.layer] = marked
        _put(tests[task.test], earned(marked, task.points), html)
    return by_test


def _mark_answers(task: Task, unit: Unit, sources: Mapping[str, str], _marks) -> tuple[Marks, str]:
    kind, key = task.kind(task.parts[0]), unit.key(task)
    by_part, answers = task.answers(sources)
    objections = tuple((item, answer.objection) for item, answer in answers.rows.items() if answer.objection)
    marks = replace(kind.mark(answers, key), objections=objections)
    if kind.is_layer:
        shown = [(part.text, said) for part, said in zip(task.parts, by_part, strict=True)]
        return marks, label_feedback(marks, key, kind.scheme, shown, task.points)
    return marks, item_feedback(marks, key, kind, answers.problems, task.points)


def _mark_numbers(task: Task, unit: Unit, sources: Mapping[str, str], marks) -> tuple[Marks, str]:
    recipe = RECIPES[task.layer]
    scheme = read_scheme(recipe.layer)
    labels = next(t for t in unit.tasks if t.layer == recipe.layer and t.text.name == task.text.name)
    answers = read_answers(sources[labels.answer_cell], scheme, task.text)
    numbers, problems = read_numbers(sources[task.answer_cell], recipe.names(task.text))
    expected = recipe.expected(answers, scheme, task.text, task.asked)
    marked = mark_numbers(numbers, expected, marks[task.text.name, recipe.layer].score, TOLERANCE)
    return marked, number_feedback(marked, expected, recipe.about, problems, task.points)


def _put(cell: Cell, points: float, html: str) -> None:
    data = {"text/plain": repr(float(points))} | ({"text/html": html} if html else {})
    cell["execution_count"] = None
    cell["outputs"] = [{"data": data, "execution_count": None, "metadata": {}, "output_type": "execute_result"}]


def make_inert(notebook: Cell) -> None:
    """Make every Markdown text of the student inert, in place; notes at the end are so already."""
    for cell in notebook["cells"]:
        if is_solution(cell) and cell["cell_type"] != "code":
            cell["cell_type"] = "markdown"
            cell["source"] = inert(cell["source"])
            cell.pop("attachments", None)

"""Answers typed from paper: a table with a row for each student, each row a hand-in like any other."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from readtwice.answers import line_of
from readtwice.arrows import MAP
from readtwice.cells import Cell, grade_id, is_solution, source_of
from readtwice.class_answers import SPLIT
from readtwice.collect import Found, Table, Unreadable
from readtwice.kinds import OMISSION, REASONS
from readtwice.numbers import RECIPES, read_numbers
from readtwice.paper import on_paper
from readtwice.schemes import Scheme
from readtwice.spreadsheets import lines_of
from readtwice.units import Unit
from readtwice.whose import safe_name

STUDENT = "student"
TEXT = "text "  # starts the head that names the text of a table; nothing is typed below it
_ROW = ", row "
NAMING_SENTENCES = {MAP, SPLIT, OMISSION}  # kinds of answers that are the number of a sentence
_MONTH = r"(?:Jan|Feb|M[aäA]r|Mrz|Apr|Ma[iy]|Ju[nl]|Aug|Sep|O[ck]t|Nov|De[cz])[a-zäé]*\.?"
_DATE = re.compile(
    rf"\d{{1,2}}[. -]+{_MONTH}(?:[ -]*\d{{2,4}})?|{_MONTH}[ -]\d{{1,2}}|\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}|\d{{4}}-\d\d-\d\d.*"
)
_BEFORE_NUMBER = re.compile(r"^[sS#§](?=\d+[.,]\d)")
_DISAGREE = re.compile(r"^\s*I\s+disagree\s*:?", re.IGNORECASE)
_FIRST = re.compile(r"[\"'(\[]*([\w-]+)[\"')\].]*[\s|,;:/–-]*")


@dataclass(frozen=True)
class Column:
    """One column of a table: its head, the answer cell that it fills, and the item, "" where all of the cell is one written answer."""

    head: str
    cell: str
    item: str
    scheme: Scheme | None = None
    names_sentence: bool = False


def columns(unit: Unit) -> tuple[Column, ...]:
    """What can be typed for a unit, in the order of its tasks; no head can be taken for a number or a date."""
    found = []
    for task in unit.tasks:
        for part in task.parts:
            kind = None if task.layer in RECIPES else task.kind(part)
            scheme = kind.scheme if kind and (kind.is_layer or task.layer == REASONS) else None
            for item in part.asked:
                head = f"{task.layer} {task.name(part, item)}" if kind else item
                found.append(Column(head, part.answer_cell, item, scheme, task.layer in NAMING_SENTENCES))
    called = on_paper(unit.release).tasks
    return (*found, *(Column(f"{called.get(name) or name} in writing", name, "") for name in unit.written))


def blank_table(unit: Unit) -> bytes:
    """The table to type into, with its heads alone, in UTF-8 with its mark; the last head says which text it is about."""
    file = io.StringIO()
    csv.writer(file).writerow([STUDENT, *(column.head for column in columns(unit)), TEXT + _own(unit)])
    return b"\xef\xbb\xbf" + file.getvalue().encode()


def _own(unit: Unit) -> str:
    return unit.tasks[0].text.name if unit.tasks else ""


def hand_ins(table: Table, units: Mapping[str, Unit]) -> tuple[list[Found], list[tuple[str, str]]]:
    """A hand-in for each row that has a student, and what needs a human eye; raises Unreadable.

    Nothing is guessed: what cannot be read stays in the answer as it was typed, open, and is named.
    """
    rows = _rows(table)
    heads = [head.strip() for head in rows[0]]
    unit = _unit_of(heads, units)
    here = {_squeeze(column.head): column for column in columns(unit)}
    notes: list[str] = []
    placed: dict[int, Column] = {}
    for at, head in enumerate(heads[1:], start=1):
        column = here.get(_squeeze(head))
        if column in placed.values():
            notes.append(f"the column “{head}” stands there twice. The first one was taken, the other left out")
        elif column:
            placed[at] = column
        elif head.casefold() == TEXT + _own(unit):
            continue
        elif head or any(len(row) > at and row[at].strip() for row in rows[1:]):
            notes.append(f"the column “{head}” belongs to no question of {unit.name}, and was left out. Correct its head and mark again")
    if missing := [column.head for column in here.values() if column not in placed.values()]:
        notes.append(f"these columns are missing, so their answers count as open: {', '.join(missing)}")
    attention = [(table.where, note) for note in notes]
    found = []
    for line, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        where = f"{table.where}{_ROW}{line}"
        student = safe_name(row[0])
        if not student:
            attention.append((where, "answers stand here, and no student. Write the name into the first column"))
            continue
        said = {column: row[at] if len(row) > at else "" for at, column in placed.items()}
        problems = list(_problems(unit, said))
        if any(cell.strip() for cell in row[len(heads) :]):
            problems.append("more cells stand here than the first row has heads. What has no head was left out")
        if not any(value.strip() for value in said.values()):
            problems.append(f"nothing is typed for {student}, so this counts as handed in blank. Delete the row if nothing was handed in")
        attention += [(where, problem) for problem in problems]
        found.append(Found(where, student, unit.name, table.newest, partial(_notebook, unit, said), "", False))
    return found, attention


def _rows(table: Table) -> list[list[str]]:
    """The rows of a table, its first with the heads; raises Unreadable where it is none that students' answers stand in."""
    content = table.read()
    if content[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:  # as Excel for Windows writes it where nobody chose UTF-8
            content = content.decode("cp1252", "replace").encode()
    try:
        rows = lines_of(content)
    except csv.Error as error:
        raise Unreadable(f"this table cannot be read ({error}). Save it as CSV once more") from error
    if not rows or not rows[0] or rows[0][0].strip().casefold() != STUDENT:
        raise Unreadable(f"this is not a notebook, and no table of typed answers, whose first column is called {STUDENT}")
    return rows


def _unit_of(heads: list[str], units: Mapping[str, Unit]) -> Unit:
    """The unit that most of the heads belong to; raises Unreadable where half of them or more belong to none."""
    about = {_squeeze(head) for head in heads[1:] if head.casefold().startswith(TEXT)}
    said = {_squeeze(head) for head in heads[1:] if head} - about
    known = {name: len(said & {_squeeze(column.head) for column in columns(unit)}) for name, unit in units.items()}
    best = max(known, key=lambda name: known[name], default="")
    if not best or 2 * known[best] <= len(said):
        asks = "most of its columns belong to no question of this course folder, perhaps because it was printed for another text"
        raise Unreadable(f"{asks}. Print a table for this folder with  readtwice print")
    if about - {TEXT + _own(units[best])}:
        named = ", ".join(sorted(head.removeprefix(TEXT) for head in about))
        raise Unreadable(
            f"this table is about the text {named}, and this course folder about {_own(units[best])}. Mark it in a folder of its own text"
        )
    return units[best]


def _squeeze(head: str) -> str:
    return re.sub(r"\s+", " ", head.strip().replace(",", ".")).casefold()


def _notebook(unit: Unit, said: Mapping[Column, str]) -> bytes:
    """The exercise as students were given it, with these answers in it."""
    cells = [{**cell, "source": "\n".join(line for line, _ in _lines(cell, said))} for cell in unit.release["cells"]]
    return json.dumps({**unit.release, "cells": cells}, ensure_ascii=False).encode()


def _lines(cell: Cell, said: Mapping[Column, str]) -> Iterator[tuple[str, Column | None]]:
    """The lines of a cell with what was typed, each with the column that it comes from."""
    here = {column.item: column for column, value in said.items() if value.strip() and column.cell == grade_id(cell)}
    if "" in here:
        yield said[here[""]].strip(), here[""]
        return
    for line in source_of(cell).split("\n"):
        column = here.get(line.partition(":")[0].strip())
        if column is None or line.startswith(("=", "%%")):
            yield line, None
            continue
        answer, objection, why = " ".join(said[column].split()).partition("#") if column.scheme else (said[column], "", "")
        yield f"{column.item}: {as_answer(' '.join(answer.split()), column.scheme)}", column
        if objection:
            yield f"# I disagree: {_DISAGREE.sub('', why).strip()}", None


def _problems(unit: Unit, said: Mapping[Column, str]) -> Iterator[str]:
    """What the reader of an answer cell cannot read in these answers, by the heads of their columns."""
    cells = {grade_id(cell): cell for cell in unit.release["cells"] if is_solution(cell)}
    for task in unit.tasks:
        for part in task.parts:
            lines = list(_lines(cells[part.answer_cell], said))
            source = "\n".join(line for line, _ in lines)
            if task.layer in RECIPES:
                problems = read_numbers(source, RECIPES[task.layer].names(part.text))[1]
            else:
                problems = task.kind(part).read(source).problems
            for problem in problems:
                line, column = lines[problem.line - 1]
                yield f"{column.head if column else line}: {problem.why}"
            for line, column in lines:
                if column and column.names_sentence and _DATE.fullmatch(typed := line.partition(":")[2].strip()):
                    yield f"{column.head}: “{typed}” looks like a date that a spreadsheet made. Type an s before the number, such as s19.3"


def as_answer(typed: str, scheme: Scheme | None) -> str:
    """What was typed as an answer cell has it: a label's two letters or its number on the sheet become its name.

    So ``qu Blinken``, ``2 Blinken`` and ``quote | Blinken`` are the same. Where the detail is one of
    a few words, its first letters do. A sentence may have an s before it, which keeps spreadsheets
    from making a date of it. What fits nothing stays as it is.
    """
    if scheme is None or not (found := _FIRST.match(typed)):
        return _BEFORE_NUMBER.sub("", typed)
    label, rest = found[1], typed[found.end() :].strip()
    by_name = {name.casefold(): name for name in scheme.names}
    by_tag = {one.tag.casefold(): one.name for one in scheme.labels}
    by_number = {} if set(scheme.names) & set("0123456789") else {str(n): name for n, name in enumerate(scheme.names, start=1)}
    name = by_name.get(label.casefold()) or by_tag.get(label.casefold()) or by_number.get(label)
    if name is None:
        return _BEFORE_NUMBER.sub("", typed)
    options = [option for option, _ in scheme.options if option.casefold().startswith(rest.casefold())] if rest else []
    exact = [option for option in options if option.casefold() == rest.casefold()]
    return line_of("", name, (exact or (options if len(options) == 1 else [rest]))[0])[2:]


def another_way(where: str, before: str) -> bool:
    """Whether of two places of hand-ins one is a row of a typed table and the other a file."""
    return (_ROW in where) != (_ROW in before)

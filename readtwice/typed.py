"""Answers typed from paper: a table with a row for each student, each row a hand-in like any other."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from functools import partial

from readtwice.collect import Found, Table, Unreadable
from readtwice.spreadsheets import lines_of
from readtwice.typed_answers import Column, columns, filled, unreadable
from readtwice.units import Unit
from readtwice.whose import safe_name

STUDENT = "student"
TEXT = "text "  # starts the head that names the text of a table; nothing is typed below it
_ROW = ", row "


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
        if "?" in row[0]:
            lost = f"a letter of the name “{row[0]}” was lost when this table was saved. Correct it, and save the table as CSV (UTF-8)"
            attention.append((where, lost))
            continue
        said = {column: row[at] if len(row) > at else "" for at, column in placed.items()}
        problems = unreadable(unit, said)
        if any(cell.strip() for cell in row[len(heads) :]):
            problems.append("more cells stand here than the first row has heads. What has no head was left out")
        if not any(value.strip() for value in said.values()):
            problems.append(f"nothing is typed for {student}, so this counts as handed in blank. Delete the row if nothing was handed in")
        attention += [(where, problem) for problem in problems]
        found.append(Found(where, student, unit.name, table.newest, partial(filled, unit, said), "", False))
    return found, attention


def _rows(table: Table) -> list[list[str]]:
    """The rows of a table, its first with the heads; raises Unreadable where it is none that students' answers stand in."""
    try:
        rows = lines_of(table.read())
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


def another_way(where: str, before: str) -> bool:
    """Whether of two places of hand-ins one is a row of a typed table and the other a file."""
    return (_ROW in where) != (_ROW in before)

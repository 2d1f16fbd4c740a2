"""What can be typed for a unit, and how what was typed becomes the text of an answer cell."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from readtwice.answers import line_of
from readtwice.arrows import MAP
from readtwice.cells import Cell, grade_id, is_solution, source_of
from readtwice.class_answers import SPLIT
from readtwice.kinds import OMISSION, REASONS
from readtwice.numbers import RECIPES, read_numbers
from readtwice.paper import on_paper
from readtwice.schemes import Scheme
from readtwice.units import Unit

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


def filled(unit: Unit, said: Mapping[Column, str]) -> bytes:
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


def unreadable(unit: Unit, said: Mapping[Column, str]) -> list[str]:
    """What the reader of an answer cell cannot read in these answers, a sentence for each reason, by the heads of the columns."""
    cells = {grade_id(cell): cell for cell in unit.release["cells"] if is_solution(cell)}
    why: dict[str, list[str]] = {}
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
                why.setdefault(problem.why, []).append(column.head if column else line)
            for line, column in lines:
                if column and column.names_sentence and _DATE.fullmatch(typed := line.partition(":")[2].strip()):
                    made = f"“{typed}” looks like a date that a spreadsheet made. Type an s before the number, such as s19.3"
                    why.setdefault(made, []).append(column.head)
    return [f"{', '.join(heads)}: {reason}" for reason, heads in why.items()]


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

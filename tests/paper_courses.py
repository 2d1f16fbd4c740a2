"""A course on either graded text, and what a teacher would type from a sheet on which everything is right."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from conftest import copy_course

from readtwice.build import notebook_bytes
from readtwice.cells import cells_of, is_solution, source_of
from readtwice.choices import fitting
from readtwice.kinds import REASONS
from readtwice.masters import blank, cells_for, fill, put_text
from readtwice.numbers import RECIPES
from readtwice.schemes import read_scheme
from readtwice.typed import STUDENT
from readtwice.typed_answers import columns
from readtwice.units import Unit, master_path, read_notebook, release_path, unit_names

GRADED = ("russia-must-act", "parallel")


def course_on(text: str, to: Path) -> Path:
    """A course on that text, as a build makes it, without nbgrader's seconds for each unit."""
    course = copy_course(to)
    for name in unit_names(course) if text != GRADED[0] else ():
        master = read_notebook(master_path(course, name))
        put_text(master, name, text)
        fill(master, name, course / "solutions")
        master_path(course, name).write_bytes(notebook_bytes(master))
        cells = cells_for([dict(cell) for cell in cells_of(master)], text)
        written = {cell["id"]: cell["source"] for cell in read_notebook(release_path(course, name))["cells"]}
        for cell in cells:
            if is_solution(cell):
                cell["source"] = blank(source_of(cell)) if cell["cell_type"] == "code" else written[cell["id"]]
        release_path(course, name).write_bytes(notebook_bytes({**master, "cells": cells}))
    return course


def right_answers(unit: Unit, short: bool) -> dict[str, str]:
    """Everything right, by the heads of the columns: labels by their two letters where it is to be short, else by name."""
    said = {}
    answered = {}
    for task in unit.tasks:
        key = None if task.layer in RECIPES else unit.key(task)
        for part in task.parts:
            if key is None:
                recipe = RECIPES[task.layer]
                whole = unit.keys[task.text.name, recipe.layer].answers()
                expected = recipe.expected(whole, read_scheme(recipe.layer), task.text, part.asked)
                said |= {name: f"{value:.2f}" for name, value in expected.items()}
                continue
            kind = task.kind(part)
            for item in part.asked:
                row = key.rows[task.name(part, item)]
                label, detail = row.label, fitting(row, row.label) if task.layer == REASONS else row.detail
                if short and kind.is_layer:
                    label = kind.scheme[label].tag.lower()
                bar = " " if short else " | "
                answered[task.layer] = said[f"{task.layer} {task.name(part, item)}"] = bar.join(filter(None, (label, detail)))
    return said


def typed_table(unit: Unit, rows: dict[str, dict[str, str]], delimiter: str = ",", encoding: str = "utf-8-sig") -> bytes:
    """A table as a spreadsheet saves it: what each student's row says, by the heads of the columns."""
    file = io.StringIO()
    table = csv.writer(file, delimiter=delimiter)
    heads = [column.head for column in columns(unit)]
    table.writerow([STUDENT, *heads])
    table.writerows([student, *(said.get(head, "") for head in heads)] for student, said in rows.items())
    return file.getvalue().encode(encoding)

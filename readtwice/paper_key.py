"""The key on paper, for the teacher alone: labels, what else is accepted, reasons, and how to type answers in."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from readtwice.choices import fitting
from readtwice.feedback import templates
from readtwice.keys import KeyRow
from readtwice.kinds import REASONS
from readtwice.numbers import RECIPES
from readtwice.paper import ANSWERS, WRITTEN, on_paper
from readtwice.schemes import Scheme
from readtwice.typed import STUDENT
from readtwice.typed_answers import columns
from readtwice.units import Task, Unit
from readtwice.worksheet import answers_in, foot_of, html_of, title_of


def paper_key(unit: Unit, table: str) -> str:
    """The key of a unit as one HTML page to keep back; `table` is the name of the file to type answers into."""
    paper = on_paper(unit.release)
    asked = answers_in(unit)
    blocks, told = [], set()
    for piece in paper.pieces:
        if piece.kind == ANSWERS and (task := asked[piece.cell][0]).test not in told:
            told.add(task.test)
            blocks.append({"task": _called(task, paper.tasks), "points": task.points, **_rows(task, unit)})
        elif piece.kind == WRITTEN:
            blocks.append({"task": piece.task, "points": unit.written[piece.cell], "what": "written"})
    shown = {
        "title": title_of(paper, unit),
        "foot": foot_of(paper),
        "blocks": blocks,
        "compare": [html_of(_opened(source)) for source in paper.compare],
        "table": table,
        "student": STUDENT,
        "heads": [column.head for column in columns(unit)],
        "ticked": any(column.scheme for column in columns(unit)),
        "named": any(column.names_sentence for column in columns(unit)),
    }
    return templates().get_template("paper_key.html").render(shown)


def _called(task: Task, names: dict[str, str]) -> str:
    return " and ".join(dict.fromkeys(names[part.answer_cell] for part in task.parts))


def _rows(task: Task, unit: Unit) -> dict[str, Any]:
    if task.layer in RECIPES:
        return {"what": "numbers"}
    kind = task.kind(task.parts[0])
    tagged = kind.scheme if kind.is_layer or task.layer == REASONS else None
    return {
        "what": "rows",
        "rows": [_row(row, tagged) for row in unit.key(task).rows.values()],
    }


def _row(row: KeyRow, scheme: Scheme | None) -> dict[str, Any]:
    """A row of the key: the answer, what else earns all, what earns half, and why."""

    def named(label: str) -> str:
        said = f"{scheme[label].tag} {label}" if scheme and label in scheme.names else label
        reason = fitting(row, label) if scheme and scheme.detail == "reason" else ""
        return f"{said} | {reason}" if reason else said

    first = named(row.label) if row.label else row.detail
    if row.label and row.detail and f"| {row.detail}" not in first:
        first = f"{first} | {row.detail}"
    details = () if scheme and scheme.detail == "reason" else row.detail_accept
    return {
        "item": row.item,
        "first": first,
        "also": [*map(named, row.accept), *(f"| {detail}" if row.label else detail for detail in details)],
        "near": [named(label) for label in row.near],
        "contested": row.contested,
        "reason": row.reason,
    }


def _opened(source: str) -> str:
    """A cell to open after writing, as it stands on paper, where nothing opens."""
    return unescape(re.sub(r"</?(?:details|summary)>", "", source)).replace("<b>First write, then open:</b> ", "")

"""Cells of a notebook file, read without trust: whatever stands there, a string or nothing comes back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Cell = dict[str, Any]


def source_of(cell: Mapping[str, Any]) -> str:
    """The text of a cell; older notebooks keep it as a list of lines or call it `input`."""
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    return source.encode("utf-8", "replace").decode() if isinstance(source, str) else ""  # half a character becomes a question mark


def nbgrader_of(cell: Mapping[str, Any]) -> Mapping[str, Any]:
    """The nbgrader part of a cell's metadata, empty where there is none."""
    metadata = cell.get("metadata")
    part = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return part if isinstance(part, dict) else {}


def grade_id(cell: Mapping[str, Any]) -> str:
    name = nbgrader_of(cell).get("grade_id")
    return name if isinstance(name, str) else ""


def is_solution(cell: Mapping[str, Any]) -> bool:
    return nbgrader_of(cell).get("solution") is True


def is_grade(cell: Mapping[str, Any]) -> bool:
    return nbgrader_of(cell).get("grade") is True


def is_test(cell: Mapping[str, Any]) -> bool:
    """A cell that is marked by the program: graded, and no solution."""
    return is_grade(cell) and not is_solution(cell)


def is_written(cell: Mapping[str, Any]) -> bool:
    """A cell that the teacher marks by hand: a solution, and graded itself."""
    return is_grade(cell) and is_solution(cell)


def cells_of(notebook: Any) -> list[Mapping[str, Any]]:
    """The cells of a notebook, those of a version 3 file too."""
    if not isinstance(notebook, dict):
        return []
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        sheets = notebook.get("worksheets")
        sheet = sheets[0] if isinstance(sheets, list) and sheets and isinstance(sheets[0], dict) else {}
        cells = sheet.get("cells")
    return [cell for cell in cells if isinstance(cell, dict)] if isinstance(cells, list) else []

"""The scale: from which percent of the points a school mark is given. The one place for school marks."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from readtwice.course import CannotDo
from readtwice.spreadsheets import in_unicode, lines_of

FILE = "scale.csv"  # in the course folder
COLUMNS = ("from", "mark")
DEFAULT = "from,mark\n85,A\n70,B\n55,C\n40,D\n0,E\n"
_PERCENT = re.compile(r"(\d{1,3}(?:[.,]\d{1,6})?)\s?%?")


@dataclass(frozen=True)
class Scale:
    """Steps of a scale, highest first: percent of the points from which a mark is given, and the mark."""

    steps: tuple[tuple[float, str], ...]

    def mark(self, percent: float) -> str:
        """The mark for a percentage, rounded to one decimal as the tables show it."""
        shown = round(percent, 1)
        return next((mark for start, mark in self.steps if start <= shown), self.steps[-1][1])


def read_scale(course: Path) -> Scale | None:
    """The course folder's scale.csv; None where there is none, and then there are points and percent only.

    Rows may stand in any order; commas or semicolons, decimal commas and percent signs are read.
    Raises CannotDo where a row cannot be used, or where no row begins at 0.
    """
    path = course / FILE
    try:
        content = path.read_bytes()
        lines = lines_of(content)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CannotDo(f"{FILE} could not be read ({error.strerror})") from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise CannotDo(f"{FILE} is no table. Save it as CSV with the columns {' and '.join(COLUMNS)}") from error
    lines = [[cell.strip() for cell in line] for line in lines]
    if not lines or [name.casefold() for name in lines[0][:2]] != list(COLUMNS):
        raise CannotDo(f"{FILE}: its first line must be  {','.join(COLUMNS)}")
    if not in_unicode(content):
        raise CannotDo(f"{FILE} is not in UTF-8, so marks in it cannot be read. Save it as CSV (UTF-8)")
    steps: dict[float, str] = {}
    for number, line in enumerate(lines[1:], start=2):
        if any(line):
            start, mark = _step(line, f"{FILE}, line {number}")
            if start in steps:
                raise CannotDo(f"{FILE}, line {number}: two marks are given from {start:g} percent, {steps[start]} and {mark}")
            steps[start] = mark
    if len(steps) > 1 and max(steps) <= 1:
        raise CannotDo(f"{FILE}: its numbers go from 0 to 1. Write percent of the points: 85, not 0.85")
    if 0 not in steps:
        raise CannotDo(f"{FILE}: no row begins at 0, so nothing says which mark the lowest is. Add a line such as  0,E")
    return Scale(tuple(sorted(steps.items(), reverse=True)))


def _step(line: list[str], where: str) -> tuple[float, str]:
    if len(line) < 2 or not line[1]:
        raise CannotDo(f"{where}: there is no mark behind “{line[0]}”")
    if len(line) > 2 and any(line[2:]):
        raise CannotDo(f"{where}: {len(line)} cells, where there should be two. Write a decimal with a point:  85.5,A")
    percent = _PERCENT.fullmatch(line[0])
    start = float(percent[1].replace(",", ".")) if percent else -1
    if not 0 <= start <= 100:
        raise CannotDo(f"{where}: “{line[0]}” is no percentage from 0 to 100")
    return start, line[1]

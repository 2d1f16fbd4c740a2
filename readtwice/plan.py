"""The plan: whose each file is, which unit it belongs to, and by which rules it is marked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from readtwice.cells import cells_of
from readtwice.collect import Found, Refused, Table, Unreadable, collect, parse
from readtwice.hand_in import MOST_CELLS, names_of
from readtwice.marked_before import digest_of, rules_digests
from readtwice.typed import hand_ins
from readtwice.units import Unit
from readtwice.whose import FILE, read_who


@dataclass(frozen=True, slots=True)
class Planned:
    """A hand-in that is known by student and unit, with digests of what was handed in and of the rules it is marked by."""

    found: Found
    who: tuple[str, str]  # student and unit
    digest: str
    rules: str
    again: bool = False  # whether it is the marked notebook that `found` reads

    @property
    def student(self) -> str:
        return self.who[0]

    @property
    def unit(self) -> str:
        return self.who[1]


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
    unit = one.unit or _unit_of(parse(content)[0], units)
    if not unit:
        raise Unreadable(f"this notebook belongs to no unit of this course. The units are: {', '.join(units)}")
    if not one.student:
        why = f"the name of this file does not say whose it is. Name it after the student, or write it into {FILE} in the course folder"
        raise Unreadable(why)
    return Planned(one, (one.student, unit), digest_of(one.student, content, one.beside), rules[unit])


def content_of(found: Found) -> bytes:
    """What stands in a file; raises Unreadable with the reason in plain words."""
    try:
        return found.read()
    except OSError as error:
        raise Unreadable(f"this file could not be read ({error.strerror})") from error


def _unit_of(notebook: Any, units: dict[str, Unit]) -> str:
    """The unit with whose exercise a notebook shares most cells, by name or by text; "" where it shares none."""
    own = {name for cell in cells_of(notebook)[:MOST_CELLS] for name in names_of(cell)}
    shared = {name: len(own & {n for cell in unit.release["cells"] for n in names_of(cell)}) for name, unit in units.items()}
    best = max(shared, key=lambda name: shared[name], default="")
    return best if best and shared[best] else ""

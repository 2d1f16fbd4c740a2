"""The class report: what a class got and missed, for the teacher, as one offline page; and a version to project, without names."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from readtwice.agreement import FEWEST
from readtwice.attention import by_file
from readtwice.build import replace_file
from readtwice.class_strip import class_strips
from readtwice.feedback import templates
from readtwice.outcome import Outcome
from readtwice.overrides import Override, overrides_of
from readtwice.results import LayerResult, SheetResult, labelled, latest, layer_results, sheets
from readtwice.talk import talk_about, what_to_do
from readtwice.units import Unit
from readtwice.whole_class import whole_class
from readtwice.whose import in_the_alphabet

if TYPE_CHECKING:
    from readtwice.confusions import Confusion

ATTENTION = Path(".readtwice", "attention.json")  # what marking said last
REPORT, TO_PROJECT = "class-report.html", "class-report-to-project.html"
MOST_CONFUSIONS = 6
MOST_ROWS = 60  # students, and files, that a page lists


def write_reports(course: Path, units: dict[str, Unit], marked: Outcome | None = None, db: str = "") -> Outcome:
    """Write both pages from all that was ever marked in a course; what came of it, for whoever wants to say more."""
    whole = whole_class(course, units, marked, db)
    kept = course / ATTENTION
    if marked:
        kept.parent.mkdir(exist_ok=True)
        replace_file(kept, json.dumps(marked.attention).encode())
    elif kept.is_file():
        with contextlib.suppress(OSError, ValueError, TypeError):
            whole.attention = [(str(where), str(why)) for where, why in json.loads(kept.read_bytes())]
    for name, html in ((REPORT, report(whole, units, overrides_of(course))), (TO_PROJECT, report_to_project(whole, units))):
        replace_file(course / name, html.encode())
    return whole


def refresh(course: Path, units: dict[str, Unit], db: str = "") -> None:
    """Write both pages anew where there are any: what they tell of has changed."""
    if (course / REPORT).is_file():
        write_reports(course, units, db=db)


def report(outcome: Outcome, units: Mapping[str, Unit], overrides: Sequence[Override] = ()) -> str:
    """The class report as one HTML page: no script, no request, no student's name beside an answer.

    The unit to talk about stands open; the earlier ones are folded up, and do not print. `overrides`
    are the labels that the teacher accepts besides the key's.
    """
    layers = layer_results(outcome, units)
    now = latest(outcome, units)
    current = [layer for layer in layers if layer.unit == now]
    counts = Counter(unit for _, unit in outcome.points)
    handed_in = {name: counts[name] for name in units if counts[name]}
    found, change = sheets(outcome, {name: unit for name, unit in units.items() if name in handed_in})
    students = sorted(outcome.students, key=in_the_alphabet)
    missing = [student for student in students if (student, now) not in outcome.points]
    return _rendered(
        "report.html",
        now=now,
        layers=layers,
        by_layer=[layer for layer in layers if layer.kind.is_layer] if len(handed_in) > 1 else [],
        talks=talk_about(current),
        confusions=_confusions(current),
        objections=[(layer, item) for layer in current for item in layer.items if item.objected],
        overrides=overrides,
        suspects=[suspect for layer in layers for suspect in layer.suspects],
        sheets=[sheet for sheet in found if sheet.readers],
        change=change,
        handed_in=handed_in,
        by_hand=Counter(unit for (_, unit), n in outcome.by_hand.items() if n),
        points={name: sorted(p for (_, unit), p in outcome.points.items() if unit == name) for name in handed_in},
        full={name: unit.points for name, unit in units.items()},
        students=students,
        columns=_columns(outcome, units, handed_in, found),
        stuck_now=[(who, outcome.stuck[who, now]) for who in students if (who, now) in outcome.stuck][:MOST_ROWS],
        missing=missing if now else [],
        files=by_file(outcome.attention),
        most=MOST_ROWS,
    )


def report_to_project(outcome: Outcome, units: Mapping[str, Unit]) -> str:
    """The version for the projector: what to talk about and how far the class agrees, without names and without anybody's prose.

    It is about the latest unit that asks for labels: the last unit of the course reads figures from a class.
    """
    with_layers = {name: unit for name, unit in units.items() if any(task.kind(task.parts[0]).is_layer for task in labelled(unit))}
    now = latest(outcome, with_layers)
    layers = layer_results(outcome, {name: unit for name, unit in units.items() if name == now})
    return _rendered("report_to_project.html", now=now, layers=layers, talks=talk_about(layers))


def _rendered(template: str, **about) -> str:
    return templates().get_template(template).render(few=FEWEST, strips_of=class_strips, **about)


def _confusions(layers: Sequence[LayerResult]) -> list[tuple[LayerResult, str, str, int, Confusion | None]]:
    """The commonest confusions of a unit, with what to do about each; those of the sheets are left for the end of the course."""
    found = [
        (layer, right, said, n, what_to_do(layer, right, said))
        for layer in layers
        if layer.may_be_shown and not layer.is_test and layer.labels
        for right, said, n in layer.confusions
    ]
    return sorted(found, key=lambda one: -one[3])[:MOST_CONFUSIONS]


def _columns(
    outcome: Outcome, units: Mapping[str, Unit], handed_in: Mapping[str, int], sheets: Sequence[SheetResult]
) -> list[tuple[str, Callable[[str], str]]]:
    """The columns of the table of students, each with what stands in it for whom: a unit's points, a sheet's right answers."""
    columns: list[tuple[str, Callable[[str], str]]] = []
    for name in handed_in:
        if units[name].points:
            columns.append((f"{name} ({units[name].points:g})", partial(_cell, outcome, name)))
        columns += [
            (f"{name}, the sheet: right of {len(sheet.questions)}", lambda student, sheet=sheet: str(sheet.right.get(student, "–")))
            for sheet in sheets
            if sheet.unit == name and sheet.readers
        ]
    return columns


def _cell(outcome: Outcome, unit: str, student: str) -> str:
    points = outcome.points.get((student, unit))
    if points is None:
        return "–"
    waiting = outcome.by_hand.get((student, unit), 0)
    return f"{points:.1f}".rstrip("0").rstrip(".") + (f" + {waiting}" if waiting else "")

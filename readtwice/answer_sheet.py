"""The answer sheet: boxes to tick and lines to write on, one line an asked item. It knows no key."""

from __future__ import annotations

from typing import Any

from readtwice.arrows import MAP
from readtwice.choices import read_reasons
from readtwice.class_answers import AGREEMENT, SPLIT, prompt
from readtwice.details import SLOTS
from readtwice.feedback import templates
from readtwice.kinds import REASONS, questions_of
from readtwice.numbers import RECIPES
from readtwice.paper import ANSWERS, TASKS, on_paper
from readtwice.schemes import Scheme
from readtwice.units import Part, Task, Unit
from readtwice.worksheet import answers_in, foot_of, numbered, title_of

WRITTEN_LINES = 8
OBJECTIONS = 2  # lines


def answer_sheet(unit: Unit) -> str:
    """The answer sheet of a unit as one HTML page: each label as a box with its tag, room for the detail, lines for written answers."""
    paper = on_paper(unit.release)
    asked = answers_in(unit)
    blocks = []
    for piece in paper.pieces:
        if piece.kind == ANSWERS:
            task, part, _ = asked[piece.cell]
            blocks.append({"task": piece.task, "about": part.text.title, **_lines(task, part)})
        elif piece.kind in TASKS and piece.cell in unit.written:
            blocks.append({"task": piece.task, "what": "written", "lines": WRITTEN_LINES})
    several = len({block["about"] for block in blocks if block["what"] == "labels" and block["objections"]}) > 1
    shown = {"title": title_of(paper, unit), "foot": foot_of(paper), "blocks": blocks, "several": several, "objections": OBJECTIONS}
    return templates().get_template("answer_sheet.html").render(shown)


def _lines(task: Task, part: Part) -> dict[str, Any]:
    """How the asked items of an answer cell are answered: by ticking labels, or on a line each."""
    if task.layer in RECIPES:
        return {"what": "lines", "lines": [(name, "") for name in part.asked], "question": RECIPES[task.layer].question}
    kind = task.kind(part)
    if kind.scheme is None or task.layer == MAP:
        said = {AGREEMENT: lambda item: prompt(AGREEMENT, item), SPLIT: lambda item: prompt(SPLIT, item), MAP: lambda _: "→"}
        told = said.get(task.layer, lambda _: "")
        return {"what": "lines", "lines": [(item, told(item)) for item in part.asked], "question": kind.question}
    reasons = {item: [r.id for r in read_reasons(part.text.name) if r.item == item] for item in part.asked} if task.layer == REASONS else {}
    rows = [(item, reasons.get(item) or _options(kind.scheme)) for item in part.asked]
    letters = bool(questions_of(task.layer))
    return {
        "what": "labels",
        "question": kind.question,
        "labels": [(label.name, "" if letters else label.tag) for label in kind.scheme.labels],
        "numbered": not letters and numbered(kind.scheme),
        "rows": rows,
        "details": _details(kind.scheme),
        "objections": kind.is_layer,
    }


def _options(scheme: Scheme) -> list[str]:
    return [option for option, _ in scheme.options]


def _details(scheme: Scheme) -> tuple[str, ...]:
    """The columns for the second half of an answer."""
    if not any(label.asks_detail for label in scheme.labels):
        return ()
    return SLOTS if scheme.detail == "slots" else (scheme.detail,)

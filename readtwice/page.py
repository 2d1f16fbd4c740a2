"""The feedback page: one HTML file a hand-in, without script, that prints well and opens anywhere."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import nh3

from readtwice.cells import Cell, grade_id, is_solution, is_test, is_written, source_of
from readtwice.feedback import templates
from readtwice.hand_in import NOTES, written_text

_TAGS = {"b", "br", "caption", "div", "h3", "h4", "i", "li", "p", "pre", "span",
         "table", "tbody", "td", "th", "thead", "tr", "ul"}  # fmt: skip
_STYLES = {"background-color", "border", "border-radius", "border-style", "border-top", "color", "display", "flex", "flex-wrap",
           "font", "font-size", "font-variant-numeric", "font-weight", "gap", "line-height", "list-style", "margin", "max-width",
           "overflow-wrap", "padding", "padding-left", "white-space"}  # fmt: skip
NO_RESPONSE = "No response."  # nbgrader's own comment on an untouched cell


def clean(html: str) -> str:
    """HTML without any tag, attribute or style that feedback does not use."""
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes={"*": {"class", "lang", "style"}, "th": {"scope"}},
        filter_style_properties=_STYLES,
    )


def page(
    notebook: Cell,
    unit: str,
    student: str,
    scores: Mapping[str, float],
    comments: Mapping[str, str],
    pending: Collection[str],
    late_penalty: float = 0,
    clean_feedback: Callable[[str], str] = clean,
) -> str:
    """The feedback page of a marked notebook.

    `scores` and `comments` are by grade id, as the gradebook has them; `pending` names the answers
    that the teacher has not marked yet. The notebook is not trusted: feedback passes a list of
    allowed tags, and what the student wrote is escaped. Whoever has marked the notebook a moment ago, and
    not read it from a file, may pass `str` for `clean_feedback`: our feedback is written so that cleaning changes nothing.
    """
    parts: list[dict[str, Any]] = []
    for cell in notebook["cells"]:
        name = grade_id(cell)
        if is_test(cell):
            parts.append({"kind": "marked", "html": clean_feedback(_feedback(cell)), "comment": ""})
        elif is_written(cell):
            own = comments.get(name, "")
            parts.append({
                "kind": "written",
                "text": "" if own == NO_RESPONSE else written_text(source_of(cell)),
                "comment": "" if own == NO_RESPONSE else own,
                "score": scores[name],
                "points": cell["metadata"]["nbgrader"]["points"],
                "pending": name in pending,
            })  # fmt: skip
        elif is_solution(cell) and comments.get(name, NO_RESPONSE) != NO_RESPONSE:
            parts.append({"kind": "comment", "comment": comments[name]})
        elif cell.get("id") == NOTES:
            parts.append({"kind": "notes", "html": clean(source_of(cell))})
    points = sum(c["metadata"]["nbgrader"]["points"] for c in notebook["cells"] if is_test(c) or is_written(c))
    return (
        templates()
        .get_template("page.html")
        .render(
            unit=unit,
            student=student,
            parts=parts,
            score=sum(scores.values()) - late_penalty,
            points=points,
            late_penalty=late_penalty,
            waiting=bool(pending),
        )
    )


def _feedback(cell: Cell) -> str:
    for output in cell.get("outputs", []):
        html = output.get("data", {}).get("text/html", "")
        if html:
            return "".join(html)
    return "<p>This part was not marked. Please show this page to your teacher.</p>"

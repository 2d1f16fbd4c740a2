"""Feedback: marks in words, for the student."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from readtwice.answers import Answers, Problem
from readtwice.choices import fitting
from readtwice.confusions import Confusion, commonest, confusion, is_confused, published_agreement, went_well
from readtwice.detection import NOTHING, detection
from readtwice.keys import Key
from readtwice.kinds import Kind
from readtwice.marked_text import marked_text
from readtwice.marking import MarkedItem, Marks
from readtwice.schemes import Scheme
from readtwice.texts import Text

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"
_SPELT = (("\0", ""), ("\r", "\n"), ("\xa0", "&nbsp;"), ("&#39;", "'"), ("&#34;", '"'))  # no attribute of ours holds anybody's text
CHANCE = "What guessing with your mix of labels would have brought is taken off."


@lru_cache(maxsize=1)
def templates() -> Environment:
    """The page templates, with everything escaped that does not say otherwise."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def _rendered(template: str, **about: Any) -> str:
    """A part of the feedback, spelt as nh3 spells it, so that cleaning it again on a page changes nothing."""
    html = templates().get_template(template).render(**about)
    for escaped, plain in _SPELT:  # many times faster than str.translate
        html = html.replace(escaped, plain)
    return html


def label_feedback(marks: Marks, key: Key, scheme: Scheme, shown: Sequence[tuple[Text, Answers]], points: float) -> str:
    """Feedback on a layer as HTML: right on how many, the score, each item that cost credit, the marked text.

    `shown` holds each text that was asked about, with the reader's answers on it.
    """
    first = commonest(marks, key)
    apart = {
        pair.item: f"{text.passage(pair.from_)} → {text.passage(pair.to)}"
        for text, _ in shown
        for pair in text.pairs
        if pair.layer == scheme.layer and pair.from_ != pair.to
    }
    return _rendered(
        "label_feedback.html",
        marks=marks,
        scheme=scheme,
        points=points,
        earned=earned(marks, points),
        names=names_right(marks),
        opening=_opening(marks),
        chance=CHANCE,
        first=first,
        well=went_well(marks, key),
        agreement=published_agreement(marks.layer),
        costly=[(row, key.rows[row.item], apart.get(row.item, ""), thought) for row, thought in _costly(marks, key, first)],
        found=detection(marks, key) if marks.layer in NOTHING else None,
        open=[row.item for row in marks.rows if row.why == "open"],
        problems=_shown([problem for _, answers in shown for problem in answers.problems]),
        texts=[marked_text(answers, scheme, text) for text, answers in shown],
    )


def item_feedback(marks: Marks, key: Key, kind: Kind, problems: Sequence[Problem], points: float) -> str:
    """Feedback on choices, reasons, copied words or the omission as HTML: each item with what the key says and why."""
    return _rendered(
        "item_feedback.html",
        marks=marks,
        kind=kind,
        key=key,
        fitting=lambda row, label: fitting(row, label) or row.detail,
        points=points,
        earned=earned(marks, points),
        problems=_shown(problems),
    )


def number_feedback(marks: Marks, expected: dict[str, float], about: str, problems: Sequence[Problem], points: float) -> str:
    """Feedback on numbers as HTML: each number beside the one that the student's own labels give."""
    return _rendered(
        "number_feedback.html",
        marks=marks,
        about=about,
        points=points,
        earned=earned(marks, points),
        expected=expected,
        problems=_shown(problems),
        uncarried=any(row.why == "uncarried" for row in marks.rows),
    )


def practice_feedback(marks: Marks, key: Key) -> tuple[str, str]:
    """Each answer on a practice text explained, as HTML and as plain text."""
    lines = []
    for row in marks.rows:
        if row.why == "open":
            continue
        right = key.rows[row.item]
        near_or_right = "comes near" if right.halves(row.answer) == 1 else "is right"
        verdict = {
            "right": f"{row.answer} is right.",
            "accepted": f"{row.answer} is right as well; the key says {right.label}.",
            "near": f"{row.answer} comes near; the key says {right.label or right.detail}.",
            "detail": f"{row.answer} {near_or_right}; behind the bar the key has: {fitting(right, row.answer) or right.detail}.",
            "wrong": f"you said {row.answer}; the key says {right.label or right.detail}.",
        }[row.why]
        sign = {"right": "✓", "accepted": "✓", "near": "≈", "detail": "≈", "wrong": "→"}[row.why]
        lines.append((f"{sign} {row.item}: {verdict}", right.words, right.reason))
    if not lines:
        return "", ""
    head = f"Right on {marks.right} of {marks.answered}."
    html, plain = _told(lines)
    return f"<p><b>{head}</b></p>{html}", f"{head}\n{plain}"


def key_told(answers: Answers, key: Key) -> tuple[str, str]:
    """The key beside a reader's answers, with what else is right and why, as HTML and as plain text."""
    lines = []
    for row in key.rows.values():
        also = f" (also right: {', '.join(row.accept)})" if row.accept else ""
        near = f" (near: {', '.join(row.near)})" if row.near else ""
        split = " Careful readers split on this one." if row.contested else ""
        right = " | ".join(filter(None, (row.label, row.detail)))
        lines.append((f"{row.item}: {right}{also}{near}. You said {answers.label(row.item)}.", row.words, row.reason + split))
    return _told(lines)


def _told(lines: Sequence[tuple[str, str, str]]) -> tuple[str, str]:
    items = "".join(f"<li style='margin:.4em 0'><b>{escape(a)}</b> <i>{escape(b)}</i><br>Because: {escape(c)}</li>" for a, b, c in lines)
    plain = "\n".join(f"{a}\n    {c}" for a, _, c in lines)
    return f"<ul style='list-style:none;padding-left:.5em;max-width:46em'>{items}</ul>", plain


def earned(marks: Marks, points: float) -> float:
    """Points for a score: score × points, held between 0 and the points, to two decimals."""
    return round(min(max(float(marks.score) * points, 0.0), float(points)), 2)


def names_right(marks: Marks) -> tuple[int, int] | None:
    """How many details are right, of how many; None where no detail was asked."""
    details = [row.detail_credit for row in marks.rows if row.detail_credit is not None]
    return (int(sum(details)), len(details)) if details else None


def _costly(marks: Marks, key: Key, first: tuple[Confusion, list[str]] | None) -> list[tuple[MarkedItem, str]]:
    """Items that cost credit, each with what its reader may have been thinking, said once a confusion.

    `first`, the commonest confusion, is told at the top already.
    """
    told = {(first[0].key, first[0].said)} if first else set()
    costly = []
    for row in marks.rows:
        pair = key.rows[row.item].label, row.answer
        found = confusion(marks.layer, *pair) if is_confused(row) and pair not in told else None
        told.add(pair)
        if is_confused(row) or (row.detail_credit is not None and row.detail_credit < 1):
            costly.append((row, found.thinking if found else ""))
    return costly


def _opening(marks: Marks) -> str:
    """A sentence for the cases in which a bare number would puzzle."""
    if not marks.answered:
        return "There are no answers here yet, so there is nothing to mark. If you did answer, show this page to your teacher."
    if len({row.answer for row in marks.rows if row.answer}) == 1 and marks.answered > 1:
        return "All your answers have the same label. That tells nothing apart, so it earns no points, even where it is right."
    return ""


def _shown(problems: Sequence[Problem], most: int = 20) -> list[str]:
    shown = [str(problem) for problem in problems[:most]]
    return shown + ([f"{len(problems) - most} more lines could not be read."] if len(problems) > most else [])

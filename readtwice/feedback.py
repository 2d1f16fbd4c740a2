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
from readtwice.details import SLOTS, TRIGGERS, WHO_WHAT_WHEN, copied_from, slots_right
from readtwice.detection import NOTHING, Detection, detection
from readtwice.keys import Key, KeyRow
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
    problems = _shown([problem for _, answers in shown for problem in answers.problems])
    return _rendered(
        "label_feedback.html",
        marks=marks,
        scheme=scheme,
        points=points,
        earned=earned(marks, points),
        names=names_right(marks),
        opening=_opening(marks, bool(problems)),
        chance=CHANCE,
        first=first,
        detail_first=_detail_cost_most(marks, first),
        well=went_well(marks, key),
        agreement=published_agreement(marks.layer),
        costly=[
            (row, key.rows[row.item], apart.get(row.item, ""), _detail_told(row, key.rows[row.item], scheme.detail), thought)
            for row, thought in _costly(marks, key, first)
        ],
        granted=[(row, key.rows[row.item]) for row in marks.rows if row.why == "accepted" and row.answer in key.rows[row.item].by_teacher],
        found=_found(marks, key),
        open=[row.item for row in marks.rows if row.why == "open"],
        problems=problems,
        texts=[marked_text(answers, scheme, text) for text, answers in shown],
    )


def item_feedback(marks: Marks, key: Key, kind: Kind, problems: Sequence[Problem], points: float) -> str:
    """Feedback on choices, reasons, copied words or the omission as HTML: each item with what the key says and why."""
    shown = _shown(problems)
    rows = []
    for row in marks.rows:
        right = key.rows[row.item]
        said, says = (
            kind.in_words(row.item, a) or kind.in_words(row.item, b) for a, b in ((row.answer, row.detail), (right.label, right.detail))
        )
        rows.append((row, right, said, says))
    return _rendered(
        "item_feedback.html",
        marks=marks,
        rows=rows,
        kind=kind,
        fitting=fitting,
        points=points,
        earned=earned(marks, points),
        opening=_opening(marks, bool(shown), kind) if (kind.beyond_chance and points) or not marks.answered else "",
        problems=shown,
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
        said = answers.rows.get(row.item)
        theirs = " | ".join(filter(None, (said.label, said.detail))) if said else ""
        lines.append((f"{row.item}: {right}{also}{near}. You said {theirs}.", row.words, row.reason + split))
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
    return (details.count(1), len(details)) if details else None


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


def _opening(marks: Marks, unread: bool, kind: Kind | None = None) -> str:
    """A sentence for the cases in which a bare number would puzzle."""
    if not marks.answered:
        why = "No answer could be read here" if unread else "There are no answers here yet"
        return f"{why}, so there is nothing to mark. If you did answer, show this page to your teacher."
    if marks.answered == 1 and marks.asked > 1:
        return "There is one answer here so far. One alone tells nothing apart, so it earns no points yet, even where it is right."
    if len({row.answer for row in marks.rows if row.answer}) == 1:
        same = "are the same" if kind else "have the same label"
        return f"All your answers {same}. That tells nothing apart, so it earns no points, even where it is right."
    if marks.score == 0 and any(row.credit for row in marks.rows):
        return "Guessing with the same answers would have brought about as much, so these earn no points yet."
    return ""


def _detail_cost_most(marks: Marks, first: tuple[Confusion, list[str]] | None) -> bool:
    """Whether wrong or missing details took more off the score than the commonest confusion did, or nothing was confused."""
    details = [row.detail_credit for row in marks.rows if row.detail_credit is not None]
    if not details:
        return False
    share = sum(details) / len(details)
    confused = sum(1 - row.credit for row in marks.rows if first and row.item in first[1]) / marks.asked
    return marks.score * (1 - share) / (1 + share) > confused or (not first and share < 1)


def _found(marks: Marks, key: Key) -> Detection | None:
    """Hits and false alarms, where the answers are about both something and nothing; of one alone there is nothing to tell apart."""
    found = detection(marks, key) if marks.layer in NOTHING else None
    return found if found and found.hits + found.misses and found.false_alarms + found.rejections else None


def _detail_told(row: MarkedItem, right: KeyRow, detail: str) -> str:
    """What is amiss with the second half of an answer, in a sentence; "" where nothing is."""
    if row.detail_credit is None or row.detail_credit == 1:
        return ""
    many = detail.endswith("s")
    if not row.detail:
        return f"The {detail} {'are' if many else 'is'} missing."
    if detail == WHO_WHAT_WHEN:
        good = slots_right(row.detail, right.detail, right.detail_accept)
        have = f"You have {_and(good)} right. " if good else ""
        return f"{have}Look again at {_and([slot for slot in SLOTS if slot not in good])}."
    if detail == TRIGGERS and not copied_from(row.detail, right.words):
        return "These words do not stand in the sentence like this. Copy the words that push, letter for letter."
    return f"The {detail} {'do' if many else 'does'} not fit."


def _and(words: Sequence[str]) -> str:
    *first, last = [f"“{word}”" for word in words]
    return " and ".join(filter(None, (", ".join(first), last)))


def _shown(problems: Sequence[Problem], most: int = 20) -> list[str]:
    shown = [str(problem) for problem in problems[:most]]
    return shown + ([f"{len(problems) - most} more lines could not be read."] if len(problems) > most else [])

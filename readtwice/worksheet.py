"""The worksheet: a unit's texts, labels and tasks for students without a computer. It knows no key."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import nh3

from readtwice.answers import Answers
from readtwice.arrows import MAP, read_boxes
from readtwice.cells import grade_id, source_of
from readtwice.choices import read_reasons
from readtwice.class_answers import AGREEMENT as FIGURES
from readtwice.class_answers import SHARE, SPLIT, simulated_agreement
from readtwice.feedback import templates
from readtwice.kinds import ADDED, ADDED_LAYER, REASONS, questions_of
from readtwice.marked_text import SIDES
from readtwice.numbers import RECIPES
from readtwice.paper import AGREEMENT, ANSWERS, CARDS, LABELS, PROSE, TABLE, TEXT, Paper, Piece, on_paper
from readtwice.schemes import Scheme, read_scheme
from readtwice.texts import read_text
from readtwice.units import Unit
from readtwice.worksheet_parts import Said, cards_on, pairs_of, text_block, words_to_count


def worksheet(unit: Unit) -> str:
    """The worksheet of a unit as one HTML page, made from its exercise and from what is asked, and from no key.

    Sentences have the numbers that they have on screen. An asked one has its number in a frame, a
    given label stands behind its sentence as a tag.
    """
    paper = on_paper(unit.release)
    said = answers_in(unit)
    tasks = {name: task for name, task in paper.tasks.items() if name in said}
    blocks = [_block(piece, at, paper, said, tasks) for at, piece in enumerate(paper.pieces)]
    shown = {"title": title_of(paper, unit), "foot": foot_of(paper), "blocks": blocks, "left_out": paper.left_out}
    return templates().get_template("worksheet.html").render(shown)


def title_of(paper: Paper, unit: Unit) -> str:
    """What a unit calls itself, such as 1 · Whose voice?"""
    found = re.match(r"# (.*)", paper.pieces[0].words) if paper.pieces else None
    return found[1].strip() if found else unit.name


def foot_of(paper: Paper) -> str:
    """Title and notice of each text that a worksheet shows, for the foot of every page."""
    return " · ".join(read_text(name).foot for name in paper.texts)


def answers_in(unit: Unit) -> Said:
    """What each answer cell of an exercise asks and gives; numbers that are counted have no answers."""
    sources = {grade_id(cell): source_of(cell) for cell in unit.release["cells"]}
    return {
        part.answer_cell: (
            task,
            part,
            Answers(task.layer) if task.layer in RECIPES else task.kind(part).read(sources[part.answer_cell]),
        )
        for task in unit.tasks
        for part in task.parts
    }


@lru_cache(maxsize=256)
def html_of(markdown: str) -> str:
    """Markdown of a master as HTML that runs and fetches nothing."""
    from nbconvert.filters.markdown import markdown2html

    html = re.sub(r'<a class="anchor-link".*?</a>', "", markdown2html(markdown))
    return nh3.clean(html, tags=nh3.ALLOWED_TAGS - {"a", "img"}).replace("<th>", '<th scope="col">')


def _block(piece: Piece, at: int, paper: Paper, said: Said, tasks: Mapping[str, str]) -> dict[str, Any]:
    if piece.kind == PROSE:
        return {"kind": PROSE, "html": html_of(piece.words)}
    if piece.kind == TEXT:
        return text_block(read_text(piece.words), said, tasks)
    if piece.kind == LABELS:
        scheme = _next_scheme(paper.pieces[at:], said)
        return _labels(scheme) if scheme else {"kind": "nothing"}
    if piece.kind == CARDS:
        own = read_text(paper.texts[0])
        return {"kind": CARDS, "groups": [cards_on(item, own) for item in piece.words.split()]}
    if piece.kind == AGREEMENT:
        return {"kind": AGREEMENT, "rows": list(simulated_agreement().items())}
    if piece.kind == TABLE:
        return {"kind": TABLE, "layers": [(name, simulated_agreement()[name].to_show) for name in _tables_asked(said)]}
    if piece.kind == ANSWERS:
        return _task(piece, said, _labels_shown(paper.pieces, at, said))
    return {"kind": piece.kind, "task": piece.task}


def _next_scheme(pieces: Sequence[Piece], said: Said) -> Scheme | None:
    """The scheme of the first layer that is asked from here on."""
    for piece in pieces:
        if piece.kind == ANSWERS:
            task, part, _ = said[piece.cell]
            if task.layer not in RECIPES and task.kind(part).is_layer:
                return task.kind(part).scheme
    return None


def _labels_shown(pieces: Sequence[Piece], at: int, said: Said) -> set[str]:
    """Layers whose labels stand on the worksheet before this place, or whose task stood there."""
    shown = set()
    for i, piece in enumerate(pieces[:at]):
        if piece.kind == LABELS and (scheme := _next_scheme(pieces[i:], said)):
            shown.add(scheme.layer)
        elif piece.kind == ANSWERS:
            shown.add(said[piece.cell][0].layer)
    return shown


def _labels(scheme: Scheme) -> dict[str, Any]:
    return {"kind": LABELS, "scheme": scheme, "numbered": numbered(scheme)}


def numbered(scheme: Scheme) -> bool:
    """Whether labels have a number on the sheet; those that are numbers themselves have not."""
    return not any(name.isdigit() for name in scheme.names)


def detail_told(scheme: Scheme) -> str:
    """Which labels need a detail as well, in words; "" where none does."""
    asking = [label.name for label in scheme.labels if label.asks_detail]
    if not asking:
        return ""
    what = {"slots": "who, what and when", "trigger words": "the trigger words, copied"}.get(scheme.detail, f"the {scheme.detail}")
    return f"With {', '.join(asking)}: also {what}."


def _tables_asked(said: Said) -> list[str]:
    """Layers of the simulated class that a task asks about item by item."""
    asked = {
        item.removesuffix(SHARE)
        for task, part, _ in said.values()
        for item in part.asked
        if task.layer == SPLIT or (task.layer == FIGURES and item.endswith(SHARE))
    }
    return [layer for layer in simulated_agreement() if layer in asked]


def _task(piece: Piece, said: Said, shown: set[str]) -> dict[str, Any]:
    """What an answer cell asks, as a reader of paper needs it."""
    task, part, answers = said[piece.cell]
    block: dict[str, Any] = {"kind": ANSWERS, "task": piece.task, "asked": part.asked, "layer": task.layer, "detail": "", "labels": None}
    if task.layer in RECIPES:
        return block | {"what": "words", **words_to_count(RECIPES[task.layer].layer, part, said)}
    kind = task.kind(part)
    if kind.is_layer:
        block |= {"detail": detail_told(kind.scheme), "labels": None if task.layer in shown else _labels(kind.scheme)}
        if kind.scheme.items == "pairs":
            return block | {"what": "pairs", "sides": SIDES[task.layer], "pairs": list(pairs_of(part, answers, kind.scheme))}
        return block | {"what": "sentences"}
    if task.layer == REASONS:
        reasons = read_reasons(part.text.name)
        items = [(item, part.text[item].text, [r for r in reasons if r.item == item]) for item in part.asked]
        return block | {"what": REASONS, "items": items}
    if task.layer == ADDED:
        pairs = [] if ADDED_LAYER in shown else list(pairs_of(part, answers, read_scheme(ADDED_LAYER)))
        return block | {"what": ADDED, "sides": SIDES[ADDED_LAYER], "pairs": [pair for pair in pairs if pair["item"] in part.asked]}
    if task.layer == MAP:
        boxes = [(box, answers.rows.get(box.item)) for box in read_boxes(part.text)]
        return block | {"what": MAP, "boxes": boxes}
    if questions := questions_of(task.layer):
        return block | {"what": "questions", "questions": [q for q in questions if q.id in part.asked]}
    return block | {"what": "lines"}

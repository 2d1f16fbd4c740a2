"""The worksheet: a unit's texts, labels and tasks for students without a computer. It knows no key."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any

import nh3

from readtwice.answers import Answer, Answers
from readtwice.arrows import MAP, read_boxes
from readtwice.cells import grade_id, source_of
from readtwice.choices import read_reasons
from readtwice.class_answers import AGREEMENT as FIGURES
from readtwice.class_answers import SHARE, SPLIT, simulated_agreement
from readtwice.feedback import templates
from readtwice.kinds import ADDED, ADDED_LAYER, REASONS, questions_of
from readtwice.kinds import OMISSION as WHOLE_TEXT
from readtwice.marked_text import NOTICE_EVERY, SIDES
from readtwice.numbers import RECIPES, speaker_in
from readtwice.paper import AGREEMENT, ANSWERS, CARDS, LABELS, PROSE, TABLE, TEXT, Paper, Piece, on_paper
from readtwice.schemes import Scheme, read_scheme
from readtwice.source_cards import PARAPHRASE, told
from readtwice.sources import OMISSION, read_sources
from readtwice.texts import Sentence, Text, read_text
from readtwice.units import Part, Task, Unit

IN_HEAD = ("Who", "When", "Kind")
SHOWN_DETAILS = {"speaker", "trace", "source", "gap"}  # short enough to stand beside a given label
Said = Mapping[str, tuple[Task, Part, Answers]]  # by grade id of the answer cell


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


def answers_in(unit: Unit) -> dict[str, tuple[Task, Part, Answers]]:
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
        return _text(read_text(piece.words), said, tasks)
    if piece.kind == LABELS:
        scheme = _next_scheme(paper.pieces[at:], said)
        return _labels(scheme) if scheme else {"kind": "nothing"}
    if piece.kind == CARDS:
        own = read_text(paper.texts[0])
        return {"kind": CARDS, "groups": [_cards(item, own) for item in piece.words.split()]}
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


def _text(text: Text, said: Said, tasks: Mapping[str, str]) -> dict[str, Any]:
    """A text in paragraphs, each sentence with the tasks that ask it and the labels that are given."""
    on_it = []
    for cell, name in tasks.items():
        task, part, answers = said[cell]
        if part.text is text and task.layer not in RECIPES and (kind := task.kind(part)).is_layer and kind.scheme.items == "sentences":
            on_it.append((name, part, answers, kind.scheme))

    def sentence(s: Sentence) -> dict[str, Any]:
        asked = [name for name, part, *_ in on_it if s.item in part.asked]
        given = [tag_of(row, scheme) for *_, answers, scheme in on_it if (row := answers.rows.get(s.item)) and row.given]
        return {"item": s.item, "text": s.text, "asked": asked, "given": given}

    paragraphs = [[sentence(s) for s in group] for _, group in groupby(text.sentences, key=lambda s: s.paragraph)]
    source = ", ".join(filter(None, (text.about.get("outlet"), text.about.get("published"))))
    return {
        "kind": TEXT,
        "title": paragraphs[0],
        "paragraphs": paragraphs[1:],
        "notice": text.about["notice"],
        "notice_every": NOTICE_EVERY,
        "source": source,
        "asked": any(part.asked for _, part, *_ in on_it),
        "several": len(on_it) > 1,
        "given": any(row.given for *_, answers, _ in on_it for row in answers.rows.values()),
    }


def tag_of(row: Answer, scheme: Scheme) -> str:
    """A given label as its two letters, with its detail where that is short."""
    label = scheme[row.label]
    return f"{label.tag} {row.detail}" if row.detail and label.asks_detail and scheme.detail in SHOWN_DETAILS else label.tag


def _cards(item: str, text: Text) -> dict[str, Any]:
    """The cards on a sentence, or on what the whole text leaves out, as they stand in a notebook; open, since paper does not open."""
    whole = item == WHOLE_TEXT
    held = [card for card in read_sources(text.name) if card.item == (OMISSION if whole else item)]
    if whole:
        held.sort(key=lambda card: (len(card.id), card.id))
    rows = [(card, [row for row in told(card) if row[0] not in IN_HEAD and row[1] != PARAPHRASE]) for card in held]
    return {"head": "" if whole else item, "about": "" if whole else text[item].text, "cards": rows}


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
        return block | {"what": "words", **_words(RECIPES[task.layer].layer, part, said)}
    kind = task.kind(part)
    if kind.is_layer:
        block |= {"detail": detail_told(kind.scheme), "labels": None if task.layer in shown else _labels(kind.scheme)}
        if kind.scheme.items == "pairs":
            return block | {"what": "pairs", "sides": SIDES[task.layer], "pairs": list(_pairs(part, answers, kind.scheme))}
        return block | {"what": "sentences"}
    if task.layer == REASONS:
        reasons = read_reasons(part.text.name)
        items = [(item, part.text[item].text, [r for r in reasons if r.item == item]) for item in part.asked]
        return block | {"what": REASONS, "items": items}
    if task.layer == ADDED:
        pairs = [] if ADDED_LAYER in shown else list(_pairs(part, answers, read_scheme(ADDED_LAYER)))
        return block | {"what": ADDED, "sides": SIDES[ADDED_LAYER], "pairs": [pair for pair in pairs if pair["item"] in part.asked]}
    if task.layer == MAP:
        boxes = [(box, answers.rows.get(box.item)) for box in read_boxes(part.text)]
        return block | {"what": MAP, "boxes": boxes}
    if questions := questions_of(task.layer):
        return block | {"what": "questions", "questions": [q for q in questions if q.id in part.asked]}
    return block | {"what": "lines"}


def _pairs(part: Part, answers: Answers, scheme: Scheme) -> Iterator[dict[str, Any]]:
    for pair in part.text.pairs:
        if pair.layer == scheme.layer:
            row = answers.rows.get(pair.item)
            yield {
                "item": pair.item,
                "note": pair.note,
                "asked": pair.item in part.asked,
                "given": tag_of(row, scheme) if row and row.given else "",
                "sides": [[part.text[item] for item in items] for items in (pair.from_, pair.to)],
            }


def _words(layer: str, part: Part, said: Said) -> dict[str, Any]:
    """What is needed to count shares of words by hand: the words of each asked sentence, and the sums of the given ones."""
    labels = next(one for one in said.values() if one[0].layer == layer and one[1].text is part.text)
    scheme = read_scheme(layer)
    given: dict[str, int] = defaultdict(int)
    for row in labels[2].rows.values():
        if row.given:
            given[speaker_in(row.label, row.detail, scheme)] += part.text[row.item].words
    return {
        "given": sorted(given.items(), key=lambda pair: -pair[1]),
        "counts": [(item, part.text[item].words) for item in labels[1].asked],
        "all": sum(s.words for s in part.text.sentences),
    }

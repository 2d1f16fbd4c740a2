"""The form's data: what the browser draws so that a cell can be answered by click and keyboard."""

from __future__ import annotations

from typing import Any

from readtwice.arrows import COLOURS, MAP, read_boxes
from readtwice.choices import CARD, SENTENCE, read_reasons
from readtwice.class_answers import AGREEMENT, SPLIT, prompt
from readtwice.forms import OPTIONS
from readtwice.kinds import ADDED, REASONS, Kind, questions_of
from readtwice.marked_text import SIDES
from readtwice.numbers import RECIPES
from readtwice.sources import OMISSION as ALL
from readtwice.sources import read_sources
from readtwice.texts import Text

NUMBER = "number"
MIME = "application/vnd.readtwice.form+json"
FIELDS = {ADDED: "the added words"}
LINES = {
    CARD: "Which card tells what the whole text leaves out?",
    SENTENCE: "Which sentence reads differently then?",
}


def form_data(kind: Kind, text: Text) -> dict[str, Any]:
    """What a form of this kind on this text shows, as plain data; nothing of a key is in it.

    `items` are all that could be asked; which of them are, and every answer, the browser reads from
    the cell's own text. `view` is *text* for a reading layout, *table* for single questions.
    """
    scheme = None if kind.name == MAP else kind.scheme  # an arrow leads to a box, which is no label
    labels = [{"name": label.name, "tag": label.tag, "colour": label.colour, "asks_detail": label.asks_detail, "test": label.test,
               "example": label.example} for label in scheme.labels] if scheme else []  # fmt: skip
    detail = (
        {"kind": scheme.detail, "options": [{"name": o, "meaning": m} for o, m in scheme.options]} if scheme and scheme.detail else None
    )
    return _frame(kind.name, kind.question, text) | {
        "things": kind.things,
        "view": "text" if kind.is_layer and kind.whole and kind.things == "sentences" else "table",
        "whole": kind.whole,
        "objections": kind.is_layer,
        "labels": labels,
        "detail": detail,
        "field": FIELDS.get(kind.name, "answer"),
        "speakers": list(text.speakers) if detail and detail["kind"] == "speaker" else [],
        "items": _items(kind, text),
    } | ({"boxes": [{"name": box.item, "meaning": f"{box.role}: {box.words}"} for box in read_boxes(text) if box.item in kind.scheme.names]}
         if kind.name == MAP else {})  # fmt: skip


def number_form(name: str, text: Text) -> dict[str, Any]:
    """What a form for a cell of numbers shows: a field for each number that could be asked, whose name is its id."""
    recipe = RECIPES[name]
    fields = {"things": "numbers", "view": "table", "whole": False, "objections": False, "labels": [], "detail": None, "field": NUMBER}
    return _frame(name, recipe.question, text) | fields | {"speakers": [], "items": [{"id": one, "text": ""} for one in recipe.names(text)]}


def _frame(layer: str, question: str, text: Text) -> dict[str, Any]:
    notice = text.about["notice"]
    return {"version": 1, "layer": layer, "text": text.name, "title": text.title, "notice": notice, "question": question}


def _items(kind: Kind, text: Text) -> list[dict[str, Any]]:
    if questions := questions_of(kind.name):
        return [{"id": q.id, "text": q.question, "options": {o: q.options[o] for o in OPTIONS}} for q in questions]
    if kind.name in (AGREEMENT, SPLIT):
        return [{"id": item, "text": prompt(kind.name, item)} for item in kind.items]
    if kind.things == "pairs":
        return [{"id": pair.item, "passages": _passages(pair, text)} for pair in text.pairs if pair.item in kind.items]
    if kind.name == MAP:
        return [{"id": box.item, "text": f"{box.role}: {box.words}", "colour": COLOURS[box.role]}
                for box in read_boxes(text) if box.item in kind.items]  # fmt: skip
    if kind.things != "sentences":
        cards = {card.id: f"{card.publisher}, {card.date}" for card in read_sources(text.name) if card.item == ALL}
        choices = {CARD: dict(sorted(cards.items())), SENTENCE: {s.item: s.text for s in text.sentences}}
        return [
            {"id": item, "text": LINES[item], "choices": [{"name": name, "meaning": said} for name, said in choices[item].items()]}
            for item in kind.items
        ]
    items = [{"id": s.item, "paragraph": s.paragraph, "text": s.text} for s in text.sentences]
    if kind.name == REASONS:
        offered = {item: [{"name": r.id, "meaning": r.reason} for r in read_reasons(text.name) if r.item == item] for item in kind.items}
        return [item | {"detail_options": offered[item["id"]]} for item in items if item["id"] in offered]
    if kind.scheme and kind.scheme.detail == "source":
        cards: dict[str, list[dict[str, str]]] = {}
        for card in read_sources(text.name):
            cards.setdefault(card.item, []).append({"name": card.id, "meaning": card.publisher})
        return [item | {"detail_options": [*cards[item["id"]], {"name": "text", "meaning": "the text itself"}]}
                if item["id"] in cards else item for item in items]  # fmt: skip
    return items


def _passages(pair, text: Text) -> list[dict[str, str]]:
    heads = SIDES[pair.layer]
    sides = [{"head": heads[0], "text": text.passage(pair.from_)}, {"head": heads[1], "text": text.passage(pair.to)}]
    if pair.from_ == pair.to:
        sides = [{"head": " and ".join(heads), "text": text.passage(pair.from_)}]
    sides[-1]["note"] = pair.note
    return sides

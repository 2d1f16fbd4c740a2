"""Kinds of answer cells besides numbers: how each is read, what its key is, and how it is marked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from readtwice.answers import Answers, read_answers
from readtwice.arrows import MAP, ends, map_key, read_arrows, read_boxes, starts
from readtwice.choices import (
    CARD,
    SENTENCE,
    choice_scheme,
    mark_copied,
    mark_each,
    mark_reasons,
    omission_key,
    read_choices,
    read_reasons,
    read_words,
    reasons_scheme,
)
from readtwice.class_answers import AGREEMENT, SPLIT, figures, figures_key, mark_figures, read_figures, read_split, split_key
from readtwice.details import stands_in
from readtwice.forms import OPTIONS, Question, form_names, read_form
from readtwice.keys import COLUMNS, Key, KeyProblem, KeyRow, key_path, read_key
from readtwice.marking import Marks, mark
from readtwice.schemes import Scheme, SchemeNotFound, layer_names, read_scheme
from readtwice.sources import read_sources
from readtwice.texts import Text, rows_of, split_list

REASONS, ADDED, OMISSION = "reasons", "added", "omission"
REASONED_LAYER, ADDED_LAYER = "statement", "gloss"
FORM = "form-"


@dataclass(frozen=True)
class Kind:
    """What may stand behind ``%%answers`` on a text, and what happens with the lines below it.

    `items` are all that could be asked; `whole` says that a cell holds every one of them, asked or
    given. `scheme` is None where the answer is no label. `in_words` tells what an answer to an item, such
    as a letter or a number, stands for; "" where it speaks for itself.
    """

    name: str
    question: str
    things: str
    items: tuple[str, ...]
    whole: bool
    scheme: Scheme | None
    read: Callable[[str], Answers]
    key: Callable[[Path | None], Key]
    mark: Callable[[Answers, Key], Marks]
    in_words: Callable[[str, str], str] = lambda item, said: ""

    @property
    def is_layer(self) -> bool:
        """Whether it is a layer's own cell, whose answers can be shown on the text."""
        return self.scheme is not None and self.scheme.layer == self.name

    @property
    def beyond_chance(self) -> bool:
        """Whether what guessing would have brought is taken off its score."""
        return self.scheme is not None and self.name != REASONS

    @property
    def gives_the_rest(self) -> bool:
        """Whether what is not asked stands in the cell all the same, given."""
        return self.is_layer or self.name == MAP


def kind_names() -> list[str]:
    """All that may stand behind ``%%answers``, numbers aside."""
    return [*layer_names(), REASONS, ADDED, MAP, OMISSION, AGREEMENT, SPLIT, *_forms()]


def kind_of(name: str, text: Text) -> Kind:
    """The kind of that name on a text; raises SchemeNotFound."""
    others = {REASONS: _reasons, ADDED: _added, MAP: _map, OMISSION: _omission, AGREEMENT: _agreement, SPLIT: _split}
    if name in others:
        return others[name](text)
    if name.startswith(FORM) and name in _forms():
        return _form(name)
    try:
        return _layer(read_scheme(name), text)
    except SchemeNotFound:
        raise SchemeNotFound(f"There is no answer cell called “{name}”. There are: {', '.join(kind_names())}.") from None


def _layer(scheme: Scheme, text: Text) -> Kind:
    def key(solutions: Path | None) -> Key:
        return read_key(key_path(text, scheme.layer, solutions), scheme, text)

    items = text.items_of(scheme.layer, scheme.items)
    read = partial(read_answers, scheme=scheme, text=text)
    return Kind(scheme.layer, scheme.question, scheme.items, items, scheme.keyed == "all", scheme, read, key, partial(mark, scheme=scheme))


def _reasons(text: Text) -> Kind:
    scheme = read_scheme(REASONED_LAYER)
    reasons = read_reasons(text.name)
    offered = reasons_scheme(scheme, reasons)

    def key(solutions: Path | None) -> Key:
        labels = read_key(key_path(text, scheme.layer, solutions), scheme, text)
        path = key_path(text, REASONS, solutions)
        fits: dict[str, dict[str, str]] = {}
        for row in _table(path, ("item", "label", "reason_id")):
            fits.setdefault(row["item"], {})[row["label"]] = row["reason_id"]
        return Key(REASONS, {item: _with_reasons(labels.only([item]).rows[item], fits[item], reasons, path) for item in fits})

    items = tuple(dict.fromkeys(reason.item for reason in reasons))
    read = partial(read_answers, scheme=offered, text=text)

    def in_words(item: str, said: str) -> str:
        return next((reason.reason for reason in reasons if (reason.item, reason.id) == (item, said.casefold())), "")

    return Kind(REASONS, "Which label, and why?", "sentences", items, False, offered, read, key, mark_reasons, in_words)


def _with_reasons(row: KeyRow, fits: Mapping[str, str], reasons, path: Path) -> KeyRow:
    offered = {reason.id for reason in reasons if reason.item == row.item}
    if wrong := [label for label in fits if not row.halves(label)] + [
        f"{reason}, not offered" for reason in fits.values() if reason not in offered
    ]:
        raise KeyProblem(f"{path.name}, {row.item}: neither a label that earns credit nor a reason on offer: {', '.join(wrong)}")
    if lacking := [label for label in (row.label, *row.accept) if label not in fits]:
        raise KeyProblem(f"{path.name}, {row.item}: no reason fits {', '.join(lacking)}")
    others = tuple(f"{label}: {reason}" for label, reason in fits.items() if label != row.label)
    return replace(row, detail=fits[row.label], detail_accept=others)


def _added(text: Text) -> Kind:
    glosses = {pair.item: text.passage(pair.to) for pair in text.pairs if pair.layer == ADDED_LAYER}

    def key(solutions: Path | None) -> Key:
        path = key_path(text, ADDED, solutions)
        rows = {}
        for row in _table(path, ("item", "words", "also", "reason")):
            gloss = glosses.get(row["item"], "")
            words = (row["words"], *split_list(row["also"]))
            if strange := [one for one in words if not stands_in(one, gloss)]:
                raise KeyProblem(f"{path.name}, {row['item']}: “{strange[0]}” does not stand in the author's words")
            rows[row["item"]] = KeyRow(row["item"], "", row["words"], detail_accept=words[1:], reason=row["reason"], words=gloss)
        return Key(ADDED, rows)

    read = partial(read_words, names=list(glosses), what="number of a pair")
    return Kind(ADDED, "Which words did the author add?", "pairs", tuple(glosses), False, None, read, key, mark_copied)


def _map(text: Text) -> Kind:
    boxes = read_boxes(text)
    scheme = choice_scheme(ends(boxes))

    def key(solutions: Path | None) -> Key:
        return map_key(_table(key_path(text, MAP, solutions), COLUMNS), boxes)

    read = partial(read_arrows, boxes=boxes)
    question = "What is each box given as a reason for?"

    def in_words(_item: str, said: str) -> str:
        return next((box.words for box in boxes if box.item == said), "")

    return Kind(MAP, question, "arrows", starts(boxes), True, scheme, read, key, partial(mark, scheme=scheme), in_words)


def _omission(text: Text) -> Kind:
    def key(solutions: Path | None) -> Key:
        path = key_path(text, OMISSION, solutions)
        key = omission_key(_table(path, COLUMNS)[0])
        cards = {card.id for card in read_sources(text.name)}
        for name, known in ((CARD, cards), (SENTENCE, set(text.items))):
            row = key.rows[name]
            if strange := [said for said in (row.label, *row.accept, *row.near) if said not in known]:
                raise KeyProblem(f"{path.name}: there is no {name} {', '.join(strange)}")
        return key

    question, read = "What does the whole text leave out?", partial(read_words, names=[CARD, SENTENCE], what="word")

    def in_words(item: str, said: str) -> str:
        known = said.casefold().rstrip(".")
        if item == SENTENCE:
            return next((sentence.text for sentence in text.sentences if sentence.item.casefold() == known), "")
        return next((card.title for card in read_sources(text.name) if card.id.casefold() == known), "")

    return Kind(OMISSION, question, "lines", (CARD, SENTENCE), True, None, read, key, mark_each, in_words)


def _agreement(text: Text) -> Kind:
    question, key = "How far does the simulated class agree?", partial(_counted, text, figures_key)
    return Kind(AGREEMENT, question, "numbers", figures(), False, None, read_figures, key, mark_figures)


def _split(text: Text) -> Kind:
    question, items = "Which item splits the simulated class most?", tuple(layer_names())
    return Kind(SPLIT, question, "lines", items, False, None, read_split, partial(_counted, text, split_key), mark_each)


def _counted(text: Text, key: Callable[[], Key], solutions: Path | None) -> Key:
    """A key that is counted and lies in no file; on a graded text it is the teacher's like any other."""
    if solutions is None and not text.for_practice:
        raise KeyProblem("this key is counted when a hand-in is marked")
    return key()


def _forms() -> list[str]:
    return [f"{FORM}{name}" for name in form_names()]


def questions_of(name: str) -> tuple[Question, ...]:
    """The questions of the form that an answer cell of this name asks; none where it asks no form."""
    return read_form(name.removeprefix(FORM)) if name.startswith(FORM) else ()


def _form(name: str) -> Kind:
    questions = questions_of(name)
    scheme = choice_scheme(OPTIONS)

    def key(solutions: Path | None) -> Key:
        if solutions is None:
            raise KeyProblem(f"the key of {name} lies in a teacher's solutions folder")
        path = solutions / "keys" / name / "questions.csv"
        asked = {question.id: question.question for question in questions}
        rows = {
            row["item"]: KeyRow(row["item"], row["label"], reason=row["reason"], words=asked[row["item"]])
            for row in _table(path, ("item", "label", "reason"))
        }
        return Key(name, rows)

    ids = tuple(question.id for question in questions)
    read = partial(read_choices, questions=ids, options=OPTIONS)

    def in_words(item: str, said: str) -> str:
        return next((question.options.get(said, "") for question in questions if question.id == item), "")

    return Kind(name, scheme.question, "questions", ids, True, scheme, read, key, partial(mark, scheme=scheme), in_words)


def _table(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """Rows of a small key; raises KeyProblem where it is missing, empty or lacks a column."""
    try:
        rows = rows_of(path)
    except (OSError, UnicodeDecodeError) as error:
        raise KeyProblem(f"{path}: this key cannot be read; save it as CSV in UTF-8") from error
    if not rows or set(columns) - set(rows[0]):
        raise KeyProblem(f"{path}: this key is missing or empty; its columns are {', '.join(columns)}")
    return rows

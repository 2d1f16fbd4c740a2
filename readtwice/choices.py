"""Other kinds of answers: choices, a label with its reason, copied words, the omission."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from readtwice.answers import Answer, Answers, Problem, line_parts, read_lines
from readtwice.keys import Key, KeyRow
from readtwice.marking import MarkedItem, Marks
from readtwice.schemes import Label, Scheme
from readtwice.speakers import starts_of, words_of
from readtwice.texts import TEXTS, rows_of, split_list

FULL, HALF = 0.8, 0.5  # overlap from which copied words earn full and half credit
CARD, SENTENCE = "card", "sentence"  # the two lines of an omission


@dataclass(frozen=True)
class Reason:
    """A reason on offer for the label of a sentence; some fit no label at all."""

    item: str
    id: str
    reason: str


@lru_cache(maxsize=16)
def read_reasons(name: str) -> tuple[Reason, ...]:
    """The reasons on offer for sentences of an installed text, in the order of its table; none where it has no such table."""
    return tuple(Reason(row["item"], row["id"], row["reason"]) for row in rows_of(TEXTS / name / "reasons.csv"))


def reasons_scheme(scheme: Scheme, reasons: Sequence[Reason]) -> Scheme:
    """The scheme of a layer in which every label asks for one of these reasons: ``4.1: interpretation | r2``."""
    options = tuple(dict.fromkeys((reason.id, "") for reason in reasons))
    return replace(scheme, detail="reason", options=options, labels=tuple(replace(label, asks_detail=True) for label in scheme.labels))


def choice_scheme(options: Sequence[str]) -> Scheme:
    """The scheme of a question with options: each letter is a label, and none has a detail."""
    labels = tuple(Label(option, option.upper() * 2, "#e8e6df", False, "", "") for option in options)
    return Scheme("choice", "Which answer is best?", "questions", "all", "", (), labels)


def read_choices(source: str, questions: Sequence[str], options: Sequence[str]) -> Answers:
    """Read a cell of choices, one a line: ``q3: b``. Marked with `mark` against a key of letters."""
    return read_lines(source, choice_scheme(options), questions)


def read_words(source: str, names: Sequence[str], what: str) -> Answers:
    """Read a cell in which the rest of each line is the answer: ``g1: words copied from the text``.

    `what` is how a message calls the names. What cannot be read becomes a Problem, as in read_answers.
    """
    known = {name.casefold(): name for name in names}
    rows: dict[str, Answer] = {}
    problems: list[Problem] = []
    for number, raw, line, given in line_parts(source, problems):
        if line.startswith("#"):
            continue
        head, colon, said = line.partition(":")
        name = known.get(re.sub(r"\s", "", head).replace(",", ".").casefold())
        if not colon or name is None:
            problems.append(Problem(number, raw, f"start the line with the {what} and a colon. Here they are: {', '.join(names)}."))
            continue
        said = said.strip(' |"')
        if name in rows and rows[name].label and said:
            problems.append(Problem(number, raw, f"{name} stands here twice (see line {rows[name].line}). The later line counts."))
        if name not in rows or said:
            rows[name] = Answer(name, said, "", given, number)
    return Answers(what, {name: rows[name] for name in names if name in rows}, tuple(problems))


def mark_reasons(answers: Answers, key: Key) -> Marks:
    """Mark labels that come with a reason, ``4.1: interpretation | r2``.

    An item earns the credit of its label only where the reason fits that label: the key's `detail`
    fits the key's own label, and ``label: reason`` in `detail_accept` another one. Among the reasons
    on offer are some that fit no label, so nothing is taken off for chance; the score is the mean
    credit over all asked items. Two-tier items after Treagust (1988). For a label that only the
    teacher accepts no reason is on offer, so it earns its credit with any.
    """
    rows = tuple(_reasoned(answers, row) for row in key.rows.values())
    return Marks(key.layer, rows, _mean(rows))


def _reasoned(answers: Answers, row: KeyRow) -> MarkedItem:
    answer = answers.rows.get(row.item)
    if answer is None or not answer.label:
        return MarkedItem(row.item, "", "", None, None, "open")
    fits = answer.label in row.by_teacher or (bool(answer.detail) and answer.detail.casefold() == fitting(row, answer.label))
    halves = row.halves(answer.label) if fits else 0
    why = "detail" if row.halves(answer.label) and not fits else ("wrong", "near", "accepted")[halves]
    return MarkedItem(
        row.item, answer.label, answer.detail, halves / 2, float(fits), "right" if answer.label == row.label and fits else why
    )


def fitting(row: KeyRow, label: str) -> str:
    """The reason that fits this label of an item, "" where the key has none."""
    others = dict(tuple(detail.split(": ", 1)) for detail in row.detail_accept if ": " in detail)
    return row.detail if label == row.label else others.get(label, "")


def overlap(said: str, right: str, passage: str) -> float:
    """How far copied words are the right words of a passage, from 0 to 1.

    F1 over the words of the passage (van Rijsbergen 1979): the harmonic mean of the share of the
    copied words that are right and the share of the right words that were copied. Pieces are
    separated by a semicolon or dots; a piece that does not stand in the passage counts as wrong words.
    """
    there = words_of(passage)
    wanted, _ = _places(right, there, set())
    copied, strange = _places(said, there, wanted)
    if not wanted or not copied:
        return 0.0
    return 2 * len(copied & wanted) / (len(copied) + strange + len(wanted))


def _places(words: str, there: list[str], wanted: set[int]) -> tuple[set[int], int]:
    """Where the pieces stand in a passage, as positions of words, and how many words stand nowhere.

    A piece that stands there more than once is taken where it meets most of `wanted`.
    """
    found: set[int] = set()
    strange = 0
    for piece in (words_of(part) for part in re.split(r"[;…]|\.\.\.", words)):
        if starts := starts_of(piece, there):
            best = max(starts, key=lambda i: len(wanted & set(range(i, i + len(piece)))))
            found |= set(range(best, best + len(piece)))
        else:
            strange += len(piece)
    return found, strange


def mark_copied(answers: Answers, key: Key) -> Marks:
    """Mark words copied out of a passage: `detail` of a row is what to copy, `detail_accept` what also does.

    An overlap of .8 earns full credit, one of .5 half; the score is the mean credit over all items.
    """
    rows = []
    for item, row in key.rows.items():
        said = answers.label(item)
        best = max(overlap(said, right, row.words) for right in (row.detail, *row.detail_accept))
        rows.append(_marked(item, said, 1.0 if best >= FULL else 0.5 if best >= HALF else 0.0))
    return Marks(key.layer, tuple(rows), _mean(rows))


def mark_each(answers: Answers, key: Key) -> Marks:
    """Mark answers that stand for themselves: the score is the mean credit over all items.

    The omission is marked so: which card tells what the text leaves out, and which sentence reads
    differently then. There are too many cards and sentences for guessing to bring anything.
    """
    rows = []
    for item, row in key.rows.items():
        labels = {label.casefold(): row.halves(label) / 2 for label in (row.label, *row.accept, *row.near)}
        said = answers.label(item)
        rows.append(_marked(item, said, labels.get(said.casefold().rstrip("."), 0.0)))
    return Marks(key.layer, tuple(rows), _mean(rows))


def _marked(item: str, said: str, credit: float) -> MarkedItem:
    if not said:
        return MarkedItem(item, "", "", None, None, "open")
    return MarkedItem(item, said, "", credit, None, {1.0: "right", 0.5: "near", 0.0: "wrong"}[credit])


def _mean(rows: Sequence[MarkedItem]) -> float:
    return sum(row.credit or 0.0 for row in rows) / len(rows) if rows else 0.0


def omission_key(row: Mapping[str, str]) -> Key:
    """The key of an omission from its row: the card with its alternatives, and the sentence with its own."""
    split = {name: split_list(row[name]) for name in ("accept", "near", "detail_accept")}
    card = KeyRow(CARD, row["label"], "", split["accept"], split["near"], reason=row["reason"])
    sentence = KeyRow(SENTENCE, row["detail"], "", split["detail_accept"], reason=row["reason"])
    return Key("omission", {CARD: card, SENTENCE: sentence})

"""Keys: the right labels of a layer, what else is accepted, and why."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from readtwice.answers import Answer, Answers
from readtwice.details import SLOTS, TRIGGERS, stands_in
from readtwice.schemes import Scheme
from readtwice.sources import read_sources
from readtwice.speakers import speaker_of
from readtwice.texts import TEXTS, Text, split_list

COLUMNS = ("item", "label", "detail", "accept", "near", "contested", "detail_accept", "reason")
MOST_OF_ONE_LABEL = 0.9
ITSELF = "text"  # the source of a verdict that the text itself settles


class KeyProblem(ValueError):
    """A key cannot be used for marking; the message says which row and why."""


@dataclass(frozen=True)
class KeyRow:
    """The key of one item. `accept` earns full credit, `near` half; `reason` is for the student."""

    item: str
    label: str
    detail: str = ""
    accept: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    contested: bool = False
    detail_accept: tuple[str, ...] = ()
    reason: str = ""
    words: str = ""  # what the text says there; trigger words must stand in it
    own: KeyRow | None = None  # the row as the key's file has it, where the teacher accepts more

    def halves(self, label: str) -> int:
        """Credit of a label in halves: 2 if it is the key's or accepted, 1 if near, else 0."""
        if label == self.label or label in self.accept:
            return 2
        return 1 if label in self.near else 0

    @property
    def by_teacher(self) -> tuple[str, ...]:
        """Labels that earn full credit because the teacher accepts them; no detail of the key belongs to them."""
        return tuple(label for label in self.accept if not self.own.earns_all(label)) if self.own else ()

    def for_reader(self, label: str) -> KeyRow:
        """The row as it counts for a reader who gave this label: of what the teacher accepts, this label alone.

        So a decision in favour of some never raises what guessing would have brought the others.
        """
        if self.own is None or label not in self.by_teacher:
            return self.own or self
        return replace(self.own, accept=(*self.own.accept, label), near=tuple(near for near in self.own.near if near != label))

    def earns_all(self, label: str) -> bool:
        """Whether a label earns full credit."""
        return self.halves(label) == 2


@dataclass(frozen=True)
class Key:
    """The key of a layer of a text, by item."""

    layer: str
    rows: Mapping[str, KeyRow]

    def only(self, items: Iterable[str]) -> Key:
        """The key of these items alone; raises KeyProblem for one that it does not hold."""
        items = list(items)
        if missing := [item for item in items if item not in self.rows]:
            raise KeyProblem(f"the {self.layer} key has no row for {', '.join(missing)}")
        return Key(self.layer, {item: self.rows[item] for item in items})

    def answers(self) -> Answers:
        """The key as a reader's answers: what a student would hand in who agreed with every row."""
        return Answers(self.layer, {row.item: Answer(row.item, row.label, row.detail) for row in self.rows.values()})


def key_path(text: Text, layer: str, solutions: Path | None = None) -> Path:
    """Where the key lies: beside a practice text, or under `solutions` for a graded one."""
    if text.for_practice and (TEXTS / text.name / "keys").is_dir():
        return TEXTS / text.name / "keys" / f"{layer}.csv"
    if solutions is None:
        raise KeyProblem(f"the keys of {text.name} lie in a teacher's solutions folder")
    return solutions / "keys" / text.name / f"{layer}.csv"


def read_key(path: Path, scheme: Scheme, text: Text) -> Key:
    """Read a key and check it; raises KeyProblem.

    A key holds a row for each sentence or pair of its layer (where the layer says *chosen*, for some
    of them), in the order of the text. Every label is in the scheme, every detail is one that the
    layer allows, and every row has a reason.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            table = csv.DictReader(file)
            if tuple(table.fieldnames or ()) != COLUMNS:
                raise KeyProblem(f"{path.name}: the columns must be {', '.join(COLUMNS)}")
            rows = [_row(raw, path) for raw in table]
    except FileNotFoundError as error:
        raise KeyProblem(f"there is no key at {path}") from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise KeyProblem(f"{path}: this key cannot be read; save it as CSV in UTF-8") from error
    items = text.items_of(scheme.layer, scheme.items)
    for row in rows:
        if row.item not in items:
            raise KeyProblem(f"{path.name}, {row.item}: {text.name} has no such {scheme.items.removesuffix('s')}")
        if problem := row_problem(row, scheme, text):
            raise KeyProblem(f"{path.name}, {row.item}: {problem}")
    held = {row.item for row in rows} if scheme.keyed == "chosen" else set(items)
    if [row.item for row in rows] != [item for item in items if item in held]:
        raise KeyProblem(f"{path.name}: needs one row for each {scheme.items.removesuffix('s')} of {text.name}, in the order of the text")
    return Key(scheme.layer, {row.item: replace(row, words=text.words_at(row.item)) for row in rows})


def _row(raw: Mapping[str | None, str | None], path: Path) -> KeyRow:
    if None in raw or None in raw.values():
        raise KeyProblem(f"{path.name}, {raw['item']}: this row does not have {len(COLUMNS)} cells")
    return KeyRow(
        item=raw["item"],
        label=raw["label"],
        detail=raw["detail"],
        accept=split_list(raw["accept"]),
        near=split_list(raw["near"]),
        contested=raw["contested"] == "yes",
        detail_accept=split_list(raw["detail_accept"]),
        reason=raw["reason"],
    )


def row_problem(row: KeyRow, scheme: Scheme, text: Text) -> str:
    """What is wrong with a row of a key, or "" where nothing is."""
    labels = (row.label, *row.accept, *row.near)
    if unknown := [label for label in labels if label not in scheme.names]:
        return f"no label of {scheme.layer}: {', '.join(unknown)}"
    if len(set(labels)) != len(labels):
        return "a label stands there twice"
    if bool(row.detail) != scheme[row.label].asks_detail:
        return f"{row.label} {'needs' if not row.detail else 'takes no'} {scheme.detail}"
    if not row.reason.strip():
        return "the reason is missing"
    return next((why for detail in (row.detail, *row.detail_accept) if detail and (why := _detail_problem(detail, row, scheme, text))), "")


def _detail_problem(detail: str, row: KeyRow, scheme: Scheme, text: Text) -> str:
    options = [option for option, _ in scheme.options]
    if options and detail not in options:
        return f"{detail} is no {scheme.detail}; it must be one of {', '.join(options)}"
    if scheme.detail == "speaker" and speaker_of(detail, text.speakers) != detail:
        return f"{detail} is not in the table of speakers"
    if scheme.detail == TRIGGERS and not stands_in(detail, text.words_at(row.item)):
        return f"the words “{detail}” do not stand in the sentence"
    if scheme.detail == "slots" and not _slots_hold(detail, detail in row.detail_accept):
        return f"“{detail}” is not who | what | when, or for another right answer  who: …"
    if scheme.detail == "source" and detail not in _sources_of(row.item, text):
        return f"{detail} is not the id of a card about this sentence"
    return ""


def _slots_hold(detail: str, another: bool) -> bool:
    if another:
        slot, _, words = detail.partition(":")
        return slot in SLOTS and bool(words.strip())
    return len([part for part in detail.split("|") if part.strip()]) == len(SLOTS)


def _sources_of(item: str, text: Text) -> set[str]:
    return {card.id for card in read_sources(text.name) if card.item == item} | {ITSELF}


def check_asked(key: Key) -> None:
    """Raise KeyProblem where one label answers more than nine in ten of the asked items."""
    counts = Counter(row.label for row in key.rows.values())
    if counts and max(counts.values()) > MOST_OF_ONE_LABEL * counts.total():
        label = counts.most_common(1)[0][0]
        raise KeyProblem(f"{key.layer}: {label} answers {counts[label]} of {counts.total()} asked items, so nothing is left to tell apart")

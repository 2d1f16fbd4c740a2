"""What a student's cells call in unit 7: the labels of a class, how far it agrees, and one's own labels of earlier units."""

from __future__ import annotations

from contextlib import suppress
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from readtwice.agreement import FEWEST, Agreement, ItemSplit, agreement
from readtwice.class_file import FILE, SIMULATED, ClassFile, ClassProblem, read_class, simulated_class
from readtwice.learning import Change, change
from readtwice.notebook import NotReady, own_text
from readtwice.schemes import read_scheme
from readtwice.shown import Shown
from readtwice.tables import load_pandas, table
from readtwice.texts import read_text

if TYPE_CHECKING:
    import pandas

OURS, MADE_UP = "your class", "simulated class"
WORDS = ((0.8, "close"), (0.6, "good"), (0.4, "middling"), (0.2, "weak"))  # this course's own words, in equal steps


def classroom(whose: str = "") -> Shown:
    """Whose labels are looked at, on which text, and what the two tests say; `whose` as in `class_table`."""
    room, lines = _room(whose)
    if room.simulated:
        lines.append("This class is simulated: its readers are made up by a program, with differences that were planted. They read:")
    else:
        lines.append(f"This is your class, from the file {FILE}: labels under random names, and nothing that anybody wrote. It read:")
    for name in dict.fromkeys(text for text, _ in room.layers):
        did = [f"{layer} ({len(room.readers(name, layer))} readers)" for text, layer in room.layers if text == name]
        lines.append(f"“{read_text(name).title}”, the layers {', '.join(did)}.")
    lines += _tests(change(room.scores("a"), room.scores("b")))
    lines += [f"{note}." for note in room.notes]
    html = "".join(f'<p style="margin:.2em 0">{escape(line)}</p>' for line in lines)
    return Shown(f'<div style="max-width:46em">{html}</div>', "\n".join(lines))


def class_labels(layer: str, whose: str = "") -> pandas.DataFrame:
    """The labels that a class gave on a layer, one row a label: item, label; `whose` as in `class_table`.

    They are sorted, so that no row says which other row is of the same reader.
    """
    room, readers, items, _ = _layer(layer, whose)
    rows = [(item, label) for item in items for label in sorted(filter(None, (said.label(item) for said in readers.values())))]
    return _framed(rows, ["item", "label"], room)


def class_table(layer: str, whose: str = "") -> pandas.DataFrame:
    """How a class labelled each item of a layer, one row an item.

    Columns: item; readers, who answered it; label, the one that most of them chose; share of them
    who chose it, 0 to 1; labels, all of them with their counts; words of the text. The class is the
    one in the file class.csv beside the notebook or up to two folders above it, else the simulated
    one, which ``whose="simulated"`` asks for. The table's corner says which. What fewer than five
    readers answered is not in it.
    """
    room, readers, items, text = _layer(layer, whose)
    splits = agreement(readers, read_scheme(layer), items).to_show
    rows = [(s.item, s.answered, s.commonest, round(s.share, 2), _counts(s), read_text(text).words_at(s.item)) for s in splits]
    return _framed(rows, ["item", "readers", "label", "share", "labels", "words"], room)


def agree(whose: str = "") -> pandas.DataFrame:
    """How far a class agrees on each layer that it did, one row a layer; `whose` as in `class_table`.

    Columns: layer; alpha, Krippendorff's, 1 where all agree and about 0 where labels fall at random;
    agreement, the same in a word; readers; items; text.
    """
    room, said = _room(whose)
    _print(said)
    rows = []
    for text, layer in room.layers:
        found = agreement(room.readers(text, layer), read_scheme(layer), room.items(text, layer))
        alpha = None if found.alpha is None else round(found.alpha, 2)
        rows.append((layer, alpha, in_a_word(found), found.readers, found.items, text))
    return _framed(rows, ["layer", "alpha", "agreement", "readers", "items", "text"], room)


def in_a_word(found: Agreement) -> str:
    """Agreement in a word of this course's own: close from .8 on, then good, middling, weak, and below .2 none to speak of."""
    if found.alpha is None:
        return "cannot be told"
    return next((word for least, word in WORDS if round(found.alpha, 2) >= least), "none to speak of")


def my_labels(layer: str) -> pandas.DataFrame:
    """Your own labels of an earlier unit on this notebook's text, one row an item that you decided, beside your class.

    Columns: item; label, yours; class, the label that most of your class chose, and share of it,
    both empty where there is no file of your class; words of the text. Where you have no such
    labels, it says so and has no rows.
    """
    text = own_text("")
    rows = []
    with suppress(NotReady):
        mine = table(layer, whose="earlier").dropna(subset=["label"])
        rows = list(mine.loc[~mine["given"], ["item", "label"]].itertuples(index=False))
    if not rows:
        _print([f"There are no labels of yours for {layer} on this text in the folders beside this one. Go on without them."])
    splits = _of_ours(text.name, layer)
    return _frame(
        [(item, label, *splits.get(item, (None, None)), text.words_at(item)) for item, label in rows],
        ["item", "label", "class", "share", "words"],
    )


def _of_ours(text: str, layer: str) -> dict[str, tuple[str, float]]:
    room, _ = _room("")
    if room.simulated or (text, layer) not in room.layers:
        return {}
    found = agreement(room.readers(text, layer), read_scheme(layer), room.items(text, layer))
    return {split.item: (split.commonest, round(split.share, 2)) for split in found.to_show}


def _room(whose: str) -> tuple[ClassFile, list[str]]:
    """The class to look at, and what has to be said of its file."""
    if whose not in ("", SIMULATED):
        raise ValueError(f'whose must be "{SIMULATED}", or left out; it is “{whose}”')
    path = next((folder / FILE for folder in (Path(), Path(".."), Path("../..")) if (folder / FILE).is_file()), None)
    if whose or path is None:
        return simulated_class(), []
    try:
        return read_class(path), []
    except ClassProblem as error:
        return simulated_class(), [f"{error} Here is the simulated class instead."]


def _layer(layer: str, whose: str):
    """The class, its readers and items on a layer, and the text: the notebook's own if the class read it, else its first."""
    read_scheme(layer)  # says which layers there are
    room, said = _room(whose)
    texts = [text for text, name in room.layers if name == layer]
    if not texts:
        _print([*said, f"Your class's file holds no labels of the layer {layer}."])
        return room, {}, [], ""
    _print(said)
    with suppress(NotReady):
        texts.sort(key=lambda text: text != own_text("").name)
    return room, room.readers(texts[0], layer), room.items(texts[0], layer), texts[0]


def _counts(split: ItemSplit) -> str:
    return ", ".join(f"{label} {n}" for label, n in split.labels.most_common())


def _tests(found: Change) -> list[str]:
    if found.n < FEWEST:
        return []
    return [
        f"The two tests: {found.n} readers took both. On average {found.before:.2f} of the questions were right before the course, "
        f"{found.after:.2f} after it. A change is no proof of what changed it."
    ]


def _print(lines: list[str]) -> None:
    for line in lines:
        print(line)


def _frame(rows: list[tuple], columns: list[str]) -> pandas.DataFrame:
    return load_pandas().DataFrame(rows, columns=columns)


def _framed(rows: list[tuple], columns: list[str], room: ClassFile) -> pandas.DataFrame:
    """A table whose corner says whose it is."""
    frame = _frame(rows, columns)
    frame.columns.name = MADE_UP if room.simulated else OURS
    return frame

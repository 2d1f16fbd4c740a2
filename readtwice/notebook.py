"""What a student's cells call: read, %%answers, check and table. Imports no Jupyter, and pandas only when asked."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

from readtwice.answers import Answers, Problem, read_answers
from readtwice.feedback import practice_feedback
from readtwice.keys import key_path, read_key
from readtwice.marked_text import marked_text, plain_text, text_with_tags
from readtwice.marking import mark
from readtwice.numbers import RECIPES, read_numbers, speaker_in
from readtwice.schemes import Scheme, SchemeNotFound, layer_names, read_scheme
from readtwice.texts import Text, TextNotFound, read_text

if TYPE_CHECKING:
    import pandas

MOST_PROBLEMS = 12


class NotMarked(RuntimeError):
    """A check ran inside nbgrader without this course's configuration."""


class StillOpen(ValueError):
    """nbgrader's Validate button was pressed while something is open or unreadable."""


class NotReady(LookupError):
    """A cell that comes before has not run yet."""


@dataclass
class Notebook:
    """What this kernel knows: the notebook's own text, and the newest text of each answer cell."""

    text: str = ""
    sources: dict[tuple[str, str], str] = field(default_factory=dict)


_here = Notebook()


@dataclass(frozen=True)
class Shown:
    """Something to look at under a cell: HTML, and the same as plain text."""

    html: str
    plain: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.plain


def read(name: str) -> Text:
    """Open a text and make it the notebook's own; raises TextNotFound with the names that there are."""
    text = read_text(name)
    _here.text = name
    return text


def answers_magic(line: str, cell: str) -> Shown:
    """``%%answers LAYER [TEXT]``: keep the text of the cell and show the marked text, never raising."""
    layer, _, name = (part.strip().casefold() for part in f"{line} ".partition(" "))
    try:
        text = _own_text(name)
        source = f"%%answers {line}\n{cell}"
        if layer not in RECIPES:
            read_scheme(layer)
    except (TextNotFound, NotReady) as error:
        return _say([str(error)])
    except SchemeNotFound:
        return _say([f"The first line of this cell should be  %%answers  and then one of: {', '.join([*layer_names(), *RECIPES])}."])
    _here.sources[layer, text.name] = source
    if layer in RECIPES:
        return _say(*_state(layer, text))
    scheme = read_scheme(layer)
    answers = read_answers(source, scheme, text)
    state = _say(*_state(layer, text))
    return Shown(state.html + marked_text(answers, scheme, text), f"{state.plain}\n{text_with_tags(answers, scheme, text)}")


def check(layer: str, name: str = "") -> Shown | None:
    """Say what is still open or could not be read, and never which answer is right.

    On a practice text each answer is explained at once. Inside nbgrader: raises NotMarked when
    hand-ins are marked without this course's configuration, so that a missing set-up gives 0 and
    never full marks, and StillOpen under Validate.
    """
    under = os.environ.get("NBGRADER_EXECUTION", "")
    if under == "autograde":
        raise NotMarked("not marked: start nbgrader in the course folder, where nbgrader_config.py lies")
    try:
        text = _own_text(name)
        message, todo = _state(layer, text)
    except (TextNotFound, SchemeNotFound, NotReady) as error:
        if under == "validate":
            raise StillOpen(str(error)) from None
        return _say([str(error)])
    if under == "validate":
        if todo:
            raise StillOpen(" ".join([*message, *todo]))
        return None
    if text.for_practice and layer not in RECIPES:
        scheme = read_scheme(layer)
        key = read_key(key_path(text, layer), scheme, text)
        answers = read_answers(_here.sources[layer, text.name], scheme, text)
        asked = key.only(item for item in key.rows if item in answers.rows and not answers.rows[item].given)
        html, plain = practice_feedback(mark(answers, asked, scheme), asked, text)
        state = _say(message, todo)
        return Shown(state.html + html, f"{state.plain}\n{plain}")
    return _say(message, todo)


def table(layer: str, name: str = "") -> pandas.DataFrame:
    """The labels of a layer as a pandas DataFrame, one row a sentence, always of the newest text.

    Columns: item, paragraph, words, label, the layer's detail (for voice: speaker), given, text.
    Raises NotReady while the answer cell has not run.
    """
    import pandas

    text = _own_text(name)
    scheme = read_scheme(layer)
    answers = _answers(layer, text, scheme)
    rows = []
    for s in text.sentences:
        answer = answers.rows.get(s.item)
        label = answer.label if answer and answer.label else None
        row = {"item": s.item, "paragraph": s.paragraph, "words": s.words, "label": label}
        if scheme.detail == "speaker":
            row["speaker"] = speaker_in(label, answer.detail, scheme) if label else None
        elif scheme.detail:
            row[scheme.detail] = answer.detail if label else None
        rows.append({**row, "given": bool(answer and answer.given), "text": s.text})
    return pandas.DataFrame(rows)


def register(shell) -> None:
    """Teach a running IPython the ``%%answers`` cell, and how to show a text."""
    shell.register_magic_function(answers_magic, magic_kind="cell", magic_name="answers")
    shell.display_formatter.formatters["text/html"].for_type(Text, plain_text)


def _own_text(name: str) -> Text:
    if name or _here.text:
        return read_text(name or _here.text)
    raise NotReady("This notebook has not opened its text yet. Run the cell near the top that says  read(…), then this one.")


def _source(layer: str, text: Text) -> str:
    try:
        return _here.sources[layer, text.name]
    except KeyError:
        raise NotReady(f"Run the cell that starts with  %%answers {layer}  first, then this one.") from None


def _answers(layer: str, text: Text, scheme: Scheme) -> Answers:
    return read_answers(_source(layer, text), scheme, text)


def _state(layer: str, text: Text) -> tuple[list[str], list[str]]:
    """What to say of an answer cell, and what is left to do there."""
    source = _source(layer, text)
    if layer in RECIPES:
        numbers, problems = read_numbers(source, RECIPES[layer].names(text))
        unread = [n.name for n in numbers.values() if n.value is None]
        return _count(len(numbers), unread, "numbers"), _todo(unread, problems)
    scheme = read_scheme(layer)
    answers = read_answers(source, scheme, text)
    asked = [item for item in text.items if item not in answers.given]
    unread = answers.open(asked)
    no_detail = [
        item for item in asked if answers.label(item) and scheme[answers.label(item)].asks_detail and not answers.rows[item].detail
    ]
    todo = _todo(unread, answers.problems)
    if no_detail:
        todo.append(
            f"Add the {scheme.detail} behind a bar, like  {no_detail[0]}: {answers.label(no_detail[0])} | name, in: {_list(no_detail)}."
        )
    return _count(len(asked), unread, "sentences"), todo


def _count(asked: int, unread: list[str], things: str) -> list[str]:
    if not unread:
        return [f"All {asked} {things} are answered."]
    return [f"{asked - len(unread)} of {asked} {things} answered."]


def _todo(unread: list[str], problems: Iterable[Problem]) -> list[str]:
    problems = list(problems)
    todo = [f"Still open: {_list(unread)}."] if unread else []
    todo += [str(problem) for problem in problems[:MOST_PROBLEMS]]
    if len(problems) > MOST_PROBLEMS:
        todo.append(f"{len(problems) - MOST_PROBLEMS} more lines could not be read.")
    return todo


def _list(items: list[str], most: int = 25) -> str:
    return ", ".join(items[:most]) + (f" and {len(items) - most} more" if len(items) > most else "")


def _say(lines: Iterable[str], todo: Iterable[str] = ()) -> Shown:
    lines, todo = list(lines), list(todo)
    html = "".join(f'<p style="margin:.3em 0"><b>{escape(line)}</b></p>' for line in lines)
    if todo:
        html += "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in todo) + "</ul>"
    return Shown(html, "\n".join([*lines, *(f"- {line}" for line in todo)]))

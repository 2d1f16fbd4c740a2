"""``%%answers``: what an answer cell shows, and what is still to do in it."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from readtwice.answers import Answers, Problem
from readtwice.arrows import MAP
from readtwice.drawings import drawn_map
from readtwice.form import form_data, number_form
from readtwice.kinds import Kind, kind_names, kind_of
from readtwice.marked_text import marked_text, plain_text, text_with_tags
from readtwice.notebook import NotReady, keep, kept, new_cell, own_text, seen
from readtwice.numbers import RECIPES, read_numbers
from readtwice.offers import offers
from readtwice.schemes import SchemeNotFound
from readtwice.shown import Shown, listed, say
from readtwice.texts import Text, TextNotFound

MOST_PROBLEMS = 12
TYPING = "To answer, type behind the colons in the cell above and run it again. In JupyterLab a form does it by click."


def answers_magic(line: str, cell: str) -> Shown:
    """``%%answers LAYER [TEXT]``: keep the text of the cell and show the marked text, never raising."""
    layer, _, name = (part.strip().casefold() for part in f"{line} ".partition(" "))
    try:
        text = own_text(name)
        source = f"%%answers {line}\n{cell}"
        kind = None if layer in RECIPES else kind_of(layer, text)
    except (TextNotFound, NotReady) as error:
        return say([str(error)])
    except SchemeNotFound:
        return say([f"The first line of this cell should be  %%answers  and then one of: {', '.join([*kind_names(), *RECIPES])}."])
    keep(layer, text, source)
    state = say(*state_of(layer, text))
    if kind is None:
        return Shown(f"{state.html}{_typing()}", state.plain, number_form(layer, text))
    if kind.is_layer:
        answers = kind.read(source)
        html, plain = marked_text(answers, kind.scheme, text), text_with_tags(answers, kind.scheme, text)
    elif layer == MAP:
        html, plain = drawn_map(text)
    else:
        html, plain = offers(kind, text)
    return Shown(state.html + _typing() + html, f"{state.plain}\n{plain}", form_data(kind, text))


def state_of(layer: str, text: Text) -> tuple[list[str], list[str]]:
    """What to say of an answer cell, and what is left to do there."""
    source = kept(layer, text)
    if layer in RECIPES:
        numbers, problems = read_numbers(source, RECIPES[layer].names(text))
        unread = [n.name for n in numbers.values() if n.value is None]
        return _count(len(numbers), unread, "numbers"), _todo(unread, problems)
    kind = kind_of(layer, text)
    answers = kind.read(source)
    stood = seen(layer, text, answers.rows)
    asked = [item for item in kind.items if item not in answers.given and (kind.whole or item in stood)]
    unread = answers.open(asked)
    todo = _todo(unread, answers.problems)
    if lacking := _lacking(asked, answers, kind):
        item = lacking[0]
        todo.append(
            f"Add the {kind.scheme.detail} behind a bar, like  {item}: {answers.label(item)} | {_example(kind)}, in: {listed(lacking)}."
        )
    return _count(len(asked), unread, kind.things), todo


def _lacking(asked: list[str], answers: Answers, kind: Kind) -> list[str]:
    """Answered items whose label asks for a detail that is missing."""
    if not kind.scheme:
        return []
    said = [item for item in asked if answers.label(item)]
    return [item for item in said if kind.scheme[answers.label(item)].asks_detail and not answers.rows[item].detail]


def _example(kind: Kind) -> str:
    examples = {"speaker": "name", "trigger words": "words copied from the sentence", "slots": "who | what | when"}
    return examples.get(kind.scheme.detail) or (kind.scheme.options[0][0] if kind.scheme.options else kind.scheme.detail)


def _count(asked: int, unread: list[str], things: str) -> list[str]:
    if not unread:
        return [f"All {asked} {things} are answered."]
    return [f"{asked - len(unread)} of {asked} {things} answered."]


def _typing() -> str:
    return f'<p style="margin:.3em 0">{escape(TYPING)}</p>'


def _todo(unread: list[str], problems: Iterable[Problem]) -> list[str]:
    problems = list(problems)
    todo = [f"Still open: {listed(unread)}."] if unread else []
    todo += [str(problem) for problem in problems[:MOST_PROBLEMS]]
    if len(problems) > MOST_PROBLEMS:
        todo.append(f"{len(problems) - MOST_PROBLEMS} more lines could not be read.")
    return todo


def register(shell) -> None:
    """Teach a running IPython the ``%%answers`` cell, and how to show a text."""
    shell.register_magic_function(answers_magic, magic_kind="cell", magic_name="answers")
    shell.display_formatter.formatters["text/html"].for_type(Text, plain_text)
    shell.events.register("pre_run_cell", new_cell)

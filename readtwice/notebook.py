"""What a student's cells call: read, %%answers, check, reveal, table and pictures. Imports no Jupyter, and pandas only when asked."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from readtwice.answers import Answers, Problem, read_header
from readtwice.arrows import CALL, MAP, read_boxes
from readtwice.cells import cells_of, source_of
from readtwice.feedback import key_told, practice_feedback
from readtwice.form import MIME, form_data, number_form
from readtwice.keys import KeyProblem
from readtwice.kinds import Kind, kind_names, kind_of
from readtwice.map_picture import draw
from readtwice.marked_text import marked_text, plain_text, text_with_tags
from readtwice.numbers import RECIPES, read_numbers, speaker_in
from readtwice.offers import offers
from readtwice.schemes import Scheme, SchemeNotFound, read_scheme
from readtwice.texts import Text, TextNotFound, read_text
from readtwice.units import UnitProblem, answer_cell, own_text, read_notebook

if TYPE_CHECKING:
    import pandas

MOST_PROBLEMS = 12
TYPING = "To answer, type behind the colons in the cell above and run it again. In JupyterLab a form does it by click."


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
    seen: dict[tuple[str, str], set[str]] = field(default_factory=dict)  # items that stood in a cell, so that a deleted line is missed
    checked: list[Shown] | None = None  # what the cell that runs has checked so far; None where no cells are run


_here = Notebook()


@dataclass(frozen=True)
class Shown:
    """Something to look at under a cell: HTML, the same as plain text, and the form where it can be drawn."""

    html: str
    plain: str
    form: dict[str, Any] | None = None

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = {"text/html": self.html, "text/plain": self.plain}
        return bundle | {MIME: self.form} if self.form else bundle

    def __repr__(self) -> str:
        return self.plain


def read(name: str) -> Text:
    """Open a text; the first one becomes the notebook's own. Raises TextNotFound with the names that there are."""
    text = read_text(name)
    _here.text = _here.text or name
    return text


def answers_magic(line: str, cell: str) -> Shown:
    """``%%answers LAYER [TEXT]``: keep the text of the cell and show the marked text, never raising."""
    layer, _, name = (part.strip().casefold() for part in f"{line} ".partition(" "))
    try:
        text = _own_text(name)
        source = f"%%answers {line}\n{cell}"
        kind = None if layer in RECIPES else kind_of(layer, text)
    except (TextNotFound, NotReady) as error:
        return _say([str(error)])
    except SchemeNotFound:
        return _say([f"The first line of this cell should be  %%answers  and then one of: {', '.join([*kind_names(), *RECIPES])}."])
    _here.sources[layer, text.name] = source
    state = _say(*_state(layer, text))
    if kind is None:
        return Shown(f"{state.html}{_typing()}", state.plain, number_form(layer, text))
    if kind.is_layer:
        answers = kind.read(source)
        html, plain = marked_text(answers, kind.scheme, text), text_with_tags(answers, kind.scheme, text)
    elif layer == MAP:
        html, plain = _drawn(text)
    else:
        html, plain = offers(kind, text)
    return Shown(state.html + _typing() + html, f"{state.plain}\n{plain}", form_data(kind, text))


def follow(source: str) -> None:
    """Take the newest text of an answer cell that has run here already; the form sends it on every change."""
    header = read_header(source)
    if header and (header[0], header[1] or _here.text) in _here.sources:
        _here.sources[header[0], header[1] or _here.text] = source


def check(layer: str, name: str = "") -> Shown | None:
    """Say what is still open or could not be read, and never which answer is right.

    A cell that checks several texts shows what is said of each. On a practice text each answer is
    explained at once. Inside nbgrader: raises NotMarked when hand-ins are marked without this
    course's configuration, so that a missing set-up gives 0 and never full marks, and StillOpen
    under Validate.
    """
    shown = _checked(layer, name)
    if shown is None or _here.checked is None:
        return shown
    _here.checked.append(shown)
    return Shown("".join(one.html for one in _here.checked), "\n".join(one.plain for one in _here.checked))


def _new_cell(*_: object) -> None:
    _here.checked = []


def _checked(layer: str, name: str) -> Shown | None:
    under = os.environ.get("NBGRADER_EXECUTION", "")
    if under == "autograde":
        raise NotMarked("not marked: start nbgrader in the course folder, where nbgrader_config.py lies")
    try:
        text = _own_text(name)
        message, todo = _state(layer, text)
        if text.name != _here.text:
            message = [f"On “{text.title}”:", *message]
    except (TextNotFound, SchemeNotFound, NotReady) as error:
        if under == "validate":
            raise StillOpen(str(error)) from None
        return _say([str(error)])
    if under == "validate":
        if todo:
            raise StillOpen(" ".join([*message, *todo]))
        return None
    if text.for_practice and layer not in RECIPES:
        kind = kind_of(layer, text)
        answers = kind.read(_here.sources[layer, text.name])
        with suppress(KeyProblem):  # nothing is asked there that could be explained
            key = kind.key(None)
            asked = key.only(item for item in key.rows if item in answers.rows and not answers.rows[item].given)
            html, plain = practice_feedback(kind.mark(answers, asked), asked)
            state = _say(message, todo)
            return Shown(state.html + html, f"{state.plain}\n{plain}")
    return _say(message, todo)


def reveal(layer: str, name: str = "") -> Shown:
    """Show the key of a practice text, each item only once it has an answer: first decide, then look.

    A guess counts as an answer. The key of a graded text is never shown.
    """
    try:
        text = _own_text(name)
        kind = kind_of(layer, text)
        answers = kind.read(_source(layer, text))
        key = kind.key(None)
    except (TextNotFound, SchemeNotFound, NotReady) as error:
        return _say([str(error)])
    except KeyProblem:
        return _say([f"The answers on “{text.title}” stay with your teacher until it has been marked."])
    asked = [item for item in key.rows if item in answers.rows and not answers.rows[item].given]
    if not asked:
        return _say(["This cell has no line for you to answer, so there is nothing to show. A line that starts with = is given."])
    still = answers.open(asked)
    if len(still) == len(asked):
        return _say([f"First decide, then look. Answer at least one of: {_list(still)}. A guess is fine."])
    shown = key.only(item for item in asked if item not in still)
    html, plain = key_told(answers, shown)
    state = _say(
        [f"The key on {len(asked) - len(still)} of {len(asked)} {kind.things}."],
        [f"First decide, then look: {_list(still)}."] if still else [],
    )
    return Shown(state.html + html, f"{state.plain}\n{plain}")


def table(layer: str, name: str = "", whose: str = "") -> pandas.DataFrame:
    """The labels of a layer as a pandas DataFrame, one row an item, always of the newest text.

    Columns of a sentence: item, paragraph, words, label, the layer's detail (for voice: speaker),
    given, text. Of a pair: item, label, detail, given, from, to. Of a box of the map: item, role,
    leads_to, given, text. The labels are those of this
    notebook's answer cell; with ``whose="earlier"`` those of a notebook in the folder beside this
    one's, and with ``whose="key"`` the key's, on a practice text. Raises NotReady where there are none.
    """
    pandas = _pandas()
    text = _own_text(name)
    if layer == MAP:
        return pandas.DataFrame(_boxes(text, _labels(MAP, text, whose)))
    scheme = read_scheme(layer)
    answers = _labels(layer, text, whose)
    if scheme.items == "pairs":
        return pandas.DataFrame(
            [
                {"item": pair.item} | _said(pair.item, answers, scheme) | {"from": text.passage(pair.from_), "to": text.passage(pair.to)}
                for pair in text.pairs
                if pair.layer == layer
            ]
        )
    held = [s for s in text.sentences if scheme.keyed == "all" or s.item in answers.rows]
    return pandas.DataFrame(
        [{"item": s.item, "paragraph": s.paragraph, "words": s.words} | _said(s.item, answers, scheme) | {"text": s.text} for s in held]
    )


def _boxes(text: Text, answers: Answers) -> list[dict[str, object]]:
    return [
        {
            "item": box.item,
            "role": box.role,
            "leads_to": "" if box.role == CALL else answers.label(box.item) or None,
            "given": box.item in answers.given,
            "text": box.words,
        }
        for box in read_boxes(text)
    ]


def _pandas():
    """pandas, which shows a sentence whole."""
    import pandas

    pandas.set_option("display.max_colwidth", None)
    return pandas


def _said(item: str, answers: Answers, scheme: Scheme) -> dict[str, object]:
    answer = answers.rows.get(item)
    label = answer.label if answer and answer.label else None
    row: dict[str, object] = {"label": label}
    if scheme.detail == "speaker":
        row["speaker"] = speaker_in(label, answer.detail, scheme) if label else None
    elif scheme.detail:
        row[scheme.detail] = answer.detail if label else None
    return {**row, "given": bool(answer and answer.given)}


def register(shell) -> None:
    """Teach a running IPython the ``%%answers`` cell, and how to show a text."""
    shell.register_magic_function(answers_magic, magic_kind="cell", magic_name="answers")
    shell.display_formatter.formatters["text/html"].for_type(Text, plain_text)
    shell.events.register("pre_run_cell", _new_cell)


def _own_text(name: str) -> Text:
    if name or _here.text:
        return read_text(name or _here.text)
    raise NotReady("This notebook has not opened its text yet. Run the cell near the top that says  read(…), then this one.")


def _source(layer: str, text: Text) -> str:
    try:
        return _here.sources[layer, text.name]
    except KeyError:
        raise NotReady(f"Run the cell that starts with  %%answers {layer}  first, then this one.") from None


def _labels(layer: str, text: Text, whose: str) -> Answers:
    """Labels of a layer: this notebook's, an earlier notebook's, or those of a practice key."""
    kind = kind_of(layer, text)
    if whose == "key":
        try:
            return kind.key(None).answers()
        except KeyProblem:
            raise NotReady(f"The labels of the key on “{text.title}” stay with your teacher.") from None
    if whose == "earlier":
        return kind.read(_earlier(layer, text))
    if whose:
        raise ValueError(f'whose must be "key" or "earlier", or left out; it is “{whose}”')
    return kind.read(_source(layer, text))


def _earlier(layer: str, text: Text) -> str:
    """The answer cell of a layer in a notebook of another unit, whose folder lies beside this one's."""
    for path in sorted(Path("..").glob("*/*.ipynb")):
        with suppress(OSError, UnitProblem, KeyError, TypeError, UnicodeDecodeError):
            cells = cells_of(read_notebook(path))
            own = own_text(cells, path.stem)
            if cell := answer_cell(cells, layer, text, own):
                return source_of(cell)
    raise NotReady(f"There is no notebook with your labels for {layer} in the folders beside this one. Do that unit first.")


def strip(layer: str, name: str = "", whose: str = "") -> Shown:
    """The text as a strip of sentences, each as wide as it is long, with colour and tag of its label; `whose` as in `table`."""
    from readtwice.pictures import strip as draw

    text = _own_text(name)
    scheme = read_scheme(layer)
    if scheme.items != "sentences":
        return _say([f'A strip shows sentences, and {layer} is about pairs. Look at  table("{layer}")  instead.'])
    return Shown(*draw(_labels(layer, text, whose), scheme, text))


def argument_map(without: str = "") -> Shown:
    """The argument map that this notebook's arrows draw; `without` takes a box away and says what is left under the call."""
    try:
        text = _own_text("")
        html, plain = _drawn(text, str(without).strip())
    except NotReady as error:
        return _say([str(error)])
    return Shown(html, plain)


def _drawn(text: Text, without: str = "") -> tuple[str, str]:
    boxes = read_boxes(text)
    if not boxes:
        return "", f"There is no argument map of “{text.title}”."
    names = [box.item for box in boxes]
    answers = kind_of(MAP, text).read(_source(MAP, text))
    arrows = {item: answer.label for item, answer in answers.rows.items() if answer.label}
    html, plain = draw(arrows, boxes, text, without if without in names else "")
    if not without or without in names:
        return html, plain
    said = _say([f"There is no box “{without}” in this map. The boxes are: {_list(names)}."])
    return said.html + html, f"{said.plain}\n{plain}"


def chart(data: pandas.Series | pandas.DataFrame, title: str) -> Shown:
    """A column of numbers, or a table of counts, as bars with its figures in words; the picture needs no network."""
    from readtwice.pictures import bars

    return Shown(bars(data, title, _notice()), f"{title}\n{data}")


def _notice() -> str:
    """Title and notice of the notebook's own text, "" where none is open."""
    return read_text(_here.text).foot if _here.text else ""


def curve(data: pandas.Series, title: str) -> Shown:
    """A column of numbers as a line through its rows, with its figures in words; rows without a number are left out.

    Says so, and draws nothing, where there is no column of numbers.
    """
    import pandas

    from readtwice.pictures import line

    if not isinstance(data, pandas.Series) or data.dtype.kind not in "iuf":
        found = "a column without numbers" if isinstance(data, pandas.Series) else f"a {type(data).__name__}"
        return _say([f'A curve needs one column of numbers, such as  table("call")["words"].  This is {found}.'])
    numbers = data.astype("float64").replace([float("inf"), float("-inf")], float("nan")).dropna()
    if numbers.empty:
        return _say(["There is nothing to draw yet: no row has a number. Answer the cell that this is counted from, and run it all again."])
    return Shown(line(numbers, title, _notice()), f"{title}\n{numbers.to_string()}")


def _state(layer: str, text: Text) -> tuple[list[str], list[str]]:
    """What to say of an answer cell, and what is left to do there."""
    source = _source(layer, text)
    if layer in RECIPES:
        numbers, problems = read_numbers(source, RECIPES[layer].names(text))
        unread = [n.name for n in numbers.values() if n.value is None]
        return _count(len(numbers), unread, "numbers"), _todo(unread, problems)
    kind = kind_of(layer, text)
    answers = kind.read(source)
    seen = _here.seen.setdefault((layer, text.name), set())
    seen |= set(answers.rows)
    asked = [item for item in kind.items if item not in answers.given and (kind.whole or item in seen)]
    unread = answers.open(asked)
    todo = _todo(unread, answers.problems)
    if lacking := _lacking(asked, answers, kind):
        item = lacking[0]
        todo.append(
            f"Add the {kind.scheme.detail} behind a bar, like  {item}: {answers.label(item)} | {_example(kind)}, in: {_list(lacking)}."
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

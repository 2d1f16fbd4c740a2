"""What a student's cells call to see labels and numbers drawn: strip, argument_map, chart and curve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from readtwice.arrows import MAP, read_boxes
from readtwice.kinds import kind_of
from readtwice.map_picture import draw
from readtwice.notebook import NotReady, kept, labels, notice, own_text
from readtwice.schemes import read_scheme
from readtwice.shown import Shown, listed, say
from readtwice.texts import Text

if TYPE_CHECKING:
    import pandas


def strip(layer: str, name: str = "", whose: str = "") -> Shown:
    """The text as a strip of sentences, each as wide as it is long, with colour and tag of its label; `whose` as in `table`."""
    from readtwice.pictures import strip as draw

    text = own_text(name)
    scheme = read_scheme(layer)
    if scheme.items != "sentences":
        return say([f'A strip shows sentences, and {layer} is about pairs. Look at  table("{layer}")  instead.'])
    return Shown(*draw(labels(layer, text, whose), scheme, text))


def argument_map(without: str = "") -> Shown:
    """The argument map that this notebook's arrows draw; `without` takes a box away and says what is left under the call."""
    try:
        text = own_text("")
        html, plain = drawn_map(text, str(without).strip())
    except NotReady as error:
        return say([str(error)])
    return Shown(html, plain)


def drawn_map(text: Text, without: str = "") -> tuple[str, str]:
    """The map that the notebook's arrows draw, as HTML and as plain text."""
    boxes = read_boxes(text)
    if not boxes:
        return "", f"There is no argument map of “{text.title}”."
    names = [box.item for box in boxes]
    answers = kind_of(MAP, text).read(kept(MAP, text))
    arrows = {item: answer.label for item, answer in answers.rows.items() if answer.label}
    html, plain = draw(arrows, boxes, text, without if without in names else "")
    if not without or without in names:
        return html, plain
    said = say([f"There is no box “{without}” in this map. The boxes are: {listed(names)}."])
    return said.html + html, f"{said.plain}\n{plain}"


def chart(data: pandas.Series | pandas.DataFrame, title: str) -> Shown:
    """A column of numbers, or a table of counts, as bars with its figures in words; the picture needs no network."""
    from readtwice.pictures import bars

    return Shown(bars(data, title, notice()), f"{title}\n{data}")


def curve(data: pandas.Series, title: str) -> Shown:
    """A column of numbers as a line through its rows, with its figures in words; rows without a number are left out.

    Says so, and draws nothing, where there is no column of numbers.
    """
    import pandas

    from readtwice.pictures import line

    if not isinstance(data, pandas.Series) or data.dtype.kind not in "iuf":
        found = "a column without numbers" if isinstance(data, pandas.Series) else f"a {type(data).__name__}"
        return say([f'A curve needs one column of numbers, such as  table("call")["words"].  This is {found}.'])
    numbers = data.astype("float64").replace([float("inf"), float("-inf")], float("nan")).dropna()
    if numbers.empty:
        return say(["There is nothing to draw yet: no row has a number. Answer the cell that this is counted from, and run it all again."])
    return Shown(line(numbers, title, notice()), f"{title}\n{numbers.to_string()}")

"""Pictures: the text as a strip of sentences by label, and tables as charts, each with its figures in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from io import StringIO
from itertools import groupby
from typing import TYPE_CHECKING

from readtwice.answers import Answers
from readtwice.marked_text import INK
from readtwice.schemes import Scheme
from readtwice.texts import Text

if TYPE_CHECKING:
    import pandas
    from matplotlib.axes import Axes

OPEN = "open"
MOST_NAMES = 16  # names below a line, so that none covers another
WORD = 0.11  # em of a strip for each word of a sentence
_BLOCK = (
    f"display:inline-block;box-sizing:border-box;border:1px solid {INK};color:{INK};text-align:center;font-size:.72em;"
    "line-height:1.9;overflow:hidden"
)


def strip(answers: Answers, scheme: Scheme, text: Text) -> tuple[str, str]:
    """The text as a strip, as HTML and as plain text: a block a sentence, as wide as it is long, with colour and tag of its label.

    Paragraphs are numbered; a sentence without a label is a dashed block without a tag. The counts
    stand below, so that nothing hangs on the picture alone.
    """
    counts: Counter[str] = Counter(answers.label(s.item) or OPEN for s in text.sentences)
    paragraphs, plain = [], []
    for number, sentences in groupby(text.sentences, key=lambda s: s.paragraph):
        sentences = list(sentences)
        blocks = "".join(_block(answers.label(s.item), max(1.9, s.words * WORD), s.item, scheme) for s in sentences)
        name = "T" if number == 0 else str(number)
        paragraphs.append(f'<span style="display:inline-block;margin:0 .5em .35em 0"><b style="font-size:.7em">{name}</b> {blocks}</span>')
        plain.append(f"{name:>3} " + " ".join(_tag(answers.label(s.item), scheme) for s in sentences))
    said = ", ".join(f"{label} {n}" for label, n in counts.most_common())
    order = "; ".join(f"{s.item} {answers.label(s.item) or OPEN}" for s in text.sentences)
    html = (
        f'<div style="max-width:46em;background-color:#ffffff;color:{INK};padding:.6em .8em;border:1px solid #c8c8c8;border-radius:4px">'
        f'<p style="margin:0 0 .5em"><b>{escape(scheme.question)}</b></p>'
        f'<div role="img" aria-label="{escape(order)}">{"".join(paragraphs)}</div>'
        f'<p style="margin:.4em 0 0">{_legend(counts, scheme)}</p>'
        f'<p style="margin:.4em 0 0;font-size:.8em">{escape(text.foot)}</p></div>'
    )
    return html, "\n".join([*plain, f"    {said}"])


def _tag(label: str, scheme: Scheme) -> str:
    return scheme[label].tag if label else "__"


def _block(label: str, width: float, item: str, scheme: Scheme) -> str:
    style = f"{_BLOCK};width:{width:.1f}em;background-color:{scheme[label].colour if label else '#ffffff'}"
    if not label:
        return f'<span style="{style};border-style:dashed" title="{item} open">&nbsp;</span>'
    return f'<span style="{style}" title="{item} {escape(label)}">{scheme[label].tag}</span>'


def _legend(counts: Counter[str], scheme: Scheme) -> str:
    chips = [
        f'<span style="{_BLOCK};padding:0 .4em;background-color:{label.colour}">{label.tag} {label.name}: {counts[label.name]}</span>'
        for label in scheme.labels
        if counts[label.name]
    ]
    if counts[OPEN]:
        chips.append(f'<span style="{_BLOCK};padding:0 .4em;border-style:dashed">open: {counts[OPEN]}</span>')
    return " ".join(chips)


def bars(data: pandas.Series | pandas.DataFrame, title: str, notice: str = "") -> str:
    """A column of numbers as bars, or a table as stacked bars, as SVG with every figure in its description.

    pandas draws it; patterns tell the parts apart as well as colours do. `notice` says whose text it is about.
    """
    from matplotlib.ticker import MaxNLocator

    frame = data.to_frame() if data.ndim == 1 else data
    rows, columns = frame.shape
    with _axes(title, 0.9 + 0.42 * max(rows, 1)) as (axes, svg):
        if rows and columns:
            colours = ["#4a78b0", "#e0a458", "#7fa650", "#b08bc4", "#c96f5a", "#8a8a8a", "#d7c65a"]
            frame.iloc[::-1].plot.barh(stacked=True, ax=axes, color=colours[:columns], edgecolor=INK, legend=False, width=0.7)
            if not any(dtype.kind == "f" for dtype in frame.dtypes):
                axes.xaxis.set_major_locator(MaxNLocator(integer=True))
            for container, hatch in zip(axes.containers, ["", "//", "..", "xx", "--", "\\\\", "++"], strict=False):
                for patch in container:
                    patch.set_hatch(hatch)
            if columns > 1:
                axes.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    return _framed(svg, _in_words(frame, title), notice)


def line(series: pandas.Series, title: str, notice: str = "") -> str:
    """A column of numbers as a line with a mark at each of them, as SVG with every figure in its description.

    pandas draws it, in the order of the rows, whose names stand below. `notice` says whose text it is about.
    """
    rows = len(series)
    with _axes(title, 3.2) as (axes, svg):
        named = series.set_axis(series.index.astype(str))
        ticks = range(0, rows, -(-rows // MOST_NAMES))
        named.plot.line(ax=axes, color="#2b5c96", marker="o", markersize=4, clip_on=False, xticks=ticks, rot=0)
        axes.set_xlim(-0.5, rows - 0.5)
        axes.set_ylim(bottom=min(0.0, series.min()))
        axes.set_xlabel("")
        axes.grid(axis="y", color="#d4d4d4", linewidth=0.6)
        axes.set_axisbelow(True)
    return _framed(svg, _in_words(series.to_frame(), title), notice)


@contextmanager
def _axes(title: str, height: float) -> Iterator[tuple[Axes, StringIO]]:
    """Axes to draw on, and where the drawing is found as SVG afterwards; the same data give the same file."""
    import matplotlib
    from matplotlib.figure import Figure

    svg = StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": title, "hatch.linewidth": 0.6}):
        figure = Figure(figsize=(7, height), layout="constrained")
        axes = figure.subplots()
        yield axes, svg
        axes.set_title(title, loc="left")
        axes.set_ylabel("")
        axes.spines[["top", "right"]].set_visible(False)
        figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})


def _framed(svg: StringIO, words: str, notice: str) -> str:
    picture = svg.getvalue()
    below = f'<p style="margin:.2em .8em .4em;font-size:.8em;color:{INK}">{escape(notice)}</p>' if notice else ""
    picture = f'<div role="img" aria-label="{escape(words)}">{picture[picture.index("<svg") :]}</div>'
    return f'<div style="max-width:46em;overflow-x:auto;background-color:#ffffff">{picture}{below}</div>'


def _in_words(frame: pandas.DataFrame, title: str) -> str:
    """The figures of a table as a sentence."""
    rows = []
    for name, values in frame.iterrows():
        said = ", ".join(f"{column} {value:g}" if len(frame.columns) > 1 else f"{value:g}" for column, value in values.items())
        rows.append(f"{name}: {said}")
    return f"{title}. {'; '.join(rows)}"

"""Texts of answer cells as students may leave them: sound, damaged, pasted from anywhere. Drawn at random from a seed."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

HEADERS = ("%%answers voice", "%%answers voice harbour", " %% Answer voice", "%answers", "\ufeff%%answers voice", "%%answersheet", "%%time")
BEFORE = ("", "", "", "", " ", "\t", "\u00a0", "\ufeff", "\u200b", "= ", "=", "＝", "== ", "=\u00a0", "= =", "- ", "> ", "(", "#", "| ")
BEHIND = (": ", ": ", ": ", ": ", ":", "：", " : ", " ", "", ".", ". ", "=", " - ", " – ", " | ", "\t", ":\u00a0", ") ", "]: ", "::", ",")
BARS = (" | ", " | ", " | ", "|", "｜", " || ", " |", ": ", ", ", "; ", " - ", " – ", " (", " ", "", "/", " or ", " and ", ".", '"')
BLANKS = ("", "", "", " ", "___", "…", "...", "?", "-", " _ ", "\u200b", "\u00a0", "|", ": ", "?? |")
STRANGE = ("beautiful", "I don't know", "автор", "作者", "كاتب", "🙂", "straße", "İstanbul", "１", "٣", "<b>x</b>", "=", "1.3", "née")
DETAILS = (
    "Blinken",
    "the mayor",
    "who | what | when",
    "? | ? | now",
    "“smart quotes”",
    '"straight"',
    "‘so-called’ partners",
    "don’t",
    "(US)",
    "Blinken (US)",
    "r2",
    "S01",
    "a; b … c",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "🙂👩‍👧",
    "Лавров сказал",
    "美国",
    "لافروف",
    "a\tb\u00a0c",
    "-",
    "#",
    "# no comment",
    "|",
    "née «X»",
    "\u200e\u200fx",
    "a  b",
    "one\u2028two",
    "one\x0btwo",
    "a\u3000b\u00adc",
    "ne\u0301e \u2011 x",
    "x" * 70,
    "🙂" * 40,
)
COMMENTS = (
    "# a note",
    "#",
    "## 1.3: author",
    "# I disagree: the words are his",
    "#I disagree: “quoted”, née 🙂",
    "# I disagree: one\u2028two",
    "### i  DISAGREE because of this",
    "# I disagree:",
    "#  I disagree : : twice",
    "= # I disagree: under a sign",
    "\u00a0# I disagree: behind a space",
    "# Idisagree: no",
    "＃ I disagree: a full-width sign",
)
NOISE = ("", "", "   ", "\t", "\u200b", "no answer", "1.", "1.3", "T", "T:", ":", "=", "==", "|", "…", "(", "🙂", "答え", "\u2028", "--")
ENDS = ("\n", "\n", "\n", "\r\n", "\r")


def cell_text(draw: Random, items: Sequence[str], labels: Sequence[str]) -> str:
    """A cell about these items; `labels` is empty where the rest of a line is the answer."""
    few = draw.sample(list(items), min(len(items), 6))  # few, so that some stand twice
    care = draw.random()  # how soundly this cell is written
    lines = [draw.choice(HEADERS)] if draw.random() < 0.8 else []
    for _ in range(draw.randrange(16)):
        kind = draw.random()
        if kind < 0.15:
            lines.append(draw.choice(COMMENTS))
        elif kind < 0.15 + 0.2 * (1 - care):
            lines.append(draw.choice(NOISE))
        else:
            lines.append(_line(draw, few, labels, care))
        if draw.random() < 0.1 * (1 - care):
            lines[-1] = lines[-1][: draw.randrange(len(lines[-1]) + 1)]  # half a line
        if draw.random() < 0.01:
            lines[-1] += "very long " * 210
    end = draw.choice(ENDS)
    ends = [draw.choice(ENDS) if care < 0.2 else end for _ in lines]
    text = "".join(line + end for line, end in zip(lines, ends, strict=True))
    return text if draw.random() < 0.5 else text.rstrip("\r\n")


def _line(draw: Random, items: Sequence[str], labels: Sequence[str], care: float) -> str:
    item, label, detail = draw.choice(items), draw.choice(labels or DETAILS), draw.choice(DETAILS)
    if draw.random() < care:
        given = "= " if draw.random() < 0.3 else ""
        return f"{given}{item}: {draw.choice((label, label, ''))}" + (f" | {detail}" if labels and draw.random() < 0.5 else "")
    said = draw.choice((label, label, label, _slip(draw, label), f"{label}{draw.choice(BARS)}{draw.choice(labels or DETAILS)}", "", ""))
    said = said or draw.choice((*BLANKS, *STRANGE))
    said = draw.choice((said, said, said, said.upper(), said.title(), f"“{said}”", f"({said})", f"[{said}].", f"'{said}'"))
    more = f"{draw.choice(BARS)}{detail}" if draw.random() < 0.4 else ""
    space = draw.choice(("", "", "", " ", "\t", "\u00a0", "\u202f"))
    return f"{draw.choice(BEFORE)}{_item(draw, item)}{draw.choice(BEHIND)}{said}{more}{space}"


def _item(draw: Random, item: str) -> str:
    forms = (item, item, item, item.replace(".", ","), item.replace(".", " . "), item.upper(), item.lower(), f"({item})", f"[{item} ]")
    return draw.choice((*forms, f"§ {item}", f"{item}0", "99.9", "x7", f"{item}２", item.replace("1", "１"), f"{item[:1]} {item[1:]}"))


def _slip(draw: Random, word: str) -> str:
    at = draw.randrange(len(word))
    return draw.choice((word[:at] + word[at + 1 :], word[:at] + "e" + word[at:], word[at:] + word[:at], word + "s"))

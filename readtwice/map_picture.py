"""The argument map as a picture: the call on top, below each box what is given as a reason for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from readtwice.arrows import CALL, CLAIM, COLOURS, EVIDENCE, Box, circles, under, without_box
from readtwice.marked_text import GREY, INK
from readtwice.texts import Text

OPEN, TAKEN, CUT, BARE, NO_EVIDENCE = (
    "no arrow yet",
    "taken away",
    "no longer reaches the call",
    "nothing is left under it",
    "no evidence is left under it",
)
_FRAME = f"max-width:46em;background-color:#ffffff;color:{INK};padding:.6em .8em;border:1px solid #c8c8c8;border-radius:4px;line-height:1.4"
_STRIPES = "background-image:repeating-linear-gradient(45deg,#e4e4e4 0,#e4e4e4 5px,transparent 5px,transparent 12px)"
_BOXES = {
    EVIDENCE: f"border:1px solid {INK};border-radius:1em;background-color:{COLOURS[EVIDENCE]}",
    CLAIM: f"border:1px solid {INK};background-color:{COLOURS[CLAIM]}",
    CALL: f"border:4px double {INK};background-color:{COLOURS[CALL]}",
}
_LIST = "list-style:none;margin:0;padding:0"


def draw(arrows: Mapping[str, str], boxes: Sequence[Box], text: Text, without: str = "") -> tuple[str, str]:
    """The map as HTML and as an indented outline.

    Below each box stand the boxes whose arrows lead to it. A box without an arrow is dashed and set
    apart, with what leads to it; so are boxes whose arrows run in a circle. Where a box is taken
    away, `without`, each box that loses by it says what it loses.
    """
    states = _states(arrows, boxes, without)
    rings = circles(arrows)
    on_top = [box.item for box in boxes if box.role == CALL]
    apart = [box.item for box in boxes if box.item not in arrows and box.role != CALL]
    parts = [("", on_top), ("Not connected yet", apart), ("In a circle", [ring[0] for ring in rings])]
    trees = [(head, [_tree(root, arrows, boxes) for root in roots]) for head, roots in parts if roots]
    said = [*_said(arrows, boxes, without), _counted(boxes, apart, rings)]
    html = "".join(f'<p style="margin:0 0 .5em">{escape(line) if n else f"<b>{escape(line)}</b>"}</p>' for n, line in enumerate(said[:-1]))
    plain = said[:-1]
    for head, grown in trees:
        html += f'<p style="margin:.8em 0 .2em"><b>{head}</b></p>' if head else ""
        html += "".join(f'<div style="margin:.3em 0">{_html(tree, boxes, states)}</div>' for tree in grown)
        plain += [f"{head}:"] * bool(head) + [line for tree in grown for line in _lines(tree, boxes, states)]
    html += f'<p style="margin:.6em 0 0">{escape(said[-1])}</p>'
    html += f'<p style="margin:.4em 0 0;font-size:.8em">{escape(text.foot)}</p>'
    plain += [said[-1], text.foot]
    label = escape(f"Argument map as an outline. {'; '.join(line.strip() for line in plain)}")
    return f'<div role="group" aria-label="{label}" style="{_FRAME}">{html}</div>', "\n".join(plain)


def _tree(root: str, arrows: Mapping[str, str], boxes: Sequence[Box], seen: tuple[str, ...] = ()) -> tuple[str, list]:
    """A box with the trees of those that lead to it; a circle is followed once round."""
    seen = (*seen, root)
    return root, [_tree(box.item, arrows, boxes, seen) for box in boxes if arrows.get(box.item) == root and box.item not in seen]


def _states(arrows: Mapping[str, str], boxes: Sequence[Box], without: str) -> dict[str, str]:
    """What is to be said of a box beside its role: that it is open, or what it loses."""
    if not without:
        return {box.item: OPEN for box in boxes if box.item not in arrows and box.role != CALL}
    left = without_box(without, arrows)
    roles = {box.item: box.role for box in boxes}
    call = next(item for item, role in roles.items() if role == CALL)
    states = {without: TAKEN}
    for item, role in roles.items():
        if item == without:
            continue
        before, after = under(item, arrows), under(item, left)
        had, has = ({roles[other] for other in some} for some in (before, after))
        losses = [
            (role != EVIDENCE and before and not after, BARE),
            (role != EVIDENCE and after and EVIDENCE in had - has, NO_EVIDENCE),
            (item in under(call, arrows) and item not in under(call, left), CUT),
            (item not in arrows and role != CALL, OPEN),
        ]
        if said := [words for lost, words in losses if lost]:
            states[item] = ", ".join(said)
    return states


def _said(arrows: Mapping[str, str], boxes: Sequence[Box], without: str) -> list[str]:
    """Whether the call still stands: how many boxes are under it, before and after."""
    call = next(box.item for box in boxes if box.role == CALL)
    if not without:
        return []
    if without == call:
        return [f"{call} is the call itself. Without it nothing is asked of anybody."]
    unsure = [box.item for box in boxes if box.role != CALL and box.item not in arrows]
    change = f" {_some(len(unsure))} without an arrow can still change that." if unsure else ""
    proof = {box.item for box in boxes if box.role == EVIDENCE}
    before, after = under(call, arrows), under(call, without_box(without, arrows))
    head = f"Take {without} away: does the call still stand?"
    if not before:
        return [head, f"In your map no arrow leads to the call {call} yet, so there is nothing to take away."]
    if not after:
        return [head, f"Nothing is left under the call {call}. There {_were(len(before))} under it before.{change}"]
    kinds = f"{len(after & proof) or 'none'} of them evidence"
    lost = f"before, there {_were(len(before))}, {len(before & proof) or 'none'} of them evidence"
    verb = "is" if len(after) == 1 else "are"
    still = f"Under the call {call} there {verb} still {_some(len(after))}, {kinds}; {lost}.{change}"
    return [
        head,
        f"{still} How well they carry it, a map cannot say.",
    ]


def _some(number: int) -> str:
    return f"{number} box" if number == 1 else f"{number} boxes"


def _were(number: int) -> str:
    return f"{'was' if number == 1 else 'were'} {_some(number)}"


def _counted(boxes: Sequence[Box], apart: Sequence[str], rings: Sequence[Sequence[str]]) -> str:
    said = f"{len(boxes)} boxes, {len(boxes) - 1 - len(apart)} arrows."
    said += f" No arrow yet: {', '.join(apart)}." if apart else ""
    return said + "".join(f" In a circle: {' → '.join([*ring, ring[0]])}." for ring in rings)


def _lines(tree: tuple[str, list], boxes: Sequence[Box], states: Mapping[str, str], depth: int = 0) -> list[str]:
    item, below = tree
    box = next(box for box in boxes if box.item == item)
    state = f" ({states[item]})" if item in states else ""
    line = f"{'    ' * depth}{'because ' if depth else ''}{box.role} {item}{state}: {box.words}"
    return [line, *(line for other in below for line in _lines(other, boxes, states, depth + 1))]


def _html(tree: tuple[str, list], boxes: Sequence[Box], states: Mapping[str, str]) -> str:
    item, below = tree
    box = next(box for box in boxes if box.item == item)
    state = states.get(item, "")
    dashed = ";border-style:dashed" if TAKEN in state or OPEN in state else ""
    marked = f"background-color:#ffffff;{_STRIPES}" if state and state != OPEN else ""
    paper = "background-color:#ffffff" if marked else ""  # words do not stand on stripes
    chip = f' <b style="font-size:.8em;background-color:#ffffff;border:1px dashed {INK};padding:0 .3em">{state}</b>' if state else ""
    name = f'<span style="font-size:.8em;{paper}"><b>{box.role.upper()}</b> {item}</span>{chip}'
    style = f"{_BOXES[box.role]}{dashed};padding:.2em .7em;break-inside:avoid;overflow-wrap:anywhere;{marked}"
    drawn = f'<div style="{style}">{name}<br><span style="{paper}">{escape(box.words)}</span></div>'
    if not below:
        return drawn
    rows = "".join(
        f'<li style="display:flex;margin:0;padding:0">{_arm(other is below[-1], states.get(other[0], ""))}'
        f'<div style="flex:1 1 auto;min-width:0;padding:.2em 0">{_html(other, boxes, states)}</div></li>'
        for other in below
    )
    because = f'<div style="font-size:.8em;line-height:1.2;margin-left:.1em;color:{GREY}"><span style="color:{INK}">▲</span> because</div>'
    return f'{drawn}{because}<ul style="{_LIST}">{rows}</ul>'


def _arm(last: bool, state: str) -> str:
    """The line from a box to the one above; dashed where it no longer leads there."""
    style = "dashed" if TAKEN in state else "solid"
    rest = "" if last else f'<span style="flex:1 1 auto;border-left:2px solid {INK}"></span>'
    elbow = f"height:1.2em;box-sizing:border-box;border-left:2px solid {INK};border-bottom:2px {style} {INK}"
    return (
        '<span aria-hidden="true" style="flex:0 0 .9em;display:flex;flex-direction:column;margin-left:.5em">'
        f'<span style="{elbow}"></span>{rest}</span>'
    )

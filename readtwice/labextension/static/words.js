// Words of a sentence picked with the mouse or with the keyboard.

import { el } from "./elements.js";

/**
 * Let words be picked inside `node`. `wanted()` says whether words are asked for now, `take(words)`
 * gets them, `say(text)` tells a screen reader where the cursor stands.
 */
export function pickable(node, { wanted, take, say }) {
  const sentence = node.textContent;
  node.addEventListener("mouseup", () => {
    const chosen = window.getSelection();
    if (!wanted() || chosen.isCollapsed || !chosen.rangeCount) return;
    const range = chosen.getRangeAt(0);
    if (!node.contains(range.startContainer) || !node.contains(range.endContainer)) return;
    const [from, to] = whole(sentence, place(node, range.startContainer, range.startOffset), place(node, range.endContainer, range.endOffset));
    if (to > from) take(sentence.slice(from, to));
  });

  const group = node.closest.bind(node, ".rt-item");
  queueMicrotask(() => group()?.addEventListener("keydown", (event) => {
    if (event.key === "w" && wanted() && !event.ctrlKey && !event.metaKey && !event.target.matches("input, select")) {
      event.preventDefault();
      start();
    }
  }));

  function start() {
    const pieces = [...sentence.matchAll(/\S+/g)];
    let from = 0, to = 0;
    const picker = el("span", { class: "rt-picker", tabindex: "0", role: "group", "aria-label": "Pick words: arrows move, Shift and arrows take more, Enter takes them, Escape stops" });
    const shown = pieces.map(([word]) => el("span", {}, word));
    picker.append(...shown.flatMap((word) => [word, " "]));
    const show = () => {
      shown.forEach((word, i) => word.classList.toggle("rt-picked", i >= Math.min(from, to) && i <= Math.max(from, to)));
      say(words());
    };
    const words = () => {
      const [first, last] = [pieces[Math.min(from, to)], pieces[Math.max(from, to)]];
      const [start, end] = whole(sentence, first.index, last.index + last[0].length);
      return sentence.slice(start, end);
    };
    const stop = () => {
      node.replaceChildren(sentence);
      group()?.focus();
    };
    picker.addEventListener("focusout", () => queueMicrotask(() => picker.isConnected && node.replaceChildren(sentence)));
    picker.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (event.key === "Tab") return stop();
      event.preventDefault();
      event.stopPropagation();
      if (step) {
        to = Math.min(Math.max(to + step, 0), pieces.length - 1);
        if (!event.shiftKey) from = to;
        show();
      } else if (event.key === "Enter") {
        const picked = words();
        stop();
        take(picked);
      } else if (event.key === "Escape") {
        stop();
      }
      return undefined;
    });
    node.replaceChildren(picker);
    picker.focus();
    show();
  }
}

/** Offset in the text of `node` of a place in one of its text nodes. */
function place(node, container, offset) {
  const range = document.createRange();
  range.selectNodeContents(node);
  range.setEnd(container, offset);
  return range.toString().length;
}

/** A range widened to whole words, without punctuation at its ends. */
function whole(sentence, from, to) {
  const isWord = (c) => c !== undefined && /[\p{L}\p{N}'’-]/u.test(c);
  while (from < to && !isWord(sentence[from])) from++;
  while (to > from && !isWord(sentence[to - 1])) to--;
  while (from < to && isWord(sentence[from - 1])) from--;
  while (from < to && isWord(sentence[to])) to++;
  return [from, to];
}

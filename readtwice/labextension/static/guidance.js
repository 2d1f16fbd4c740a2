// What a form says about itself: how to use it, the tests of its labels, and why its answers may not arrive.

import { el, keyOf } from "./elements.js";

/** Why answers may not arrive: the first line of the cell, a copy of it, a notebook that cannot be saved; empty where they do. */
export function whyAstray(data, header, { readOnly, twin }) {
  if (!header?.layer) return `The first line of the cell above should be “%%answers ${data.layer}”. Mend it, or the other cells do not see your answers.`;
  if (header.layer !== data.layer) return `The first line of the cell above says “${header.layer}”, and this form is for “${data.layer}”. Mend the line, or run the cell again.`;
  if (header.text && header.text !== data.text) return `The first line of the cell above says “${header.text}”, and this form shows “${data.text}”. Mend the line, or run the cell again.`;
  if (readOnly) return "Jupyter may not save this notebook where it lies. Choose File, then “Save Notebook As”, and answer in the copy.";
  return twin ? "Another cell of this notebook starts with the same line. Answer in one of the two, and delete the other." : "";
}

export const hasTests = (data) => data.labels.some(({ test }) => test);

/** Tag and name of a label behind its key; where its name is that key, the first word of its test stands for a name. */
export const named = (label, key) => [el("b", {}, label.tag), ` ${key === label.name ? firstWord(label.test) : label.name}`];
const firstWord = (test) => test.split(/[\s,.:]/)[0].toLowerCase();

export function howTo(data) {
  if (data.boxes || data.items[0]?.choices) return "Choose from the lists, or move with the arrow keys and press Enter to reach one. Press n for the next open one, Escape to leave. Every answer is written into the cell above at once.";
  if (!data.labels.length) return "Type into the fields. Every answer is written into the cell above at once.";
  const keys = data.labels.map((_, i) => keyOf(data.labels, i));
  const press = `${keys[0]} to ${keys.at(-1)}`;
  const choose = data.items[0]?.options ? "Click an answer" : data.view === "text" ? "Click a label" : "Choose a label";
  const tests = hasTests(data) ? "? for the tests, " : "";
  return `${choose}, or move with the arrow keys and press ${press}. Press ${tests}n for the next open one, Escape to leave. Every answer is written into the cell above at once.`;
}

export function helpPanel(data, prefix) {
  const rows = data.labels.map((label, i) => el("li", {},
    el("span", { class: "rt-chip", style: `--rt-colour:${label.colour}` }, el("kbd", {}, keyOf(data.labels, i)), " ", ...named(label, keyOf(data.labels, i))),
    ` ${label.test}`, label.example ? el("i", {}, ` For example: ${label.example}`) : ""));
  const options = (data.detail?.options ?? []).filter((option) => option.meaning).map((option) => el("li", {}, el("b", {}, option.name), ` ${option.meaning}`));
  return el("div", { class: "rt-help", role: "group", "aria-labelledby": `${prefix}-help` },
    el("h4", { id: `${prefix}-help` }, "Try the tests in this order. The first that holds wins."), el("ol", {}, ...rows),
    options.length ? el("h4", {}, data.detail.kind) : "", options.length ? el("ul", {}, ...options) : "");
}

// The second half of an answer: a speaker, one of a list, words of the sentence, or who is to do what by when.

import { el } from "./elements.js";

const SLOTS = ["who", "what", "when"];
const EMPTY = "?"; // an earlier slot that is still empty while a later one is filled

/** The fields for the detail of one item; hidden while its label asks for none. */
export function details({ data, item, id, answer, put, labels }) {
  if (!data.detail) return { node: "", update: () => {} };
  const field = { speaker: speaker, slots: slots }[data.detail.kind] ?? (options(data, item).length ? one : words);
  const made = field({ data, item, id, answer, put });
  const node = el("div", { class: "rt-detail" }, made.node);
  return { node, update: () => {
    node.hidden = !labels.get(answer().label)?.asks_detail;
    made.update(node.hidden ? "" : answer().detail);
  } };
}

const options = (data, item) => item.detail_options ?? data.detail.options ?? [];

function text(head, id, put, more = {}) {
  const input = el("input", { type: "text", id, autocomplete: "off", spellcheck: "false", oninput: () => put(input.value), ...more });
  const same = (value) => input.value.replace(/\s+/g, " ").trim() === value;
  const set = (value) => { if (document.activeElement !== input || !same(value)) input.value = value; };
  return { input, node: el("label", { class: "rt-field" }, el("span", {}, head), input), set };
}

function speaker({ data, id, put }) {
  const field = text("speaker", `${id}-detail`, (value) => put(value.replaceAll("|", " "), true), { list: `${id}-speakers` });
  const known = el("datalist", { id: `${id}-speakers` }, ...data.speakers.map((name) => el("option", { value: name })));
  return { node: el("span", {}, field.node, known), update: field.set };
}

function words({ data, id, put }) {
  const field = text(data.detail.kind, `${id}-detail`, (value) => put(value.replaceAll("|", " "), true));
  const hint = data.detail.kind === "trigger words" ? el("small", { class: "rt-hint" }, "Mark the words in the sentence with the mouse, or press w there and pick them with the arrow keys.") : "";
  return { node: el("span", {}, field.node, hint), update: field.set };
}

function one({ data, item, id, put }) {
  const choices = options(data, item);
  const select = el("select", { id: `${id}-detail`, onchange: () => put(select.value) }, el("option", { value: "" }, "choose"),
    ...choices.map(({ name, meaning }) => el("option", { value: name }, meaning ? `${name}: ${meaning}` : name)));
  return { node: el("label", { class: "rt-field" }, el("span", {}, data.detail.kind), select), update: (detail) => {
    const found = choices.find(({ name }) => name.toLowerCase() === detail.toLowerCase());
    select.value = found?.name ?? "";
    select.title = detail && !found ? `“${detail}” in the cell is none of these` : "";
  } };
}

function slots({ id, put }) {
  const fields = SLOTS.map((slot) => text(slot, `${id}-${slot}`, () => {
    const said = fields.map(({ input }) => input.value.replaceAll("|", " ").trim());
    while (said.length && !said.at(-1)) said.pop();
    put(said.map((part) => part || EMPTY).join(" | "), true);
  }, slot === "when" ? { placeholder: "not stated" } : {}));
  const node = el("span", { class: "rt-slots" }, "The author asks ", fields[0].node, " to ", fields[1].node, ", ", fields[2].node, ".");
  return { node, update: (detail) => {
    const parts = detail.split("|").map((part) => part.trim());
    fields.forEach((field, i) => field.set(parts[i] === EMPTY ? "" : parts[i] ?? ""));
  } };
}

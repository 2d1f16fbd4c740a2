// Fields to type into, and the second half of an answer: a speaker, one of a list, words of the sentence, or who is to do what by when.

import { el, toggle } from "./elements.js";

const SLOTS = ["who", "what", "when"];
const EMPTY = "?"; // an earlier slot that is still empty while a later one is filled

/** The fields for the detail of one item; hidden while its label asks for none. */
export function details({ data, item, id, answer, put, labels }) {
  if (!data.detail) return { node: "", update: () => {} };
  const field = { speaker: speaker, slots: slots }[data.detail.kind] ?? (options(data, item).length ? one : words);
  const made = field({ data, item, id, put });
  const node = el("div", { class: "rt-detail" }, made.node);
  return { node, update: () => {
    node.hidden = !labels.get(answer().label)?.asks_detail;
    made.update(node.hidden ? "" : answer().detail);
  } };
}

const options = (data, item) => item.detail_options ?? data.detail.options ?? [];

/**
 * A field with its name. `set` shows what the cell says, but leaves alone what was typed and is read so: the
 * reader makes straight quotation marks of curly ones and does without a bracket at the end.
 */
export function text(head, id, put, more = {}) {
  let typing = false, said;
  const typed = () => {
    typing = true;
    put(input.value);
    typing = false;
  };
  const input = el("input", { type: "text", id, dir: "auto", autocomplete: "off", spellcheck: "false", maxlength: "500", oninput: typed, ...more });
  const set = (value) => {
    if (!typing && value !== said) input.value = value;
    said = value;
  };
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
  const hint = el("small", { class: "rt-hint" });
  return { node: el("span", {}, el("label", { class: "rt-field" }, el("span", {}, data.detail.kind), select), hint), update: (detail) => {
    const found = choices.find(({ name }) => name.toLowerCase() === detail.toLowerCase());
    select.value = found?.name ?? "";
    hint.textContent = found ? found.meaning : detail && `“${detail}” in the cell is none of these.`;
    toggle(hint, "rt-narrow", Boolean(found)); // where there is little room, the list cuts what it shows
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

// What one item is answered with: labels to click, lists, a field, and the line for an objection. Each gives {node, update}.

import { text } from "./details.js";
import { el, keyOf, once, toggle } from "./elements.js";
import { named } from "./guidance.js";

export function chips({ data, item, answer, put }) {
  const buttons = data.labels.map((label, i) => el("button", { type: "button", class: "rt-label", style: `--rt-colour:${label.colour}`, title: label.test,
    onclick: once(() => put({ label: answer().label === label.name ? "" : label.name })) },
    el("kbd", {}, keyOf(data.labels, i)), ...(item.options ? [el("span", {}, item.options[label.name])] : named(label, keyOf(data.labels, i)))));
  return { node: el("div", { class: item.options ? "rt-labels rt-options" : "rt-labels" }, ...buttons), update: () => buttons.forEach((button, i) => {
    button.setAttribute("aria-pressed", String(answer().label === data.labels[i].name));
  }) };
}

export function list({ data, item, id, answer, put }) {
  const select = el("select", { id: `${id}-label`, onchange: () => put({ label: select.value }) }, el("option", { value: "" }, "choose"),
    ...data.labels.map((label) => el("option", { value: label.name }, `${label.tag} ${label.name}`)));
  return { node: el("label", { class: "rt-field" }, el("span", {}, "label"), select), update: () => (select.value = answer().label) };
}

/** One of a list that has words of its own: the box to which an arrow leads, a card, a sentence. */
export function choose({ data, item, id, answer, put }) {
  const boxes = item.choices ?? data.boxes.filter(({ name }) => name !== item.id), hint = el("small", { class: "rt-hint" });
  const head = item.choices ? data.field : "is given as a reason for";
  const select = el("select", { id: `${id}-answer`, onchange: () => put({ label: select.value }) }, el("option", { value: "" }, "choose"),
    ...boxes.map(({ name, meaning }) => el("option", { value: name }, `${name} ${meaning}`)));
  return { node: el("span", {}, el("label", { class: "rt-field" }, el("span", {}, head), select), hint), update: () => {
    const said = answer().label, found = boxes.find(({ name }) => name === said.replace(/[\s=>→–—-]+/g, "").replaceAll(",", ".").replace(/^[.;_?…|]+|[.;_?…|]+$/g, ""));
    select.value = found?.name ?? "";
    hint.textContent = found ? found.meaning : said && `“${said}” in the cell is ${item.choices ? "none of these" : "no box that this arrow can lead to"}.`;
    toggle(hint, "rt-narrow", Boolean(found)); // where there is little room, the list cuts what it shows
  } };
}

export function free({ data, id, answer, put, why }) {
  const numbers = data.field === "number";
  const field = text(data.field, `${id}-answer`, (said) => put({ label: said }, true), { maxlength: "1500", ...(numbers ? { inputmode: "decimal" } : {}) });
  const hint = el("small", { class: "rt-hint", id: `${id}-hint` });
  toggle(field.node, "rt-wide", !numbers);
  field.input.setAttribute("aria-describedby", hint.id);
  return { node: el("span", {}, field.node, hint), update: () => {
    const { label, unread } = answer();
    field.set(label);
    field.input.setAttribute("aria-invalid", String(unread));
    hint.textContent = why();
  } };
}

export function objection({ id, answer, put }) {
  const field = text("I disagree, because", `${id}-objection`, (said) => put({ objection: said }, true), { maxlength: "1500", spellcheck: "true" });
  const show = (on) => {
    field.node.hidden = !on;
    button.setAttribute("aria-expanded", String(on));
  };
  const button = el("button", { type: "button", class: "rt-quiet", onclick: once(() => {
    show(field.node.hidden);
    if (!field.node.hidden) field.input.focus();
  }) }, "I disagree");
  field.node.classList.add("rt-wide");
  show(false);
  return { node: el("div", { class: "rt-doubt" }, button, field.node), update: () => {
    const { label, objection: said } = answer();
    field.set(said);
    if (said) show(true);
    button.hidden = !label && !said;
  } };
}

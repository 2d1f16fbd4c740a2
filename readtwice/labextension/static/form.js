// The form: a text, or pairs of passages, with labels to choose. It keeps nothing: what it shows is what the cell's text says.

import { edits, headerOf, lineOf, readLines } from "./lines.js";
import { details, text } from "./details.js";
import { el, keyOf, once, toggle } from "./elements.js";
import { pickable } from "./words.js";

const MOST_TOLD = 3; // items whose change is told one by one
let forms = 0; // two forms in a notebook need ids of their own

/**
 * Draw a form into `root`. `data` is what the package sends (see readtwice/form.py); `cell` is the
 * notebook cell: source, twin (whether another cell has the same first line), watch(f), change(edits, joins), undo(), redo(), save(), leave().
 */
export function makeForm(data, cell, root) {
  const prefix = `readtwice-${++forms}`;
  const spec = { items: data.items.map((item) => item.id), labels: data.labels.map((label) => label.name), numbers: data.field === "number" };
  const labels = new Map(data.labels.map((label) => [label.name, label]));
  const items = new Map(); // id -> what is drawn of it
  let state = readLines(cell.source, spec), current = "", onlyOpen = false, help = null, disposed = false;

  const say = el("div", { class: "rt-say", role: "status", "aria-live": "polite" });
  const count = el("span", { class: "rt-count" }), progress = el("progress", { "aria-label": `${data.things} answered` });
  const next = el("button", { type: "button", onclick: () => toNextOpen() }, "Next open ", el("kbd", {}, "n"));
  const filter = el("button", { type: "button", "aria-pressed": "false", onclick: once(() => setFilter(!onlyOpen)) }, "Only open ones ", el("kbd", {}, "o"));
  const undo = el("button", { type: "button", onclick: () => step("undo") }, "Undo ", el("kbd", {}, "u"));
  const how = el("button", { type: "button", "aria-expanded": "false", onclick: once(() => setHelp(!help)) }, "Tests and examples ", el("kbd", {}, "?"));
  const bar = el("div", { class: "rt-bar", role: "group", "aria-label": "What is answered" }, count, progress, next, filter, undo, hasTests(data) ? how : "");
  const astray = el("p", { class: "rt-astray" }), body = el("div", { class: "rt-body" });
  const problems = el("div", { class: "rt-problems" }), foot = el("p", { class: "rt-count" });

  root.replaceChildren(
    el("h3", { class: "rt-question", id: `${prefix}-question` }, data.question),
    el("p", { class: "rt-how" }, howTo(data)),
    astray, bar, body, foot, problems,
    el("p", { class: "rt-notice" }, data.notice), say,
  );
  root.setAttribute("role", "region");
  root.setAttribute("aria-labelledby", `${prefix}-question`);
  root.lang = "en";

  const answer = (id) => state.rows.get(id) ?? { label: "", detail: "", given: false, objection: "", unread: false };
  const isAsked = (id) => !answer(id).given && (data.whole || state.rows.has(id));
  const asked = () => spec.items.filter(isAsked);
  const isOpen = (id) => !answer(id).label || answer(id).unread;

  function put(id, change, joins = false) {
    const was = answer(id), now = { ...was, ...change };
    if (!now.label || (now.label !== was.label && !asksDetail(now.label))) now.detail = "";
    const changes = edits(cell.source, spec, id, now);
    if (changes.length) cell.change(changes, joins); // else there would be a step of undo that does nothing
    if (!joins) {
      say.textContent = `${told(id)} ${done()}`;
    }
  }
  const asksDetail = (label) => Boolean(labels.get(label)?.asks_detail);
  const told = (id) => {
    const { label, detail } = answer(id);
    return label ? `${id}: ${label}${detail ? `, ${detail}` : ""}.` : `${id} is open again.`;
  };
  const done = () => {
    const all = asked(), n = all.filter((id) => !isOpen(id)).length;
    return `${n} of ${all.length} ${data.things} answered.`;
  };

  /** Undo or redo, and say what that changed. */
  function step(deed) {
    const text = cell.source, before = state.rows;
    cell[deed]();
    if (cell.source === text) return (say.textContent = `There is nothing to ${deed}.`);
    const said = (rows, id) => lineOf(id, rows.get(id)?.label ?? "", rows.get(id)?.detail ?? "");
    const changed = spec.items.filter((id) => said(before, id) !== said(state.rows, id));
    const news = changed.length > MOST_TOLD ? [`${changed.length} ${data.things} changed.`] : changed.map(told);
    return (say.textContent = [`${deed === "undo" ? "Undone" : "Done again"}.`, ...news, done()].join(" "));
  }

  function draw() {
    items.clear();
    body.replaceChildren();
    let paragraph, flow;
    for (const item of data.items) {
      const given = !isAsked(item.id);
      if (given && !data.whole) continue;
      if (data.view === "text" && item.paragraph !== paragraph) {
        body.append((flow = el("div", { class: item.paragraph === 0 ? "rt-paragraph rt-title" : "rt-paragraph" })));
        if (paragraph > 0 && paragraph % 5 === 0) flow.before(el("p", { class: "rt-notice" }, data.notice));
        paragraph = item.paragraph;
      }
      const drawn = given ? drawGiven(item) : drawAsked(item);
      items.set(item.id, drawn);
      (data.view === "text" ? flow : body).append(drawn.node);
    }
    drawnAsked = asked().join();
    if (!items.has(current) || !isAsked(current)) current = asked()[0] ?? "";
  }
  let drawnAsked;

  function drawGiven(item) {
    const chip = el("span", { class: "rt-chip" });
    const node = el("div", { class: "rt-given" }, number(item), ...passages(item), " ", chip);
    return { node, update: () => {
      const { label, detail } = answer(item.id);
      chip.replaceChildren(...tagged(labels.get(label), label, detail, " (given)"));
    } };
  }

  function drawAsked(item) {
    const id = `${prefix}-${item.id.replace(/[^\p{L}\p{N}]+/gu, "-")}`;
    const words = el("span", { class: "rt-words", id: `${id}-words` }, ...passages(item));
    const chosen = el("span", { class: "rt-chip rt-chosen", id: `${id}-chosen` });
    const controls = el("div", { class: "rt-controls" });
    const looks = `rt-item${spec.numbers ? " rt-numbered" : spec.labels.length || data.boxes ? "" : " rt-free"}`;
    const node = el("div", { class: looks, role: "group", tabindex: "-1", "data-id": item.id, "aria-labelledby": `${id}-name ${id}-words ${id}-chosen` },
      el("div", { class: "rt-sentence" }, number(item, `${id}-name`), words, " ", chosen), context(item), controls);
    node.addEventListener("focusin", () => setCurrent(item.id));
    const choice = data.boxes || item.choices ? choose(item, id) : !spec.labels.length ? free(item, id) : data.view === "text" || item.options ? chips(item) : list(item, id);
    const second = details({ data, item, id, answer: () => answer(item.id), put: (detail, joins) => put(item.id, { detail }, joins), labels });
    const doubt = objection(item, id);
    controls.append(choice.node, second.node, ...(data.objections ? [doubt.node] : []));
    if (data.detail?.kind === "trigger words") pickable(words, { wanted: () => asksDetail(answer(item.id).label), take: (picked) => {
      put(item.id, { detail: picked });
      say.textContent = `${item.id}: ${picked}`;
    }, say: (text) => (say.textContent = text) });
    return { node, words, update: () => {
      const { label, detail } = answer(item.id), found = labels.get(label);
      node.style.setProperty("--rt-colour", found?.colour ?? item.colour ?? "var(--rt-line)");
      toggle(node, "rt-answered", Boolean(found) || (!spec.labels.length && !isOpen(item.id)));
      chosen.replaceChildren(...(found && item.options ? [`answered ${label}`] : found ? tagged(found, label, asksDetail(label) ? detail : "") : label && !spec.labels.length ? [] : ["open"]));
      chosen.hidden = !spec.labels.length || (data.view === "table" && (!found || Boolean(item.options)));
      choice.update();
      second.update();
      doubt.update();
      // One item at a time is in the way of the Tab key; only the fields of a table all are, as in any form.
      node.tabIndex = item.id === current ? 0 : -1;
      for (const control of node.querySelectorAll(data.view === "text" ? "button, input, select, summary" : "button, summary")) control.tabIndex = node.tabIndex;
    } };
  }

  const number = (item, id = "") => el("span", { class: "rt-number", ...(id ? { id } : {}) }, `${item.id} `);

  /** The paragraph of a sentence and the one before, to read a claim in its place. */
  function context(item) {
    if (data.view === "text" || !item.paragraph) return "";
    const near = data.items.filter(({ paragraph }) => paragraph === item.paragraph || paragraph === item.paragraph - 1);
    if (near.length < 2) return "";
    return el("details", { class: "rt-context" }, el("summary", {}, "in its place"),
      ...near.map((other) => el(other === item ? "b" : "span", {}, el("span", { class: "rt-number" }, `${other.id} `), `${other.text} `)));
  }

  function passages(item) {
    if (item.text !== undefined) return [item.text];
    return [el("span", { class: "rt-sides" }, ...item.passages.map(({ head, text, note }) =>
      el("span", { class: "rt-side" }, el("b", {}, head), " ", text, note ? el("small", {}, ` ${note}`) : "")))];
  }

  function tagged(label, name, detail, after = "") {
    return [el("b", {}, label?.tag ?? (data.boxes && name ? "→" : "")), ` ${name}${detail ? ": " : ""}`, detail ? el("bdi", {}, detail) : "", after];
  }

  function chips(item) {
    const buttons = data.labels.map((label, i) => el("button", { type: "button", class: "rt-label", style: `--rt-colour:${label.colour}`, title: label.test,
      onclick: once(() => put(item.id, { label: answer(item.id).label === label.name ? "" : label.name })) },
      el("kbd", {}, keyOf(data.labels, i)), ...(item.options ? [el("span", {}, item.options[label.name])] : named(label, keyOf(data.labels, i)))));
    return { node: el("div", { class: item.options ? "rt-labels rt-options" : "rt-labels" }, ...buttons), update: () => buttons.forEach((button, i) => {
      button.setAttribute("aria-pressed", String(answer(item.id).label === data.labels[i].name));
    }) };
  }

  function list(item, id) {
    const select = el("select", { id: `${id}-label`, onchange: () => put(item.id, { label: select.value }) }, el("option", { value: "" }, "choose"),
      ...data.labels.map((label) => el("option", { value: label.name }, `${label.tag} ${label.name}`)));
    return { node: el("label", { class: "rt-field" }, el("span", {}, "label"), select), update: () => (select.value = answer(item.id).label) };
  }

  /** One of a list that has words of its own: the box to which an arrow leads, a card, a sentence. */
  function choose(item, id) {
    const boxes = item.choices ?? data.boxes.filter(({ name }) => name !== item.id), hint = el("small", { class: "rt-hint" });
    const head = item.choices ? data.field : "is given as a reason for";
    const select = el("select", { id: `${id}-answer`, onchange: () => put(item.id, { label: select.value }) }, el("option", { value: "" }, "choose"),
      ...boxes.map(({ name, meaning }) => el("option", { value: name }, `${name} ${meaning}`)));
    return { node: el("span", {}, el("label", { class: "rt-field" }, el("span", {}, head), select), hint), update: () => {
      const said = answer(item.id).label, found = boxes.find(({ name }) => name === said.replace(/[\s=>→–—-]+/g, "").replaceAll(",", ".").replace(/^[.;_?…|]+|[.;_?…|]+$/g, ""));
      select.value = found?.name ?? "";
      hint.textContent = found ? found.meaning : said && `“${said}” in the cell is ${item.choices ? "none of these" : "no box that this arrow can lead to"}.`;
      toggle(hint, "rt-narrow", Boolean(found)); // where there is little room, the list cuts what it shows
    } };
  }

  function free(item, id) {
    const field = text(data.field, `${id}-answer`, (said) => put(item.id, { label: said }, true), { maxlength: "1500", ...(spec.numbers ? { inputmode: "decimal" } : {}) });
    const hint = el("small", { class: "rt-hint", id: `${id}-hint` });
    toggle(field.node, "rt-wide", !spec.numbers);
    field.input.setAttribute("aria-describedby", hint.id);
    return { node: el("span", {}, field.node, hint), update: () => {
      const { label, line, unread } = answer(item.id);
      field.set(label);
      field.input.setAttribute("aria-invalid", String(unread));
      hint.textContent = unread ? state.problems.find((problem) => problem.line === line)?.why ?? "" : "";
    } };
  }

  function objection(item, id) {
    const field = text("I disagree, because", `${id}-objection`, (said) => put(item.id, { objection: said }, true), { maxlength: "1500", spellcheck: "true" });
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
      const { label, objection: said } = answer(item.id);
      field.set(said);
      if (said) show(true);
      button.hidden = !label && !said;
    } };
  }

  function update() {
    if (disposed) return;
    state = readLines(cell.source, spec);
    if (asked().join() !== drawnAsked) drawAnew();
    else for (const drawn of items.values()) drawn.update();
    if (onlyOpen) hideAnswered(shown()); // what is open again is shown again
    const all = asked(), open = all.filter(isOpen);
    foot.textContent = done();
    count.textContent = open.length ? `${all.length - open.length} of ${all.length}` : `All ${all.length} answered`;
    progress.max = Math.max(all.length, 1);
    progress.value = all.length - open.length;
    next.disabled = !open.length;
    astray.textContent = whyAstray(data, headerOf(cell.source), cell.twin);
    astray.hidden = !astray.textContent;
    problems.replaceChildren(...(state.problems.length ? [
      el("h4", {}, "Lines that could not be read as they stand"),
      el("p", {}, "They are kept. Mend them in the cell above."),
      el("ul", {}, ...state.problems.slice(0, 20).map(({ line, said, why }) => el("li", {}, `Line ${line}${said ? `, “${said}”` : ""}: ${why}`))),
      state.problems.length > 20 ? el("p", {}, `And ${state.problems.length - 20} more.`) : "",
    ] : []));
  }

  /** Draw what is asked now, and leave as it was what is shown, the help, and the place of the keyboard. */
  function drawAnew() {
    const shownBefore = shown(), had = document.activeElement, from = had?.selectionStart, to = had?.selectionEnd;
    const inside = body.contains(had);
    draw();
    for (const drawn of items.values()) drawn.update();
    if (onlyOpen) hideAnswered(shownBefore);
    if (help) setHelp(true);
    if (!inside) return;
    const again = had.id && root.querySelector(`#${had.id}`);
    (again || items.get(current)?.node)?.focus();
    if (again && typeof from === "number") again.setSelectionRange(from, to);
  }

  function setCurrent(id) {
    if (id === current) return;
    const before = items.get(current);
    current = id;
    for (const drawn of [before, items.get(id)]) drawn?.update();
  }

  function go(id) {
    const drawn = items.get(id);
    if (!drawn) return;
    drawn.node.hidden = drawn.node.parentElement.hidden = false;
    drawn.node.focus();
    if (help) drawn.node.after(help); // by keyboard only: under a mouse nothing must move away
    drawn.node.scrollIntoView({ block: "nearest" });
  }

  const shown = () => asked().filter((id) => items.has(id) && !items.get(id).node.hidden);

  function move(step) {
    const at = shown().indexOf(current);
    go(shown()[Math.min(Math.max(at + step, 0), shown().length - 1)]);
  }

  function toNextOpen() {
    const all = asked(), at = all.indexOf(current);
    const id = [...all.slice(at + 1), ...all.slice(0, at + 1)].find(isOpen);
    if (id) go(id);
    else say.textContent = done();
  }

  function setFilter(on) {
    onlyOpen = on;
    filter.setAttribute("aria-pressed", String(on));
    const inside = body.contains(document.activeElement);
    hideAnswered();
    say.textContent = on ? `Only open ${data.things} are shown.` : "Everything is shown.";
    if (!inside || !items.get(current)?.node.hidden) return;
    if (shown().length) toNextOpen();
    else filter.focus();
  }

  function hideAnswered(but = []) {
    for (const [id, drawn] of items) drawn.node.hidden = onlyOpen && !(isAsked(id) && (isOpen(id) || but.includes(id)));
    for (const node of body.querySelectorAll(".rt-paragraph")) node.hidden = [...node.children].every((child) => child.hidden);
    for (const node of body.querySelectorAll(".rt-notice")) node.hidden = onlyOpen; // the one at the foot stays
  }

  function setHelp(on) {
    help?.remove();
    help = on ? helpPanel(data, prefix) : null;
    how.setAttribute("aria-expanded", String(Boolean(help)));
    if (!help) return;
    const here = items.get(current)?.node;
    if (here?.contains(document.activeElement)) here.after(help);
    else bar.after(help);
  }

  root.addEventListener("keydown", (event) => {
    event.stopPropagation(); // the notebook's own keys (dd deletes a cell) are not for the form
    const typing = event.target.matches("input, select, textarea");
    const act = (deed) => {
      event.preventDefault();
      deed();
    };
    const command = event.ctrlKey || event.metaKey;
    if (command && event.key.toLowerCase() === "s") return act(() => cell.save());
    if (command && event.key.toLowerCase() === "z") return act(() => step(event.shiftKey ? "redo" : "undo"));
    if (command && event.key.toLowerCase() === "y") return act(() => step("redo"));
    if (event.key === "Escape" && !event.defaultPrevented) {
      if (typing && current) return act(() => go(current));
      if (help) return act(() => setHelp(false));
      return act(() => cell.leave());
    }
    if (typing || command || event.altKey || event.defaultPrevented) return undefined;
    const inItem = event.target.closest?.(".rt-item");
    if (event.key === "ArrowDown" || event.key === "ArrowRight") return act(() => move(inItem ? 1 : 0));
    if (event.key === "ArrowUp" || event.key === "ArrowLeft") return act(() => move(inItem ? -1 : 0));
    if (event.key === "?") return act(() => hasTests(data) && setHelp(!help));
    if (event.key === "n") return act(toNextOpen);
    if (event.key === "o") return act(() => setFilter(!onlyOpen));
    if (event.key === "u") return act(() => step("undo"));
    if (!inItem) return undefined;
    if (event.key === "Home") return act(() => go(shown()[0]));
    if (event.key === "End") return act(() => go(shown().at(-1)));
    if (event.key === "Backspace" || event.key === "Delete") return act(() => put(current, { label: "" }));
    if (event.key === "Enter" && event.target === inItem) {
      const fields = [...inItem.querySelectorAll("input, select")].filter((field) => !field.closest("[hidden]"));
      return act(() => (fields.find((field) => field.closest(".rt-detail")) ?? fields[0])?.focus());
    }
    const index = data.labels.findIndex((_, i) => keyOf(data.labels, i) === event.key.toLowerCase());
    if (index >= 0) return act(() => put(current, { label: data.labels[index].name }));
    return undefined;
  });
  // JupyterLab looks for its shortcuts before any listener of ours; this attribute on whatever has the focus stops it.
  root.addEventListener("focusin", (event) => (event.target.dataset.lmSuppressShortcuts = "true"));
  root.addEventListener("pointerdown", (event) => event.target.closest("button, input, select, .rt-item")?.setAttribute("data-lm-suppress-shortcuts", "true"), true);

  cell.watch(() => update());
  draw();
  update();
  return { update, dispose: () => (disposed = true) };
}

/** What is wrong with the first line of the cell, which says what its answers belong to; empty where nothing is. */
function whyAstray(data, header, twin) {
  if (!header?.layer) return `The first line of the cell above should be “%%answers ${data.layer}”. Mend it, or the other cells do not see your answers.`;
  if (header.layer !== data.layer) return `The first line of the cell above says “${header.layer}”, and this form is for “${data.layer}”. Mend the line, or run the cell again.`;
  if (header.text && header.text !== data.text) return `The first line of the cell above says “${header.text}”, and this form shows “${data.text}”. Mend the line, or run the cell again.`;
  return twin ? "Another cell of this notebook starts with the same line. Answer in one of the two, and delete the other." : "";
}

const hasTests = (data) => data.labels.some(({ test }) => test);

/** Tag and name of a label behind its key; where its name is that key, the first word of its test stands for a name. */
const named = (label, key) => [el("b", {}, label.tag), ` ${key === label.name ? firstWord(label.test) : label.name}`];
const firstWord = (test) => test.split(/[\s,.:]/)[0].toLowerCase();

function howTo(data) {
  if (data.boxes || data.items[0]?.choices) return "Choose from the lists, or move with the arrow keys and press Enter to reach one. Press n for the next open one, Escape to leave. Every answer is written into the cell above at once.";
  if (!data.labels.length) return "Type into the fields. Every answer is written into the cell above at once.";
  const keys = data.labels.map((_, i) => keyOf(data.labels, i));
  const press = `${keys[0]} to ${keys.at(-1)}`;
  const choose = data.items[0]?.options ? "Click an answer" : data.view === "text" ? "Click a label" : "Choose a label";
  const tests = hasTests(data) ? "? for the tests, " : "";
  return `${choose}, or move with the arrow keys and press ${press}. Press ${tests}n for the next open one, Escape to leave. Every answer is written into the cell above at once.`;
}

function helpPanel(data, prefix) {
  const rows = data.labels.map((label, i) => el("li", {},
    el("span", { class: "rt-chip", style: `--rt-colour:${label.colour}` }, el("kbd", {}, keyOf(data.labels, i)), " ", ...named(label, keyOf(data.labels, i))),
    ` ${label.test}`, label.example ? el("i", {}, ` For example: ${label.example}`) : ""));
  const options = (data.detail?.options ?? []).filter((option) => option.meaning).map((option) => el("li", {}, el("b", {}, option.name), ` ${option.meaning}`));
  return el("div", { class: "rt-help", role: "group", "aria-labelledby": `${prefix}-help` },
    el("h4", { id: `${prefix}-help` }, "Try the tests in this order. The first that holds wins."), el("ol", {}, ...rows),
    options.length ? el("h4", {}, data.detail.kind) : "", options.length ? el("ul", {}, ...options) : "");
}

// The text of an answer cell: read as forgivingly as the Python reader reads it, and changed one line at a time.

const MOST_LINES = 2000;
const LONGEST_LINE = 2000;
const HEADER = /^[ \t]*%{1,2}[ \t]*answers?(?![\p{L}\p{N}_])/iu;
const ITEM = /^[([§]?\s*(T(?![\p{L}\p{N}_])|\d{1,3}\s*[.,]\s*\d{1,3}|[A-Za-z]\d{1,3}(?![\p{L}\p{N}_]))\s*[)\]]?\s*(?:[:.=–-]|\|)?\s*/iu;
const LABEL = /^["'([]*([\p{L}\p{N}_-]+)["')\].]*/u;
const SECOND = /^[\s,/]*(?:or|and)?[\s,/]*([\p{L}\p{N}_-]+)/u;
const OPEN = /^[\s_.?…-]*$/;
const PLAIN = new Map([
  ..."“”„«»".split("").map((c) => [c, '"']),
  ..."‘’".split("").map((c) => [c, "'"]),
  ["：", ":"], ["｜", "|"], ["＝", "="],
  ..."\u00a0\u2007\u202f\t".split("").map((c) => [c, " "]),
  ..."\ufeff\u200b\u200e\u200f\u2060".split("").map((c) => [c, ""]),
]);

const plain = (line) => [...line].map((c) => PLAIN.get(c) ?? c).join("");
const trim = (text) => text.replace(/^[\s\x1c-\x1f\x85]+|[\s\x1c-\x1f\x85]+$/g, ""); // what Python strips
const shorten = (said) => (said.length <= 60 ? said : `${said.slice(0, 59)}…`);
const stripped = (text, left, right) => {
  let from = 0, to = text.length;
  while (from < to && left.includes(text[from])) from++;
  while (to > from && right.includes(text[to - 1])) to--;
  return text.slice(from, to);
};

/**
 * Read the text of an answer cell. `spec` has `items` (their ids), `labels` (their names; empty where
 * the rest of a line is the answer) and `things`. Gives `rows`, a Map of id to {label, detail, given,
 * line, objection}, `lines`, a Map of id to the numbers of its lines, and `problems`. Never throws.
 */
export function readLines(source, spec) {
  const known = new Map(spec.items.map((id) => [id.toLowerCase(), id]));
  const rows = new Map(), lines = new Map(), problems = [];
  const all = source.split(/\r\n|\r|\n/);
  let last = "";
  all.slice(0, MOST_LINES).forEach((raw, index) => {
    const number = index + 1;
    const problem = (why) => problems.push({ line: number, said: shorten(trim(raw)), why });
    let line = trim(plain([...raw].slice(0, LONGEST_LINE).join("")));
    if (!line || HEADER.test(line)) return;
    if ([...raw].length > LONGEST_LINE) problem(`this line is longer than ${LONGEST_LINE} characters; the rest of it was not read.`);
    const given = line.startsWith("=");
    if (given) line = trim(stripped(line, "= ", ""));
    if (line.startsWith("#")) {
      const objection = /^#+\s*I\s+disagree\s*:?\s*(.*)/i.exec(line)?.[1].trim();
      if (last && objection && spec.labels.length) {
        const row = rows.get(last);
        row.objection = [row.objection, objection].filter(Boolean).join(" ");
      }
      return;
    }
    const found = spec.labels.length ? item(line, known) : word(line, known);
    if (!found.id) {
      last = "";
      return problem(found.why);
    }
    const { id, label, detail, why } = spec.labels.length ? { ...found, ...labelOf(found.rest, spec) } : { ...found, label: found.rest, detail: "" };
    if (why) problem(why);
    lines.set(id, [...(lines.get(id) ?? []), number]);
    const before = rows.get(id);
    if (before && label && !(spec.labels.length === 0 && !before.label)) problem(`${id} stands here twice (see line ${before.line}). The later line counts.`);
    if (!before || label) rows.set(id, { label, detail, given, line: number, objection: before?.objection ?? "" });
    last = id;
  });
  if (all.length > MOST_LINES) problems.push({ line: MOST_LINES + 1, said: "", why: `only the first ${MOST_LINES} lines of this cell were read.` });
  return { rows, lines, problems };
}

function item(line, known) {
  const found = ITEM.exec(line);
  if (!found) return { why: "this does not start with a number that stands beside the text." };
  const id = known.get(found[1].replace(/\s/g, "").replaceAll(",", ".").toLowerCase());
  return id ? { id, rest: line.slice(found[0].length) } : { why: `there is no ${found[1]} here. Look at the numbers beside the text.` };
}

function word(line, known) {
  const colon = line.indexOf(":");
  const id = colon < 0 ? undefined : known.get(line.slice(0, colon).replace(/\s/g, "").replaceAll(",", ".").toLowerCase());
  const names = [...known.values()].join(", ");
  return id ? { id, rest: stripped(line.slice(colon + 1), ' |"', ' |"') } : { why: `start the line with one of these and a colon: ${names}.` };
}

function labelOf(rest, spec) {
  rest = stripped(rest, ": ", "");
  const none = { label: "", detail: "" };
  if (OPEN.test(rest.split("|")[0])) return none;
  const found = LABEL.exec(rest);
  const label = found ? found[1].toLowerCase() : "";
  if (!spec.labels.includes(label)) return { ...none, why: `“${shorten(rest)}” is not a label of this layer.` };
  const behind = rest.slice(found[0].length);
  const second = SECOND.exec(behind.toLowerCase());
  if (second && spec.labels.includes(second[1])) return { ...none, why: `two labels stand here, ${label} and ${second[1]}. Keep the one that you would defend.` };
  return { label, detail: stripped(behind, " |,;:/–-(\"'", " )\"'").trim() };
}

/** The line that says an answer, as a student would type it. */
export function lineOf(id, label, detail) {
  const tidy = (text) => text.replace(/\s+/g, " ").trim();
  return [`${id}: ${label}`, tidy(detail)].filter(Boolean).join(" | ").trimEnd();
}

/**
 * What to replace in the text so that an item has this answer: a list of {start, end, text}, the last
 * place first. Only the item's own lines are touched; an item without a line gets one at the end.
 */
export function edits(source, spec, id, { label, detail = "", objection }) {
  const { rows, lines } = readLines(source, spec);
  const places = placesOf(source);
  const row = rows.get(id);
  const numbers = lines.get(id) ?? [];
  if (!numbers.length) return [{ start: source.length, end: source.length, text: `${source.endsWith("\n") || !source ? "" : "\n"}${lineOf(id, label, detail)}` }];
  const counts = row.label ? row.line : numbers.at(-1);
  const changes = new Map();
  for (const number of label ? [counts] : numbers) changes.set(number, lineOf(id, number === counts ? label : "", number === counts ? detail : ""));
  const result = [...changes].map(([number, text]) => ({ ...places[number - 1], text }));
  if (objection !== undefined && objection.trim() !== row.objection) result.push(...objected(source, places, counts, objection.trim()));
  return result.sort((a, b) => b.start - a.start || b.end - a.end).filter(({ start, end, text }) => source.slice(start, end) !== text);
}

/** Put the line of an objection below line `number`, in the place of those that stand there. */
function objected(source, places, number, objection) {
  const below = [];
  for (let n = number; n < places.length && /^\s*#/.test(source.slice(places[n].start, places[n].end)); n++) {
    if (/^\s*#+\s*I\s+disagree/i.test(source.slice(places[n].start, places[n].end))) below.push(n);
  }
  const line = objection ? `# I disagree: ${objection.replace(/\s+/g, " ")}` : "";
  if (!below.length) return line ? [{ start: places[number - 1].end, end: places[number - 1].end, text: `\n${line}` }] : [];
  return below.map((n, i) => (i === 0 && line ? { ...places[n], text: line } : { start: places[n - 1].end, end: places[n].end, text: "" }));
}

/** Where each line starts and ends, its line end left out. */
function placesOf(source) {
  const places = [];
  let start = 0;
  for (const found of source.matchAll(/\r\n|\r|\n/g)) {
    places.push({ start, end: found.index });
    start = found.index + found[0].length;
  }
  return [...places, { start, end: source.length }];
}

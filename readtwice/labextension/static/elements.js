// Small helpers to build the page. Text always goes in as text, never as HTML.

/** An element with attributes (on… are listeners) and children. */
export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value);
  }
  node.append(...children.filter((child) => child !== ""));
  return node;
}

export const toggle = (node, name, on) => node.classList.toggle(name, on);

/** A listener for what a second click would take back: a double click is one click. */
export const once = (deed) => (event) => event.detail < 2 && deed();

/** The key that chooses a label: its own name where that is one sign (3, 2, 1, 0; a, b, c), else its place. */
export function keyOf(labels, index) {
  return labels.every(({ name }) => name.length === 1) ? labels[index].name : String(index + 1);
}

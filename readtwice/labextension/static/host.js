// Between the form and the notebook that it stands in: finds the cell, follows its text, saves, tells the kernel.

import { makeForm } from "./form.js";
import { headerOf } from "./lines.js";
import { saverOf } from "./saver.js";

export const MIME = "application/vnd.readtwice.form+json";
const VERSION = 1; // of the data that readtwice/form.py makes
const TO_KERNEL = 300; // milliseconds after the last change of the text
const BOX = "jp-mod-outputsScrolled";
const TYPE = "The answers can be typed in the cell above, behind the colons.";

export function makeRenderer(Widget, tracker, contents) {
  const widget = new Widget();
  let data, form, cell;

  const show = (words) => {
    const note = Object.assign(document.createElement("p"), { className: "readtwice-form", textContent: words });
    widget.node.replaceChildren(note);
  };
  const draw = () => {
    if (!widget.isAttached || !data) return;
    if (form) return form.update();
    if (data.version !== VERSION) return show(`This form was made by another version of readtwice. Run the cell again. ${TYPE}`);
    cell ??= findCell(tracker, widget.node, contents);
    if (!cell) return show("The form works in the notebook itself. Go to the cell there.");
    const root = Object.assign(document.createElement("div"), { className: "readtwice-form" });
    widget.node.replaceChildren(root);
    try {
      form = makeForm(data, cell, root);
    } catch (error) {
      console.error("readtwice:", error);
      show(`The form could not be drawn. ${TYPE}`);
    }
  };
  widget.renderModel = async (model) => {
    const fresh = model.data[MIME];
    if (form && JSON.stringify(fresh) !== JSON.stringify(data)) {
      form.dispose();
      form = undefined;
    }
    data = fresh;
    draw();
  };
  // JupyterLab renders before it attaches, and detaches what is scrolled out of sight.
  widget.onAfterAttach = draw;
  const dispose = widget.dispose;
  widget.dispose = function () {
    form?.dispose();
    cell?.dispose();
    dispose.call(widget);
  };
  return widget;
}

/** The notebook cell in which a node stands, with what the form may do to it; undefined in a view of its own. */
function findCell(tracker, node, contents) {
  const panel = tracker.find((panel) => panel.content.node.contains(node));
  const widget = panel?.content.widgets.find((cell) => cell.node.contains(node));
  if (!widget) return undefined;
  const model = widget.model.sharedModel;
  const saver = saverOf(panel.context, contents);
  const cells = panel.content.model.cells;
  const watchers = new Set();
  let kernelTimer, own = false;
  const tellForm = () => watchers.forEach((watcher) => watcher());

  const follow = (_, change) => {
    if (!change.sourceChange) return;
    tellForm();
    if (own) saver.soon();
    clearTimeout(kernelTimer);
    kernelTimer = setTimeout(() => tellKernel(panel, model), TO_KERNEL);
  };
  model.changed.connect(follow);
  cells.changed.connect(tellForm); // a copy of this cell may have come or gone
  // Notebook puts a long output into a box that scrolls by itself. A form is read with the page, unless its reader chose the box.
  const unbox = () => !widget.outputsScrolled && widget.hasClass(BOX) && widget.removeClass(BOX);
  const box = new MutationObserver(unbox);
  box.observe(widget.node, { attributes: true, attributeFilter: ["class"] });
  unbox();
  const ours = (deed) => {
    own = true;
    try {
      deed();
    } finally {
      own = false;
    }
  };

  return {
    get source() {
      return model.getSource();
    },
    get readOnly() {
      return panel.context.contentsModel?.writable === false;
    },
    get twin() {
      const mine = JSON.stringify(headerOf(model.getSource()));
      return [...cells].some(({ type, sharedModel }) => type === "code" && sharedModel !== model && JSON.stringify(headerOf(sharedModel.getSource())) === mine);
    },
    watch(watcher) {
      watchers.add(watcher);
    },
    /** Replace places of the text as one step of undo. */
    change(edits, joins) {
      if (!joins) model.undoManager?.stopCapturing(); // else two quick clicks are undone as one
      ours(() => model.transact(() => edits.forEach(({ start, end, text }) => model.updateSource(start, end, text))));
    },
    undo: () => ours(() => model.undo()),
    redo: () => ours(() => model.redo()),
    save: () => saver.now(),
    /** Give the keyboard back to the notebook. */
    leave() {
      panel.content.activeCellIndex = panel.content.widgets.indexOf(widget);
      panel.content.mode = "command";
      panel.content.node.focus();
    },
    dispose() {
      model.changed.disconnect(follow);
      cells.changed.disconnect(tellForm);
      box.disconnect();
      watchers.clear();
    },
  };
}

/** Hand the newest text to the kernel, which takes it only where this cell has run in it. */
function tellKernel(panel, model) {
  const kernel = panel.isDisposed ? null : panel.sessionContext?.session?.kernel;
  if (!kernel || kernel.isDisposed || kernel.status === "dead") return;
  const code = `(lambda m: m and m.follow(${JSON.stringify(model.getSource())}))(__import__("sys").modules.get("readtwice.notebook"))`;
  const { done } = kernel.requestExecute({ code, silent: true, store_history: false, stop_on_error: false });
  done.catch(() => {}); // a kernel that is restarted or stopped meanwhile never answers
}

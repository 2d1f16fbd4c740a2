// Between the form and the notebook that it stands in: finds the cell, follows its text, saves, tells the kernel.

import { makeForm } from "./form.js";

export const MIME = "application/vnd.readtwice.form+json";
const TO_KERNEL = 300; // milliseconds after the last change of the text
const TO_DISK = 1500;

export function makeRenderer(Widget, tracker) {
  const widget = new Widget();
  widget.addClass("readtwice-form");
  let data, form, cell;

  const draw = () => {
    if (!widget.isAttached || !data) return;
    if (!cell) cell = findCell(tracker, widget.node);
    if (!cell) return elsewhere(widget.node);
    form ??= makeForm(data, cell, widget.node);
    form.update();
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

function elsewhere(node) {
  node.textContent = "The form works in the notebook itself. Go to the cell there.";
}

/** The notebook cell in which a node stands, with what the form may do to it; undefined in a view of its own. */
function findCell(tracker, node) {
  const panel = tracker.find((panel) => panel.content.node.contains(node));
  const widget = panel?.content.widgets.find((cell) => cell.node.contains(node));
  if (!widget) return undefined;
  const model = widget.model.sharedModel;
  const watchers = new Set();
  let kernelTimer, diskTimer, own = false;

  const follow = (_, change) => {
    if (!change.sourceChange) return;
    for (const watcher of watchers) watcher(own);
    clearTimeout(kernelTimer);
    kernelTimer = setTimeout(() => tellKernel(panel, model), TO_KERNEL);
  };
  model.changed.connect(follow);

  return {
    get source() {
      return model.getSource();
    },
    watch(watcher) {
      watchers.add(watcher);
    },
    /** Replace places of the text as one step of undo. */
    change(edits, joins) {
      if (!joins) model.undoManager?.stopCapturing(); // else two quick clicks are undone as one
      own = true;
      try {
        model.transact(() => edits.forEach(({ start, end, text }) => model.updateSource(start, end, text)));
      } finally {
        own = false;
      }
      clearTimeout(diskTimer);
      diskTimer = setTimeout(() => save(panel), TO_DISK);
    },
    undo: () => model.undo(),
    redo: () => model.redo(),
    save: () => save(panel),
    /** Give the keyboard back to the notebook. */
    leave() {
      panel.content.activeCellIndex = panel.content.widgets.indexOf(widget);
      panel.content.mode = "command";
      panel.content.node.focus();
    },
    dispose() {
      model.changed.disconnect(follow);
      watchers.clear();
    },
  };
}

function save(panel) {
  if (!panel.isDisposed && panel.context.isReady && panel.context.model.dirty && !panel.context.model.readOnly) panel.context.save();
}

/** Hand the newest text to the kernel, which takes it only where this cell has run in it. */
function tellKernel(panel, model) {
  const kernel = panel.isDisposed ? null : panel.sessionContext?.session?.kernel;
  if (!kernel) return;
  const code = `(lambda m: m and m.follow(${JSON.stringify(model.getSource())}))(__import__("sys").modules.get("readtwice.notebook"))`;
  kernel.requestExecute({ code, silent: true, store_history: false, stop_on_error: false });
}

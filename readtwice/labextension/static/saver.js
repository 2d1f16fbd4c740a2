// Saves a notebook shortly after an answer, and says so where Jupyter does not answer.

import { el } from "./elements.js";

const TO_DISK = 1500; // milliseconds after the last answer
const LONGEST_SAVE = 10_000; // a save that was called off says nothing
const AGAIN = 5000; // until Jupyter is asked again
const AWAY = "Jupyter does not answer, so your newest answers are not saved yet. Leave this window open: they are kept here. They are saved as soon as Jupyter answers again.";
const BACK = "Jupyter answers again. Your answers are saved.";

const savers = new WeakMap(); // all forms and views of one notebook share its saver

export function saverOf(context, contents) {
  if (!savers.has(context)) savers.set(context, makeSaver(context, contents));
  return savers.get(context);
}

/**
 * Saves a notebook shortly after the last change, and never while it is being saved: JupyterLab would
 * ask whether somebody else had changed the file. It also calls a notebook saved as soon as it has
 * written it, with whatever was changed meanwhile, so its word for that is not taken. While Jupyter is
 * away it would put a box over the form after each answer, so Jupyter is asked first whether it is there.
 */
function makeSaver(context, contents) {
  let timer, started = 0, asking = false, away = false;
  const notice = makeNotice();
  const later = (wait) => {
    forget();
    timer = setTimeout(now, wait);
  };
  const forget = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  const soon = () => later(TO_DISK);
  const now = async () => {
    forget();
    if (context.isDisposed || !context.canSave) return;
    if (asking || Date.now() - started < LONGEST_SAVE) return soon();
    asking = true;
    const there = await answers(contents, context.path);
    asking = false;
    if (context.isDisposed) return;
    if (!there) {
      away = true;
      notice.away();
      return later(AGAIN);
    }
    if (Date.now() - started < LONGEST_SAVE) return soon(); // somebody else began to save meanwhile
    await context.save().catch(() => {}); // JupyterLab itself says what went wrong
    started = 0;
  };
  context.saveState.connect((_, state) => {
    if (state === "started") {
      started = Date.now();
      return forget(); // everything so far goes with it
    }
    started = 0;
    if (timer) context.model.dirty = true;
    if (state === "failed" && away) return later(AGAIN);
    if (state === "completed" && away) {
      away = false;
      notice.back();
    }
  });
  context.disposed.connect(notice.hide);
  return { soon, now };
}

/** Whether Jupyter answers within the time of the longest save; what it says is left to the saving itself. */
async function answers(contents, path) {
  const slow = new Promise((done) => setTimeout(done, LONGEST_SAVE, false));
  const asked = contents.get(path, { content: false }).then(() => true, ({ response }) => Boolean(response) && response.status < 500 && response.status !== STOPPED);
  return Promise.race([asked, slow]);
}
const STOPPED = 424; // what JupyterHub says for a server that was stopped

/**
 * A notice at the top of the window, where it hides no form, until Jupyter is back. It is our own, since
 * JupyterLab fetches the program for its notices from the server when it shows the first.
 */
function makeNotice() {
  const box = el("div", { class: "readtwice-form rt-notice-box", role: "alert" });
  let timer;
  const show = (message) => {
    clearTimeout(timer);
    document.body.append(box);
    box.textContent = message;
  };
  return {
    away: () => box.textContent === AWAY || show(AWAY),
    back: () => {
      show(BACK);
      timer = setTimeout(hide, AGAIN);
    },
    hide,
  };
  function hide() {
    box.remove();
    box.textContent = "";
  }
}

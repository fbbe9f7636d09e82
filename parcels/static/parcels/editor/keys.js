/* The keys of the editor, and the dialog that lists them. */

import { announce, one, texts } from "./page.js";

const typing = (element) => element.closest("input, textarea, select, [contenteditable]");

export function armKeys({ canvas, drawing, tools, work, saving }) {
  const dialog = one("[data-help-dialog]");
  const map = one("#map");
  const openHelp = () => dialog.showModal();
  one("[data-help]").addEventListener("click", openHelp);
  one("[data-help-close]").addEventListener("click", () => dialog.close());
  one("[data-undo]").addEventListener("click", work.undo);
  one("[data-redo]").addEventListener("click", work.redo);

  /* Keys of the map while it has the focus; whether the key was one of them. */
  function onMap(key, event) {
    if (drawing.active()) {
      if (key === "Enter" && (event.ctrlKey || event.metaKey)) {
        drawing.finish();
      } else if (key === "Enter" || key === " ") {
        drawing.place(canvas.map.getCenter());
        announce(texts.point_placed);
      } else if (key === "Backspace") {
        drawing.back();
      } else return false;
      return true;
    }
    if (key !== "Enter" && key !== " ") return false;
    canvas.pick(canvas.map.getCenter());
    return true;
  }

  const letters = {
    "?": openHelp,
    "/": () => one("#find").focus(),
    m: () => map.focus(),
    f: () => canvas.fit(),
    r: () => one("#result-title").focus(),
    k: () => one("#kind").focus(),
  };

  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (dialog.open) return;
    const control = event.ctrlKey || event.metaKey;
    const taken = () => {
      event.preventDefault();
      event.stopPropagation();
    };
    if (key === "Escape") {
      if (drawing.active()) {
        taken();
        drawing.cancel();
      } else if (tools.current() && !typing(target)) tools.choose(null);
      return;
    }
    if (control && key.toLowerCase() === "s") {
      taken();
      saving.submit();
      return;
    }
    if (control && !typing(target) && !event.altKey && ["z", "y"].includes(key.toLowerCase())) {
      taken();
      if (key.toLowerCase() === "y" || event.shiftKey) work.redo();
      else if (drawing.active() && drawing.count()) drawing.back();
      else work.undo();
      return;
    }
    if (target === map && onMap(key, event)) {
      taken();
      return;
    }
    if (control || event.altKey || typing(target)) return;
    const tool = tools.byKey(key);
    if (tool) {
      taken();
      tools.choose(tool);
      if (drawing.active()) map.focus();
      else {
        const first = one("[data-form]:not([hidden])")?.querySelector("select, input, button");
        first?.focus();
        first?.select?.(); // what stands there is typed over
      }
    } else if (key.toLowerCase() in letters) {
      taken();
      letters[key.toLowerCase()]();
    }
  }, true);
  // The free end of a line follows the cross when the map is moved by keys.
  canvas.map.on("move", () => {
    if (drawing.active() && map.classList.contains("by-keys")) drawing.follow(canvas.map.getCenter());
  });
}

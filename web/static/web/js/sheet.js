/* The map page's panel on phones: three heights, by dragging the handle, by tap, or by arrow keys.
   Other scripts ask for a height with `sheet.dispatchEvent(new CustomEvent("sheet", {detail: "full"}))`. */

const SIZES = ["peek", "half", "full"];
const TAP_PX = 8;

function arm(sheet) {
  const handle = sheet.querySelector("[data-sheet-handle]");
  const show = (size) => {
    sheet.dataset.size = size;
    handle.setAttribute("aria-expanded", String(size !== "peek"));
  };
  const step = (by) => {
    const at = SIZES.indexOf(sheet.dataset.size) + by;
    show(SIZES[Math.max(0, Math.min(SIZES.length - 1, at))]);
  };
  let downY = 0;
  let dragged = 0;

  handle.addEventListener("pointerdown", (event) => {
    downY = event.clientY;
    dragged = 0;
    handle.setPointerCapture(event.pointerId);
  });
  handle.addEventListener("pointerup", (event) => {
    dragged = downY - event.clientY;
    if (Math.abs(dragged) > TAP_PX) step(Math.sign(dragged));
  });
  // A drag ends in a click too; only a click that did not move, or the keyboard, cycles.
  handle.addEventListener("click", (event) => {
    const moved = event.detail > 0 && Math.abs(dragged) > TAP_PX;
    if (!moved) show(SIZES[(SIZES.indexOf(sheet.dataset.size) + 1) % SIZES.length]);
  });
  handle.addEventListener("keydown", (event) => {
    if (event.key === "ArrowUp") step(1);
    else if (event.key === "ArrowDown") step(-1);
    else return;
    event.preventDefault();
  });
  sheet.addEventListener("sheet", (event) => show(event.detail));
}

document.querySelectorAll("[data-sheet]").forEach(arm);

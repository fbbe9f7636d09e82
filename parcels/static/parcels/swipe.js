/* Two maps under one line: what is left of it and what is right of it are clipped panes.

   The line is a slider: arrow keys, Home, End, Page Up and Page Down move it, and so does dragging. */

const STEP = 2;
const STRIDE = 10;

export function createSwipe(map, line, { text }) {
  let share = 50;
  let panes = null;

  const clip = () => {
    if (!panes) return;
    const { x: width, y: height } = map.getSize();
    const at = (width * share) / 100;
    line.style.left = `${at}px`;
    const topLeft = map.containerPointToLayerPoint([0, 0]);
    const bottomRight = map.containerPointToLayerPoint([width, height]);
    const middle = map.containerPointToLayerPoint([at, 0]).x;
    const box = (left, right) =>
      `polygon(${left}px ${topLeft.y}px, ${right}px ${topLeft.y}px, ${right}px ${bottomRight.y}px, ${left}px ${bottomRight.y}px)`;
    panes.left.style.clipPath = box(topLeft.x, middle);
    panes.right.style.clipPath = box(middle, bottomRight.x);
  };
  const setShare = (next) => {
    share = Math.max(0, Math.min(100, Math.round(next)));
    line.setAttribute("aria-valuenow", String(share));
    line.setAttribute("aria-valuetext", text(share));
    clip();
  };
  const keys = {
    ArrowLeft: () => share - STEP, ArrowDown: () => share - STEP,
    ArrowRight: () => share + STEP, ArrowUp: () => share + STEP,
    PageDown: () => share - STRIDE, PageUp: () => share + STRIDE, Home: () => 0, End: () => 100,
  };
  line.addEventListener("keydown", (event) => {
    const move = keys[event.key];
    if (!move) return;
    event.preventDefault();
    event.stopPropagation();
    setShare(move());
  });
  line.addEventListener("pointerdown", (event) => {
    line.setPointerCapture(event.pointerId);
    line.focus();
    event.preventDefault();
  });
  line.addEventListener("pointermove", (event) => {
    if (!line.hasPointerCapture(event.pointerId)) return;
    const { left, width } = map.getContainer().getBoundingClientRect();
    setShare(((event.clientX - left) / width) * 100);
  });
  map.on("move zoom viewreset resize", clip);

  return {
    start(two) {
      panes = two;
      line.hidden = false;
      setShare(share);
    },
    isRight: ({ x }) => x > (map.getSize().x * share) / 100,
    stop() {
      if (panes) [panes.left, panes.right].forEach((pane) => pane.style.removeProperty("clip-path"));
      panes = null;
      line.hidden = true;
    },
  };
}

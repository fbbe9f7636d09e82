/* The findings of a file on a map without ground: a mark for each; of the chosen one both parcels
   and the fault, whole or from near. Arrow keys go from one to the next. */

const { L } = window;
const { findings, plots, around } = JSON.parse(document.getElementById("faults").textContent);
const NEAR_M = 0.5;
const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
const map = L.map("map", { maxZoom: 28, zoomSnap: 0.25, attributionControl: false, zoomAnimation: !still });
L.control.scale({ imperial: false }).addTo(map);

const ink = getComputedStyle(document.body).getPropertyValue("--rule-strong");
const neighbours = { renderer: L.canvas(), interactive: false, color: ink, weight: 1, fill: false };
L.polygon([...around, ...Object.values(plots)].flat(), neighbours).addTo(map);
const drawn = L.featureGroup().addTo(map);

const buttons = [...document.querySelectorAll("[data-finding]:enabled")];
const numberOf = (button) => Number(button.dataset.finding);
const near = document.getElementById("near");
let chosen = null;

const marks = new Map();
findings.forEach(({ at, severity }, number) => {
  if (!at) return;
  const mark = L.circleMarker(at, { radius: 8, className: `finding-mark finding-mark--${severity}` }).addTo(map);
  mark.on("click", () => {
    choose(number);
    const button = buttons.find((each) => numberOf(each) === number);
    button.scrollIntoView({ block: "center" });
    button.focus({ preventScroll: true });
  });
  marks.set(number, mark);
});

function look() {
  const { at, shape } = findings[chosen];
  const close = near.getAttribute("aria-pressed") === "true";
  let bounds = drawn.getLayers().length ? drawn.getBounds() : L.latLng(at).toBounds(50);
  if (close && at) bounds = L.latLng(at).toBounds(2 * NEAR_M);
  if (close && shape) bounds = L.polygon(shape).getBounds().extend(bounds);
  map.fitBounds(bounds.pad(0.2), { animate: !still });
}

function choose(number) {
  chosen = number;
  const finding = findings[number];
  near.disabled = false;
  drawn.clearLayers();
  finding.plots.forEach((plot, i) => {
    L.polygon(plots[plot], { interactive: false, className: ["finding-parcel", "finding-other"][i] }).addTo(drawn);
  });
  if (finding.shape) L.polygon(finding.shape, { interactive: false, className: "finding-fault" }).addTo(drawn);
  for (const button of buttons) button.setAttribute("aria-pressed", String(numberOf(button) === number));
  for (const [key, mark] of marks) mark.getElement().classList.toggle("finding-mark--chosen", key === number);
  marks.get(number)?.bringToFront();
  look();
}

buttons.forEach((button, i) => {
  button.addEventListener("click", () => choose(numberOf(button)));
  button.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const next = step && buttons[i + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
    choose(numberOf(next));
  });
});
near.addEventListener("click", () => {
  near.setAttribute("aria-pressed", String(near.getAttribute("aria-pressed") !== "true"));
  look();
});

const places = [...marks.values()].map((mark) => mark.getLatLng());
if (places.length) map.fitBounds(L.latLngBounds(places).pad(0.05), { animate: false });
else map.fitWorld();

/* The findings of a page on the map: a mark for each, and of the chosen one both parcels and the
   fault. The list and the map choose for one another; arrow keys go from one to the next. */

import { createMap } from "./basemap.js";

const { L } = window;
const read = (id) => JSON.parse(document.getElementById(id).textContent);
const places = read("finding-places");
const { map } = createMap(document.getElementById("findings-map"), read("map-settings"), { scrollWheelZoom: false });
L.control.zoom({ position: "topright" }).addTo(map);

const buttons = [...document.querySelectorAll("[data-show]")];
const idOf = (button) => button.closest("[data-finding]").dataset.finding;
const buttonOf = new Map(buttons.map((button) => [idOf(button), button]));
const drawn = L.featureGroup().addTo(map);
const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

const marks = new Map(
  places.map((place) => {
    const className = `finding-mark finding-mark--${place.severity}`;
    const mark = L.circleMarker(place.at, { radius: 9, className }).addTo(map);
    mark.on("click", () => choose(place.id, { fromMap: true }));
    return [place.id, mark];
  }),
);

function draw(place) {
  drawn.clearLayers();
  const styles = ["finding-parcel", "finding-other"];
  place.parcels.forEach((geometry, i) => {
    L.geoJSON(geometry, { interactive: false, style: { className: styles[i] } }).addTo(drawn);
  });
  if (place.shape) {
    L.geoJSON(place.shape, {
      interactive: false,
      style: { className: "finding-fault" },
      pointToLayer: (_feature, at) => L.circleMarker(at, { radius: 5, className: "finding-fault", interactive: false }),
    }).addTo(drawn);
  }
}

function choose(id, { fromMap = false } = {}) {
  const place = places.find((each) => each.id === id);
  for (const button of buttons) {
    const chosen = idOf(button) === id;
    button.setAttribute("aria-pressed", String(chosen));
    button.closest("[data-finding]").toggleAttribute("data-chosen", chosen);
  }
  draw(place);
  for (const [key, mark] of marks) {
    const element = mark.getElement();
    if (element) element.classList.toggle("finding-mark--chosen", key === id);
    if (key === id) mark.bringToFront();
  }
  const bounds = drawn.getLayers().length ? drawn.getBounds() : L.latLngBounds([place.at, place.at]);
  map.fitBounds(bounds.pad(0.25), { maxZoom: 20, animate: !still });
  if (fromMap) {
    const button = buttonOf.get(id);
    button.scrollIntoView({ block: "nearest" });
    button.focus({ preventScroll: true });
  }
}

buttons.forEach((button, i) => {
  button.addEventListener("click", () => choose(idOf(button)));
  button.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const next = step && buttons[i + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
    choose(idOf(next));
  });
});

if (places.length) {
  map.fitBounds(L.latLngBounds(places.map((place) => place.at)).pad(0.2), { maxZoom: 18 });
} else {
  map.fitWorld();
}

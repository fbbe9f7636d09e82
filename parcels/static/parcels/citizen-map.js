/* The citizen's map: find a plot by words or by tapping, see what is public about it. */

import { boundsOf, createMap, outline } from "./basemap.js";
import { arriveAt, keepPlace } from "./place.js";
import { armLocate } from "./locate.js";
import { createPanel } from "./panel.js";
import { armSearch } from "./search.js";

const { L } = window;
const settings = JSON.parse(document.getElementById("map-settings").textContent);
const texts = JSON.parse(document.getElementById("map-texts").textContent);
const element = document.getElementById("map");
const controls = document.querySelector(".map-controls");
const sheet = document.querySelector("[data-sheet]");
const TAP_FROM = 15;
const wide = matchMedia("(min-width: 60rem)");

const { map, setImagery, setMoment, hasImagery } = createMap(element, settings);
const panel = createPanel(sheet, texts, settings);
let shape = null;
let asking = null;
let moments = [""]; // what the map shows, as queries; empty for today, two where days are compared
let time = null;
const then = (address, moment) => (moment ? `${address}${address.includes("?") ? "&" : "?"}${moment}` : address);

L.DomUtil.create("div", "map-cross", element);
// The cross in the middle is for those who move the map by keys.
const byKeys = (on) => () => element.classList.toggle("by-keys", on);
document.addEventListener("keydown", byKeys(true));
document.addEventListener("pointerdown", byKeys(false));

/* What of the map the sheet covers on a phone, in pixels from below, once it has grown. */
const SHARES = { peek: 0, half: 0.46, full: 0.46 };
const PEEK_PX = 104;
const covered = () => (wide.matches ? 0 : Math.max(PEEK_PX, SHARES[sheet.dataset.size] * element.clientHeight));

function forget() {
  shape?.remove();
  shape = null;
  panel.close();
  place.choose("");
}

function show(feature, { move = false, focus = false, moment = moments[0] } = {}) {
  shape?.remove();
  shape = outline(feature.geometry).addTo(map);
  panel.show(feature, { focus, moment });
  place.choose(feature.public_id);
  const bounds = shape.getBounds();
  const room = { paddingTopLeft: [24, 24], paddingBottomRight: [24, 40 + covered()], maxZoom: 19 };
  if (move) map.fitBounds(bounds, room);
  else if (covered()) lift(bounds);
}

/* Bring a plot that was tapped where the sheet now stands into sight. */
function lift(bounds) {
  const below = map.latLngToContainerPoint(bounds.getSouthEast()).y + 64 - (map.getSize().y - covered());
  if (below > 0) map.panBy([0, below], { animate: false });
}

async function ask(address, moment = moments[0]) {
  asking?.abort();
  asking = new AbortController();
  const response = await fetch(then(address, moment), { signal: asking.signal, headers: { Accept: "application/json" } });
  return [response.ok, await response.json()];
}

async function pick({ lat, lng }) {
  if (map.getZoom() < TAP_FROM) {
    map.setView([lat, lng], TAP_FROM + 2);
    panel.say(texts.zoom_in);
    return;
  }
  panel.say(texts.loading);
  const moment = moments[time?.side({ lat, lng }) ?? 0];
  try {
    const [found, answer] = await ask(`${settings.at}?lon=${lng.toFixed(8)}&lat=${lat.toFixed(8)}`, moment);
    if (found) show(answer, { moment });
    else if (answer.code === "no_parcel_here") {
      forget();
      panel.say(texts.no_parcel);
    } else panel.say(answer.detail);
  } catch (error) {
    if (error.name !== "AbortError") panel.say(texts.no_connection);
  }
}

/* A plot by its id, as it was on the day shown; of two days the first on which it was. */
async function reopen(publicId, options) {
  try {
    for (const moment of moments) {
      const [found, answer] = await ask(`${settings.find}/${encodeURIComponent(publicId)}`, moment);
      if (found) return show(answer, { ...options, moment });
    }
  } catch {
    // Without a connection the map alone is there; tapping says why.
  }
}

if (!wide.matches) sheet.dispatchEvent(new CustomEvent("sheet", { detail: "peek" }));
const place = keepPlace(map);
const start = arriveAt();
const asked = new URLSearchParams(location.search);
const past = new URLSearchParams([...asked].filter(([name]) => name === "on" || name === "known")).toString();
moments = [past];
if (start) map.setView([start.lat, start.lon], start.zoom);
else map.fitBounds(boundsOf(settings.bounds), { paddingTopLeft: [8, 8], paddingBottomRight: [8, 8 + covered()] });
window.addEventListener("hashchange", () => {
  const next = arriveAt();
  if (next) map.setView([next.lat, next.lon], next.zoom);
  if (next?.chosen && next.chosen !== place.chosen()) reopen(next.chosen);
});

map.on("click", (event) => pick(event.latlng));
element.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.target !== element) return;
  event.preventDefault();
  pick(map.getCenter());
});
panel.onClose(() => {
  forget();
  element.focus();
});
controls.querySelectorAll("[data-zoom]").forEach((button) => {
  button.addEventListener("click", () => map.setZoom(map.getZoom() + Number(button.dataset.zoom)));
});
const imagery = controls.querySelector("[data-imagery]");
imagery.hidden = !hasImagery;
imagery.addEventListener("click", () => {
  const on = imagery.getAttribute("aria-pressed") !== "true";
  imagery.setAttribute("aria-pressed", String(on));
  setImagery(on);
});
/* Going back in time is fetched when it is wanted. */
const timeButton = controls.querySelector("[data-time]");
async function travel() {
  if (!time) {
    const { createTime } = await import("./time.js");
    time = createTime(document.querySelector("[data-time-box]"), {
      map, settings, texts, show: setMoment, lang: document.documentElement.lang,
      onMoments(next) {
        if (shape && next.join("|") !== moments.join("|")) forget();
        moments = next;
        place.choose(place.chosen());
      },
    });
  }
  const on = timeButton.getAttribute("aria-expanded") !== "true";
  timeButton.setAttribute("aria-expanded", String(on));
  if (on) time.open();
  else time.close();
}
timeButton.addEventListener("click", travel);
document.querySelector("[data-time-close]").addEventListener("click", () => {
  travel();
  timeButton.focus();
});
const arrived = past || asked.has("compare") ? travel() : Promise.resolve();
arrived.catch(() => {}).then(() => start?.chosen && reopen(start.chosen));
armLocate(controls.querySelector("[data-locate]"), map, { settings, texts, say: panel.say });
armSearch(document.querySelector("[data-search]"), {
  settings,
  texts,
  panel,
  ask,
  onFormer: (publicId) => reopen(publicId, { move: true, focus: true }),
  onParcel: (feature) => show(feature, { move: true, focus: true }),
  onPlace: ({ bounds }) => {
    forget();
    const area = boundsOf(bounds);
    const room = { paddingBottomRight: [0, covered()], maxZoom: 18 };
    map.fitBounds(area, room);
  },
});

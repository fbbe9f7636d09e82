/* The collection map: tiles of the officer's units, coloured in the browser by theme and year. */

const data = JSON.parse(document.getElementById("collection-data").textContent);
const choices = document.querySelector("[data-choices]");
const slot = document.querySelector("[data-unit-slot]");
const sheet = document.querySelector("[data-sheet]");
const state = { year: data.year, theme: data.theme };
const KINDS = { use: () => "use", payment: () => `state_${state.year}`, arrears: () => "owed_years", visit: () => "visit" };
const LONGEST_OWED = 3;
const PAUSE_MS = 300;
const AMOUNTS = { value: () => "price", tax: () => `tax_${state.year}` };

/** The class of a feature under the theme shown; the last class is for what has no value. */
function classOf(props, classes) {
  if (state.theme in KINDS) {
    let key = props[KINDS[state.theme]()];
    if (state.theme === "arrears" && key !== undefined) key = String(Math.min(key, LONGEST_OWED));
    return classes.find((each) => each.key === key) ?? classes[classes.length - 1];
  }
  const amount = props[AMOUNTS[state.theme]()];
  if (amount === undefined) return classes[classes.length - 1];
  const fitting = classes.filter((each) => each.above !== null && amount > each.above);
  return fitting[fitting.length - 1] ?? classes[0];
}

function ink() {
  const style = getComputedStyle(document.documentElement);
  return { line: style.getPropertyValue("--ink").trim(), paper: style.getPropertyValue("--paper").trim() };
}

function layer() {
  const { line, paper } = ink();
  const classes = data.themes[state.theme];
  const { PolygonSymbolizer, LineSymbolizer, CenteredTextSymbolizer } = protomapsL;
  const paintRules = classes.map((each) => ({
    dataSource: "units",
    dataLayer: "assessments",
    symbolizer: new PolygonSymbolizer({ fill: each.fill, opacity: 0.92, stroke: line, width: 0.6, perFeature: true }),
    filter: (_zoom, feature) => classOf(feature.props, classes) === each,
  }));
  paintRules.push({
    dataSource: "blocks",
    dataLayer: "blocks",
    symbolizer: new LineSymbolizer({ color: line, width: 2, dash: [6, 3] }),
  });
  const label = (kind, zooms, options) => ({
    dataSource: "units",
    dataLayer: "assessment_labels",
    symbolizer: new CenteredTextSymbolizer({ labelProps: ["code"], ...options }),
    filter: (_zoom, feature) => feature.props.kind === kind,
    ...zooms,
  });
  const labelRules = [
    label("unit", { minzoom: 18 }, {
      fill: "#1b2420", stroke: "#ffffff", width: 2, font: "600 12px Sarabun, sans-serif",
    }),
    label("block", { maxzoom: 17 }, {
      fill: line, stroke: paper, width: 3, font: "700 16px Sarabun, sans-serif",
    }),
  ];
  return protomapsL.leafletLayer({
    sources: {
      units: { url: data.tiles, maxDataZoom: 18 },
      blocks: { url: data.blocks, maxDataZoom: 16 },
    },
    paintRules,
    labelRules,
    attribution: "",
    maxZoom: 22,
    noWrap: true,
  });
}

/** Room around what is to be seen: on a phone the panel lies over the lower half of the map. */
function room(margin) {
  const covered = matchMedia("(min-width: 60rem)").matches ? margin : map.getSize().y / 2;
  return { paddingTopLeft: [margin, margin], paddingBottomRight: [margin, covered] };
}

const map = L.map("map", { zoomControl: false, attributionControl: false, minZoom: 12, maxZoom: 22 });
L.control.zoom({ position: "topright", zoomInTitle: data.words.zoomIn, zoomOutTitle: data.words.zoomOut }).addTo(map);
L.control.scale({ imperial: false, position: "topleft" }).addTo(map);
map.fitBounds(data.bounds ?? [[13.8, 100.4], [13.9, 100.5]], room(0));
let shown = layer().addTo(map);
let outline = null;

function redraw() {
  const fresh = layer().addTo(map);
  shown.remove();
  shown = fresh;
}

function say(text) {
  const note = document.createElement("p");
  note.className = "map-note muted";
  note.textContent = text;
  slot.replaceChildren(note);
}

/** Draw the boundary of the unit in the panel, and bring it into view if asked. */
function mark({ move }) {
  outline?.remove();
  outline = null;
  const unit = slot.querySelector("[data-unit]");
  if (!unit) return;
  outline = L.geoJSON(JSON.parse(unit.dataset.outline), {
    interactive: false,
    style: { color: "#c2185b", weight: 4, fill: false },
  }).addTo(map);
  if (move) {
    map.fitBounds(outline.getBounds(), { maxZoom: 19, ...room(40) });
  }
}

async function fill(request) {
  try {
    const response = await request;
    if (response.status === 204) return say(data.words.nothingHere);
    if (!response.ok) throw new Error(String(response.status));
    slot.innerHTML = await response.text();
    slot.querySelector("#unit-title")?.focus({ preventScroll: true });
    sheet?.dispatchEvent(new CustomEvent("sheet", { detail: "half" }));
    slot.scrollIntoView({ block: "nearest" });
  } catch {
    say(data.words.failed);
  }
  return mark({ move: false });
}

map.on("click", ({ latlng }) => {
  const place = new URLSearchParams({ lon: latlng.lng.toFixed(7), lat: latlng.lat.toFixed(7), year: state.year });
  fill(fetch(`${data.at}?${place}`));
});

slot.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-owner-form]")) return;
  event.preventDefault();
  const body = new FormData(event.target);
  body.set("part", "1");
  fill(fetch(event.target.action, { method: "POST", body }));
});

const figures = document.querySelector("[data-figures]");
const by = document.querySelector("[data-by]");
let asked = 0;

/** The figures of what lies in the window of the map, from the same query as every list. */
async function count() {
  const mine = (asked += 1);
  const seen = map.getBounds();
  const address = new URL(data.figures, location.href);
  address.searchParams.set("window", [seen.getWest(), seen.getSouth(), seen.getEast(), seen.getNorth()].map((each) => each.toFixed(7)).join(","));
  address.searchParams.set("year", state.year);
  address.searchParams.set("by", by.value);
  try {
    const response = await fetch(address);
    if (!response.ok) throw new Error(String(response.status));
    const text = await response.text();
    if (mine === asked) figures.innerHTML = text;
  } catch {
    if (mine === asked) figures.textContent = data.words.failed;
  }
}

let pause = 0;
map.on("moveend", () => {
  clearTimeout(pause);
  pause = setTimeout(count, PAUSE_MS);
});
by.addEventListener("change", count);

/** Another year: the tiles know it already; figures, unit and links follow. */
function showYear(year) {
  state.year = year;
  for (const each of document.querySelectorAll("[data-of-year]")) {
    if (each.matches("input")) each.value = year;
    else {
      const target = new URL(each.href);
      target.searchParams.set("year", year);
      each.href = target;
    }
  }
  const unit = slot.querySelector("[data-unit]");
  if (unit) fill(fetch(`${unit.dataset.address}&part=1&year=${year}`));
  redraw();
  count();
}

function remember(name, value) {
  const address = new URL(location.href);
  address.searchParams.set(name, value);
  history.replaceState(null, "", address);
}

choices.addEventListener("change", (event) => {
  if (event.target.name === "theme") {
    state.theme = event.target.value;
    for (const each of document.querySelectorAll("[data-legend]")) each.hidden = each.dataset.legend !== state.theme;
    remember("theme", state.theme);
    redraw();
  } else if (event.target.name === "year") {
    remember("year", event.target.value);
    showYear(event.target.value);
  }
});

document.addEventListener("themechange", redraw);
if (slot.querySelector("[data-unit]")) mark({ move: true });
count();

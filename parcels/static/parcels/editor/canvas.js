/* The map of the editor: the parcels around, what is chosen, the result of the steps, and faults. */

import { boundsOf, createMap } from "../basemap.js";
import { contains, marksOf, sidesOf } from "./metres.js";
import { pointLabel, shapeLabel, sideLabels } from "./labels.js";
import { mapSettings, one, say, settings } from "./page.js";
import { parcelsAround } from "./server.js";

const { L } = window;
export const FABRIC_FROM = 17;
const SETTLED_MS = 180;
const STEP_PX = 80;
const FINE_PX = 4;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const PANES = { fabric: 405, pending: 410, result: 420, faults: 440, words: 620 };

const latLng = ([lon, lat]) => L.latLng(lat, lon);
const shapeOf = (geometry) => ({ type: "Feature", properties: {}, geometry });
const areaOf = (piece) => [piece.deed_area, say("m2", { area: piece.area.m2 })];
const quiet = { interactive: false, pmIgnore: true, snapIgnore: true };

/* What is drawn of one kind, replaced as a whole. */
function layerOf(map, pane) {
  const group = L.layerGroup().addTo(map);
  return {
    group,
    clear: () => group.clearLayers(),
    shape: (geometry, className, options = quiet) =>
      L.geoJSON(shapeOf(geometry), { pane, ...options, style: { className } }).eachLayer((each) => group.addLayer(each)),
    line: (points, className, options = quiet) =>
      L.polyline(points.map(latLng), { pane, className, ...options }).addTo(group),
    dot: (place, className, radius = 5, options = quiet) =>
      L.circleMarker(latLng(place), { pane, className, radius, ...options }).addTo(group),
    word: (marker) => marker.addTo(group),
  };
}

export function createCanvas(element, { session, onPick, onView }) {
  const { map, setImagery, hasImagery } = createMap(element, mapSettings, { doubleClickZoom: false });
  for (const [name, level] of Object.entries(PANES)) map.createPane(name).style.zIndex = level;
  map.getPane("words").style.pointerEvents = "none";
  L.DomUtil.create("div", "map-cross", element);
  document.addEventListener("keydown", () => element.classList.add("by-keys"));
  document.addEventListener("pointerdown", () => element.classList.remove("by-keys"));

  const fabric = layerOf(map, "fabric");
  const pending = layerOf(map, "pending");
  const chosen = layerOf(map, "result");
  const result = layerOf(map, "result");
  const tried = layerOf(map, "result");
  const help = layerOf(map, "faults");
  const faults = layerOf(map, "faults");
  const lengths = L.layerGroup().addTo(map);
  let around = { parcels: [], pending: [], bounds: null };
  let sides = [];
  let shown = null;
  let trying = false;
  let helping = false;

  const drawFabric = () => {
    fabric.clear();
    pending.clear();
    const replaced = new Set(shown?.replaces || []);
    for (const parcel of around.parcels) {
      const hidden = replaced.has(parcel.id);
      fabric.shape(parcel.geometry, "fabric-parcel", { interactive: false, pmIgnore: true, snapIgnore: hidden });
    }
    for (const act of around.pending.filter(({ id }) => id !== settings.transaction)) {
      for (const geometry of act.geometries) pending.shape(geometry, "fabric-pending");
      if (act.geometries.length) {
        pending.word(shapeLabel(map, act.geometries[0], [act.kind_name, act.maker], "pending-label"));
      }
    }
  };

  const drawChosen = () => {
    chosen.clear();
    if (shown || trying) return;
    for (const parcel of session.subjects()) {
      chosen.shape(parcel.geometry, "chosen-parcel");
      const lines = [parcel.name, parcel.legal?.text || parcel.calculated?.text].filter(Boolean);
      chosen.word(shapeLabel(map, parcel.geometry, lines));
    }
  };

  const drawLengths = () => sideLabels(map, lengths, helping || trying ? [] : sides);

  const drawResult = () => {
    result.clear();
    for (const neighbour of shown?.neighbours || []) result.shape(neighbour.geometry, "changed-neighbour");
    for (const piece of trying ? [] : shown?.pieces || []) {
      result.shape(piece.geometry, `piece piece--${piece.index % 6}`, { interactive: false, pmIgnore: true });
      result.word(shapeLabel(map, piece.geometry, [piece.label, ...areaOf(piece)]));
    }
    for (const mark of shown?.marks || []) result.dot(mark, "new-mark", 5, { interactive: false, pmIgnore: true });
    drawLengths();
  };

  const load = async () => {
    if (map.getZoom() < FABRIC_FROM) {
      around = { parcels: [], pending: [], bounds: null };
      drawFabric();
      onView({ close: false });
      return;
    }
    const view = map.getBounds();
    if (around.bounds?.contains(view)) return;
    const wider = view.pad(0.25);
    const box = [wider.getWest(), wider.getSouth(), wider.getEast(), wider.getNorth()];
    const found = await parcelsAround(box);
    if (!found) return;
    if (!found.ok) {
      onView({ close: true, fault: found.answer.detail });
      return;
    }
    around = { ...found.answer, bounds: wider };
    drawFabric();
    onView({ close: true });
  };
  let settling = 0;
  map.on("moveend", () => {
    clearTimeout(settling);
    settling = setTimeout(load, SETTLED_MS);
  });
  map.on("zoomend", () => {
    drawChosen();
    drawResult();
  });

  const parcelAt = (place) =>
    around.parcels.find(({ geometry }) => contains(geometry, place));
  const pick = (latlng) => onPick([latlng.lng, latlng.lat], parcelAt([latlng.lng, latlng.lat]));
  map.on("click", (event) => {
    if (!map.pm.globalDrawModeEnabled()) pick(event.latlng);
  });
  // Without Leaflet's glide, in which it takes no further key; with Shift to the pixel's breadth.
  element.addEventListener("keydown", (event) => {
    if (event.target !== element || !(event.key in ARROWS) || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    const size = event.shiftKey ? FINE_PX : STEP_PX;
    map.panBy(ARROWS[event.key].map((step) => step * size), { animate: false });
  }, true);

  /* How much of the map the sheet covers on a phone, in pixels. */
  const covered = () => {
    const { top, left } = one("[data-sheet]").getBoundingClientRect();
    const box = element.getBoundingClientRect();
    return left < box.right && left <= box.left ? Math.max(0, box.bottom - top) : 0;
  };

  const extent = () => {
    const geometries = shown ? shown.pieces.map((each) => each.geometry) : session.subjects().map((each) => each.geometry);
    const group = L.featureGroup(geometries.map((geometry) => L.geoJSON(shapeOf(geometry), { pmIgnore: true })));
    return geometries.length ? group.getBounds() : null;
  };

  return {
    map,
    setImagery,
    hasImagery,
    contains,
    pick,
    parcels: () => around.parcels,
    pending: () => around.pending,
    drawChosen,
    reload() {
      around.bounds = null;
      load();
    },
    fit({ only = null } = {}) {
      const bounds = only ? L.geoJSON(shapeOf(only)).getBounds() : extent();
      if (bounds) map.fitBounds(bounds.pad(0.2), { maxZoom: 20, animate: false, paddingBottomRight: [0, covered()] });
      return Boolean(bounds);
    },
    start() {
      if (!this.fit()) map.fitBounds(boundsOf(settings.bounds || mapSettings.bounds));
    },
    goTo(place) {
      const at = latLng(place);
      const zoom = Math.max(map.getZoom(), 19);
      map.fitBounds(L.latLngBounds(at, at), { maxZoom: zoom, animate: false, paddingBottomRight: [0, covered()] });
    },
    /* The result of the steps, or null for none. */
    showResult(answer) {
      shown = answer;
      trying = false;
      sides = answer ? answer.pieces.flatMap((piece) => piece.sides) : [];
      drawResult();
      this.showFaults(answer?.findings || []);
      drawFabric();
      drawChosen();
    },
    /* What a line that is still being drawn would give. */
    showTried(answer) {
      tried.clear();
      if (trying !== Boolean(answer)) {
        trying = Boolean(answer);
        drawResult();
        drawChosen();
      }
      for (const piece of answer?.pieces || []) {
        tried.shape(piece.geometry, `piece piece--${piece.index % 6} piece--tried`);
        tried.word(shapeLabel(map, piece.geometry, areaOf(piece), "piece-label"));
      }
    },
    showFaults(findings) {
      faults.clear();
      findings.forEach(({ place, severity, message }, at) => {
        if (!place) return;
        const dot = faults.dot(place, `fault fault--${severity}`, 11, { pmIgnore: true, snapIgnore: true });
        dot.bindTooltip(message, { className: "fault-tooltip", direction: "top" });
        faults.word(pointLabel(place, String(at + 1), "fault-number"));
      });
    },
    /* Numbers on marks or sides while a tool asks for one of them; the chosen one is strong. */
    showChoices(what, geometry, chosenAt) {
      help.clear();
      helping = Boolean(geometry);
      drawLengths();
      if (!geometry) return;
      if (what === "marks") {
        marksOf(geometry).forEach((mark, at) => {
          help.dot(mark, at === chosenAt ? "mark mark--chosen" : "mark", at === chosenAt ? 8 : 6);
          help.word(pointLabel(mark, String(at + 1), "mark-number"));
        });
      }
      if (what === "sides") {
        sidesOf(geometry).forEach((side, at) => {
          if (at === chosenAt) help.line(side, "side-chosen");
          const middle = [(side[0][0] + side[1][0]) / 2, (side[0][1] + side[1][1]) / 2];
          help.word(pointLabel(middle, String(at + 1), at === chosenAt ? "side-number side-number--chosen" : "side-number"));
        });
      }
    },
    /* The nearest mark or side of a shape, by what is seen; its place in the boundary. */
    nearest(what, geometry, place) {
      const at = map.latLngToLayerPoint(latLng(place));
      const far = what === "marks"
        ? marksOf(geometry).map((mark) => map.latLngToLayerPoint(latLng(mark)).distanceTo(at))
        : sidesOf(geometry).map(([a, b]) =>
            L.LineUtil.pointToSegmentDistance(at, map.latLngToLayerPoint(latLng(a)), map.latLngToLayerPoint(latLng(b))));
      return far.indexOf(Math.min(...far));
    },
  };
}

/* The buttons on the map. */
export function armControls(canvas) {
  const controls = one(".map-controls");
  controls.querySelectorAll("[data-zoom]").forEach((button) => {
    button.addEventListener("click", () => canvas.map.setZoom(canvas.map.getZoom() + Number(button.dataset.zoom)));
  });
  one("[data-fit]", controls).addEventListener("click", () => canvas.fit());
  const imagery = one("[data-imagery]", controls);
  imagery.hidden = !canvas.hasImagery;
  imagery.addEventListener("click", () => {
    const on = imagery.getAttribute("aria-pressed") !== "true";
    imagery.setAttribute("aria-pressed", String(on));
    canvas.setImagery(on);
  });
}

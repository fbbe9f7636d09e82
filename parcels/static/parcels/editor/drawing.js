/* Drawing lines and rings, and dragging marks, by Leaflet-Geoman; with the mouse or by keys alone.

   Points snap to marks, then to sides, of the parcels around (Alt turns it off). */

import { metresBetween } from "./metres.js";
import { announce, one, texts } from "./page.js";

const { L } = window;
const SNAP_PX = 12;
const pair = ({ lat, lng }) => [lng, lat];
const flat = (latlngs) => latlngs.flat(3).map(pair);
const look = { color: "currentColor", className: "drawn-line", weight: 3 };

export function createDrawing(map) {
  // Geoman's marks would be nameless stops of the Tab key; by keys, marks are chosen in the forms.
  L.Marker.mergeOptions({ keyboard: false });
  map.pm.setGlobalOptions({
    snappable: true,
    snapDistance: SNAP_PX,
    snapMiddle: false,
    tooltips: false,
    allowSelfIntersection: true,
    finishOn: "dblclick",
    templineStyle: { ...look, pmIgnore: true },
    hintlineStyle: { ...look, dashArray: "6 6", pmIgnore: true },
  });
  const element = map.getContainer();
  const bar = one("[data-drawing]");
  const ghost = L.layerGroup().addTo(map);
  let now = null; // what is being drawn: {shape, onChange, onDone, onCancel}
  let marks = null; // the layer whose marks are dragged

  const working = () => (now ? map.pm.Draw[now.shape] : null);
  const placed = () => (now ? flat(working()._layer?.getLatLngs() || []) : []);

  function stop() {
    if (!now) return null;
    const before = now;
    now = null;
    bar.hidden = true;
    map.pm.disableDraw();
    element.classList.remove("is-drawing");
    return before;
  }

  map.on("pm:create", ({ layer }) => {
    const points = flat(layer.getLatLngs());
    layer.remove();
    const { onDone } = stop() || {};
    onDone?.(points);
  });

  const drawing = {
    active: () => Boolean(now),
    count: () => placed().length,
    /* Begin to draw a "Line" or a "Polygon". `onChange` hears the points with the pointer's place. */
    start({ shape, onChange, onDone, onCancel }) {
      stop();
      ghost.clearLayers();
      now = { shape, onChange, onDone, onCancel };
      map.pm.enableDraw(shape);
      bar.hidden = false;
      element.classList.add("is-drawing");
      const layer = working()._layer;
      layer.on("pm:change", (event) => now?.onChange?.(flat(event.latlngs), placed().length));
    },
    /* Put a point where the cross stands; it snaps as the pointer does. */
    place(latlng) {
      const at = { latlng, containerPoint: map.latLngToContainerPoint(latlng), originalEvent: {} };
      map.fire("mousemove", at);
      map.fire("click", at);
    },
    /* Let the free end follow the cross while the map moves under it. */
    follow(latlng) {
      map.fire("mousemove", { latlng, containerPoint: map.latLngToContainerPoint(latlng), originalEvent: {} });
    },
    back() {
      if (placed().length > 1) working()._removeLastVertex();
      announce(texts.point_taken_back);
    },
    finish() {
      const least = now?.shape === "Polygon" ? 3 : 2;
      if (placed().length < least) announce(texts.too_few_points);
      else working()._finishShape();
    },
    cancel() {
      const { onCancel } = stop() || {};
      onCancel?.();
    },
    stop,
    /* Leave a line that was refused on the map, so that it is seen what was meant. */
    keepGhost(points, closed) {
      ghost.clearLayers();
      const places = points.map(([lon, lat]) => [lat, lon]);
      const options = { className: "refused-line", interactive: false, pmIgnore: true, snapIgnore: true, fill: false };
      (closed ? L.polygon(places, options) : L.polyline(places, options)).addTo(ghost);
    },
    dropGhost: () => ghost.clearLayers(),
    /* Let the marks of shapes be dragged; listeners hear `move`, `insert` and `remove`. */
    dragMarks(geometries, listeners) {
      this.stopDragging();
      marks = L.layerGroup().addTo(map);
      for (const geometry of geometries) {
        L.geoJSON({ type: "Feature", properties: {}, geometry }, { style: { className: "dragged-shape" } }).eachLayer((layer) => {
          marks.addLayer(layer);
          armMarks(layer, listeners);
        });
      }
    },
    stopDragging() {
      marks?.eachLayer((layer) => layer.pm.disable());
      marks?.remove();
      marks = null;
    },
  };
  for (const act of ["finish", "back", "cancel"]) {
    one(`[data-drawing-${act}]`, bar).addEventListener("click", () => drawing[act]());
  }
  return drawing;
}

function armMarks(layer, { move, insert, remove }) {
  let from = null;
  let inserted = null;
  const at = (path) => path.reduce((part, index) => part[index], layer.getLatLngs());
  const ringOf = (path) => path.slice(0, -1).reduce((part, index) => part[index], layer.getLatLngs());
  layer.pm.enable({ snappable: true, snapDistance: SNAP_PX, allowSelfIntersection: true, removeVertexOn: "contextmenu" });
  layer.on("pm:vertexadded", ({ indexPath, marker, latlng }) => {
    const ring = ringOf(indexPath);
    const index = indexPath.at(-1);
    const side = [ring.at(index - 1), ring[(index + 1) % ring.length]].map(pair);
    const found = { side, at: pair(latlng) };
    if (marker._dragging) inserted = found;
    else insert(found);
  });
  layer.on("pm:markerdragstart", ({ indexPath }) => {
    from = inserted ? inserted.at : pair(at(indexPath));
  });
  layer.on("pm:markerdragend", ({ indexPath }) => {
    const to = pair(at(indexPath));
    const start = from || inserted?.at;
    if (inserted) insert({ ...inserted, to });
    else if (start && metresBetween(start, to, 0) > 0.0005) move({ mark: start, to });
    from = null;
    inserted = null;
  });
  layer.on("pm:vertexremoved", ({ marker }) => remove({ mark: pair(marker.getLatLng()) }));
}

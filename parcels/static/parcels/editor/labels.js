/* Words on the map: the number and area of each piece, the length of each side along it. */

import { make } from "./page.js";
import { sidesOf } from "./metres.js";

const { L } = window;
const LETTER_PX = 7.5;
const OFFSET_PX = 11;
const LINE_PX = 18;

const latLng = ([lon, lat]) => L.latLng(lat, lon);

/* A place well inside, and how wide the ground is there: the widest stretch on a level through it. */
export function middleOf(geometry) {
  const rings = geometry.coordinates.flat();
  const lats = rings.flat().map(([, lat]) => lat);
  const [low, high] = [Math.min(...lats), Math.max(...lats)];
  let best = { width: -1, place: rings[0][0] };
  for (const share of [0.5, 0.42, 0.58, 0.34, 0.66]) {
    const level = low + (high - low) * share;
    const crossings = sidesOf(geometry)
      .filter(([[, a], [, b]]) => a > level !== b > level)
      .map(([[ax, ay], [bx, by]]) => ax + ((bx - ax) * (level - ay)) / (by - ay))
      .sort((a, b) => a - b);
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const width = (crossings[i + 1] - crossings[i]) * (share === 0.5 ? 1.15 : 1);
      if (width > best.width) best = { width, place: [(crossings[i] + crossings[i + 1]) / 2, level] };
    }
  }
  return best;
}

function written(place, content, className) {
  const element = make("div", { class: className }, ...content);
  const mark = L.divIcon({ className: "editor-word", html: element, iconSize: [0, 0] });
  return L.marker(latLng(place), {
    icon: mark, interactive: false, keyboard: false, pane: "words", pmIgnore: true, snapIgnore: true,
  });
}

/* How high the ground is at a place, in pixels, less the room for the lengths of its sides. */
function roomAt(map, geometry, [lon, lat]) {
  const crossings = sidesOf(geometry)
    .filter(([[a], [b]]) => a > lon !== b > lon)
    .map(([[ax, ay], [bx, by]]) => ay + ((by - ay) * (lon - ax)) / (bx - ax));
  const above = Math.min(...crossings.filter((each) => each >= lat));
  const below = Math.max(...crossings.filter((each) => each < lat));
  const [top, bottom] = [above, below].map((each) => map.latLngToLayerPoint(latLng([lon, each])).y);
  return bottom - top - 3 * OFFSET_PX;
}

/* A label of some lines in the middle of a shape; where there is no room for all, the first of them. */
export function shapeLabel(map, geometry, lines, className = "piece-label") {
  const { place, width } = middleOf(geometry);
  const [left, right] = [-0.5, 0.5].map((share) => map.latLngToLayerPoint(latLng([place[0] + share * width, place[1]])));
  const longest = Math.max(...lines.map((line) => line.length));
  const wide = right.x - left.x > longest * LETTER_PX * 0.85;
  const fitting = wide ? Math.max(1, Math.floor(roomAt(map, geometry, place) / LINE_PX)) : 1;
  const [head, ...rest] = lines.slice(0, fitting);
  return written(place, [make("b", {}, head), ...rest.map((line) => make("span", {}, line))], className);
}

export const pointLabel = (place, text, className) => written(place, [text], className);

/* The lengths of sides along them, where they fit at this zoom. `sides` are {line, text}. */
export function sideLabels(map, layer, sides) {
  layer.clearLayers();
  const seen = new Set();
  for (const { line, text } of sides) {
    const key = line.map(String).sort().join(" ");
    if (seen.has(key)) continue;
    seen.add(key);
    const [a, b] = line.map((each) => map.latLngToLayerPoint(latLng(each)));
    const run = b.subtract(a);
    const length = Math.hypot(run.x, run.y);
    if (length < text.length * LETTER_PX + 6) continue;
    const turn = Math.atan2(run.y, run.x);
    const upright = Math.abs(turn) > Math.PI / 2 ? turn + Math.PI : turn;
    const middle = [(line[0][0] + line[1][0]) / 2, (line[0][1] + line[1][1]) / 2];
    const word = make("span", { class: "side-label" }, text);
    // Beside the line, to its upper side, so that the line itself stays to be seen.
    word.style.transform = `translate(-50%, -50%) rotate(${upright}rad) translateY(-${OFFSET_PX}px)`;
    written(middle, [word], "side-label-place").addTo(layer);
  }
}

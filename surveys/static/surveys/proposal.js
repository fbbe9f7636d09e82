/* The map of a proposal: boundaries before and after, and on every mark where it goes. */

import { addBands, addParcels, followPlaces, mapOf } from "./ground.js";

const data = JSON.parse(document.getElementById("proposal-data").textContent);
const map = mapOf("map", data.words);
const [west, south, east, north] = data.bounds;
/** A place so many times as far from another. */
const beyond = ([lon, lat], [toLon, toLat]) => [lat + (toLat - lat) * data.times, lon + (toLon - lon) * data.times];
const drawn = L.latLngBounds([[south, west], [north, east]]);
for (const { before, observed } of data.marks) if (before) drawn.extend(beyond(before, observed));
map.fitBounds(drawn, { padding: [24, 24], maxZoom: 21 });
addParcels(map, data.parcels);
if (data.edges) addBands(map, data.edges, data.words.band);

const shapes = (geometries, className) => {
  for (const geometry of geometries) L.geoJSON(geometry, { interactive: false, style: { className } }).addTo(map);
};
shapes(data.before, "proposal-before");
shapes(data.after, "proposal-after");

function ellipse([lat, lon], { major_mm, minor_mm, bearing }) {
  const turn = (bearing * Math.PI) / 180;
  const shrink = Math.cos((lat * Math.PI) / 180);
  return Array.from({ length: 36 }, (_all, side) => {
    const angle = (2 * Math.PI * side) / 36;
    const along = ((major_mm / 1000) * data.times * Math.cos(angle)) / data.metres;
    const across = ((minor_mm / 1000) * data.times * Math.sin(angle)) / data.metres;
    return [lat + along * Math.cos(turn) - across * Math.sin(turn), lon + (along * Math.sin(turn) + across * Math.cos(turn)) / shrink];
  });
}

function arrow(from, to) {
  const [a, b] = [map.project(from, 24), map.project(to, 24)];
  const length = a.distanceTo(b);
  if (!length) return;
  const back = a.subtract(b).multiplyBy(0.22);
  const wing = (side) => map.unproject(b.add(back).add(L.point(-back.y, back.x).multiplyBy(side * 0.5)), 24);
  L.polyline([from, to], { className: "proposal-vector", interactive: false }).addTo(map);
  L.polyline([wing(1), to, wing(-1)], { className: "proposal-vector", interactive: false }).addTo(map);
}

for (const mark of data.marks) {
  const from = mark.before ?? mark.after;
  const at = [from[1], from[0]];
  const tip = mark.before ? beyond(from, mark.observed) : at;
  if (mark.ellipse) L.polygon(ellipse(tip, mark.ellipse), { className: "proposal-ellipse", interactive: false }).addTo(map);
  if (mark.before) arrow(at, tip);
  L.circleMarker(at, { radius: 5, className: mark.is_new ? "proposal-mark proposal-mark--new" : "proposal-mark", interactive: false }).addTo(map);
  const label = document.createElement("span");
  const words = mark.is_new ? `{name}: ${data.words.new}` : mark.moves ? data.words.mm : data.words.stays;
  label.textContent = words.replace("{name}", mark.name).replace("{distance}", mark.distance_mm);
  L.tooltip({ permanent: true, direction: "right", offset: [8, 0] }).setLatLng(tip).setContent(label).addTo(map);
}

for (const { at: [lon, lat], stopping } of data.problems) {
  L.circleMarker([lat, lon], { radius: 11, weight: 3, fill: false, className: stopping ? "proposal-fault" : "proposal-remark", interactive: false }).addTo(map);
}

followPlaces(map);

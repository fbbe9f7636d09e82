/* The plots of a bill on a small map: the one that is read lights up, with those it is valued with. */

const place = document.getElementById("bill-map");
const outlines = JSON.parse(document.getElementById("bill-outlines").textContent);
const quiet = { color: "#1b2420", weight: 1.5, fillColor: "#e69f00", fillOpacity: 0.35, dashArray: null };
const together = { color: "#0072b2", weight: 3, fillColor: "#56b4e9", fillOpacity: 0.55, dashArray: "6 4" };
const shown = { color: "#0072b2", weight: 4, fillColor: "#56b4e9", fillOpacity: 0.75, dashArray: null };

const map = L.map(place, { attributionControl: false, zoomControl: false, scrollWheelZoom: false, maxZoom: 20 });
L.control
  .zoom({ zoomInTitle: place.dataset.zoomIn, zoomOutTitle: place.dataset.zoomOut, position: "topright" })
  .addTo(map);
L.control.scale({ imperial: false }).addTo(map);
const layers = new Map();
const plots = L.geoJSON(outlines, {
  style: quiet,
  onEachFeature(feature, layer) {
    layers.set(feature.properties.code, layer);
    layer.bindTooltip(feature.properties.code, { direction: "center" });
    layer.on("click", () => show(feature.properties.code, true));
  },
}).addTo(map);
if (layers.size) map.fitBounds(plots.getBounds().pad(0.3));
else place.hidden = true;

const sections = [...document.querySelectorAll("[data-plot]")];

/** Light a plot and those it is valued with; from the map, also bring its section into view. */
function show(code, fromMap = false) {
  const group = layers.get(code)?.feature.properties.group;
  for (const [name, layer] of layers) {
    const joined = layer.feature.properties.group === group;
    layer.setStyle(name === code ? shown : joined ? together : quiet);
    if (name === code) layer.bringToFront();
  }
  for (const section of sections) section.classList.toggle("is-shown", section.dataset.plot === code);
  const layer = layers.get(code);
  if (!layer) return;
  if (fromMap) sections.find((each) => each.dataset.plot === code)?.scrollIntoView();
  else map.fitBounds(layer.getBounds().pad(1.5));
}

for (const button of document.querySelectorAll("[data-show-plot]")) {
  button.addEventListener("click", () => show(button.dataset.showPlot));
}
for (const section of sections) {
  section.addEventListener("toggle", () => show(section.dataset.plot), true);
}

/* What the maps of surveys share: the parcels, and the band in which each side lies. */

const CLASSES = { A: "#14533f", B: "#1b6e53", C: "#b48a35", D: "#b0563c", E: "#9a2a26", unknown: "#7b7565" };
const ASKED_FROM_ZOOM = 17; // farther out not even a sheet of 1:4,000 shows its band
const SEEN_PX = 4; // a band narrower than this tells less than the line itself
const METRES_IN_A_PIXEL = 156543.03392; // at zoom 0 on the equator

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

export function mapOf(element, words) {
  const map = L.map(element, { zoomControl: false, attributionControl: false, minZoom: 12, maxZoom: 24, scrollWheelZoom: false });
  L.control.zoom({ position: "topright", zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(map);
  L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
  return map;
}

export function addParcels(map, layer) {
  if (!layer) return;
  const { LineSymbolizer, CenteredTextSymbolizer, leafletLayer } = protomapsL;
  const draw = () =>
    leafletLayer({
      sources: { parcels: { url: layer.url, maxDataZoom: layer.maxzoom } },
      paintRules: [{ dataSource: "parcels", dataLayer: "parcels", symbolizer: new LineSymbolizer({ color: colour("--ink-muted"), width: 0.8 }) }],
      labelRules: [{
        dataSource: "parcels", dataLayer: "parcels", minzoom: 17,
        symbolizer: new CenteredTextSymbolizer({
          labelProps: ["land_number"], fill: colour("--ink-muted"), stroke: colour("--paper"), width: 3, font: "400 12px Sarabun, sans-serif",
        }),
      }],
      attribution: "", maxZoom: 24, noWrap: true,
    }).addTo(map);
  let shown = draw();
  document.addEventListener("themechange", () => {
    const fresh = draw();
    shown.remove();
    shown = fresh;
  });
}

/** Bands along the sides in view, as wide as the map's scale makes them; none while they are narrower than a line. */
export function addBands(map, address, words) {
  const group = L.layerGroup().addTo(map);
  let lines = [];
  let asked = 0;

  function widths() {
    const shrink = Math.cos((map.getCenter().lat * Math.PI) / 180);
    const pixel = (METRES_IN_A_PIXEL * shrink) / 2 ** map.getZoom();
    for (const { line, band } of lines) {
      const width = (2 * band) / pixel;
      const seen = width >= SEEN_PX;
      line.setStyle({ weight: seen ? width : 0, opacity: seen ? 0.3 : 0 });
    }
    map.getContainer().dataset.bands = String(lines.filter(({ line }) => line.options.weight).length);
  }

  async function load() {
    const { x, y } = map.getSize();
    if (!x || !y || map.getZoom() < ASKED_FROM_ZOOM) return; // not laid out, or too far out to tell
    const own = ++asked;
    const box = map.getBounds();
    const bbox = [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()].map((each) => each.toFixed(8)).join(",");
    const answer = await fetch(`${address}?bbox=${bbox}`, { headers: { Accept: "application/json" } });
    if (!answer.ok || own !== asked) return;
    const found = await answer.json();
    if (own !== asked) return;
    group.clearLayers();
    lines = [];
    for (const { geometry, properties } of found.features) {
      const points = geometry.coordinates.map(([lon, lat]) => [lat, lon]);
      if (properties.band_m === null) {
        L.polyline(points, { color: CLASSES.unknown, weight: 3, dashArray: "2 6", interactive: false }).addTo(group);
        continue;
      }
      const label = document.createElement("span");
      label.textContent = words.replace("{band}", properties.band_m.toFixed(2)).replace("{basis}", properties.words);
      const line = L.polyline(points, { color: CLASSES[properties.class] ?? CLASSES.unknown, lineCap: "butt", className: "survey-band" });
      line.bindTooltip(label, { sticky: true });
      line.addTo(group);
      lines.push({ line, band: properties.band_m });
    }
    widths();
  }

  map.on("zoomend", widths);
  map.on("moveend", load);
  load();
}

/** Links with a place bring the map to it. */
export function followPlaces(map) {
  let ring = null;
  for (const link of document.querySelectorAll("[data-place]")) {
    link.addEventListener("click", () => {
      const place = link.dataset.place.split(",").map(Number);
      ring?.remove();
      ring = L.circleMarker(place, { radius: 14, color: "#c2185b", weight: 3, fill: false, interactive: false }).addTo(map);
      map.setView(place, 21);
    });
  }
}

/* The map of a survey job: parcels, and the points of this job over those of others. */

const data = JSON.parse(document.getElementById("survey-data").textContent);

function colours() {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(
    ["--ink", "--paper", "--ink-muted", "--surface"].map((name) => [name.slice(2), style.getPropertyValue(name).trim()]),
  );
}

/** Points of this job, drawn by whether their stated accuracy is within the tolerance. */
function circles(fill, radius, wanted) {
  const { CircleSymbolizer } = protomapsL;
  return {
    dataSource: "points",
    dataLayer: "survey_points",
    symbolizer: new CircleSymbolizer({ radius, fill, stroke: "#ffffff", width: 1.5 }),
    filter: (_zoom, feature) => wanted(feature.props),
  };
}

function layer() {
  const { ink, paper } = colours();
  const { LineSymbolizer, CenteredTextSymbolizer, OffsetTextSymbolizer } = protomapsL;
  const own = (props) => props.job === data.job;
  const poor = (props) => props.horizontal_accuracy_m > data.tolerance || (props.fix && props.fix !== "fixed");
  const sources = {};
  const { parcels, survey_points: points } = data.layers;
  if (parcels) sources.parcels = { url: parcels.url, maxDataZoom: parcels.maxzoom };
  if (points) sources.points = { url: points.url, maxDataZoom: points.maxzoom, levelDiff: 0 };
  return protomapsL.leafletLayer({
    sources,
    paintRules: [
      { dataSource: "parcels", dataLayer: "parcels", symbolizer: new LineSymbolizer({ color: ink, width: 0.8 }) },
      circles("#8a8f8a", 3, (props) => !own(props)),
      circles("#1b6e53", 5, (props) => own(props) && !poor(props)),
      circles("#c2185b", 6, (props) => own(props) && poor(props)),
    ],
    labelRules: [
      {
        dataSource: "points",
        dataLayer: "survey_points",
        minzoom: 19,
        symbolizer: new OffsetTextSymbolizer({
          labelProps: ["name"], fill: ink, stroke: paper, width: 3, offsetX: 8, offsetY: 8,
          font: "600 12px Sarabun, sans-serif",
        }),
        filter: (_zoom, feature) => own(feature.props),
      },
      {
        dataSource: "parcels",
        dataLayer: "parcels",
        minzoom: 18,
        symbolizer: new CenteredTextSymbolizer({
          labelProps: ["land_number"], fill: ink, stroke: paper, width: 3, font: "400 12px Sarabun, sans-serif",
        }),
      },
    ],
    attribution: "",
    maxZoom: 22,
    noWrap: true,
  });
}

const map = L.map("map", { zoomControl: false, attributionControl: false, minZoom: data.layers.survey_points?.minzoom ?? 14, maxZoom: 22, scrollWheelZoom: false });
L.control.zoom({ position: "topright", zoomInTitle: data.words.zoomIn, zoomOutTitle: data.words.zoomOut }).addTo(map);
L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
const [west, south, east, north] = data.bounds;
map.fitBounds([[south, west], [north, east]], { padding: [24, 24], maxZoom: 20 });
let shown = layer().addTo(map);

/* What was judged: the ellipse of each point, larger than life, and a mark in the colour of its verdict. */
const verdicts = { pass: "#1b6e53", warn: "#b48a35", fail: "#c2185b" };
for (const { at, ring, verdict, name } of data.points) {
  if (ring.length) {
    L.polygon(ring, { className: `survey-ellipse survey-ellipse--${verdict || "none"}`, interactive: false }).addTo(map);
  }
  if (verdict) {
    const mark = L.circleMarker(at, { radius: 6, color: "#ffffff", weight: 1.5, fillColor: verdicts[verdict], fillOpacity: 1 });
    const label = document.createElement("span");
    label.textContent = name;
    mark.bindTooltip(label, { direction: "right", offset: [6, 0] }).addTo(map);
  }
}

document.addEventListener("themechange", () => {
  const fresh = layer().addTo(map);
  shown.remove();
  shown = fresh;
});

/* The name of a point in the table brings the map to it; without this script it jumps to the map. */
let ring = null;
for (const link of document.querySelectorAll("[data-place]")) {
  link.addEventListener("click", () => {
    const place = link.dataset.place.split(",").map(Number);
    ring?.remove();
    ring = L.circleMarker(place, { radius: 13, color: "#c2185b", weight: 3, fill: false, interactive: false }).addTo(map);
    map.setView(place, 20);
  });
}

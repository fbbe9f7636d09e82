/* The map of plots: vector tiles painted in the colours of map.css, with imagery under it.
   Leaflet (L) and protomaps-leaflet (protomapsL) are plain scripts before this module. */

const { L, protomapsL } = window;
const NUMBERS_FROM = 18;
const SAME_PLOT_PX = 60;
const USES = ["agriculture", "residential", "commercial", "mixed", "vacant", "public", "road", "water", "unknown"];

/* The colours of the page as it looks now. */
function palette() {
  const styles = getComputedStyle(document.documentElement);
  const read = (name) => styles.getPropertyValue(`--map-${name}`).trim();
  const names = ["ground", "line", "label", "halo", "zone", "building", ...USES];
  return Object.fromEntries(names.map((name) => [name, read(name)]));
}

/* Area and centre of a ring, in the pixels of the picture. */
function middleOf(ring) {
  let area = 0;
  let x = 0;
  let y = 0;
  const [first] = ring;
  for (let i = 0; i < ring.length - 1; i += 1) {
    const ax = ring[i].x - first.x;
    const ay = ring[i].y - first.y;
    const bx = ring[i + 1].x - first.x;
    const by = ring[i + 1].y - first.y;
    const cross = ax * by - bx * ay;
    area += cross / 2;
    x += (ax + bx) * cross;
    y += (ay + by) * cross;
  }
  if (!area) return { area: 0, x: first.x, y: first.y };
  return { area: Math.abs(area), x: first.x + x / (6 * area), y: first.y + y / (6 * area) };
}

/* A text in the middle of a polygon, once, and only where it fits inside. */
class MiddleText {
  constructor({ property, font, fill, halo, fits = true }) {
    Object.assign(this, { property, font, fill, halo, fits });
  }

  place(layout, geometry, feature) {
    const text = feature.props[this.property];
    if (text === undefined || text === null || text === "") return undefined;
    const middles = geometry.map(middleOf);
    const middle = middles.reduce((best, one) => (one.area > best.area ? one : best));
    layout.scratch.font = this.font;
    const width = layout.scratch.measureText(text).width;
    const height = parseInt(this.font.match(/(\d+)px/)[1], 10);
    if (this.fits && middle.area < width * height * 1.6) return undefined;
    const draw = (ctx) => {
      ctx.globalAlpha = 1;
      ctx.font = this.font;
      ctx.textAlign = "left";
      ctx.lineJoin = "round";
      ctx.lineWidth = 3;
      ctx.strokeStyle = this.halo;
      ctx.strokeText(text, -width / 2, height * 0.36);
      ctx.fillStyle = this.fill;
      ctx.fillText(text, -width / 2, height * 0.36);
    };
    const box = {
      minX: middle.x - width / 2 - 1,
      maxX: middle.x + width / 2 + 1,
      minY: middle.y - height / 2,
      maxY: middle.y + height / 2,
    };
    const anchor = geometry[0][0].clone();
    anchor.x = middle.x;
    anchor.y = middle.y;
    // A plot cut by the edge of a tile comes twice; its number is written once.
    const { minX, maxX, minY, maxY } = feature.bbox;
    const reach = SAME_PLOT_PX + Math.max(maxX - minX, maxY - minY);
    return [{ anchor, bboxes: [box], draw, deduplicationKey: String(text), deduplicationDistance: reach }];
  }
}

const lineWidth = (zoom) => (zoom < 15 ? 0.25 : zoom < 17 ? 0.6 : zoom < 19 ? 0.9 : 1.3);

function rules(colours, overImage) {
  const { PolygonSymbolizer } = protomapsL;
  const way = (feature) => feature.props.land_use === "road" || feature.props.land_use === "water";
  const line = overImage ? "rgb(255 250 225 / 90%)" : colours.line;
  const parcels = [
    {
      dataLayer: "parcels",
      symbolizer: new PolygonSymbolizer({
        fill: (zoom, feature) => (overImage ? "rgb(0 0 0 / 0%)" : colours[feature.props.land_use] || colours.unknown),
        stroke: (zoom, feature) => (way(feature) && !overImage ? colours[feature.props.land_use] : line),
        width: (zoom) => lineWidth(zoom) * (overImage ? 1.5 : 1),
        perFeature: true,
      }),
    },
  ];
  const numbers = [
    {
      dataLayer: "parcels",
      minzoom: NUMBERS_FROM,
      symbolizer: new MiddleText({
        property: "land_number",
        font: "500 12px Sarabun, sans-serif",
        fill: overImage ? "#fff" : colours.label,
        halo: overImage ? "rgb(0 0 0 / 75%)" : colours.halo,
      }),
    },
  ];
  const buildings = [
    {
      dataLayer: "buildings",
      symbolizer: new PolygonSymbolizer({ fill: colours.building, width: 0 }),
    },
  ];
  const zones = [
    {
      dataLayer: "zones",
      symbolizer: new PolygonSymbolizer({ fill: colours.zone, opacity: 0.22, stroke: colours.zone, width: 1.5, perFeature: true }),
    },
  ];
  const codes = [
    {
      dataLayer: "zones",
      symbolizer: new MiddleText({
        property: "code", font: "700 16px Sarabun, sans-serif", fill: colours.label, halo: colours.halo, fits: false,
      }),
    },
  ];
  return { parcels: [parcels, numbers], buildings: [buildings, []], zones: [zones, codes] };
}

/* How each layer of tiles is shown: display zooms, and how many zooms the tiles lag behind. Tiles of
   512 pixels (levelDiff 1) save three requests of four; at the layer's lowest zoom there are none. */
function plan(layers) {
  const parts = [];
  if (layers.zones) parts.push({ name: "zones", from: layers.zones.minzoom + 1, to: 13, levelDiff: 1 });
  if (layers.parcels) {
    const { minzoom } = layers.parcels;
    parts.push({ name: "parcels", from: minzoom, to: minzoom, levelDiff: 0 });
    parts.push({ name: "parcels", from: minzoom + 1, to: 21, levelDiff: 1 });
  }
  if (layers.buildings) parts.push({ name: "buildings", from: layers.buildings.minzoom + 1, to: 21, levelDiff: 1 });
  return parts;
}

export const boundsOf = ([west, south, east, north]) => L.latLngBounds([south, west], [north, east]);

/* What is shown of a moment of the past: the parcels alone, for buildings and zones have none. */
const SIDES = ["timeLeft", "timeRight"];

/* Make the map in `element`. `options` go to Leaflet. Returns the map, a switch for imagery, and
   setMoment(query, beside), which draws the parcels of a moment (empty: today), and where `beside`
   is given those of another one too, each in a pane of its own. */
export function createMap(element, settings, { scale = true, ...options } = {}) {
  const map = L.map(element, {
    zoomControl: false,
    attributionControl: false,
    minZoom: 5,
    maxZoom: 21,
    maxBounds: boundsOf(settings.bounds).pad(3),
    maxBoundsViscosity: 0.6,
    fadeAnimation: false,
    ...options,
  });
  L.control.attribution({ prefix: false, position: "bottomright" }).addTo(map);
  if (scale) L.control.scale({ imperial: false, maxWidth: 120, position: "bottomleft" }).addTo(map);

  const images = settings.imagery.map((image) =>
    L.tileLayer(image.url, {
      bounds: boundsOf(image.bounds),
      minZoom: 12,
      maxZoom: 21,
      minNativeZoom: image.minzoom,
      maxNativeZoom: image.maxzoom,
      attribution: image.attribution,
      zIndex: 1,
    }),
  );
  let painted = [];
  let overImage = false;
  let moments = [""];
  const paint = () => {
    const styles = rules(palette(), overImage);
    const before = painted;
    const beside = moments.length > 1;
    const parts = moments.flatMap((moment, side) =>
      plan(settings.layers)
        .filter(({ name }) => name === "parcels" || (!moment && !beside))
        .map((part) => ({ ...part, moment, pane: beside ? SIDES[side] : "tilePane" })),
    );
    painted = parts.map(({ name, from, to, levelDiff, moment, pane }) => {
      const [paintRules, labelRules] = styles[name];
      const { url, maxzoom, attribution } = settings.layers[name];
      const layer = protomapsL.leafletLayer({
        url: moment ? `${url}?${moment}` : url, pane, paintRules, labelRules, levelDiff, attribution, lang: document.documentElement.lang,
        maxDataZoom: maxzoom, minZoom: from, maxZoom: to, bounds: boundsOf(settings.bounds).pad(0.02), noWrap: true,
        zIndex: name === "buildings" ? 3 : 2, keepBuffer: 1,
      });
      if (!(overImage && name === "buildings")) layer.addTo(map);
      return layer;
    });
    before.forEach((layer) => layer.remove());
  };
  const setImagery = (on) => {
    overImage = on;
    images.forEach((image) => (on ? image.addTo(map) : image.remove()));
    paint();
  };

  const setMoment = (...next) => {
    const panes = next.length > 1 ? SIDES.map((name) => map.getPane(name) || map.createPane(name)) : [];
    panes.forEach((pane) => pane.classList.add("time-pane"));
    if (next.join("|") !== moments.join("|") || next.length !== moments.length) {
      moments = next;
      paint();
    }
    const [left, right] = panes;
    return { left, right };
  };

  // A face that is not there when a canvas is painted stays a system face until the next painting.
  const ready = document.fonts ? document.fonts.load("500 12px Sarabun", "0123") : Promise.resolve();
  ready.catch(() => {}).then(paint);
  document.addEventListener("themechange", paint);
  return { map, setImagery, setMoment, hasImagery: images.length > 0 };
}

/* The outline of a chosen plot, twice: a light halo under the line, to be seen on any ground. */
export function outline(geometry) {
  const shape = { type: "Feature", properties: {}, geometry };
  const options = { interactive: false };
  return L.featureGroup([
    L.geoJSON(shape, { ...options, style: { className: "chosen-halo", weight: 7, fill: false } }),
    L.geoJSON(shape, { ...options, style: { className: "chosen-line", weight: 3, fillOpacity: 0.14 } }),
  ]);
}

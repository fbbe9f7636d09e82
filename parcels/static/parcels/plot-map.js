/* The small map of the plot page: the plot among its neighbours. */

import { createMap, outline } from "./basemap.js";

const element = document.getElementById("plot-map");
const settings = JSON.parse(document.getElementById("map-settings").textContent);
const { map } = createMap(element, settings, { scrollWheelZoom: false, scale: false });
const shape = outline(settings.shape);
map.fitBounds(shape.getBounds(), { padding: [48, 48], maxZoom: 19 });
shape.addTo(map);

/* The small map of the plot page: the plot among its neighbours, on the day of the page. */

import { createMap, outline } from "./basemap.js";

const element = document.getElementById("plot-map");
const settings = JSON.parse(document.getElementById("map-settings").textContent);
const { map, setMoment } = createMap(element, settings, { scrollWheelZoom: false, scale: false });
if (settings.moment) setMoment(settings.moment);
const shape = outline(settings.shape);
map.fitBounds(shape.getBounds(), { padding: [48, 48], maxZoom: 19 });
shape.addTo(map);

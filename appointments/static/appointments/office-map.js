/* The offices on the map of plots: pins that lead to their services, the plot beside them. The list
   below the map says the same. Leaflet (L) is a plain script before this module. */

import { createMap } from "../parcels/basemap.js";

const { L } = window;
const element = document.getElementById("office-map");
const points = JSON.parse(document.getElementById("office-points").textContent);

function pin({ kind }) {
  return L.divIcon({ className: `office-pin office-pin--${kind}`, iconSize: [28, 28] });
}

if (points.length) {
  const settings = JSON.parse(document.getElementById("map-settings").textContent);
  const { map } = createMap(element, settings, { scrollWheelZoom: false, scale: false, maxBounds: null });
  L.control.zoom({ zoomInTitle: element.dataset.in, zoomOutTitle: element.dataset.out }).addTo(map);
  const markers = points.map((point) => {
    const named = Boolean(point.name);
    const marker = L.marker([point.lat, point.lon], {
      icon: pin(point), keyboard: named, interactive: named, alt: point.name, title: point.name,
    });
    if (named) {
      const link = document.createElement("a");
      link.href = point.href;
      link.textContent = point.name;
      marker.bindPopup(link);
    }
    return marker.addTo(map);
  });
  map.fitBounds(L.featureGroup(markers).getBounds(), { padding: [32, 32], maxZoom: 15 });
} else {
  element.hidden = true;
}

/* The offices on a map: pins that lead to their services, the plot beside them. The list below the
   map says the same. Leaflet (L) is a plain script before this module. */

const { L } = window;
const element = document.getElementById("office-map");
const points = JSON.parse(document.getElementById("office-points").textContent);

function pin({ kind }) {
  return L.divIcon({ className: `office-pin office-pin--${kind}`, iconSize: [28, 28] });
}

if (points.length) {
  const map = L.map(element, { scrollWheelZoom: false });
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
  map.fitBounds(L.featureGroup(markers).getBounds(), { padding: [32, 32], maxZoom: 14 });
} else {
  element.hidden = true;
}

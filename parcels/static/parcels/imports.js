// The places of a quarantine on a small map: plain marks on plain ground, no outside call.

const element = document.getElementById("quarantine-map");
const places = JSON.parse(document.getElementById("quarantine-places").textContent);
const map = L.map(element, { attributionControl: false, maxZoom: 22 });
const style = getComputedStyle(document.documentElement);
const red = style.getPropertyValue("--red").trim() || "#a11";

const marks = places.map(({ lon, lat, position, reason }) => {
  const label = document.createElement("span");
  label.textContent = `${position}: ${reason}`;
  const mark = L.circleMarker([lat, lon], { radius: 7, color: red, weight: 2, fillOpacity: 0.4 });
  return mark.bindPopup(label);
});
const group = L.featureGroup(marks).addTo(map);
L.control.scale({ imperial: false }).addTo(map);
map.fitBounds(group.getBounds().pad(0.2), { maxZoom: 18 });

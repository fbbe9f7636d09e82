/* "Show where I am": only when asked, and with words for everything that can go wrong. */

const { L } = window;
const WAIT_MS = 15000;

export function armLocate(button, map, { settings, texts, say }) {
  let marks = null;
  const [west, south, east, north] = settings.bounds;
  const covered = L.latLngBounds([south, west], [north, east]).pad(0.5);

  const found = ({ coords }) => {
    const here = L.latLng(coords.latitude, coords.longitude);
    marks?.remove();
    marks = L.featureGroup([
      L.circle(here, { radius: coords.accuracy, className: "here-circle", weight: 1, fillOpacity: 0.12, interactive: false }),
      L.circleMarker(here, { radius: 7, className: "here-dot", weight: 2, fillOpacity: 1, interactive: false }),
    ]).addTo(map);
    button.removeAttribute("aria-busy");
    if (!covered.contains(here)) {
      say(texts.outside);
      return;
    }
    map.setView(here, Math.max(17, map.getZoom()));
    say(texts.located.replace("{metres}", Math.round(coords.accuracy)));
  };
  const failed = (error) => {
    button.removeAttribute("aria-busy");
    say(error.code === error.PERMISSION_DENIED ? texts.denied : texts.unavailable);
  };
  button.addEventListener("click", () => {
    if (!navigator.geolocation) {
      say(texts.unsupported);
      return;
    }
    button.setAttribute("aria-busy", "true");
    say(texts.locating);
    navigator.geolocation.getCurrentPosition(found, failed, { enableHighAccuracy: true, timeout: WAIT_MS, maximumAge: 5000 });
  });
}

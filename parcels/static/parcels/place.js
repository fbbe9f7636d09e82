/* Where the map is, in the address: #zoom/latitude/longitude and, behind them, the chosen plot. */

const FORM = /^#(\d{1,2})\/(-?\d{1,2}(?:\.\d+)?)\/(-?\d{1,3}(?:\.\d+)?)(?:\/([\w-]{16,32}))?$/;

/* What the address asks for, or null. */
export function arriveAt() {
  const found = FORM.exec(location.hash);
  if (!found) return null;
  const [, zoom, lat, lon, chosen] = found;
  return { zoom: Number(zoom), lat: Number(lat), lon: Number(lon), chosen: chosen || "" };
}

/* Keep the address in step with the map; the back button leaves the page, not the last move. */
export function keepPlace(map) {
  let chosen = arriveAt()?.chosen || "";
  const write = () => {
    const { lat, lng } = map.getCenter();
    const parts = [map.getZoom(), lat.toFixed(5), lng.toFixed(5), ...(chosen ? [chosen] : [])];
    history.replaceState(null, "", `#${parts.join("/")}`);
    // The language switch is a form: it comes back to where it is told.
    const next = document.querySelector('form[action*="language"] input[name="next"]');
    if (next) next.value = location.pathname + location.search + location.hash;
  };
  map.on("moveend", write);
  return {
    chosen: () => chosen,
    choose(publicId) {
      chosen = publicId;
      write();
    },
  };
}

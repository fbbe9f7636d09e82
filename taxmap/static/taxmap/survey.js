/* The survey of a unit: what was typed survives a lost connection, and outlines are tapped. */

const note = document.querySelector("[data-draft-note]");
const forms = [...document.querySelectorAll("form[data-draft]")];

function keyOf(form) {
  return `chanot-survey-${form.dataset.draft}`;
}

function fieldsOf(form) {
  return [...form.elements].filter((each) => each.name && !["csrfmiddlewaretoken", "action"].includes(each.name));
}

/** Keep what was typed; a phone without room for it goes on without a draft. */
function keep(form) {
  const values = Object.fromEntries(
    fieldsOf(form).map((each) => [each.name, each.type === "checkbox" ? each.checked : each.value]),
  );
  try {
    localStorage.setItem(keyOf(form), JSON.stringify(values));
  } catch {
    return;
  }
}

function draftOf(form) {
  try {
    return JSON.parse(localStorage.getItem(keyOf(form)) ?? "null");
  } catch {
    return null;
  }
}

function show(text) {
  note.querySelector("[data-draft-text]").textContent = text;
  note.hidden = false;
}

function restore(form) {
  const values = draftOf(form);
  if (values === null) return;
  for (const field of fieldsOf(form)) {
    if (!(field.name in values)) continue;
    if (field.type === "checkbox") field.checked = values[field.name];
    else field.value = values[field.name];
  }
  form.closest("details").open = true;
  show(note.dataset.restored);
}

function forget(form) {
  localStorage.removeItem(keyOf(form));
}

/** A message of success on the page means that the form sent last was taken. */
const sent = sessionStorage.getItem("chanot-survey-sent");
const saved = document.querySelector(".alert--success") !== null;
sessionStorage.removeItem("chanot-survey-sent");

for (const form of forms) {
  if (saved && sent === keyOf(form)) forget(form);
  else if (document.querySelector(".error-summary") === null) restore(form);
  form.addEventListener("input", () => keep(form));
  form.addEventListener("submit", (event) => {
    keep(form);
    if (!navigator.onLine) {
      event.preventDefault();
      show(note.dataset.offline);
      note.scrollIntoView({ block: "center" });
      return;
    }
    sessionStorage.setItem("chanot-survey-sent", keyOf(form));
  });
}

document.querySelector("[data-draft-clear]").addEventListener("click", () => {
  forms.forEach(forget);
  location.reload();
});

const place = document.querySelector("[data-outline-map]");
const field = document.querySelector("[name='building-footprint']");

function outlineMap() {
  const parcel = L.geoJSON(JSON.parse(place.dataset.parcel), {
    interactive: false,
    style: { color: "#8a6d1f", weight: 2, fillOpacity: 0.08 },
  });
  const map = L.map(place, { attributionControl: false, zoomControl: true });
  map.fitBounds(parcel.getBounds(), { padding: [16, 16] });
  parcel.addTo(map);
  const drawn = L.polygon([], { color: "#0f4334", weight: 3 }).addTo(map);
  let corners = [];
  if (field.value) {
    corners = JSON.parse(field.value).coordinates[0].slice(0, -1).map(([lon, lat]) => L.latLng(lat, lon));
  }
  const redraw = () => {
    drawn.setLatLngs(corners);
    const ring = corners.map(({ lng, lat }) => [Number(lng.toFixed(8)), Number(lat.toFixed(8))]);
    field.value = corners.length < 3 ? "" : JSON.stringify({ type: "Polygon", coordinates: [[...ring, ring[0]]] });
  };
  map.on("click", (event) => {
    corners.push(event.latlng);
    redraw();
    keep(field.form);
  });
  document.querySelector("[data-outline-undo]").addEventListener("click", () => {
    corners.pop();
    redraw();
    keep(field.form);
  });
  redraw();
  return map;
}

/* Leaflet measures its place, which a closed panel has none of. */
const panel = place.closest("details");
let map = panel.open ? outlineMap() : null;
panel.addEventListener("toggle", () => {
  if (panel.open) map ??= outlineMap();
});

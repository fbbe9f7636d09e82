/* A round on the phone. Visits go into a queue on the phone first and from there to the server,
   again and again until it has answered: each carries a key, so that one sent twice is kept once. */

const data = JSON.parse(document.getElementById("round-data").textContent);
const told = document.querySelector("[data-told]");
const refusedList = document.querySelector("[data-refused]");
const articles = [...document.querySelectorAll("[data-stop]")];
const QUEUE = `chanot-round:${data.round}`;
const RETRY_MS = 15000;
const CLOSE = 18;

/** What waits on this phone; without storage, what this page remembers. */
let queue = [];
try {
  queue = JSON.parse(localStorage.getItem(QUEUE) ?? "[]");
} catch {
  // Private windows keep nothing; the visits still go out while the page is open.
}

function keepQueue() {
  try {
    localStorage.setItem(QUEUE, JSON.stringify(queue));
  } catch {
    // See above.
  }
}

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function say(text, waiting = false) {
  told.textContent = text;
  told.classList.toggle("is-waiting", waiting);
}

function tell() {
  const waiting = queue.filter((visit) => !visit.refused);
  const refused = queue.filter((visit) => visit.refused);
  say(waiting.length ? data.words.waiting.replace("{count}", waiting.length) : told.dataset.last ?? "", waiting.length > 0);
  refusedList.replaceChildren(
    ...refused.map((visit) => {
      const line = document.createElement("li");
      line.textContent = data.words.refused.replace("{stop}", visit.stop).replace("{reason}", visit.refused);
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button button--quiet";
      button.textContent = data.words.discard;
      button.addEventListener("click", () => {
        queue = queue.filter((each) => each.key !== visit.key);
        keepQueue();
        tell();
      });
      line.append(" ", button);
      return line;
    }),
  );
}

/** The answer to one visit: "kept", "again" (no network), "sign in", or the reason of a refusal. */
async function post(visit, form) {
  const body = new FormData();
  for (const [name, value] of Object.entries(visit)) body.set(name, value);
  body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  let response;
  try {
    response = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
  } catch {
    return { again: true };
  }
  const isJson = (response.headers.get("Content-Type") ?? "").includes("json");
  if (response.ok && isJson) return { kept: true };
  if (response.redirected || response.status === 403 || response.status === 401) return { signIn: true };
  if (response.status >= 500 || response.status === 429 || !isJson) return { again: true };
  return { reason: (await response.json()).detail };
}

let sending = false;

/** Send what waits, one after the other; stop at the first that does not get through. */
async function flush() {
  const form = document.querySelector("[data-visit]");
  if (sending || !form) return;
  sending = true;
  try {
    for (const visit of queue.filter((each) => !each.refused)) {
      const answer = await post(visit, form);
      if (answer.kept) {
        queue = queue.filter((each) => each.key !== visit.key);
        told.dataset.last = data.words.sent;
      } else if (answer.reason) {
        visit.refused = answer.reason;
        mark(Number(visit.stop), false);
      } else {
        tell();
        if (answer.signIn) say(data.words.signIn, true);
        return;
      }
      keepQueue();
      tell();
    }
  } finally {
    sending = false;
  }
}

const pins = new Map();

function mark(order, done) {
  const link = document.querySelector(`[data-go="${order}"]`);
  link.querySelector("[data-mark]").textContent = done ? "✓" : "";
  pins.get(order)?.getElement()?.classList.toggle("is-done", done);
  articles.find((each) => Number(each.dataset.stop) === order).toggleAttribute("data-was-visited", done);
}

function show(order, { focus = true } = {}) {
  for (const article of articles) {
    const here = Number(article.dataset.stop) === order;
    article.hidden = !here;
    if (here && focus) article.querySelector("h2").focus({ preventScroll: true });
  }
  for (const link of document.querySelectorAll("[data-go]")) {
    if (Number(link.dataset.go) === order) link.setAttribute("aria-current", "step");
    else link.removeAttribute("aria-current");
  }
  for (const [each, pin] of pins) pin.getElement()?.classList.toggle("is-here", each === order);
  const stop = data.stops.find((each) => each.order === order);
  if (stop) bring(stop.at);
  if (focus) articles.find((each) => !each.hidden)?.scrollIntoView({ block: "nearest" });
}

function goOn(from) {
  const orders = data.stops.map((each) => each.order);
  const left = [...orders.filter((each) => each > from), ...orders].find(
    (each) => !articles.find((one) => Number(one.dataset.stop) === each).hasAttribute("data-was-visited"),
  );
  if (left === undefined) {
    told.dataset.last = data.words.done;
    tell();
  }
  show(left ?? from);
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-visit]");
  if (!form) return;
  event.preventDefault();
  const { stop, note, next_on: day } = form.elements;
  const outcome = event.submitter.value;
  if (outcome === "promised" && !day.value) {
    day.required = true;
    day.reportValidity();
    day.required = false;
    return;
  }
  if (outcome === "other" && !note.value.trim()) {
    note.required = true;
    note.reportValidity();
    note.required = false;
    return;
  }
  queue.push({
    key: newKey(),
    stop: stop.value,
    outcome,
    note: note.value.trim(),
    next_on: day.value,
    visited_at: new Date().toISOString(),
  });
  keepQueue();
  form.closest("[data-stop]").querySelector("[data-last]").textContent = event.submitter.textContent.trim();
  mark(Number(stop.value), true);
  told.dataset.last = data.words.kept.replace("{stop}", stop.value);
  tell();
  goOn(Number(stop.value));
  flush();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-go]");
  if (!link) return;
  event.preventDefault();
  show(Number(link.dataset.go));
});

const map = L.map("map", { zoomControl: false, attributionControl: false, maxZoom: 22 });
L.control.zoom({ position: "topright", zoomInTitle: data.words.zoomIn, zoomOutTitle: data.words.zoomOut }).addTo(map);
L.control.scale({ imperial: false, position: "topleft" }).addTo(map);

/** The plots around, for orientation; without a network the round's own shapes are enough. */
function surroundings() {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const grounds = { road: colour("--paper"), water: colour("--blue-wash") };
  const fill = (_zoom, feature) => grounds[feature.props.land_use] ?? colour("--surface");
  const { PolygonSymbolizer } = protomapsL;
  const symbolizer = new PolygonSymbolizer({ fill, stroke: colour("--rule-strong"), width: 0.6, perFeature: true });
  return protomapsL.leafletLayer({
    sources: { plots: { url: data.tiles, maxDataZoom: data.deepest } },
    paintRules: [{ dataSource: "plots", dataLayer: "parcels", symbolizer }],
    labelRules: [],
    attribution: "",
    maxZoom: 22,
    noWrap: true,
  });
}

let around = surroundings().addTo(map);
document.addEventListener("themechange", () => {
  around.remove();
  around = surroundings().addTo(map);
});
const plots = L.featureGroup(
  data.stops.map((stop) =>
    L.geoJSON(stop.shape, { style: { color: "#1b2420", weight: 1.5, fillColor: "#e69f00", fillOpacity: 0.5 } }).on("click", () => show(stop.order)),
  ),
).addTo(map);
if (data.walk) {
  L.geoJSON(data.walk, { interactive: false, style: { color: "#0072b2", weight: 5, opacity: 0.6 } }).addTo(map);
}
const isPhone = !matchMedia("(min-width: 60rem)").matches;

/** Under the panel of a phone nothing can be seen: what matters goes into the upper half. */
function bring(at) {
  const zoom = Math.max(map.getZoom() || 0, CLOSE);
  const down = isPhone ? map.getSize().y / 4 : 0;
  map.setView(map.unproject(map.project(at, zoom).add([0, down]), zoom), zoom, { animate: false });
}

map.fitBounds(plots.getBounds(), { padding: [20, 20] });
if (isPhone) bring(data.stops.find((stop) => stop.order === data.current)?.at ?? data.stops[0].at);
for (const stop of data.stops) {
  const icon = L.divIcon({ className: "walk-pin", html: String(stop.order), iconSize: [28, 28] });
  pins.set(stop.order, L.marker(stop.at, { icon, keyboard: false }).on("click", () => show(stop.order)).addTo(map));
}
for (const article of articles) {
  if (article.hasAttribute("data-was-visited")) mark(Number(article.dataset.stop), true);
}
for (const visit of queue) mark(Number(visit.stop), !visit.refused);
for (const [order, pin] of pins) pin.getElement()?.classList.toggle("is-here", order === data.current);

addEventListener("online", flush);
setInterval(flush, RETRY_MS);
tell();
flush();

/* Visits of the offline file: kept in the browser's storage, written out as a file. */
const $ = (selector, within = document) => within.querySelector(selector);
const key = `chanot-visits:${facts.round}`;
const told = $("[data-told]");
let kept = [];
let stored = true;
try {
  kept = JSON.parse(localStorage.getItem(key) ?? "[]");
} catch {
  stored = false;
}

function keep() {
  try {
    localStorage.setItem(key, JSON.stringify(kept));
  } catch {
    stored = false;
  }
}

function say(text, wrong = false) {
  told.textContent = text;
  told.classList.toggle("wrong", wrong);
}

/** Random key of a visit, also where the file's address is no secure one. */
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

const stops = [...document.querySelectorAll("[data-stop]")];
const isDone = (order) => kept.some((visit) => visit.stop === order);

function show(order) {
  for (const stop of stops) {
    const mine = Number(stop.dataset.stop);
    stop.classList.toggle("here", mine === order);
    const visit = kept.findLast((each) => each.stop === mine);
    $("[data-done]", stop).textContent = visit ? $(`button[value="${visit.outcome}"]`, stop).textContent : "";
    const pin = $(`[data-pin="${mine}"]`);
    pin?.classList.toggle("done", Boolean(visit));
    pin?.classList.toggle("here", mine === order);
  }
  const left = stops.filter((stop) => !isDone(Number(stop.dataset.stop))).length;
  $("[data-left]").textContent = facts.words.left.replace("{count}", left).replace("{all}", stops.length);
}

function next(order) {
  const orders = stops.map((stop) => Number(stop.dataset.stop));
  const after = [...orders.filter((each) => each > order), ...orders].find((each) => !isDone(each));
  show(after ?? order);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  const pin = event.target.closest("[data-pin]");
  if (pin) show(Number(pin.dataset.pin));
  if (!button) return;
  const stop = button.closest("[data-stop]");
  if (button.dataset.go) {
    const orders = stops.map((each) => Number(each.dataset.stop));
    const at = orders.indexOf(Number(stop.dataset.stop)) + Number(button.dataset.go);
    show(orders[(at + orders.length) % orders.length]);
  } else if (button.name === "outcome") {
    record(stop, button.value);
  } else if (button.dataset.save !== undefined) {
    save();
  }
});

function record(stop, outcome) {
  const next_on = $("[name=next_on]", stop).value;
  const note = $("[name=note]", stop).value.trim();
  if (outcome === "promised" && !next_on) return say(facts.words.needsDay, true);
  if (outcome === "other" && !note) return say(facts.words.needsNote, true);
  const order = Number(stop.dataset.stop);
  kept.push({ key: newKey(), stop: order, outcome, note, next_on, visited_at: new Date().toISOString() });
  keep();
  say(stored ? "" : facts.words.noStorage, !stored);
  return next(order);
}

function save() {
  const content = JSON.stringify({ format: facts.format, round: facts.round, visits: kept }, null, 1);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type: "application/json" }));
  link.download = facts.file;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

/** Numbered pins; the map is made later in this same script. */
function setPins() {
  const map = window[facts.map];
  for (const { order, at } of facts.pins) {
    const html = `<span data-pin="${order}">${order}</span>`;
    L.marker(at, { icon: L.divIcon({ className: "pin", html, iconSize: [28, 28] }) }).addTo(map);
  }
}

addEventListener("DOMContentLoaded", () => {
  setPins();
  next(0);
});

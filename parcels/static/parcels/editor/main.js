/* The parcel editor: the officer's steps go to the server, and what they come to is drawn. Nothing
   is computed here that is stored. */

import { alert, announce, make, one, say, settings, texts } from "./page.js";
import { armControls, createCanvas, FABRIC_FROM } from "./canvas.js";
import { armKeys } from "./keys.js";
import { createChoosing } from "./choosing.js";
import { createDrawing } from "./drawing.js";
import { createResults, findingsAsBanners, resultInWords } from "./results.js";
import { createSaving } from "./saving.js";
import { createSession } from "./session.js";
import { createTools } from "./tools.js";
import { metresBetween } from "./metres.js";
import { preview, tentative } from "./server.js";

const TRY_MS = 140;
const THAI_ZERO = "๐".charCodeAt(0);
const { L } = window;
const notices = one("[data-notices]");
const live = one("[data-live]");
const session = createSession(settings);
let result = null;
let leaving = false;

const kindFacts = () => settings.kinds.find(({ kind }) => kind === session.kind());

/* The steps as they are sent: kinds that take parcels as they are say so of each; so does a mark that
   is only inserted, for it moves nothing that would tell whose boundary is corrected. */
function operationsWith(steps) {
  const named = new Set(steps.flatMap((step) => [step.parcel, ...(step.parcels || [])]));
  const { takes, tools: usable } = kindFacts();
  const inserts = usable.includes("marks") && steps.length && steps.every(({ op }) => op === "insert_mark");
  const taken = takes || inserts ? session.subjects().filter(({ id }) => !named.has(id)) : [];
  return [...steps, ...taken.map(({ id }) => ({ op: "choose", parcel: id }))];
}

const ask = (question, steps, more = {}) =>
  question({ kind: session.kind(), operations: operationsWith(steps), transaction: settings.transaction, ...more });

function refuse(text, findings = []) {
  notices.replaceChildren(...(findings.length
    ? findingsAsBanners(findings, canvas)
    : text ? [alert("error", texts.not_possible, make("p", {}, text))] : []));
  if (text) announce(text);
}

/* An answer that refuses, with its place: in words, and on the map. */
function showRefused(answer) {
  const findings = answer.place ? [{ severity: "error", message: answer.detail, place: answer.place }] : [];
  refuse(answer.detail, findings);
  if (findings.length) canvas.showFaults(findings);
}

function show(answer) {
  result = answer;
  canvas.showResult(answer);
  results.show(answer);
  saving.show(answer);
  showClaims(answer);
  tools.refresh();
  one("[data-undo]").setAttribute("aria-disabled", String(!session.canUndo()));
  one("[data-redo]").setAttribute("aria-disabled", String(!session.canRedo()));
}

/* Open transactions of others on the same ground, from the answer itself. */
function showClaims(answer) {
  const others = answer?.open_transactions || [];
  notices.querySelectorAll("[data-claim]").forEach((each) => each.remove());
  for (const { kind_name: kind, maker, status_name: status, url } of others) {
    const banner = alert("warning", texts.worked_on, make("p", {}, say("claimed", { kind, maker, status }), " ",
      make("a", { href: url }, texts.claimed_open)));
    banner.dataset.claim = "";
    notices.append(banner);
  }
}

/* Ask for the result of the steps as they are now. */
async function compute(choices = {}) {
  const operations = operationsWith(session.steps());
  if (!operations.length) {
    show(null);
    return;
  }
  const found = await ask(preview, session.steps(), { choices });
  if (!found) return;
  if (found.ok) {
    refuse("");
    show(found.answer);
    announce(resultInWords(found.answer));
  } else {
    show(null);
    showRefused(found.answer);
  }
}

let trying = 0;
const work = {
  kindFacts,
  refuse,
  showRefused,
  digits: (text) => text.trim().replace(/[๐-๙]/g, (digit) => String(digit.charCodeAt(0) - THAI_ZERO)),
  operations: () => operationsWith(session.steps()),
  decided: (choices) => compute(choices),
  leave: () => { leaving = true; },
  /* The parcels and pieces that a tool can take, with the names that steps call them by. */
  shapes: () => result && session.steps().length
    ? result.pieces.map(({ name, label, geometry }) => ({ name, title: label, geometry, zone: result.zone }))
    : session.subjects().map(({ id, name, geometry, zone }) => ({ name: id, title: name, geometry, zone })),
  gives: (parcel) => session.subjects().map(({ id }) => id).filter((id) => id !== parcel),
  /* Lengths while drawing, from the points and the pointer's place. */
  drawn(places, placed) {
    canvas.showTried(null);
    clearTimeout(trying);
    live.hidden = places.length < 2;
    if (places.length < 2) return;
    const zone = session.subjects()[0]?.zone || settings.zone;
    const run = places.slice(1).map((place, at) => metresBetween(places[at], place, zone));
    live.replaceChildren(
      make("span", {}, say("live_side", { metres: run.at(-1).toFixed(2) })),
      make("span", {}, say("live_line", { metres: run.reduce((sum, each) => sum + each, 0).toFixed(2), points: placed })),
    );
  },
  /* Show what a step would give while it is drawn; only the newest answer counts. */
  attempt(steps) {
    clearTimeout(trying);
    trying = setTimeout(async () => {
      if (!drawing.active()) return;
      const found = await ask(tentative, [...session.steps(), ...steps], { tentative: true });
      if (!found || !drawing.active()) return;
      const refused = found.answer.refused || (!found.ok && found.answer.detail);
      canvas.showTried(refused ? null : found.answer);
      const lines = refused
        ? [refused]
        : found.answer.pieces.map(({ label, area }) => `${label}: ${area.text} (${say("m2", { area: area.m2 })})`);
      live.append(...lines.map((line) => make("span", { class: refused ? "editor-live__not" : "" }, line)));
    }, TRY_MS);
  },
  /* Take steps if the server can do them; else say why, and leave all as it was. */
  async apply(steps, { places, closed } = {}) {
    drawing.dropGhost();
    const found = await ask(preview, [...session.steps(), ...steps]);
    if (!found) return false;
    if (!found.ok) {
      if (places) drawing.keepGhost(places, closed);
      showRefused(found.answer);
      return false;
    }
    refuse("");
    silent = true;
    session.add(...steps);
    silent = false;
    show(found.answer);
    announce(resultInWords(found.answer));
    tools.done();
    return true;
  },
  undo() {
    if (session.undo()) announce(texts.undone);
  },
  redo() {
    if (session.redo()) announce(texts.redone);
  },
};
let silent = false;

const canvas = createCanvas(one("#map"), {
  session,
  onPick(place, parcel) {
    if (tools.take(place)) return;
    if (canvas.map.getZoom() < FABRIC_FROM) {
      canvas.map.setView([place[1], place[0]], FABRIC_FROM + 1);
      announce(texts.zoom_in);
      return;
    }
    const piece = result && session.steps().length && work.shapes().find(({ geometry }) => inside(geometry, place));
    if (piece) tools.setTarget(piece.name);
    else if (parcel) choosing.toggle(parcel);
    else announce(texts.no_parcel);
  },
  onView({ close, fault }) {
    const note = one("[data-hint]");
    if (fault) refuse(fault);
    if (!tools.current()) {
      note.textContent = close ? "" : texts.zoom_in;
      note.hidden = close;
    }
  },
});
const inside = (geometry, place) => canvas.contains(geometry, place);
const drawing = createDrawing(canvas.map);
const tools = createTools({ session, canvas, drawing, work });
const choosing = createChoosing({ session, canvas, work });
const results = createResults({
  session,
  canvas,
  onPiece(piece) {
    tools.setTarget(piece.name);
    canvas.fit({ only: piece.geometry });
  },
});
const saving = createSaving({ session, work });
armControls(canvas);
armKeys({ canvas, drawing, tools, work, saving });

session.on("steps", () => {
  if (!silent) compute();
});
session.on("subjects", () => {
  canvas.drawChosen();
  compute();
});
session.on("kind", () => compute());
window.addEventListener("beforeunload", (event) => {
  if (!leaving && session.steps().length) event.preventDefault();
});

choosing.show();
tools.showKind();
canvas.start();
compute(settings.choices).then(() => {
  if (settings.refused) refuse(settings.refused);
});
// Tests and screen readers' users alike wait for the editor to be there.
document.documentElement.dataset.editor = "ready";
L.DomEvent.disableClickPropagation(one(".map-controls"));

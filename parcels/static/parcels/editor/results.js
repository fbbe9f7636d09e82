/* What the steps come to: findings, pieces with their areas, sides, neighbours that gain marks. */

import { alert, make, one, say, texts } from "./page.js";
import { exactArea, inMetres, inRai } from "./metres.js";

const area = (each, tag = "td") =>
  make(tag, { class: "number" }, ...(each
    ? [make("span", { class: "editor-area" }, each.text), make("span", { class: "editor-area__m2" }, say("m2", { area: inMetres(exactArea(each.m2)) }))]
    : ["–"]));

/* A difference of two exact areas in words: "+12.5 m² (0-0-3.1)". */
export function difference(size) {
  if (size === 0n) return texts.no_difference;
  const sign = size > 0n ? "+" : "";
  return say("difference", { metres: `${sign}${inMetres(size)}`, rai: inRai(size) });
}

function finding(each, at, canvas) {
  const words = make("span", {}, each.message);
  if (!each.place) return make("li", {}, words);
  const button = make("button", { class: "editor-finding__go", type: "button" }, say("show_place", { number: at + 1 }));
  button.addEventListener("click", () => {
    canvas.goTo(each.place);
    one("#map").focus();
  });
  return make("li", {}, words, " ", button);
}

/* Findings as banners: what forbids the edit, and what wants a look. */
export function findingsAsBanners(findings, canvas) {
  return ["error", "warning"].flatMap((severity) => {
    const these = findings.map((each, at) => [each, at]).filter(([each]) => (each.severity === "error") === (severity === "error"));
    if (!these.length) return [];
    const title = severity === "error" ? texts.findings_errors : texts.findings_warnings;
    return [alert(severity, title, make("ul", { class: "editor-findings" }, ...these.map(([each, at]) => finding(each, at, canvas))))];
  });
}

const stepText = (step) => texts[`step_${step.op}`] || step.op;

export function createResults({ session, canvas, onPiece }) {
  const section = one("[data-result]");
  const place = (name) => one(`[data-${name}]`, section);

  function showSteps() {
    place("operations").replaceChildren(...session.steps().map((step) => make("li", {}, stepText(step))));
  }

  function showPieces(answer) {
    place("pieces").replaceChildren(...answer.pieces.map((piece) => {
      const button = make("button", { class: "editor-piece", type: "button" },
        make("span", { class: `editor-swatch piece--${piece.index % 6}`, "aria-hidden": "true" }), piece.label);
      button.addEventListener("click", () => onPiece(piece));
      return make("tr", {}, make("th", { scope: "row" }, button), area(piece.area), area(piece.legal));
    }));
    const { totals } = answer;
    place("totals").replaceChildren(make("tr", {}, make("th", { scope: "row" }, texts.total), area(totals.area), area(totals.legal_after)));
    const apart = totals.legal ? exactArea(totals.area.m2) - exactArea(totals.legal.m2) : null;
    place("difference").textContent = apart === null ? texts.no_legal_area : say("drawn_against_legal", { difference: difference(apart) });
  }

  function showSides(answer) {
    place("side-lists").replaceChildren(...answer.pieces.flatMap((piece) => [
      make("h3", { class: "editor-small" }, piece.label),
      make("ol", { class: "editor-sides" }, ...piece.sides.map(({ text }) => make("li", {}, say("metres", { metres: text })))),
    ]));
  }

  function showNeighbours(answer) {
    place("neighbours").replaceChildren(...(answer.neighbours.length
      ? [make("p", { class: "hint" }, say("neighbours", { names: [...new Set(answer.neighbours.map(({ label }) => label))].join(", ") }))]
      : []));
  }

  return {
    show(answer) {
      section.hidden = !answer;
      if (!answer) return;
      showSteps();
      place("findings").replaceChildren(...findingsAsBanners(answer.findings, canvas));
      showPieces(answer);
      showSides(answer);
      showNeighbours(answer);
    },
    focus: () => one("#result-title").focus(),
  };
}

/* What to say aloud of a result. */
export function resultInWords(answer) {
  const errors = answer.findings.filter(({ severity }) => severity === "error").length;
  const pieces = answer.pieces.map((piece) => say("spoken_piece", { label: piece.label, area: piece.area.text }));
  const faults = answer.findings.length ? say("spoken_findings", { count: answer.findings.length, errors }) : texts.spoken_sound;
  return [...pieces, faults].join(" · ");
}

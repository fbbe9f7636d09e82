/* What is decided before a draft is saved: numbers, legal areas, public pieces, source, reason. */

import { all, announce, make, one, say, settings, texts } from "./page.js";
import { exactArea, inMetres, inRai, readArea } from "./metres.js";
import { difference } from "./results.js";
import { saveDraft } from "./server.js";

const SETTLED_MS = 350;

export function createSaving({ session, work }) {
  const form = one("[data-save]");
  const fault = one("[data-save-fault]");
  const rest = one("[data-areas-rest]");
  let shown = "";
  let whole = null;

  const choice = (type, name, value, label, checked) => {
    const box = make("input", { type, name, value });
    box.checked = checked;
    return make("label", { class: "choice" }, box, make("span", {}, label));
  };

  const inputs = () => all("[data-areas-inputs] input");

  /* What is left of the legal area, said exactly and at once. */
  function showRest() {
    const said = inputs().map((box) => box.value.trim());
    const read = said.map((text) => (text ? readArea(text) : null));
    inputs().forEach((box, at) => box.toggleAttribute("aria-invalid", Boolean(said[at]) && read[at] === null));
    if (said.some((text, at) => text && read[at] === null)) rest.textContent = texts.area_unreadable;
    else if (whole === null || said.every((text) => !text)) rest.textContent = "";
    else {
      const left = whole - read.reduce((sum, each) => sum + (each ?? 0n), 0n);
      const open = said.some((text) => !text);
      if (open && left > 0n) rest.textContent = say("rest_shared", { metres: inMetres(left), rai: inRai(left) });
      else if (left === 0n && !open) rest.textContent = texts.rest_none;
      else rest.textContent = say("rest_wrong", { difference: difference(-left) });
    }
  }

  /* The choices anew when the pieces are others; what was typed stays where it still fits. */
  function show(answer) {
    form.hidden = !answer;
    if (!answer) return;
    const { divides, dedicates, states, agrees, conserves } = work.kindFacts();
    whole = conserves && answer.totals.legal ? exactArea(answer.totals.legal.m2) : null;
    const key = JSON.stringify([session.kind(), answer.pieces.map(({ name, area }) => [name, area.m2])]);
    if (key === shown) return;
    const saved = shown ? {} : settings.choices;
    shown = key;
    const { pieces } = answer;
    const largest = pieces.reduce((best, each) => (Number(each.area.m2) > Number(best.area.m2) ? each : best), pieces[0]);
    const keeper = saved.keeps_number ?? largest?.index;
    one("[data-keeps]").hidden = !divides || pieces.length < 2;
    one("[data-keeps-choices]").replaceChildren(...pieces.map(({ index, label, area }) =>
      choice("radio", "keeps", index, `${label} · ${area.text}`, index === keeper)));
    one("[data-public]").hidden = !dedicates;
    const smallest = pieces.reduce((best, each) => (Number(each.area.m2) < Number(best.area.m2) ? each : best), pieces[0]);
    const toPublic = saved.public ?? [smallest?.index];
    one("[data-public-choices]").replaceChildren(...pieces.map(({ index, label, area }) =>
      choice("checkbox", "public", index, `${label} · ${area.text}`, toPublic.includes(index))));
    one("[data-agreed]").hidden = !agrees;
    if (saved.consent) form.elements.consent.value = saved.consent;
    one("[data-areas]").hidden = !states;
    one("[data-areas-inputs]").replaceChildren(...pieces.map(({ index, label, legal }) => {
      const box = make("input", {
        class: "input", id: `area-${index}`, "data-index": index, autocomplete: "off", maxlength: 40,
        "aria-describedby": "areas-hint", placeholder: legal?.text || "",
      });
      box.value = saved.areas?.[index] ?? "";
      return make("div", { class: "editor-areas__row" }, make("label", { for: `area-${index}` }, label), box);
    }));
    showRest();
  }

  const choices = () => {
    const { divides, dedicates, states, agrees } = work.kindFacts();
    const areas = Object.fromEntries(inputs().map((box) => [box.dataset.index, box.value.trim()]).filter(([, text]) => text));
    const keeps = one("[name=keeps]:checked", form);
    return {
      ...(divides && keeps ? { keeps_number: Number(keeps.value) } : {}),
      ...(dedicates ? { public: all("[name=public]:checked", form).map((box) => Number(box.value)) } : {}),
      ...(states && Object.keys(areas).length ? { areas } : {}),
      ...(agrees && form.elements.consent.value.trim() ? { consent: form.elements.consent.value.trim() } : {}),
    };
  };

  /* Say what is wrong beside the button and lead to the field. */
  function refuse(text, field) {
    fault.replaceChildren(make("p", { class: "field__error" }, text));
    all("[aria-invalid]", form).forEach((each) => each.removeAttribute("aria-invalid"));
    if (!field) return;
    field.setAttribute("aria-invalid", "true");
    field.focus();
  }

  /* The survey as it was typed; null when none is named. */
  const survey = () => {
    const { survey_number: number, survey_date: date, survey_class: rank } = form.elements;
    const said = { reference: number.value.trim(), date: date.value.trim(), survey_class: rank.value };
    return said.reference ? said : null;
  };

  async function save() {
    const {
      source_kind: kind, source_number: number, source_date: date, survey_number: record, survey_date: surveyed, reason,
    } = form.elements;
    fault.replaceChildren();
    if (!number.value.trim()) return refuse(texts.number_missing, number);
    if (surveyed.value.trim() && !survey()) return refuse(texts.survey_missing, record);
    if (!reason.value.trim()) return refuse(texts.reason_missing, reason);
    const button = one("[data-save-button]");
    button.setAttribute("aria-disabled", "true");
    announce(texts.saving);
    const { ok, answer } = await saveDraft({
      kind: session.kind(),
      operations: work.operations(),
      choices: choices(),
      source: { kind: kind.value, reference: number.value.trim(), date: date.value.trim() },
      survey: survey(),
      reason: reason.value.trim(),
      transaction: settings.transaction || null,
    });
    if (ok) {
      work.leave();
      window.location.assign(answer.url);
      return undefined;
    }
    button.removeAttribute("aria-disabled");
    const field = { "source.date": date, "source.reference": number, "survey.date": surveyed, reason }[answer.errors?.[0]?.field];
    work.showRefused(answer);
    return refuse(answer.errors?.[0]?.message || answer.detail, field);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (one("[data-save-button]").getAttribute("aria-disabled") !== "true") save();
  });
  let settling = 0;
  const decide = () => {
    clearTimeout(settling);
    settling = setTimeout(() => work.decided(choices()), SETTLED_MS);
  };
  one("[data-areas-inputs]").addEventListener("input", () => {
    showRest();
    if (inputs().every((box) => !box.value.trim() || readArea(box.value) !== null)) decide();
  });
  for (const part of ["[data-keeps]", "[data-public]", "[data-agreed]"]) one(part).addEventListener("change", decide);
  const { source, survey: named } = settings;
  if (source) {
    form.elements.source_kind.value = source.kind;
    if (form.elements.source_kind.selectedIndex < 0) form.elements.source_kind.value = "other";
    form.elements.source_number.value = source.reference;
    form.elements.source_date.value = source.date;
    form.elements.reason.value = settings.reason;
  }
  if (named) {
    form.elements.survey_number.value = named.reference;
    form.elements.survey_date.value = named.date;
    form.elements.survey_class.value = named.survey_class;
  }
  return { show, submit: () => form.requestSubmit() };
}

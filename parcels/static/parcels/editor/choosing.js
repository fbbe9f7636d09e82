/* Choosing parcels: by a click, by the keyboard on the map, or by their numbers. */

import { announce, make, icon, one, say, settings, texts } from "./page.js";
import { parcelsNamed } from "./server.js";

export function createChoosing({ session, canvas, work }) {
  const found = one("[data-found]");
  const subjects = one("[data-subjects]");

  /* Who else works on a parcel, with the way to it. */
  function claimOf(parcel) {
    if (!parcel.claim || parcel.claim.id === settings.transaction) return null;
    const { kind_name: kind, maker, status_name: status, url } = parcel.claim;
    return make("p", { class: "editor-claim" }, icon("warning"),
      make("span", {}, say("claimed", { kind, maker, status }), " ", make("a", { href: url }, texts.claimed_open)));
  }

  function entry(parcel) {
    const remove = make("button", { class: "icon-button", type: "button", "aria-label": say("leave_out", { name: parcel.name }) }, icon("close"));
    remove.addEventListener("click", () => {
      toggle(parcel, false);
      one("#find").focus();
    });
    const lines = [parcel.numbers, parcel.legal && say("legal", { area: parcel.legal.text })].filter(Boolean);
    return make("li", { class: "editor-subject" },
      make("div", {}, make("strong", {}, parcel.name), ...lines.map((line) => make("span", { class: "muted" }, line)), claimOf(parcel)),
      remove);
  }

  function show() {
    const chosen = session.subjects();
    subjects.replaceChildren(...chosen.map(entry));
    subjects.hidden = !chosen.length;
    one("[data-none-chosen]").hidden = chosen.length > 0;
  }

  function toggle(parcel, on = !session.isChosen(parcel.id)) {
    if (session.steps().length) {
      work.refuse(texts.undo_first);
      return;
    }
    if (on && !parcel.editable) {
      work.refuse(texts.other_office);
      return;
    }
    const { many } = work.kindFacts();
    if (on && !many) session.only(parcel);
    else session.choose(parcel, on);
    announce(say(on ? "chosen" : "left_out", { name: parcel.name }));
    if (on && parcel.claim && parcel.claim.id !== settings.transaction) {
      const { kind_name: kind, maker, status_name: status } = parcel.claim;
      announce(say("claimed", { kind, maker, status }));
    }
  }

  one("[data-find]").addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = event.target.elements.q.value.trim();
    found.hidden = true;
    if (!text) return;
    const answer = await parcelsNamed(text);
    if (!answer) return;
    if (!answer.ok) {
      work.refuse(answer.answer.detail);
      return;
    }
    const { parcels } = answer.answer;
    work.refuse("");
    if (!parcels.length) {
      work.refuse(texts.nothing_found);
      return;
    }
    const take = (parcel) => {
      found.hidden = true;
      toggle(parcel, true);
      canvas.fit({ only: parcel.geometry });
    };
    if (parcels.length === 1) {
      take(parcels[0]);
      return;
    }
    found.replaceChildren(...parcels.map((parcel) => {
      const button = make("button", { class: "results__item", type: "button" },
        make("span", { class: "results__title" }, parcel.name), make("span", { class: "results__more" }, parcel.numbers));
      button.addEventListener("click", () => take(parcel));
      return make("li", {}, button);
    }));
    found.hidden = false;
    announce(say("found_many", { count: parcels.length }));
    found.querySelector("button").focus();
  });

  session.on("subjects", show);
  return { show, toggle };
}

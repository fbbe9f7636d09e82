/* The search box without leaving the map. Without this script the same form leads to a page.

   A personal number is recognised here, before anything is sent; the server does the same. */

import { titleOf } from "./panel.js";

const THAI_ZERO = 0x0e50;
const PERSONAL = /(^|\D)\d[\s-]?\d{4}[\s-]?\d{5}[\s-]?\d{2}[\s-]?\d(\D|$)/;
const GROUPS = [
  ["deed_number", "district"],
  ["map_sheet", "land_number"],
  ["tax_parcel_code", "local_authority"],
];

const digits = (text) => text.replace(/[๐-๙]/g, (digit) => String(digit.charCodeAt(0) - THAI_ZERO));

/* What to ask: the box, or else the first group of fields that is filled in. */
function question(form) {
  const read = (name) => form.elements[name].value.trim();
  if (read("q")) return { q: read("q") };
  const group = GROUPS.find(([first]) => read(first));
  if (!group) return null;
  if (group[0] === "map_sheet" && !read("land_number")) return { q: read("map_sheet") };
  return Object.fromEntries(group.map((name) => [name, read(name)]).filter(([, value]) => value));
}

function entry(title, lines, chosen) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "results__item";
  const head = document.createElement("span");
  head.className = "results__title";
  head.textContent = title;
  button.append(head);
  for (const line of lines.filter(Boolean)) {
    const more = document.createElement("span");
    more.className = "results__more";
    more.textContent = line;
    button.append(more);
  }
  button.addEventListener("click", () => {
    item.parentElement.querySelectorAll("[aria-current]").forEach((other) => other.removeAttribute("aria-current"));
    button.setAttribute("aria-current", "true");
    chosen();
  });
  item.append(button);
  return item;
}

export function armSearch(form, { texts, settings, panel, ask, onParcel, onFormer, onPlace }) {
  const parcelEntry = (feature) => {
    const { address, locality, map_sheet: sheet, land_number: number, legal_area: area } = feature.properties;
    const numbers = [sheet, number && texts.land_number.replace("{number}", number), area?.text];
    const lines = [[address, locality].filter(Boolean).join(" "), numbers.filter(Boolean).join(" · ")];
    return entry(titleOf(feature, texts), lines, () => onParcel(feature));
  };
  const placeEntry = (place) =>
    entry(texts[place.kind].replace("{label}", place.label), [], () => onPlace(place));

  const nameOf = ({ title_type_name: kind, deed_number: deed, land_number: number }) =>
    [[kind, deed].filter(Boolean).join(" "), number && texts.land_number.replace("{number}", number)].filter(Boolean).join(" · ");
  const formerEntries = (old) =>
    old.current.map((one) =>
      entry(nameOf(one) || texts.untitled, [texts.former_entry.replace("{old}", nameOf(old))], () => onFormer(one.public_id)),
    );
  const tellFormer = (former) => {
    panel.list(former.flatMap(formerEntries));
    const said = former.map((old) => (old.current.length ? texts.former : texts.former_gone).replace("{old}", nameOf(old)));
    panel.say(said.join(" "));
    panel.grow("half");
  };

  const answer = ({ parcels, places, former, more }) => {
    const count = parcels.length;
    if (!count && former.length) {
      tellFormer(former);
      return;
    }
    if (count === 1 && places.length <= 1) {
      panel.list([]);
      onParcel(parcels[0]);
      return;
    }
    panel.list([...places.map(placeEntry), ...parcels.map(parcelEntry)]);
    if (!count && places.length === 1) onPlace(places[0]);
    const found = count === 1 ? texts.one : texts.many.replace("{count}", count);
    const nothing = `${texts.nothing} ${texts.nothing_hint}`;
    panel.say([count ? found : places.length ? "" : nothing, more ? texts.more : ""].filter(Boolean).join(" ") || texts.nothing);
    panel.grow("half");
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const asked = question(form);
    panel.list([]);
    if (!asked) {
      panel.say(texts.empty);
      return;
    }
    if (Object.values(asked).some((text) => PERSONAL.test(digits(text)))) {
      form.reset();
      panel.say(texts.personal);
      return;
    }
    panel.say(texts.searching);
    form.elements.q.blur();
    try {
      const [found, told] = await ask(`${settings.find}?${new URLSearchParams(asked)}`);
      if (found) answer(told);
      else panel.say(told.detail);
    } catch (error) {
      if (error.name !== "AbortError") panel.say(texts.no_connection);
    }
  });
}

/* Going back in time: the map of one day, or of two days side by side under a line that moves.

   The address remembers it: `on` and `known` for the map, or for what is left of the line, and
   `compare`, a day or `today`, for what is right of it. Arrives by import() when the control is
   opened; until then a map knows nothing of it. */

import { calendar, createDay, dayOf, iso } from "./day.js";
import { createSwipe } from "./swipe.js";

const CHANGES_ZOOM = 14;
const WAIT_MS = 300;

const tileOf = ({ lat, lng }, zoom) => {
  const turn = Math.sin((lat * Math.PI) / 180);
  const clamp = (value) => Math.min(2 ** zoom - 1, Math.max(0, Math.floor(value)));
  return {
    x: clamp(((lng + 180) / 360) * 2 ** zoom),
    y: clamp((0.5 - Math.log((1 + turn) / (1 - turn)) / (4 * Math.PI)) * 2 ** zoom),
  };
};

/* `show(query, beside)` draws the map, `onMoments(queries)` hears what it shows: one query, or two. */
export function createTime(box, { map, show, settings, texts, onMoments, lang }) {
  const part = (name) => box.querySelector(`[data-time-${name}]`);
  const [said, compare, right] = ["said", "compare", "right"].map(part);
  const { say } = calendar(lang);
  const today = dayOf(settings.today);
  const asked = new URLSearchParams(location.search);
  const beside = dayOf(asked.get("compare"));
  let known = asked.get("known");
  let changes = [];
  let around = "";
  let open = false;
  let waiting = 0;

  const turned = (again) => {
    clearTimeout(waiting);
    waiting = setTimeout(tell, again ? WAIT_MS : 0);
  };
  const how = { today, lang, wrong: texts.time_date, onDay: turned };
  const left = createDay(part("left"), { ...how, first: settings.on ? dayOf(settings.on) : today });
  const other = createDay(right, { ...how, first: beside < today ? beside : today });
  compare.checked = asked.has("compare");

  const name = (day) => (day === today ? texts.time_today : say(day));
  const query = (day, believed) => {
    const moment = new URLSearchParams();
    if (day !== today || believed) moment.set("on", iso(day));
    if (believed) moment.set("known", believed);
    return moment.toString();
  };
  const comparing = () => open && compare.checked;
  const queries = () => {
    if (!open) return [""];
    const mine = query(left.day(), known);
    return comparing() ? [mine, query(other.day())] : [mine];
  };
  const swipe = createSwipe(map, box.ownerDocument.querySelector("[data-swipe]"), {
    text: (share) => texts.time_line.replace("{left}", name(left.day())).replace("{share}", String(share)),
  });

  const describe = () => {
    const day = left.day();
    const shown = comparing()
      ? texts.time_compared.replace("{left}", name(day)).replace("{right}", name(other.day()))
      : texts.time_shown.replace("{day}", name(day));
    const changed = changes.find(([when]) => when === day);
    const count = changed && texts.time_changes.replace("{count}", changed[1]).replace("{day}", say(day));
    said.textContent = [shown, known && texts.time_known, count].filter(Boolean).join(" ");
  };
  const write = () => {
    const address = new URL(location.href);
    const moment = new URLSearchParams(queries()[0]);
    if (comparing()) moment.set("compare", other.day() === today ? "today" : iso(other.day()));
    address.search = moment.toString();
    history.replaceState(null, "", address);
    onMoments(queries());
  };
  function tell() {
    box.classList.toggle("time--compares", comparing());
    right.hidden = !comparing();
    write();
    const panes = show(...queries());
    if (comparing()) swipe.start(panes);
    else swipe.stop();
    describe();
  }

  const look = async () => {
    const { x, y } = tileOf(map.getCenter(), CHANGES_ZOOM);
    const here = `${x}/${y}`;
    if (!open || here === around) return;
    around = here;
    try {
      const response = await fetch(`${settings.changes}?x=${x}&y=${y}`);
      if (!response.ok) return;
      const told = await response.json();
      changes = told.days.map(([when, count]) => [dayOf(when), count]);
    } catch {
      around = ""; // asked again at the next move
      return;
    }
    [left, other].forEach((one) => one.changed(changes.map(([when]) => when)));
    describe();
  };

  compare.addEventListener("change", tell);
  map.on("moveend", look);

  return {
    open() {
      open = true;
      box.hidden = false;
      tell();
      look();
    },
    close() {
      open = false;
      box.hidden = true;
      known = null;
      compare.checked = false;
      [left, other].forEach((one) => one.reset(today));
      tell();
    },
    /* Which of the moments shown lies under a point of the map: 0, or 1 right of the line. */
    side: (latlng) => (comparing() && swipe.isRight(map.latLngToContainerPoint(latlng)) ? 1 : 0),
  };
}

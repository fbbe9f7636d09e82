/* Going back in time: the map of one day, or two days side by side under a line that moves.

   Arrives by import() when the control is opened; until then a map knows nothing of it. */

import { createSwipe } from "./swipe.js";

const DAY_MS = 86_400_000;
const CHANGES_ZOOM = 14;
const BUDDHIST = 543;
const WAIT_MS = 300;

const iso = (day) => new Date(day * DAY_MS).toISOString().slice(0, 10);
const dayOf = (text) => Math.round(Date.parse(`${text}T00:00:00Z`) / DAY_MS);
const digits = (text) => text.replace(/[๐-๙]/g, (digit) => String(digit.charCodeAt(0) - 0x0e50));

/* The day written as 1/3/2567, 1/3/2024 or 2024-03-01; null for what is no day. */
export function readDay(text) {
  const written = digits(text.trim());
  const parts = /^(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})$/.exec(written) || /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(written);
  if (!parts) return null;
  const [first, month, last] = parts.slice(1).map(Number);
  const [day, year] = first > 31 ? [last, first] : [first, last];
  const common = year >= 2400 ? year - BUDDHIST : year;
  const found = new Date(Date.UTC(common, month - 1, day));
  const exists = found.getUTCMonth() === month - 1 && found.getUTCDate() === day;
  return exists && common > 1800 && common < 2400 ? found.getTime() / DAY_MS : null;
}

/* How days are said and typed: in Thai in the Buddhist era, whatever the browser is set to. */
export function calendar(lang) {
  const thai = lang === "th";
  const form = new Intl.DateTimeFormat(thai ? "th-TH-u-ca-buddhist-nu-latn" : "en-GB", {
    day: "numeric", month: "short", year: "numeric", timeZone: "UTC", ...(thai ? { era: undefined } : {}),
  });
  return {
    say: (day) => form.format(new Date(day * DAY_MS)),
    type(day) {
      const date = new Date(day * DAY_MS);
      return `${date.getUTCDate()}/${date.getUTCMonth() + 1}/${date.getUTCFullYear() + (thai ? BUDDHIST : 0)}`;
    },
  };
}

const tileOf = ({ lat, lng }, zoom) => {
  const turn = Math.sin((lat * Math.PI) / 180);
  const clamp = (value) => Math.min(2 ** zoom - 1, Math.max(0, Math.floor(value)));
  return {
    x: clamp(((lng + 180) / 360) * 2 ** zoom),
    y: clamp((0.5 - Math.log((1 + turn) / (1 - turn)) / (4 * Math.PI)) * 2 ** zoom),
  };
};

export function createTime(box, { map, show, settings, texts, onMoment, lang }) {
  const part = (name) => box.querySelector(`[data-time-${name}]`);
  const [typed, slider, marks, said, fault] = ["date", "slider", "marks", "said", "fault"].map(part);
  const compare = part("compare");
  const { say, type } = calendar(lang);
  const today = dayOf(settings.today);
  const asked = new URLSearchParams(location.search);
  let day = asked.has("on") ? dayOf(asked.get("on")) : asked.has("known") ? dayOf(asked.get("known").slice(0, 10)) : today;
  let known = asked.get("known");
  let changes = [];
  let around = "";
  let open = false;
  let waiting = 0;

  const query = () => {
    const moment = new URLSearchParams();
    if (day !== today || known) moment.set("on", iso(day));
    if (known) moment.set("known", known);
    return moment.toString();
  };
  const swipe = createSwipe(map, box.ownerDocument.querySelector("[data-swipe]"), {
    text: (share) => texts.time_line.replace("{left}", say(day)).replace("{share}", String(share)),
  });

  const paint = () => {
    const moment = open ? query() : "";
    const comparing = open && compare.checked;
    if (comparing) swipe.start(show(moment, true));
    else {
      swipe.stop();
      show(moment);
    }
    const text = comparing
      ? texts.time_compared.replace("{left}", say(day)).replace("{right}", texts.time_today)
      : texts.time_shown.replace("{day}", day === today ? texts.time_today : say(day));
    const changed = changes.find(([when]) => when === day);
    const count = changed && texts.time_changes.replace("{count}", changed[1]).replace("{day}", say(day));
    said.textContent = [text, count].filter(Boolean).join(" ");
  };

  const write = () => {
    const address = new URL(location.href);
    const moment = new URLSearchParams(open ? query() : "");
    if (open && compare.checked) moment.set("compare", "1");
    address.search = moment.toString();
    history.replaceState(null, "", address);
    onMoment(open ? query() : "");
  };

  const setDay = (next, { later = false } = {}) => {
    day = Math.max(Number(slider.min), Math.min(today, next));
    slider.value = String(day);
    slider.setAttribute("aria-valuetext", say(day));
    typed.value = type(day);
    fault.hidden = true;
    typed.removeAttribute("aria-invalid");
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      write();
      paint();
    }, later ? WAIT_MS : 0);
  };

  const drawMarks = () => {
    const from = Math.min(day, ...changes.map(([when]) => when), today - 365);
    slider.min = String(from);
    slider.max = String(today);
    slider.value = String(day);
    slider.setAttribute("aria-valuetext", say(day));
    marks.setAttribute("viewBox", "0 0 1000 10");
    marks.replaceChildren(
      ...changes.map(([when]) => {
        const mark = document.createElementNS("http://www.w3.org/2000/svg", "rect");
        const at = ((when - from) / Math.max(1, today - from)) * 1000;
        Object.entries({ x: at - 2, y: 0, width: 4, height: 10 }).forEach(([name, value]) => mark.setAttribute(name, String(value)));
        return mark;
      }),
    );
    for (const step of box.querySelectorAll("[data-time-step]")) {
      const back = step.dataset.timeStep === "-1";
      step.disabled = !changes.some(([when]) => (back ? when < day : when > day));
    }
  };

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
    drawMarks();
    paint();
  };

  slider.addEventListener("input", () => setDay(Number(slider.value), { later: true }));
  typed.addEventListener("change", () => {
    const next = readDay(typed.value);
    if (next === null || next > today) {
      fault.textContent = texts.time_date;
      fault.hidden = false;
      typed.setAttribute("aria-invalid", "true");
      return;
    }
    slider.min = String(Math.min(Number(slider.min), next));
    setDay(next);
    drawMarks();
  });
  typed.addEventListener("keydown", (event) => {
    if (event.key === "Enter") typed.dispatchEvent(new Event("change"));
  });
  box.querySelectorAll("[data-time-step]").forEach((button) => {
    button.addEventListener("click", () => {
      const back = button.dataset.timeStep === "-1";
      const days = changes.map(([when]) => when).filter((when) => (back ? when < day : when > day));
      if (days.length) setDay(back ? Math.max(...days) : Math.min(...days));
      drawMarks();
    });
  });
  compare.checked = asked.has("compare");
  compare.addEventListener("change", () => {
    write();
    paint();
  });
  map.on("moveend", look);

  return {
    open() {
      open = true;
      box.hidden = false;
      typed.value = type(day);
      drawMarks();
      write();
      paint();
      return look();
    },
    close() {
      open = false;
      box.hidden = true;
      day = today;
      known = null;
      write();
      paint();
    },
  };
}

/* One day of the past, chosen on a slider, typed, or from change to change. Days are counted from
   1 January 1970, as whole numbers. */

const DAY_MS = 86_400_000;
const BUDDHIST = 543;
const YEAR = 365;

export const iso = (day) => new Date(day * DAY_MS).toISOString().slice(0, 10);
export const dayOf = (text) => Math.round(Date.parse(`${text}T00:00:00Z`) / DAY_MS);
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
    day: "numeric", month: "short", year: "numeric", timeZone: "UTC",
  });
  return {
    say: (day) => form.format(new Date(day * DAY_MS)),
    type(day) {
      const date = new Date(day * DAY_MS);
      return `${date.getUTCDate()}/${date.getUTCMonth() + 1}/${date.getUTCFullYear() + (thai ? BUDDHIST : 0)}`;
    },
  };
}

/* The control in `root`, on `first`. `onDay(again)` is called when another day was chosen; `again`
   while the slider is still on its way. */
export function createDay(root, { first, today, lang, wrong, onDay }) {
  const part = (name) => root.querySelector(`[data-time-${name}]`);
  const [typed, slider, marks, fault] = ["date", "slider", "marks", "fault"].map(part);
  const steps = [...root.querySelectorAll("[data-time-step]")];
  const { say, type } = calendar(lang);
  let day = first;
  let days = [];
  slider.max = String(today);

  const fit = () => {
    const from = Math.min(day, today - YEAR, ...days);
    slider.min = String(from);
    const scale = 1000 / (today - from);
    marks.replaceChildren(
      ...days.map((when) => {
        const mark = document.createElementNS("http://www.w3.org/2000/svg", "rect");
        const place = { x: (when - from) * scale - 2, y: 0, width: 4, height: 10 };
        Object.entries(place).forEach(([name, value]) => mark.setAttribute(name, String(value)));
        return mark;
      }),
    );
  };
  /* Everything shows the day; what somebody is typing stays while `typing`. */
  const tell = (typing = false) => {
    slider.value = String(day);
    slider.setAttribute("aria-valuetext", say(day));
    if (!typing) {
      typed.value = type(day);
      typed.removeAttribute("aria-invalid");
      fault.hidden = true;
    }
    for (const step of steps) step.disabled = !days.some((when) => (when - day) * Number(step.dataset.timeStep) > 0);
  };
  const choose = (next, again = false) => {
    const outside = next < Number(slider.min);
    day = Math.min(today, next);
    if (outside) fit();
    tell();
    onDay(again);
  };

  slider.addEventListener("input", () => choose(Number(slider.value), true));
  typed.addEventListener("change", () => {
    const next = readDay(typed.value);
    if (next !== null && next <= today) {
      choose(next);
      return;
    }
    fault.textContent = wrong;
    fault.hidden = false;
    typed.setAttribute("aria-invalid", "true");
  });
  for (const step of steps) {
    step.addEventListener("click", () => {
      const ahead = Number(step.dataset.timeStep);
      const there = days.filter((when) => (when - day) * ahead > 0);
      if (there.length) choose(ahead > 0 ? Math.min(...there) : Math.max(...there));
    });
  }
  fit();
  tell();

  return {
    day: () => day,
    reset(next) {
      day = next;
      fit();
      tell();
    },
    changed(when) {
      days = when;
      fit();
      tell(document.activeElement === typed);
    },
  };
}

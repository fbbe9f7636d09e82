/* The tools: which belong to a kind of transaction, their forms, and the steps they make. */

import { announce, all, make, one, say, settings, texts } from "./page.js";
import { marksOf, metresBetween, sidesOf } from "./metres.js";

const WGS84 = 4326;
const LEGS_AT_FIRST = 3;
const LEAST_ROOM_PX = 160;
const points = (...places) => ({ crs: WGS84, points: places });

/* What each tool is: the form it shows, and what it draws. */
const TOOLS = {
  line: { form: "coordinates", shape: "Line" },
  ring: { form: "coordinates", shape: "Polygon" },
  strip: { form: "coordinates", shape: "Line" },
  replace: { form: "coordinates", shape: "Polygon" },
  new: { form: "coordinates", shape: "Polygon" },
  traverse: { form: "traverse", asks: "marks" },
  equal: { form: "equal", asks: "sides" },
  area: { form: "area", asks: "sides" },
  merge: { form: "merge" },
  marks: { form: "marks", asks: "marks" },
};

export function createTools({ session, canvas, drawing, work }) {
  const buttons = new Map(all("[data-tool]").map((button) => [button.dataset.tool, button]));
  const forms = new Map(all("[data-form]").map((form) => [form.dataset.form, form]));
  const target = one("#target");
  const hint = one("[data-hint]");
  let tool = null;

  const kindFacts = () => settings.kinds.find(({ kind }) => kind === session.kind());
  const form = () => forms.get(TOOLS[tool].form);
  const shapes = () => work.shapes();
  const shape = () => shapes().find(({ name }) => name === target.value) || shapes()[0] || null;

  const showHint = (text) => {
    hint.textContent = text || "";
    hint.hidden = !text;
  };

  /* -- what a tool asks for: marks or sides of the piece that is worked on ----------------------- */

  const asks = () => {
    if (tool !== "marks") return TOOLS[tool]?.asks;
    return one("#mark-act").value === "insert" ? "sides" : "marks";
  };
  const asked = () => {
    if (!asks()) return null;
    return all(asks() === "sides" ? "[data-sides]" : "[data-marks]", form()).find((each) => !each.closest("[hidden]"));
  };
  const showAsked = () => {
    const field = asked();
    const geometry = field && shape()?.geometry;
    canvas.showChoices(geometry ? asks() : null, geometry, field?.value ? Number(field.value) : -1);
  };

  function fill(select, options, automatic) {
    const before = select.value;
    const first = automatic ? [make("option", { value: "" }, texts.side_automatic)] : [];
    select.replaceChildren(...first, ...options.map((text, at) => make("option", { value: at }, text)));
    if ([...select.options].some(({ value }) => value === before)) select.value = before;
  }

  function refreshChoices() {
    const before = target.value;
    const names = shapes();
    target.replaceChildren(...names.map(({ name, title }) => make("option", { value: name }, title)));
    if (names.some(({ name }) => name === before)) target.value = before;
    one("[data-target]").hidden = names.length < 2 || !tool || ["merge", "new"].includes(tool);
    const one_ = shape();
    if (!one_) {
      canvas.showChoices(null);
      return;
    }
    const zone = one_.zone || settings.zone;
    const sides = sidesOf(one_.geometry).map(([a, b], at) =>
      say("side_option", { number: at + 1, metres: metresBetween(a, b, zone).toFixed(2) }));
    const marks = marksOf(one_.geometry).map((mark, at) => say("mark_option", { number: at + 1 }));
    all("[data-sides]").forEach((select) => fill(select, sides, "automatic" in select.dataset));
    all("[data-marks]").forEach((select) => fill(select, marks));
    showAsked();
  }

  /* -- drawing ----------------------------------------------------------------------------------- */

  const drawsRing = () => TOOLS[tool].shape === "Polygon";
  const sheet = (size) => one("[data-sheet]").dispatchEvent(new CustomEvent("sheet", { detail: size }));
  const pressed = (on) => all("[data-draw]").forEach((button) => button.setAttribute("aria-pressed", String(on)));

  /* The step of a line or ring given as coordinates, by the tool in hand. */
  function stepOf(coordinates) {
    const parcel = shape()?.name;
    switch (tool) {
      case "line":
        return { op: "divide_line", parcel, line: coordinates };
      case "ring":
        return { op: "divide_ring", parcel, ring: coordinates };
      case "strip": {
        const { width, align } = form().elements;
        return { op: "divide_strip", parcel, line: coordinates, width_m: width.value.trim(), align: align.value };
      }
      case "replace":
        return { op: "replace", parcel, ring: coordinates, gives: work.gives(parcel) };
      default:
        return { op: "new_parcel", ring: coordinates };
    }
  }

  function draw() {
    drawing.stopDragging();
    drawing.start({
      shape: TOOLS[tool].shape,
      onChange: (places, placed) => {
        const least = drawsRing() ? 3 : 2;
        work.drawn(places, placed, drawsRing());
        if (places.length >= least) work.attempt([stepOf(points(...places))]);
      },
      onDone: async (places) => {
        sheet("half");
        pressed(false);
        showHint("");
        work.drawn([], 0);
        const done = await work.apply([stepOf(points(...places))], { places, closed: drawsRing() });
        if (!done) showHint(texts.hint_again);
      },
      onCancel: () => {
        sheet("half");
        pressed(false);
        showHint("");
        work.drawn([], 0);
        announce(texts.cancelled);
      },
    });
    pressed(true);
    sheet("peek"); // on a phone the map needs the room
    const keys = window.matchMedia("(pointer: fine)").matches ? [texts.hint_keys] : [];
    showHint([drawsRing() ? texts.hint_ring : texts.hint_line, ...keys].join(" "));
    announce(hint.textContent);
  }

  function dragMarks() {
    const geometries = shapes().map(({ geometry }) => geometry);
    const redo = async (steps) => {
      if (!(await work.apply(steps))) dragMarks();
    };
    drawing.dragMarks(geometries, {
      move: ({ mark, to }) => redo([{ op: "move_mark", mark: points(mark), to: points(to) }]),
      remove: ({ mark }) => redo([{ op: "delete_mark", mark: points(mark) }]),
      insert: ({ side, at, to }) => redo([
        { op: "insert_mark", side: points(...side), at: points(at) },
        ...(to ? [{ op: "move_mark", mark: points(at), to: points(to) }] : []),
      ]),
    });
    pressed(true);
    showHint(texts.hint_marks);
  }

  function toggleDrawing() {
    if (form().querySelector("[data-draw]").getAttribute("aria-pressed") === "true") {
      drawing.stopDragging();
      if (drawing.active()) drawing.cancel();
      pressed(false);
      showHint("");
    } else if (tool === "marks") takeMarks();
    else draw();
  }

  function takeMarks() {
    sheet("peek");
    dragMarks();
  }

  // The panel alone scrolls: scrollIntoView would move the whole page on a phone.
  function scrollTo(part) {
    const body = one(".map-panel__body");
    body.scrollTop += part.getBoundingClientRect().top - body.getBoundingClientRect().top;
  }

  /* -- choosing a tool --------------------------------------------------------------------------- */

  const ready = () => tool === "new" || shapes().length > 0;

  function choose(name) {
    drawing.stop();
    drawing.stopDragging();
    drawing.dropGhost();
    work.drawn([], 0);
    tool = name;
    pressed(false);
    showHint("");
    buttons.forEach((button, each) => button.setAttribute("aria-pressed", String(each === name)));
    forms.forEach((each, key) => { each.hidden = !name || TOOLS[name].form !== key; });
    if (!name) {
      canvas.showChoices(null);
      one("[data-target]").hidden = true;
      return;
    }
    one("[data-strip]").hidden = name !== "strip";
    one("[data-merge-hint]").textContent = say("merge_hint", { count: shapes().length });
    refreshChoices();
    const roomBelow = one(".map-panel__body").getBoundingClientRect().bottom - form().getBoundingClientRect().top;
    if (roomBelow < LEAST_ROOM_PX) scrollTo(form());
    if (!ready()) {
      announce(texts.choose_first);
      showHint(texts.choose_first);
    } else if (TOOLS[name].shape) draw();
    else if (name === "marks") takeMarks();
  }

  function showKind() {
    const { tools } = kindFacts();
    buttons.forEach((button, name) => { button.hidden = !tools.includes(name); });
    one("[data-tools-hint]").textContent = tools.length ? "" : texts.no_tools;
    one("[data-kind]").value = session.kind();
    choose(null);
  }

  /* -- forms ------------------------------------------------------------------------------------- */

  const typed = (each, crs, text) => ({
    ...(Number(crs.value) === WGS84 ? {} : { crs: Number(crs.value) }),
    text: text.value,
  });
  const sideOf = (select) => points(...sidesOf(shape().geometry)[Number(select.value)]);

  function legRow() {
    const number = one("[data-legs]").children.length + 1;
    const box = (name, label, mode) => make("input", {
      class: "input", name, autocomplete: "off", inputmode: mode, maxlength: 30,
      "aria-label": `${label} ${number}`,
    });
    const remove = make("button", { class: "button button--quiet", type: "button", "aria-label": say("leg_remove", { number }) }, "×");
    const row = make("tr", {}, make("th", { scope: "row" }, String(number)),
      make("td", {}, box("bearing", texts.bearing, "text")),
      make("td", {}, box("distance", texts.distance, "decimal")), make("td", {}, remove));
    remove.addEventListener("click", () => {
      row.remove();
      all("[data-legs] tr").forEach((each, at) => { each.firstChild.textContent = String(at + 1); });
      one("[data-leg-add]").focus();
    });
    one("[data-legs]").append(row);
    return row;
  }

  const legs = () => all("[data-legs] tr")
    .map((row) => ({ bearing: row.querySelector("[name=bearing]").value.trim(), distance: row.querySelector("[name=distance]").value.trim() }))
    .filter(({ bearing, distance }) => bearing || distance);

  const submits = {
    coordinates: ({ crs, text }) => [stepOf(typed(null, crs, text))],
    traverse: ({ start }) => [{
      op: "divide_traverse", parcel: shape().name, start: points(marksOf(shape().geometry)[Number(start.value)]), legs: legs(),
    }],
    equal: ({ count, side }) => [{
      op: "divide_equal", parcel: shape().name, count: Number(work.digits(count.value)), ...(side.value ? { side: sideOf(side) } : {}),
    }],
    area: ({ area, unit, side }) => [{
      op: "cut_area", parcel: shape().name, side: sideOf(side),
      area: unit.value === "m2" ? `${work.digits(area.value).replaceAll(",", "")} m²` : area.value.trim(),
    }],
    merge: () => [{ op: "merge", parcels: shapes().map(({ name }) => name) }],
    marks: ({ act, mark, side, crs, text }) => {
      const chosen = () => points(marksOf(shape().geometry)[Number(mark.value)]);
      if (act.value === "delete") return [{ op: "delete_mark", mark: chosen() }];
      const to = typed(null, crs, text);
      if (act.value === "insert") return [{ op: "insert_mark", side: sideOf(side), at: to }];
      return [{ op: "move_mark", mark: chosen(), to }];
    },
  };

  forms.forEach((each, name) => each.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!ready()) {
      work.refuse(texts.choose_first);
      return;
    }
    if (drawing.active()) drawing.stop();
    pressed(false);
    showHint("");
    work.drawn([], 0);
    await work.apply(submits[name](each.elements), { from: each });
  }));
  all("[data-draw]").forEach((button) => button.addEventListener("click", toggleDrawing));
  all("[data-sides], [data-marks]").forEach((select) => select.addEventListener("change", showAsked));
  target.addEventListener("change", () => {
    refreshChoices();
    if (tool === "marks" && !drawing.active()) dragMarks();
  });
  one("#mark-act").addEventListener("change", ({ target: { value } }) => {
    all("[data-for-act]").forEach((each) => { each.hidden = !each.dataset.forAct.split(" ").includes(value); });
    showAsked();
  });
  one("[data-kind]").addEventListener("change", (event) => session.setKind(event.target.value));
  buttons.forEach((button, name) => button.addEventListener("click", () => choose(tool === name ? null : name)));
  one("[data-leg-add]").addEventListener("click", () => legRow().querySelector("input").focus());
  one("[data-legs]").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
    // Enter goes on like in a field book: to the distance, then to the next leg; from an empty one it ends.
    event.preventDefault();
    const boxes = all("[data-legs] input");
    const next = boxes[boxes.indexOf(event.target) + 1];
    if (event.target.name === "bearing" && !event.target.value.trim()) form().requestSubmit();
    else (next || legRow().querySelector("input")).focus();
  });
  for (let i = 0; i < LEGS_AT_FIRST; i += 1) legRow();
  const crsHint = () => {
    one("[data-coordinates-hint]").textContent = Number(one("#coordinates-crs").value) === WGS84 ? texts.degrees_hint : texts.metres_hint;
  };
  one("#coordinates-crs").addEventListener("change", crsHint);
  all("[data-crs]").forEach((select) => { select.value = String(settings.zone); });
  crsHint();

  session.on("kind", showKind);
  return {
    showKind,
    choose,
    current: () => tool,
    byKey: (key) => [...buttons].find(([, button]) => !button.hidden && button.getAttribute("aria-keyshortcuts") === key)?.[0],
    refresh() {
      refreshChoices();
      if (tool) one("[data-merge-hint]").textContent = say("merge_hint", { count: shapes().length });
      if (tool === "marks" && form().querySelector("[data-draw]").getAttribute("aria-pressed") === "true") dragMarks();
    },
    /* After a step: the tool is put away, so that the result is seen; marks are dragged on. */
    done() {
      if (tool === "marks") return;
      const inForm = document.activeElement?.closest("[data-form]");
      choose(null);
      scrollTo(one("[data-result]"));
      if (inForm) one("#result-title").focus({ preventScroll: true });
    },
    /* A place on the map while a tool asks for a mark or a side; whether it was taken. */
    take(place) {
      const field = tool && asked();
      if (!field || !shape()) return false;
      field.value = String(canvas.nearest(asks(), shape().geometry, place));
      showAsked();
      announce(field.selectedOptions[0].textContent);
      return true;
    },
    setTarget(name) {
      if ([...target.options].some(({ value }) => value === name)) {
        target.value = name;
        refreshChoices();
      }
    },
  };
}

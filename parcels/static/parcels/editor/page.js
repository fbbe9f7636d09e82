/* What the page brings along: its settings, its words, and small helpers for building parts of it. */

const read = (id) => JSON.parse(document.getElementById(id).textContent);

export const settings = read("editor-settings");
export const mapSettings = read("map-settings");
export const texts = read("editor-texts");

/* A text of the page with its {names} filled in. */
export const say = (key, values = {}) =>
  texts[key].replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));

export const one = (selector, root = document) => root.querySelector(selector);
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];

/* An element with attributes, and texts or elements in it. */
export function make(tag, attributes = {}, ...content) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...content.filter((part) => part !== null && part !== undefined && part !== ""));
  return element;
}

/* An icon of the kit; it says nothing to a screen reader. */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `${settings.icons}#${name}`);
  drawing.append(use);
  return drawing;
}

/* A banner in the manner of the kit. */
export function alert(kind, title, ...content) {
  const body = make("div", { class: "alert__body" }, make("p", { class: "alert__title" }, title), ...content);
  return make("div", { class: `alert alert--${kind}` }, icon(kind), body);
}

const announcer = one("[data-announce]");
let last = "";

/* Tell a screen reader; the same words twice are told twice. */
export function announce(text) {
  announcer.textContent = text === last ? `${text}\u00a0` : text;
  last = announcer.textContent;
}

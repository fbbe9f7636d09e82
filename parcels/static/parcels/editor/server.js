/* Questions to the server. An answer is {ok, answer}; a connection that fails is told in words. */

import { settings, texts } from "./page.js";

const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;

async function ask(address, options) {
  const headers = { Accept: "application/json", ...options.headers };
  try {
    const response = await fetch(address, { ...options, headers, credentials: "same-origin" });
    if (response.redirected || !(response.headers.get("Content-Type") || "").includes("json")) {
      return { ok: false, status: response.status, answer: { detail: texts.signed_out, code: "signed_out" } };
    }
    return { ok: response.ok, status: response.status, answer: await response.json() };
  } catch (error) {
    if (error.name === "AbortError") throw error;
    return { ok: false, status: 0, answer: { detail: texts.no_connection, code: "no_connection" } };
  }
}

const post = (address, body, signal) =>
  ask(address, {
    method: "POST",
    signal,
    body: JSON.stringify(body),
    headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
  });

/* A question of which only the newest counts: an older one still under way is dropped. */
function newest(question) {
  let under = null;
  return async (...parts) => {
    under?.abort();
    under = new AbortController();
    const { signal } = under;
    try {
      const found = await question(signal, ...parts);
      return signal.aborted ? null : found;
    } catch (error) {
      if (error.name === "AbortError") return null;
      throw error;
    }
  };
}

export const parcelsAround = newest((signal, box) =>
  ask(`${settings.urls.parcels}?bbox=${box.map((each) => each.toFixed(7)).join(",")}`, { signal }),
);
export const parcelsNamed = newest((signal, text) =>
  ask(`${settings.urls.parcels}?${new URLSearchParams({ q: text })}`, { signal }),
);
export const preview = newest((signal, body) => post(settings.urls.preview, body, signal));
export const tentative = newest((signal, body) => post(settings.urls.preview, body, signal));
export const saveDraft = (body) => post(settings.urls.draft, body);

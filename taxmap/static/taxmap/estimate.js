/* The tax estimate without reloading the page. The server answers with the whole page as ever; the
   part that changed takes the place of the old one, and the reader is led to it. */

const FIRST_FIELD = "input:not([type=hidden]), select";

function lead(root, action) {
  const [verb, what, key] = action.split("-");
  if (verb === "add") {
    const parts = what === "property"
      ? root.querySelectorAll(".property")
      : root.querySelectorAll(`.property:has([name="property"][value="${key}"]) .for-building .group`);
    parts[parts.length - 1]?.querySelector(FIRST_FIELD)?.focus();
  } else if (verb === "remove") {
    root.querySelector(`.property ${FIRST_FIELD}`)?.focus();
  } else {
    const target = root.querySelector("[data-error-summary]") ?? root.querySelector("[data-result]");
    target?.focus({ preventScroll: true });
    target?.scrollIntoView();
  }
}

async function send(form, submitter) {
  const root = document.querySelector("[data-estimate]");
  const body = new FormData(form, submitter);
  root.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(form.action, { method: "POST", body });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.querySelector("[data-estimate]");
    if (!fresh) throw new TypeError("not the page of the estimate");
    document.querySelector("[data-estimate]").replaceWith(document.adoptNode(fresh));
    lead(fresh, String(body.get("do") ?? ""));
  } catch {
    root.removeAttribute("aria-busy");
    const note = document.createElement("p");
    note.className = "alert alert--error";
    note.setAttribute("role", "alert");
    note.textContent = root.dataset.failed;
    form.append(note);
  }
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-estimate-form]")) return;
  // A file is saved by the browser, not put into the page.
  if (event.submitter?.value === "trace") return;
  event.preventDefault();
  send(event.target, event.submitter);
});


document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print-answer]")) window.print();
});

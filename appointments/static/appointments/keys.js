/* Letters as keys of a counter. They can be switched off (WCAG 2.1.4), and never act in a field. */

const KEPT = "chanot-hall-keys";
const toggle = document.querySelector("[data-keys-on]");

toggle.disabled = false;
toggle.checked = localStorage.getItem(KEPT) !== "off";
toggle.addEventListener("change", () => localStorage.setItem(KEPT, toggle.checked ? "on" : "off"));

document.addEventListener("keydown", (event) => {
  if (!toggle.checked || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.target.closest("input:not([type=checkbox]), select, textarea")) return;
  // By the place on the keyboard, so that it works with the Thai layout, too.
  const letter = event.code.replace("Key", "").toLowerCase();
  const button = document.querySelector(`[data-key="${CSS.escape(letter)}"]`);
  if (!button) return;
  event.preventDefault();
  button.click();
});

// One press, one step: a second click on the same page is not another step.
for (const form of document.querySelectorAll("[data-keys] form")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}

/* What every page shell needs: the theme changes at once, without losing what was typed. Without
   this script the same form still works, by a round trip. */

for (const form of document.querySelectorAll("form[data-theme-form]")) {
  form.addEventListener("submit", (event) => {
    const theme = event.submitter?.value;
    if (!theme) return;
    event.preventDefault();
    document.documentElement.dataset.theme = theme;
    document.dispatchEvent(new CustomEvent("themechange", { detail: { theme } }));
    const body = new FormData(form);
    body.set("theme", theme);
    fetch(form.action, { method: "POST", body, redirect: "manual" });
    form.querySelector(`button[value="${theme === "dark" ? "light" : "dark"}"]`).focus();
  });
}

// The device went dark or light: maps repaint, unless the visitor chose a theme.
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", ({ matches }) => {
  if (document.documentElement.dataset.theme) return;
  document.dispatchEvent(new CustomEvent("themechange", { detail: { theme: matches ? "dark" : "light" } }));
});

for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => window.print());
}

// After a refused form the reader starts at what is wrong; a specimen on /design/ is no form.
document.querySelector("[data-error-summary]:not(.specimen *)")?.focus();

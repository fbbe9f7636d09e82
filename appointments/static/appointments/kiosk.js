/* The kiosk: one tap, one ticket; a printed ticket makes room for the next person. */

const STAYS_MS = 12000;

for (const form of document.querySelectorAll("form[data-kiosk]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}

// A page kept by the browser would remember that it was sent.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

const receipt = document.querySelector("[data-receipt]");
if (receipt) {
  document.querySelector("[data-print]").hidden = false;
  addEventListener("load", () => window.print());
  setTimeout(() => location.assign(receipt.dataset.receipt), STAYS_MS);
}

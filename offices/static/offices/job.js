// Follows running jobs: asks for their state each second and shows it. When one ends, the page is
// loaded again, since what it offers then (result, fault, resume) is for the server to say.
// Without this script the page shows the state of the moment it was loaded.

const EVERY_MS = 1000;
const AT_MOST_MS = 30_000;

function show(place, state) {
  const set = (name, text) => {
    const element = place.querySelector(`[data-job-${name}]`);
    // Writing the same text again would make screen readers say it again.
    if (element && element.textContent !== text) element.textContent = text;
  };
  const bar = place.querySelector("progress");
  set("label", state.label);
  if (state.step) set("step", state.step);
  set("count", state.percent === null ? place.dataset.jobStarting : `${state.percent} %`);
  if (bar && state.percent !== null) bar.value = state.percent;
}

async function follow(place) {
  let wait = EVERY_MS;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    if (document.hidden) continue;
    try {
      const answer = await fetch(place.dataset.jobState, { headers: { Accept: "application/json" } });
      if (answer.redirected || answer.status === 404) return location.reload();
      if (!answer.ok) throw new Error(String(answer.status));
      const state = await answer.json();
      show(place, state);
      if (!state.active) return location.reload();
      wait = EVERY_MS;
    } catch {
      // The server is away for a moment: ask less and less often.
      wait = Math.min(wait * 2, AT_MOST_MS);
    }
  }
}

for (const place of document.querySelectorAll('[data-job-active="yes"]')) follow(place);

/* Tabs out of sections with headings: `<div data-tabs><section><h3>…</h3>…</section>…</div>`.
   Without this script all sections are simply there, one below the other. */

let count = 0;

function arm(root) {
  const sections = [...root.querySelectorAll(":scope > section")];
  const list = document.createElement("div");
  list.className = "tabs__list";
  list.setAttribute("role", "tablist");
  const tabs = sections.map((section) => {
    const heading = section.querySelector("h2, h3, h4");
    const tab = document.createElement("button");
    count += 1;
    section.id ||= `tab-panel-${count}`;
    tab.id = `tab-${count}`;
    tab.type = "button";
    tab.className = "tabs__tab";
    tab.textContent = heading.textContent;
    heading.classList.add("visually-hidden");
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", section.id);
    section.setAttribute("role", "tabpanel");
    section.setAttribute("aria-labelledby", tab.id);
    list.append(tab);
    return tab;
  });
  const show = (chosen) => {
    tabs.forEach((tab, at) => {
      tab.setAttribute("aria-selected", String(at === chosen));
      tab.tabIndex = at === chosen ? 0 : -1;
      sections[at].hidden = at !== chosen;
    });
  };
  tabs.forEach((tab, at) => tab.addEventListener("click", () => show(at)));
  list.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    const next = (tabs.indexOf(document.activeElement) + by + tabs.length) % tabs.length;
    tabs[next].focus();
    show(next);
  });
  root.prepend(list);
  show(0);
}

document.querySelectorAll("[data-tabs]").forEach(arm);

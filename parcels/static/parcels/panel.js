/* The panel beside the map (a sheet on phones): what is said, and the chosen plot. */

export const titleOf = ({ properties }, texts) =>
  [properties.title_type_name, properties.deed_number].filter(Boolean).join(" ") || texts.untitled;

/* The facts of a plot by the names the template gives them; nothing where there is nothing. */
function factsOf(feature, texts) {
  const { properties } = feature;
  const office = (one) => one && [one.name, one.phone].filter(Boolean).join(" · ");
  return {
    ...properties,
    title: titleOf(feature, texts),
    legal_area: properties.legal_area?.text,
    calculated_area: properties.calculated_area_text,
    map_sheet: properties.map_sheet && `${properties.map_sheet} (1:${properties.scale})`,
    land_office: office(properties.land_office),
    local_authority: office(properties.local_authority),
  };
}

export function createPanel(sheet, texts, settings) {
  const status = sheet.querySelector("[data-status]");
  const results = sheet.querySelector("[data-results]");
  const chosen = sheet.querySelector("[data-chosen]");
  const hint = sheet.querySelector("[data-hint]");
  const template = sheet.querySelector("[data-chosen-template]");
  let closed = () => {};

  const grow = (size) => sheet.dispatchEvent(new CustomEvent("sheet", { detail: size }));
  const say = (text, { unseen = false } = {}) => {
    status.replaceChildren();
    if (!text) return;
    const line = document.createElement("p");
    line.textContent = text;
    line.classList.toggle("visually-hidden", unseen);
    status.append(line);
    if (sheet.dataset.size === "peek") grow("half");
  };

  const share = async (address) => {
    try {
      if (navigator.share && matchMedia("(pointer: coarse)").matches) await navigator.share({ url: address });
      else {
        await navigator.clipboard.writeText(address);
        say(texts.copied);
      }
    } catch (error) {
      if (error.name !== "AbortError") say(`${texts.copy_failed} ${address}`);
    }
  };

  return {
    say,
    grow,
    list(items) {
      results.replaceChildren(...items);
      results.hidden = items.length === 0;
      sheet.toggleAttribute("data-listed", items.length > 0);
    },
    onClose(listener) {
      closed = listener;
    },
    close() {
      chosen.hidden = true;
      chosen.replaceChildren();
      hint.hidden = false;
      sheet.removeAttribute("data-shows-plot");
      say("");
    },
    show(feature, { focus, moment = "" }) {
      const content = template.content.cloneNode(true);
      const facts = factsOf(feature, texts);
      for (const element of content.querySelectorAll("[data-fact]")) {
        const fact = facts[element.dataset.fact];
        if (fact) element.textContent = fact;
        else (element.closest("dl > div") || element).remove();
      }
      const page = settings.plot.replace("PUBLIC_ID", feature.public_id) + (moment ? `?${moment}` : "");
      for (const link of content.querySelectorAll("[data-link]")) {
        link.href = link.dataset.link === "plot" ? page : `${link.dataset.base}?parcel=${feature.public_id}`;
      }
      content.querySelector("[data-close]").addEventListener("click", () => closed());
      content.querySelector("[data-share]").addEventListener("click", () => share(new URL(page, location.href).href));
      chosen.replaceChildren(content);
      chosen.hidden = false;
      hint.hidden = true;
      sheet.setAttribute("data-shows-plot", "");
      say(texts.chosen.replace("{title}", facts.title), { unseen: true });
      grow("half");
      if (results.hidden) sheet.querySelector(".map-panel__body").scrollTop = 0;
      else chosen.scrollIntoView({ block: "nearest" });
      if (focus) chosen.focus({ preventScroll: true });
    },
  };
}

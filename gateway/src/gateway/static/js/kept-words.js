// Says of what was typed on this device that it is saved, or that it waits; the region is on every page of the portal.
const region = document.getElementById("kept");
const language = { en: "en-GB" }[document.documentElement.lang] ?? document.documentElement.lang;
const moment = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

// `id`: of the template with the words; `kept`: what a drawer gave out, or nothing.
export function tell(id, kept = null) {
  const said = document.getElementById(id).content.cloneNode(true);
  for (const place of said.querySelectorAll("[data-when]")) place.textContent = moment.format(kept.at);
  for (const link of said.querySelectorAll("[data-where]")) link.href = kept.here;
  region.append(said);
  region.scrollIntoView({ block: "nearest" });
  return region;
}
export const hush = () => region.replaceChildren();

// Says of what was typed on this device that it is saved, or that it waits; the region is on every page of the portal.
const region = document.getElementById("kept");
const language = { en: "en-GB" }[document.documentElement.lang] ?? document.documentElement.lang;
const parts = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };

// In the zone of the page's other times, where this browser knows it.
function moment(at) {
  try {
    return new Date(at).toLocaleString(language, { ...parts, timeZone: region.dataset.zone });
  } catch { return new Date(at).toLocaleString(language, parts); }
}

// `id`: of the template with the words; `kept`: what a drawer gave out, or nothing.
export function tell(id, kept = null) {
  const said = document.getElementById(id).content.cloneNode(true);
  for (const place of said.querySelectorAll("[data-when]")) place.textContent = moment(kept.at);
  for (const link of said.querySelectorAll("[data-where]")) link.href = kept.here;
  region.append(said);
  region.scrollIntoView({ block: "nearest" });
  return region;
}
export const hush = () => region.replaceChildren();

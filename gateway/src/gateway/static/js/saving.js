// A section that is filled in: saved one save after the other, and until then kept sealed in this browser.
import { deliver, isWhole } from "./delivery.js";
import { saySaved, show } from "./section-words.js";
import { asItCame, typed } from "./typed.js";

export const form = document.querySelector("[data-autosave]");
export const { autosave: address, place, draftKey } = form.dataset;
export const { revision, section } = form.elements;
form.removeAttribute("data-draft-key");
export let held = form.hasAttribute("data-unsaved"); // the client has to choose first, as where the page came back unsaved
export let [saved, whole, refused] = [held ? null : typed(asItCame(form)), true, null];
let [drawer, saving, sent] = [null, null, null];
export const isSaved = () => typed(form) === saved;
export const useDrawer = (opened) => { drawer = opened; };
export const erase = () => drawer?.drop(place);
export function keep(at) {
  const now = typed(form);
  if (now === saved && whole) return drawer?.drop(place);
  return drawer?.keep(place, revision.value, { typed: now, sent, section: section.value, address, here: form.getAttribute("action") }, at);
}
async function saveAll() {
  for (;;) {
    sent = typed(form);
    if (held || sent === saved || sent === refused) return;
    keep();
    const { answer, ...tried } = await deliver(form, address, show);
    if (answer.ok) {
      const kept = await answer.json();
      [saved, whole, refused, revision.value] = [tried.sent, isWhole(kept), null, kept.revision];
      saySaved(kept);
      keep();
    } else if (answer.status === 409 && answer.headers.get("Content-Type").startsWith("text/html")) {
      held = true;
      show("stale", await answer.text());
    } else {
      refused = tried.sent;
      show("refused", (await answer.json().catch(() => ({}))).detail);
    }
  }
}
export const save = () => (saving ??= saveAll().finally(() => { saving = null; }));

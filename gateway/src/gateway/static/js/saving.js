// A section that is filled in: saved one save after the other, and until then kept sealed in this browser.
import { deliver, isWhole } from "./delivery.js";
import { openDrawer } from "./draft.js";
import { tell } from "./kept-words.js";
import { saySaved, show } from "./section-words.js";
import { fill, typed } from "./typed.js";

export const form = document.querySelector("[data-autosave]");
const { autosave: address, place, draftKey } = form.dataset;
const { revision, section } = form.elements;
form.removeAttribute("data-draft-key");
export let held = form.hasAttribute("data-unsaved"); // the client has to choose first, as where the page came back unsaved
let [saved, whole, refused] = [held ? null : typed(form), true, null];
let [drawer, saving, sent] = [null, null, null];
export const isSaved = () => typed(form) === saved;
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

// The revision after that window's last save, which may have arrived though nobody was left to hear it: sent again, it
// changes nothing then, also where not every character was taken. Null where it cannot be had.
async function revisionAfter(kept) {
  if (kept.sent === saved) return revision.value;
  const body = new URLSearchParams(kept.sent);
  const others = { csrf: form.elements.csrf.value, section: section.value, revision: kept.revision };
  for (const [name, value] of Object.entries(others)) body.append(name, value);
  const answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } }).catch(() => null);
  return answer?.ok ? (await answer.json()).revision : null;
}

// What windows that have gone left here is filled in and saved, unless something else is being typed or chosen.
export async function takeUp() {
  drawer = await openDrawer(draftKey);
  if (!isSaved()) await keep();
  for (const kept of (await drawer?.waiting(place)) ?? []) {
    if (kept.typed !== typed(form)) {
      if (!isSaved()) return;
      const goesOn = kept.sent !== null && kept.sent !== kept.typed;
      const after = goesOn ? await revisionAfter(kept) : null;
      if (!isSaved()) return;
      fill(form, kept.typed);
      revision.value = after ?? kept.revision;
      await keep(kept.at);
      await save();
      if (isSaved() && whole) tell("words-kept-saved", kept);
    }
    kept.erase();
  }
}

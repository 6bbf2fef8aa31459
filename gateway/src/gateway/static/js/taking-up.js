// Takes up what windows that have gone left unsaved in this section.
import { openDrawer } from "./draft.js";
import { tell } from "./kept-words.js";
import { address, draftKey, form, isSaved, keep, place, revision, save, saved, section, useDrawer, whole } from "./saving.js";
import { fill, typed } from "./typed.js";

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
  const drawer = await openDrawer(draftKey);
  useDrawer(drawer);
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

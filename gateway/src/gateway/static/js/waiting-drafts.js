// Saves what was typed on this device and left unsaved in another window, once its client is in again.
import { isWhole, keyOfDrawer } from "./delivery.js";
import { openDrawer } from "./draft.js";
import { names } from "./draft-shelf.js";
import { tell } from "./kept-words.js";
import { sayIsIn } from "./waiting.js";

const own = document.querySelector("[data-place]")?.getAttribute("action"); // that page takes up its own
const csrf = document.querySelector(".sign-out [name=csrf]").value;

async function isSaved({ address, typed, section, revision }) {
  const body = new URLSearchParams(typed);
  for (const [name, value] of Object.entries({ csrf, section, revision })) body.append(name, value);
  const answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } }).catch(() => null);
  return answer?.ok ? isWhole(await answer.json()) : false;
}

async function saveWaiting() {
  const drawer = await openDrawer(await keyOfDrawer());
  for (const kept of (await drawer?.waiting()) ?? []) {
    if (kept.here === own) continue;
    const done = await isSaved(kept);
    if (done) kept.erase();
    tell(done ? "words-kept-saved" : "words-kept-waiting", kept);
  }
}

sayIsIn();
if (names().length > 0) saveWaiting();

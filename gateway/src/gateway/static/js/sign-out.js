// Asks before signing out what shall become of what was typed and is not saved yet.
import { keyOfDrawer } from "./delivery.js";
import { openDrawer } from "./draft.js";
import { names } from "./draft-shelf.js";
import { hush, tell } from "./kept-words.js";

const form = document.querySelector("form.sign-out");
const SOON = 10; // tenths of a second in which what can be saved is saved
let sure = false;

function signOut() {
  sure = true;
  form.requestSubmit();
}

async function staying(drawer) {
  hush();
  document.dispatchEvent(new Event("save-now"));
  const [kept] = document.querySelector("[data-place]") ? [] : await drawer.waiting();
  if (kept) location.assign(kept.here);
}

function ask(drawer) {
  hush();
  const question = tell("words-sign-out").querySelector("[tabindex]");
  question.focus();
  question.querySelector("#stay-and-save").addEventListener("click", () => staying(drawer));
  question.querySelector("#sign-out-and-erase").addEventListener("click", () => {
    document.dispatchEvent(new Event("erased"));
    drawer?.eraseAll();
    signOut();
  });
}

form.addEventListener("submit", async (event) => {
  if (sure || names().length === 0) return;
  event.preventDefault();
  document.dispatchEvent(new Event("save-now"));
  const drawer = await openDrawer(await keyOfDrawer());
  // Without the key, as without a network, only the page itself can say.
  const isUnsaved = () => (drawer ? !drawer.isEmpty : !document.dispatchEvent(new Event("signed-out", { cancelable: true })));
  for (let tenth = 0; isUnsaved() && tenth < SOON; tenth += 1) await new Promise((on) => setTimeout(on, 100));
  if (isUnsaved()) ask(drawer);
  else signOut();
});

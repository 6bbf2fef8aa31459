// Lets a section save itself; without scripts its buttons save.
import { erase, form, held, isSaved, keep, save } from "./saving.js";
import { takeUp } from "./taking-up.js";

let [soon, next, leaving] = [0, null, false];

form.addEventListener("input", () => {
  next = null;
  keep();
  clearTimeout(soon);
  soon = setTimeout(save, 1500);
});
form.addEventListener("change", save);

// What is not saved yet is saved before the page is left: where that takes long, nothing is lost with the page.
form.addEventListener("submit", async (event) => {
  leaving = held || isSaved();
  if (leaving) return;
  event.preventDefault();
  next = event.submitter;
  await save();
  if (isSaved() && next) form.requestSubmit(next);
});

document.addEventListener("click", async (event) => {
  if (event.target.id !== "load-newest") return;
  event.preventDefault();
  leaving = true;
  await erase();
  location.assign(event.target.href);
});

addEventListener("beforeunload", (event) => { if (!leaving && !isSaved()) event.preventDefault(); });
document.addEventListener("save-now", save);
document.addEventListener("erased", () => { leaving = true; erase(); });
document.addEventListener("signed-out", (event) => { if (!isSaved()) { event.preventDefault(); save(); } });
takeUp();
save();

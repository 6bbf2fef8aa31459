// Saves a session's texts while they are written, each by itself; without scripts the buttons save.
import { send } from "./save-texts.js";

const form = document.querySelector("[data-writing]");
const place = (name, what) => document.getElementById(`${name}-${what}`);
const hidden = (name, what) => form.elements[`${name}_${what}`];
// `settled`: what needs no sending, because it is saved or was refused; `held`: a choice is to be made first.
const texts = [...form.querySelectorAll("textarea")].map((field) => {
  const [refused, unsaved] = [field.getAttribute("aria-invalid") === "true", "unsaved" in field.dataset];
  const [saved, settled] = [unsaved ? null : field.defaultValue, unsaved && !refused ? null : field.defaultValue];
  return { field, name: field.name, saved, settled, held: hidden(field.name, "newest").value !== "" };
});
const due = () => texts.filter((one) => !one.held && one.field.value !== one.settled);
const unsaved = () => texts.some((one) => one.field.value !== one.saved);
let [saving, leaving] = [null, false];

function choose(name, { text, revision }) {
  place(name, "choice").replaceChildren(place(name, "words").content.cloneNode(true));
  if (text) place(name, "stands").textContent = text;
  hidden(name, "newest").value = revision;
}

function take(one, value, found) {
  if (found.said) place(one.name, "saved").textContent = found.said;
  if (found.standing) place(one.name, "standing").textContent = found.standing;
  if (found.revision) hidden(one.name, "revision").value = found.revision;
  if (found.was) hidden(one.name, "was").value = found.was;
  if (found.stale) choose(one.name, found.stale);
  if (found.stale || found.refused) place(one.name, "saved").textContent = found.refused ?? form.dataset.notSaved;
  one.held = Boolean(found.stale);
  one.settled = value;
  if (!found.stale && !found.refused) one.saved = value;
}

async function saveAll() {
  for (let now = due(); now.length; now = due()) {
    const values = now.map((one) => one.field.value);
    const names = new Set(now.flatMap(({ name }) => [name, `${name}_revision`, `${name}_was`]));
    names.add("idempotency_key").add("filled_in_by");
    const body = new URLSearchParams([...new FormData(form)].filter(([name]) => names.has(name)));
    const say = (words) => now.forEach((one) => { place(one.name, "saved").textContent = words; });
    const { answered, problem } = await send(form, body, document.getElementById("notice"), say);
    now.forEach((one, i) => take(one, values[i], answered?.[one.name] ?? { refused: problem?.detail ?? form.dataset.notSaved }));
  }
}
const save = () => { saving ??= saveAll().finally(() => { saving = null; }); return saving; };

let soon;
form.addEventListener("input", () => { clearTimeout(soon); soon = setTimeout(save, 1500); });
form.addEventListener("change", save);
document.addEventListener("visibilitychange", save);
form.addEventListener("submit", (event) => {
  leaving = !saving && !due().length;
  if (leaving) return;
  event.preventDefault();  // two saves at once would look like two windows
  save().then(() => form.requestSubmit(event.submitter));
});
addEventListener("pageshow", () => { leaving = false; });
addEventListener("beforeunload", (event) => { if (!leaving && unsaved()) { event.preventDefault(); save(); } });
save();

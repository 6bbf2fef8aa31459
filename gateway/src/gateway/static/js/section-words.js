// What a section that saves itself says, where the client looks right now.
const form = document.querySelector("[data-autosave]");
const ids = ["strip", "answered", "saved", "notice", "crisis"];
const [strip, answered, said, notice, crisis] = ids.map((id) => document.getElementById(id));
const words = { nobody: "words-signed-out", other: "words-other-client", refused: "words-refused" };
let [shown, last] = [null, null];
form.addEventListener("input", (event) => { last = event.target; });

const copy = (id) => document.getElementById(id).content.cloneNode(true);
function showCrisis() {
  if (last) last.closest("[data-asked]").after(crisis);
  else form.prepend(crisis);
  crisis.replaceChildren(copy("crisis-words"));
  crisis.scrollIntoView({ block: "nearest" });
}

// `state`: null (nothing is in the way), retrying or unknown (it is tried again), nobody or other (is in), stale, refused.
export function show(state, detail = "") {
  strip.toggleAttribute("data-unsaved", state !== null);
  if (state === "retrying" || state === "unknown") {
    said.textContent = form.dataset.retrying;
  } else if (state !== null) {
    said.textContent = form.dataset.notSaved;
  }
  if (state === shown && state !== "stale") return;
  shown = state;
  if (state === "stale") {
    notice.replaceChildren(...new DOMParser().parseFromString(detail, "text/html").body.childNodes);
  } else if (words[state]) {
    notice.replaceChildren(copy(words[state]));
    notice.querySelectorAll("[data-detail]").forEach((place) => { place.textContent = detail; });
  } else {
    notice.replaceChildren();
  }
}

// `kept`: what the server answered.
export function saySaved(kept) {
  show(null);
  said.textContent = kept.said;
  answered.textContent = kept.answered;
  strip.toggleAttribute("data-unsaved", Object.keys(kept.refused).length > 0);
  form.dispatchEvent(new CustomEvent("answers-saved", { detail: kept, bubbles: true }));
  if (kept.alert && !crisis.firstElementChild) showCrisis();
}

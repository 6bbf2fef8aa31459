// What a section that saves itself says, where the client looks right now.
const form = document.querySelector("[data-autosave]");
const [said, notice, crisis] = ["saved", "notice", "crisis"].map((id) => document.getElementById(id));
const words = { nobody: "words-signed-out", other: "words-other-client", refused: "words-refused" };
let [shown, last] = [null, null];
form.addEventListener("input", (event) => { last = event.target; });

const copy = (id) => document.getElementById(id).content.cloneNode(true);
const beside = (region) => (last ? last.closest(".question").after(region) : form.prepend(region));
function put(region, ...content) {
  beside(region);
  region.replaceChildren(...content);
  region.scrollIntoView({ block: "nearest" });
}

// `state`: null (nothing is in the way), retrying or unknown (it is tried again), nobody or other (is in), stale, refused.
export function show(state, detail = "") {
  if (state === "retrying" || state === "unknown") {
    said.textContent = form.dataset.retrying;
  } else if (state !== null) {
    said.textContent = form.dataset.notSaved;
  }
  if (state === shown && state !== "stale") return;
  shown = state;
  if (state === "stale") {
    put(notice, ...new DOMParser().parseFromString(detail, "text/html").body.childNodes);
  } else if (words[state]) {
    put(notice, copy(words[state]));
    notice.querySelectorAll("[data-detail]").forEach((place) => { place.textContent = detail; });
  } else {
    notice.replaceChildren();
  }
}

// `kept`: what the server answered.
export function saySaved(kept) {
  show(null);
  said.textContent = kept.said;
  form.dispatchEvent(new CustomEvent("answers-saved", { detail: kept.refused }));
  if (kept.alert && !crisis.firstElementChild) put(crisis, copy("crisis-words"));
}

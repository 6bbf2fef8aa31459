// Saves a section while it is filled in, one save after the other; without scripts the buttons save.
const form = document.querySelector("[data-autosave]");
const [said, notice, crisis] = ["saved", "notice", "crisis"].map((id) => document.getElementById(id));
const typed = () => new URLSearchParams([...new FormData(form)].filter(([name]) => name.startsWith(form.dataset.prefix))).toString();
let saved = typed();
let held = Boolean(document.getElementById("keep-mine"));
let saving = null;
let [leaving, last, soon] = [false, null];

const show = (id, place) => place.replaceChildren(document.getElementById(id).content.cloneNode(true));
const waited = (seconds) => new Promise((again) => {
  setTimeout(again, seconds * 1000);
  addEventListener("online", again, { once: true });
});

async function post(body) {
  for (;;) {
    try {
      const answer = await fetch(form.dataset.autosave, { method: "POST", body, headers: { Accept: "application/json" } });
      if (answer.status < 500 && answer.status !== 429) return answer;
    } catch { /* the network is away */ }
    said.textContent = form.dataset.retrying;
    await waited(3);
  }
}

async function saveAll() {
  while (!held && typed() !== saved) {
    const sent = typed();
    const answer = await post(new URLSearchParams(new FormData(form)));
    if (answer.ok) {
      const kept = await answer.json();
      form.elements.revision.value = kept.revision;
      saved = sent;
      said.textContent = kept.said;
      form.dispatchEvent(new CustomEvent("answers-saved", { detail: kept.refused }));
      if (kept.alert && !crisis.firstElementChild) {
        last?.closest(".question").after(crisis);  // where the client looks right now
        show("crisis-words", crisis);
        crisis.scrollIntoView({ block: "nearest" });
      }
    } else {
      held = [401, 403, 409].includes(answer.status);
      said.textContent = form.dataset.notSaved;
      show({ 401: "words-signed-out", 409: "words-stale" }[answer.status] ?? "words-refused", notice);
      if (!held) return;  // what cannot be taken as it is may be once it is changed
    }
  }
}
const save = () => { saving ??= saveAll().finally(() => { saving = null; }); };

form.addEventListener("input", (event) => { last = event.target; clearTimeout(soon); soon = setTimeout(save, 1500); });
form.addEventListener("change", save);
form.addEventListener("submit", (event) => {
  leaving = true;
  if (!saving) return;
  event.preventDefault();  // two saves at once would look like two windows
  saving.then(() => form.requestSubmit(event.submitter));
});
addEventListener("beforeunload", (event) => { if (!leaving && typed() !== saved) event.preventDefault(); });

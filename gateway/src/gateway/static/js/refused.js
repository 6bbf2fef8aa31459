// Names at their fields the answers that a save could not take, until a later one takes them.
const form = document.querySelector("[data-autosave]");
const [words, notice] = ["words-wrong", "notice"].map((id) => document.getElementById(id));

function clear(question) {
  question.classList.remove("field-wrong");
  question.querySelector(".wrong")?.remove();
  for (const field of [question, ...question.querySelectorAll("[aria-invalid]")]) field.removeAttribute("aria-invalid");
}

function mark(name, sentence) {
  const field = document.getElementById(`field-${name}`);
  const question = field?.closest(".question");
  if (!question) return;
  clear(question);
  const wrong = words.content.firstElementChild.cloneNode(true);
  wrong.id = `error-${name}`;
  wrong.querySelector("[data-sentence]").textContent = sentence;
  question.querySelector(".label").after(wrong);
  question.classList.add("field-wrong");
  question.dataset.refused = "";
  field.setAttribute("aria-invalid", "true");
  const described = question.matches("fieldset") ? question : field;
  const others = (described.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== wrong.id);
  described.setAttribute("aria-describedby", [...others, wrong.id].join(" "));
}

form.addEventListener("answers-saved", ({ detail: { refused } }) => {
  notice.replaceChildren();
  for (const question of form.querySelectorAll("[data-refused]")) {
    clear(question);
    delete question.dataset.refused;
  }
  for (const [name, sentence] of Object.entries(refused)) mark(name, sentence);
});

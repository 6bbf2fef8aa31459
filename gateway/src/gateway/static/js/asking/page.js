// Shows what is asked as soon as an answer makes it so, and what is calculated; the server says it again at each save.
import { asked } from "./asked.js";
import { typedAnswers } from "./typed-answers.js";

const form = document.querySelector("[data-rules]");
const { prefix, unknown } = form.dataset;
const rules = JSON.parse(form.dataset.rules);
const kinds = Object.fromEntries(Object.entries(rules.questions).map(([id, { kind }]) => [id, kind]));
const parts = Object.fromEntries([...form.querySelectorAll("[data-asked]")].map((one) => [one.dataset.asked, one]));
const unseen = form.elements.hidden;
const hiddenNow = () => Object.keys(parts).filter((id) => parts[id].hidden);

function write(id, value) {
  const output = document.getElementById(`field-${prefix}${id}`);
  const text = value?.toLocaleString(document.documentElement.lang, { useGrouping: false, maximumFractionDigits: 6 });
  if (output) output.value = text ?? unknown;
}

function show(hidden) {
  for (const [id, part] of Object.entries(parts)) part.hidden = hidden.includes(id);
  unseen.value = hiddenNow().join(" ");
}

function ask() {
  const { hidden, required, calculated } = asked(rules, typedAnswers(form, prefix, kinds), hiddenNow());
  show(hidden);
  for (const [id, value] of Object.entries(calculated)) write(id, value);
  for (const id of Object.keys(parts).filter((one) => rules.questions[one].required_when)) {
    const optional = parts[id].querySelector(".optional");
    if (optional) optional.hidden = required.includes(id);
  }
}

form.addEventListener("input", ask);
form.addEventListener("change", ask);
// Conditions and values of scores are the server's alone.
form.addEventListener("answers-saved", ({ detail: { hidden, calculated } }) => {
  const own = (id) => `${prefix}${id}`;
  for (const [id, part] of Object.entries(parts)) if (!rules.questions[id].shown_when) part.hidden = hidden.includes(own(id));
  for (const id of Object.keys(parts)) if (own(id) in calculated && !rules.questions[id].calculation) write(id, calculated[own(id)]);
  ask();
});
ask();

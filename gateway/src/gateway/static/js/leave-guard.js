// Asks before a page is left whose form holds what was neither sent nor saved.
import { asItCame } from "./typed.js";

const NOT_TYPED = ["csrf", "idempotency_key", "as_it_came"];

// What stands in a form, in short.
function mark(form) {
  const typed = [...new FormData(form)].filter(([name]) => !NOT_TYPED.includes(name));
  const text = new URLSearchParams(typed).toString();
  return `${text.length}-${[...text].reduce((sum, one) => (Math.imul(sum, 31) + one.charCodeAt(0)) >>> 0, 0)}`;
}

// Goes along, so that the page knows it where the form comes back.
function tell(form, saved) {
  const field = form.elements.as_it_came ?? form.appendChild(document.createElement("input"));
  Object.assign(field, { type: "hidden", name: "as_it_came", value: saved });
}

for (const form of document.querySelectorAll("form[data-leave-guard]")) {
  // A form that came back refused, or with rows that are not saved yet, says how it was before anything was typed.
  const saved = form.dataset.leaveGuard || mark(asItCame(form));
  let sending = false;
  form.addEventListener("submit", (event) => {
    sending = !event.defaultPrevented;
    if (sending) tell(form, saved);
  });
  addEventListener("pageshow", () => { sending = false; });
  addEventListener("beforeunload", (event) => { if (!sending && mark(form) !== saved) event.preventDefault(); });
}

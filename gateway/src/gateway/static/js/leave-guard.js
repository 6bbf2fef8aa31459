// Asks before a page is left whose form holds what was neither sent nor saved.
import { asItCame } from "./typed.js";

const typed = (form) => new URLSearchParams(
  [...new FormData(form)].filter(([name]) => !["csrf", "idempotency_key"].includes(name)),
).toString();

for (const form of document.querySelectorAll("form[data-leave-guard]")) {
  // A form that came back refused, or with rows that are not saved yet, is unsaved as it stands.
  const saved = form.dataset.leaveGuard === "unsaved" ? null : typed(asItCame(form));
  let sending = false;
  form.addEventListener("submit", (event) => { sending = !event.defaultPrevented; });
  addEventListener("pageshow", () => { sending = false; });
  addEventListener("beforeunload", (event) => { if (!sending && typed(form) !== saved) event.preventDefault(); });
}

// What was typed or chosen before the scripts had come is told to the parts that are shown anew by it.
import { asItCame } from "./typed.js";

const fields = (form) => [...form.querySelectorAll("input:not([type=hidden]), select, textarea")];
const isAsItCame = (field, before) => field.value === before.value && field.checked === before.checked;

function tell() {
  for (const form of document.forms) {
    const before = fields(asItCame(form));
    for (const [i, field] of fields(form).entries()) {
      if (isAsItCame(field, before[i])) continue;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      if (field.closest("[hx-trigger=change]")) field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }
}
addEventListener("load", () => setTimeout(tell)); // htmx begins by a timeout as well, set before this one

// What stands in the fields of a form whose names begin with its prefix: read as one text, and filled in again.
const own = (form, name) => name.startsWith(form.dataset.prefix);

export const typed = (form) => new URLSearchParams([...new FormData(form)].filter(([name]) => own(form, name))).toString();

// The form as it came: what was typed while the scripts were on their way is none of it.
export function asItCame(form) {
  const copy = form.cloneNode(true);
  copy.reset();
  return copy;
}

export function fill(form, text) {
  const kept = new URLSearchParams(text);
  for (const field of form.elements) {
    if (!own(form, field.name)) continue;
    if (["checkbox", "radio"].includes(field.type)) field.checked = kept.getAll(field.name).includes(field.value);
    else field.value = kept.get(field.name) ?? "";
  }
}

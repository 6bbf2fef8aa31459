// What leads to the list of a series stands in its own address by then, so that Back leads to all that was chosen and
// typed; but for a client's name and what is written to her.
const UNSAID = ["csrf", "idempotency_key", "filled_in_by", "as_it_came", "client", "message"];

for (const form of document.querySelectorAll("form[data-listed-by]")) {
  form.addEventListener("submit", (event) => {
    const chosen = form.elements[form.dataset.listedBy]?.value;
    if (event.defaultPrevented || !chosen || chosen === "this") return;
    const said = [...new FormData(form)].filter(([name, value]) => value && !UNSAID.includes(name));
    history.replaceState(history.state, "", `${location.pathname}?${new URLSearchParams(said)}`);
  });
}

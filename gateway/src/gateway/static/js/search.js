// "/" goes to the search field; what a partial update brought is said to screen readers.
document.addEventListener("keydown", (event) => {
  const busy = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || busy || event.ctrlKey || event.metaKey || event.altKey) return;
  const fields = [...document.querySelectorAll("main [data-search], [data-search]")];
  const shown = fields.filter((one) => one.checkVisibility());
  const field = shown.find((one) => one.closest("main")) ?? shown[0];
  if (field) {
    event.preventDefault();
    field.focus();
    field.select();
  } else if (document.body.dataset.searchPage) {
    event.preventDefault();
    location.assign(document.body.dataset.searchPage);
  }
});

document.addEventListener("htmx:after:swap", () => {
  for (const region of document.querySelectorAll("[data-said-by]")) {
    const words = region.querySelector("[data-said]");
    if (words) document.getElementById(region.dataset.saidBy).textContent = words.textContent;
  }
});

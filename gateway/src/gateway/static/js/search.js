// "/" goes to the search field; what a partial update brought is said to screen readers. What was typed before the
// scripts had come is told to them now.
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

function tellWhatIsTyped() {
  for (const field of document.querySelectorAll("input:is([type=search], [type=text], :not([type])), textarea")) {
    if (field.value !== field.defaultValue) field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
addEventListener("load", () => setTimeout(tellWhatIsTyped)); // htmx begins by a timeout as well, set before this one

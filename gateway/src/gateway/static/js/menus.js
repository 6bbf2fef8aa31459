// The menus of the console: Escape closes the one that opened last, and its button has the focus again;
// a press beside what can be made anew closes that, too.
const opened = () => [...document.querySelectorAll(".side-sheet[open], .new-menu[open]")].filter((one) => one.checkVisibility());

addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && !event.isComposing && opened().at(-1);
  if (!menu) return;
  event.stopPropagation(); // what else Escape closes stays open
  menu.open = false;
  menu.querySelector("summary").focus();
}, { capture: true });

addEventListener("click", (event) => {
  for (const menu of opened()) {
    if (menu.matches(".new-menu") && !menu.contains(event.target)) menu.open = false;
  }
});

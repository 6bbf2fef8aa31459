// Keys in the days of a calendar: arrows between appointments and empty times, of which one is in the tab order.
const days = document.querySelector("[data-columns]");
const wide = matchMedia("(width >= 64rem)");
const TURNS = { PageUp: "week-before", PageDown: "week-after", t: "week-today", T: "week-today" };

const place = (cell) => cell.closest("li").getBoundingClientRect();
const inOrder = (day) =>
  [...day.querySelectorAll("[data-cell]")].sort((one, other) => place(one).top - place(other).top);

function hold(cell) {
  for (const each of days.querySelectorAll("[data-cell]")) each.tabIndex = each === cell ? 0 : -1;
}

// Where one comes in: what is open, else what is next today, else the first of all.
function first() {
  const today = days.querySelector("[data-today]") ?? days;
  const ahead = [...today.querySelectorAll("li:not(.slot-over) > .slot-words [data-cell]")];
  return days.querySelector("[data-cell][aria-current]") ?? ahead[0] ?? days.querySelector("[data-cell]");
}

function begin() {
  if (wide.matches) hold(first());
  else for (const each of days.querySelectorAll("[data-appointment]")) each.removeAttribute("tabindex");
}

function beside(cell, step) {
  const columns = [...days.querySelectorAll("section")];
  const top = place(cell).top;
  for (let at = columns.indexOf(cell.closest("section")) + step; columns[at]; at += step) {
    const near = inOrder(columns[at]).sort((one, other) => Math.abs(place(one).top - top) - Math.abs(place(other).top - top));
    if (near.length) return near[0];
  }
  return null;
}

function target(cell, key) {
  const day = inOrder(cell.closest("section"));
  if (key === "ArrowDown") return day[day.indexOf(cell) + 1];
  if (key === "ArrowUp") return day[day.indexOf(cell) - 1];
  if (key === "Home" || key === "End") return day.at(key === "Home" ? 0 : -1);
  return beside(cell, key === "ArrowLeft" ? -1 : 1);
}

if (days) {
  days.addEventListener("keydown", (event) => {
    const cell = event.target.closest("[data-cell]");
    if (!wide.matches || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const turn = TURNS[event.key];
    if (!turn && !(cell && /^(Arrow|Home|End)/.test(event.key))) return;
    event.preventDefault();
    if (turn) document.getElementById(turn).click();
    else target(cell, event.key)?.focus();
  });
  days.addEventListener("focusin", (event) => event.target.matches("[data-cell]") && hold(event.target));
  wide.addEventListener("change", begin);
  begin();
}

// Keys in a month: arrows by day and week, Home and End in the week, PageUp and PageDown by month.
// A month that was turned to by a key begins with the focus on its first day with times.
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
const TURNS = { PageUp: "previous-month", PageDown: "next-month" };
const LONGEST = 31;
const BY_KEY = "#days";

function dayAfter(day, steps) {
  const date = new Date(`${day}T12:00:00Z`);
  date.setUTCDate(date.getUTCDate() + steps);
  return date.toISOString().slice(0, 10);
}

// The next day in that direction that can be chosen.
function target(table, link, step) {
  for (let count = 1; count <= LONGEST; count += 1) {
    const found = table.querySelector(`[data-day="${dayAfter(link.dataset.day, count * step)}"]`);
    if (found) return found;
  }
  return null;
}

function edge(link, key) {
  const links = link.closest("tr").querySelectorAll("[data-day]");
  return key === "Home" ? links[0] : links[links.length - 1];
}

function turn(key) {
  const link = document.getElementById(TURNS[key]);
  if (link?.href) location.assign(link.href.replace(/#.*$/, BY_KEY));
}

for (const table of document.querySelectorAll("[data-month]")) {
  if (location.hash === BY_KEY) {
    (table.querySelector("[data-day]") ?? document.getElementById("month-title")).focus();
  }
  table.addEventListener("keydown", (event) => {
    const link = event.target.closest("[data-day]");
    if (!link || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key in TURNS) {
      event.preventDefault();
      turn(event.key);
    } else if (event.key in STEPS) {
      event.preventDefault();
      target(table, link, STEPS[event.key])?.focus();
    } else if (event.key === "Home" || event.key === "End") {
      event.preventDefault();
      edge(link, event.key).focus();
    }
  });
}

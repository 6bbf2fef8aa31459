// An appointment beside the calendar: its block opens it, Escape closes it, and the address says which one it is.
const wide = matchMedia("(width >= 64rem)");
const panel = () => document.getElementById("panel");

function addressWith(id) {
  const address = new URL(location.href);
  if (id) address.searchParams.set("appointment", id);
  else address.searchParams.delete("appointment");
  return address.href;
}

function mark(id) {
  for (const link of document.querySelectorAll("[data-appointment]")) {
    if (link.dataset.appointment === id) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

async function show() {
  const address = location.href;
  const answer = await fetch(address, { headers: { "HX-Request": "true" } }).catch(() => null);
  const page = answer?.ok && !answer.redirected ? await answer.text() : "";
  if (location.href !== address) return; // meanwhile another was opened
  const part = new DOMParser().parseFromString(page, "text/html").getElementById("panel");
  if (!part) {
    location.reload();
    return;
  }
  const before = panel().dataset.opened;
  panel().replaceWith(part);
  mark(part.dataset.opened);
  const focused = part.dataset.opened ? "panel-title" : `entry-${before}`;
  document.getElementById(focused)?.focus();
}

function close() {
  history.pushState(null, "", addressWith(null));
  show();
}

if (panel()) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-appointment], #panel-close");
    if (!link || !wide.matches || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (link.id === "panel-close") close();
    else {
      history.pushState(null, "", addressWith(link.dataset.appointment));
      show();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && panel().dataset.opened) close();
  });
  addEventListener("popstate", show);
}

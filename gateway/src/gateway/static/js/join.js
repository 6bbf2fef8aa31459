// Shows the way into a meeting when it opens, and says in how many minutes that is.
const HOUR = 3600;
const DAY = 24 * HOUR;

for (const region of document.querySelectorAll("[data-join-seconds]")) {
  const opensAt = Date.now() + Number(region.dataset.joinSeconds) * 1000;
  const text = region.querySelector("[data-join-text]");
  const tick = () => {
    const left = Math.ceil((opensAt - Date.now()) / 1000);
    if (left <= 0) {
      region.querySelector("a").hidden = false;
      text.remove();
      return;
    }
    if (left <= HOUR) {
      text.textContent = text.dataset.joinText.replace("MINUTES", String(Math.ceil(left / 60)));
    }
    setTimeout(tick, Math.min(left, left <= HOUR ? 5 : left - HOUR) * 1000);
  };
  if (Number(region.dataset.joinSeconds) < DAY) tick();
}

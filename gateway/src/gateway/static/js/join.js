// Shows the way into a meeting when it opens, and says in how many minutes that is.
const HOUR = 3600;
const DAY = 24 * HOUR;

// Calls `told` with the seconds left, often enough for minutes to be true, and a last time with none.
export function countDown(seconds, told) {
  const until = Date.now() + seconds * 1000;
  const tick = () => {
    const left = Math.max(0, Math.ceil((until - Date.now()) / 1000));
    told(left);
    if (left > 0) setTimeout(tick, Math.min(left, left <= HOUR ? 5 : left - HOUR) * 1000);
  };
  if (seconds < DAY) tick();
}

export function watch() {
  for (const region of document.querySelectorAll("[data-join-seconds]")) {
    const text = region.querySelector("[data-join-text]");
    countDown(Number(region.dataset.joinSeconds), (left) => {
      if (left <= 0) {
        region.querySelector("a").hidden = false;
        text?.remove();
      } else if (text && left <= HOUR) {
        text.textContent = text.dataset.joinText.replace("MINUTES", String(Math.ceil(left / 60)));
      }
    });
  }
}
watch();

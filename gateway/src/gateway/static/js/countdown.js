// Counts down to when a link may be asked for again.
for (const region of document.querySelectorAll("[data-countdown]")) {
  const text = region.querySelector("[data-countdown-text]");
  const action = region.querySelector("a, button");
  const until = Date.now() + Number(region.dataset.countdown) * 1000;
  const stop = (event) => event.preventDefault();
  action.setAttribute("aria-disabled", "true");
  action.addEventListener("click", stop);
  const tick = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    if (left > 0) {
      text.textContent = text.dataset.countdownText.replace("SECONDS", String(left));
      setTimeout(tick, 500);
    } else {
      text.textContent = "";
      action.removeAttribute("aria-disabled");
      action.removeEventListener("click", stop);
    }
  };
  tick();
}

// Counts down to the end of what is held. A minute before it says so, and when it is over offers to keep it again.
const SECOND = 1000;
const SOON = 60;
const held = document.querySelector("[data-held-seconds]");
const left = held.querySelector("[data-held-left]");
const until = Date.now() + Number(held.dataset.heldSeconds) * SECOND;

function clock(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function end() {
  const hadFocus = document.activeElement?.closest("[data-while-held]");
  // Not only hidden: the Enter key presses the first button there is.
  for (const gone of document.querySelectorAll("[data-while-held]")) gone.remove();
  for (const come of document.querySelectorAll("[data-when-over]")) come.hidden = false;
  if (hadFocus) document.getElementById("keep-again").focus();
}

// To be heard once, and not again with each second.
function say(seconds) {
  const said = held.querySelector("[data-held-said]");
  if (seconds <= SOON && !said.textContent) said.textContent = held.dataset.heldSoon;
  if (seconds <= 0) said.textContent = "";
}

function tick() {
  const seconds = Math.ceil((until - Date.now()) / SECOND);
  say(seconds);
  if (seconds <= 0) {
    end();
    return;
  }
  left.textContent = left.dataset.heldLeft.replace("LEFT", clock(seconds));
  left.hidden = false;
  setTimeout(tick, until - Date.now() - (seconds - 1) * SECOND);
}

tick();

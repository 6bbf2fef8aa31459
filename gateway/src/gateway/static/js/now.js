// Keeps true what is on now: counts down to it, and asks anew when that changes or the page is looked at again.
import { countDown, watch } from "./join.js";

const PARTS = ["overview", "pinned"];
const SOON = 30_000; // milliseconds within which it is not asked again
let [asked, due] = [Date.now(), false];
let latest; // the last request: an older one answered after it tells what was

async function renew() {
  if (document.hidden || (!due && Date.now() - asked < SOON)) return;
  asked = Date.now();
  const request = latest = {};
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const text = await answer.text();
  if (request !== latest) return;
  due = false;
  const page = new DOMParser().parseFromString(text, "text/html");
  const focused = document.activeElement?.id;
  for (const id of PARTS) document.getElementById(id).replaceWith(page.getElementById(id));
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  watch();
  tell();
}

function tell() {
  const overview = document.getElementById(PARTS[0]);
  for (const note of overview.querySelectorAll("[data-as-of]")) note.hidden = true;
  for (const title of overview.querySelectorAll("[data-starts-seconds]")) {
    const { startsSeconds, startsText, begun } = title.dataset;
    countDown(Number(startsSeconds), (left) => {
      title.textContent = left > 0 ? startsText.replace("MINUTES", String(Math.ceil(left / 60))) : begun;
    });
  }
  const { changesSeconds } = overview.dataset;
  if (changesSeconds) {
    countDown(Number(changesSeconds), (left) => {
      due ||= left <= 0 && overview.isConnected;
      if (due) renew();
    });
  }
}
tell();
document.addEventListener("visibilitychange", renew);
addEventListener("online", renew);
addEventListener("pageshow", (event) => { if (event.persisted) renew(); });

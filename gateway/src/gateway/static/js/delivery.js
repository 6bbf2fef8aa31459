// Sends what was typed until it is answered, and waits for whoever was signed out.
import { typed } from "./typed.js";
import { waited } from "./waiting.js";

const json = { Accept: "application/json" };

// Whether a save took all of it; what it could not take is named by its field.
export const isWhole = (kept) => Object.keys(kept.refused).length === 0;

// The answer to a POST; the same is sent again as long as the network or the server is away, or somebody else answers.
async function post(address, fields, onRetry) {
  for (;;) {
    try {
      const answer = await fetch(address, { method: "POST", body: new URLSearchParams(fields), headers: json });
      const done = answer.ok ? answer.headers.has("X-Request-Id") : answer.status < 500 && answer.status !== 429;
      if (done) return answer;
    } catch { /* the network is away */ }
    onRetry();
    await waited(3);
  }
}

// Who is in: "same" (then the forms of this page are made good again), "other", "nobody", or "unknown".
async function whoIsIn(address) {
  try {
    const answer = await fetch(address, { headers: json });
    if (!answer.ok) return { 401: "nobody", 404: "other" }[answer.status] ?? "unknown";
    const { csrf } = await answer.json();
    for (const field of document.querySelectorAll("[name=csrf]")) field.value = csrf;
    return "same";
  } catch { return "unknown"; }
}

// Sends the form as it stands, once its client is in; gives what was typed then, and the answer.
export async function deliver(form, address, show) {
  for (;;) {
    const sent = typed(form);
    const answer = await post(address, new FormData(form), () => show("retrying"));
    if (![401, 403, 404].includes(answer.status)) return { sent, answer };
    for (let who; (who = await whoIsIn(address)) !== "same"; await waited(30)) show(who);
    show("retrying");
    await waited(1);
  }
}

// The key of the client who is in; null when nobody is, or it cannot be had.
export async function keyOfDrawer() {
  const answer = await fetch("/drafts/key", { headers: json }).catch(() => null);
  return answer?.ok ? (await answer.json()).key : null;
}

// Sends the texts of a session until there is an answer; where nobody is signed in, once somebody is again.
import { signedIn, waited } from "./signed-in.js";

const RETRY = 3;
const SIGNED_OUT = 15;
const LONGEST_KEPT_ALIVE = 60000;  // what a browser still sends of a page that is left

async function sent(form, body) {
  body.set("csrf", form.elements.csrf.value);
  const text = body.toString();
  return fetch(form.dataset.writing, {
    method: "POST",
    body: text,
    keepalive: text.length < LONGEST_KEPT_ALIVE,
    headers: { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded" },
  });
}

async function untilSignedIn(form, notice) {
  for (;;) {
    const state = await signedIn(form.dataset.who);
    if (state === "in") break;
    if (notice.dataset.state !== state) {
      notice.dataset.state = state;
      notice.replaceChildren(document.getElementById(`words-${state}`).content.cloneNode(true));
    }
    await waited(SIGNED_OUT);
  }
  delete notice.dataset.state;
  notice.replaceChildren();
}

// The same body as often as it takes, so that what was saved unheard is not taken for another's.
export async function send(form, body, notice, say) {
  for (let refused = 0; ;) {
    try {
      const answer = await sent(form, body);
      if (answer.ok) return { answered: await answer.json() };
      if ([401, 403].includes(answer.status) && refused < 2) {
        refused += 1;
        say(form.dataset.notSaved);
        await untilSignedIn(form, notice);
        continue;
      }
      if (answer.status < 500 && answer.status !== 429) return { problem: await answer.json() };
    } catch { /* the network is away, or the answer is none */ }
    refused = 0;
    say(form.dataset.retrying);
    await waited(RETRY);
  }
}

// Asks whether whoever opened this page is still signed in here: "in", "out", or "other" for somebody else.
// Whoever signed in anew has another cookie, so the forms of the page get a token that goes with it.
export async function signedIn(who) {
  const answer = await fetch("/console/signed-in", { headers: { Accept: "application/json" } });
  if (answer.status === 401) return "out";
  if (!answer.ok) throw new Error(`${answer.status}`);
  const found = await answer.json();
  if (found.who !== who) return "other";
  for (const field of document.querySelectorAll("input[name=csrf]")) field.value = found.csrf;
  return "in";
}

// Until it may be worth another try: the page is looked at again, the network is back, or some time passed.
export const waited = (seconds) => new Promise((again) => {
  setTimeout(again, seconds * 1000);
  addEventListener("online", again, { once: true });
  addEventListener("focus", again, { once: true });
  document.addEventListener("visibilitychange", again, { once: true });
});

// Warns two minutes before a device signs out by itself, and keeps it signed in on request.
const WARNING = 120;

for (const region of document.querySelectorAll("[data-idle-seconds]")) {
  const warning = region.nextElementSibling;
  let timer;
  const wait = () => {
    const seconds = Math.max(0, Number(region.dataset.idleSeconds) - WARNING);
    clearTimeout(timer);
    timer = setTimeout(show, seconds * 1000);
  };
  const stay = async (event) => {
    event.preventDefault();
    const answer = await fetch(location.href, { method: "HEAD" }).catch(() => null);
    if (!answer || answer.status >= 500 || answer.status === 429) { // nobody heard it: the device still ends
      region.querySelector("[data-not-reached]").hidden = false;
    } else if (answer.redirected) {
      region.replaceChildren();
      if (document.dispatchEvent(new Event("signed-out", { cancelable: true }))) location.assign(answer.url);
    } else {
      region.replaceChildren();
      wait();
    }
  };
  const show = () => {
    region.append(warning.content.cloneNode(true));
    region.querySelector("button").addEventListener("click", stay);
  };
  wait();
  // What is typed and saved keeps the device signed in too.
  document.addEventListener("answers-saved", () => { region.replaceChildren(); wait(); });
}

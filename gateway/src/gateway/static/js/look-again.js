// Looks again at a part of the page until it is known what came of what is on its way; the rest stays as it is.
import { waited } from "./waiting.js";

const said = document.querySelector("[data-look-again]");

while (said.querySelector("[data-on-its-way]")) {
  await waited(2);
  try {
    const answer = await fetch(location.href.split("#")[0]);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const news = page.getElementById(said.id);
    if (!news) break;
    said.replaceChildren(...news.childNodes);
  } catch { /* the network is away */ }
}

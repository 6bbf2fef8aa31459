// Looks again until it is known what came of the test mail; the fields of the page stay as they are.
import { waited } from "./waiting.js";

const said = document.getElementById("test-mail");

while (said.querySelector("[data-on-its-way]")) {
  await waited(2);
  try {
    const answer = await fetch(location.href.split("#")[0]);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const news = page.getElementById("test-mail");
    if (!news) break;
    said.replaceChildren(...news.childNodes);
  } catch { /* the network is away */ }
}

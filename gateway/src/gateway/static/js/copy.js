// Buttons that copy the text of another element; hidden where copying is not possible.
const said = document.getElementById("copied");

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
  button.classList.add("is-copied");
  setTimeout(() => button.classList.remove("is-copied"), 2000);
  if (said) {
    said.textContent = "";
    requestAnimationFrame(() => { said.textContent = button.dataset.copied; });
  }
}

if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      copy(button).catch(() => document.getElementById(button.dataset.copy).select?.());
    });
  }
}

// A file that is too large is told before it is sent; the server refuses it anyway.

for (const input of document.querySelectorAll("[data-most-bytes]")) {
  const words = document.getElementById("file-too-large");
  input.form.addEventListener("submit", (event) => {
    const [file] = event.submitter?.value === "remove" ? [] : input.files;
    words.hidden = !file || file.size <= Number(input.dataset.mostBytes);
    if (words.hidden) return;
    event.preventDefault();
    input.focus();
  });
}

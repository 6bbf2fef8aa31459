// "None of these" takes the other choices away, and any other takes it away.
for (const box of document.querySelectorAll("[data-alone]")) {
  const group = box.closest("fieldset");
  group.addEventListener("change", (event) => {
    if (!event.target.checked) return;
    for (const other of group.querySelectorAll("input[type=checkbox]")) {
      if (other !== event.target && (event.target === box || other === box)) other.checked = false;
    }
  });
}

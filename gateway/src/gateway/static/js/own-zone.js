// Chooses the browser's own time zone where none is chosen yet; the server knows what older browsers call it.
for (const none of document.querySelectorAll("option[data-own-zone]:checked")) {
  const { timeZone: own } = Intl.DateTimeFormat().resolvedOptions();
  if (own) {
    const select = none.closest("select");
    if (![...select.options].some((option) => option.value === own)) select.add(new Option(own, own));
    none.defaultSelected = false;
    select.value = own;
    select.selectedOptions[0].defaultSelected = true; // nobody has chosen it
  }
}

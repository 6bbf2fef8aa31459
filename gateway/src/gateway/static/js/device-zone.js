// Offers the device's own zone where times are shown in another; a chosen zone needs no button.
for (const form of document.querySelectorAll("[data-zone-form]")) {
  const select = form.elements.tz;
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const offer = form.querySelector("[data-device-zone]");
  const known = [...select.options].some((option) => option.value === own);
  if (known && own !== select.value) {
    offer.hidden = false;
    offer.addEventListener("click", () => { select.value = own; });
  }
}

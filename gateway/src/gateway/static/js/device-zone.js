// Offers the device's own zone where times are shown in another; a chosen zone needs no button.
// Browsers call some zones by older names than the list does: the server knows them all.
const HALF_A_YEAR = 182 * 24 * 3600 * 1000;

function wallTimes(zone) {
  const parts = { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" };
  const clock = new Intl.DateTimeFormat("en-GB", parts);
  return [0, HALF_A_YEAR].map((later) => clock.format(Date.now() + later)).join();
}

function sameClock(one, other) {
  try {
    return one === other || wallTimes(one) === wallTimes(other);
  } catch {
    return false;
  }
}

for (const form of document.querySelectorAll("[data-zone-form]")) {
  const select = form.elements.tz;
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const offer = form.querySelector("[data-device-zone]");
  if (own && !sameClock(own, select.value)) {
    offer.hidden = false;
    offer.addEventListener("click", () => {
      if (![...select.options].some((option) => option.value === own)) select.add(new Option(own, own));
      select.value = own;
    });
  }
}

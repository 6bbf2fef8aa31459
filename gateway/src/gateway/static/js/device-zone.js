// Offers the device's own zone where times are shown in another.
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

// As the list of zones calls it; else the last part of its name.
function cityOf(zone) {
  const option = [...document.querySelectorAll("#field-tz option")].find((one) => one.value === zone);
  return option ? option.textContent.replace(/ \(.*\)$/, "") : zone.split("/").pop().replaceAll("_", " ");
}

const { timeZone: own } = Intl.DateTimeFormat().resolvedOptions();
for (const link of document.querySelectorAll("[data-device-zone]")) {
  // Whose zone is known is not led to the choice among all.
  link.nextElementSibling.hidden = Boolean(own);
  const { deviceZone: shown, ownZone: clients, deviceText: text, deviceAddress: address } = link.dataset;
  const isOffered = shown !== clients && sameClock(own, clients);
  if (own && !sameClock(own, shown) && !isOffered) {
    link.textContent = text.replace("CITY", cityOf(own));
    link.href = address.replace("tz=ZONE", `tz=${encodeURIComponent(own)}`);
    link.hidden = false;
  }
}

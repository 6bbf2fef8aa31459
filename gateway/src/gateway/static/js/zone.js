// Says so when the device's clock differs from the zone in which times are shown.
function wallTime(zone) {
  const parts = { hour: "2-digit", minute: "2-digit", day: "2-digit", timeZone: zone };
  return new Intl.DateTimeFormat("en-GB", parts).format(new Date());
}

for (const note of document.querySelectorAll("[data-zone-note]")) {
  try {
    const differs = wallTime(note.dataset.zoneNote) !== wallTime(undefined);
    note.querySelector("[data-zone-differs]").hidden = !differs;
  } catch {
    // A zone that this browser does not know: nothing is said.
  }
}

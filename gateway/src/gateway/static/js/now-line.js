// The line of the present time goes on; on the next day there is none until the page is asked for anew.
const MINUTE = 60_000;
const line = document.querySelector("[data-now]");
const zone = document.querySelector("[data-columns]")?.dataset.zone;

function wall() {
  const form = new Intl.DateTimeFormat("en-GB", { timeZone: zone, dateStyle: "short", timeStyle: "short" });
  const [date, clock] = form.format(new Date()).split(", ");
  const [hour, minute] = clock.split(":").map(Number);
  return { date, hour, part: minute - (minute % 5) };
}

if (line) {
  const begun = wall().date;
  setInterval(() => {
    const { date, hour, part } = wall();
    line.hidden = date !== begun;
    line.className = `now-line at-h${hour}${part ? ` at-m${part}` : ""} for-m5`;
  }, MINUTE);
}

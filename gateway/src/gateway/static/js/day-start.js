// A day that is shown from long before its hours begins, on the screen, where they do.
const days = document.querySelector("[data-columns]");
const hours = days ? [...days.querySelectorAll(".open")].map((one) => one.getBoundingClientRect()) : [];
const LEAST = 200; // pixels of night that are worth passing over
const MARGIN = 120; // pixels left above, for the names of the days

if (hours.length && !location.hash && scrollY === 0) {
  const first = Math.min(...hours.map((one) => one.top));
  const night = first - days.querySelector(".column").getBoundingClientRect().top;
  if (night > LEAST) scrollTo({ top: first - MARGIN, behavior: "instant" });
}

// The choice of appearance takes effect at once; the server remembers it.
for (const form of document.querySelectorAll("[data-theme-form]")) {
  form.addEventListener("submit", (event) => {
    const chosen = event.submitter;
    if (!chosen) return;
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form));
    body.set("theme", chosen.value);
    document.documentElement.dataset.theme = chosen.value;
    const scheme = chosen.value === "system" ? "light dark" : chosen.value;
    document.querySelector("meta[name=color-scheme]").content = scheme;
    for (const segment of form.querySelectorAll("[name=theme]")) {
      segment.setAttribute("aria-pressed", String(segment === chosen));
    }
    fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => {});
  });
}

// What stands in a section's fields, as answers; what is none is null, as the server takes it.
const NUMBER = /^[+-]?\d+([.,]\d+)?$/;

function number(text) {
  const plain = text.trim().replace("−", "-");
  return NUMBER.test(plain) ? Number(plain.replace(",", ".")) : null;
}

function day(parts) {
  const [inMonth, month, year] = ["day", "month", "year"].map((part) => (parts[part] ?? "").trim());
  if (!/^\d{4}$/.test(year) || ![inMonth, month].every((one) => /^\d{1,2}$/.test(one))) return null;
  const written = `${year}-${month.padStart(2, "0")}-${inMonth.padStart(2, "0")}`;
  const found = new Date(`${written}T00:00:00Z`);
  return !Number.isNaN(found.valueOf()) && found.toISOString().startsWith(written) ? written : null;
}

const filled = (parts) => Object.fromEntries(Object.entries(parts).filter(([, text]) => text.trim()));
const whole = (parts) => (Object.keys(filled(parts)).length ? filled(parts) : null);
const chosen = (parts) => Object.keys(parts).filter((part) => parts[part] === "yes");

const READ = {
  number: (text) => number(text),
  scale: (text) => number(text),
  date: (_text, parts) => day(parts),
  yes_no: (text) => (text ? text === "yes" : null),
  consent: (text) => (text === "yes" ? true : null),
  choices: (_text, parts) => (chosen(parts).length ? chosen(parts) : null),
  matrix: (_text, parts) => whole(parts),
  address: (_text, parts) => whole(parts),
};

// `kinds`: by id; `prefix`: what the fields' names begin with.
export function typedAnswers(form, prefix, kinds) {
  const fields = {};
  for (const [name, text] of new FormData(form)) {
    const [id, part = ""] = name.slice(prefix.length).split(".");
    if (name.startsWith(prefix)) (fields[id] ??= {})[part] = text;
  }
  return Object.fromEntries(Object.entries(kinds).map(([id, kind]) => {
    const { "": text = "", ...parts } = fields[id] ?? {};
    return [id, READ[kind] ? READ[kind](text, parts) : text.trim() || null];
  }));
}

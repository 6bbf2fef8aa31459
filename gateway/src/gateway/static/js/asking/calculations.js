// Values calculated of others, step by step as the server does it.
const LARGEST = 1e15;
const OPERATIONS = {
  sum: (terms) => terms.reduce((one, other) => one + other),
  difference: (terms) => terms.reduce((one, other) => one - other),
  product: (terms) => terms.reduce((one, other) => one * other),
  quotient: (terms) => terms.reduce((one, other) => one / other),
  mean: (terms) => OPERATIONS.sum(terms) / terms.length,
};

function age(born, today) {
  if (typeof born !== "string" || born > today) return null;
  const [[year, ...day], [thisYear, ...thisDay]] = [born, today].map((one) => one.split("-"));
  return thisYear - year - (thisDay.join("-") < day.join("-") ? 1 : 0);
}

// A term is an item, a number or a calculation; null where it has no value.
export function valueOf(term, answerOf, today) {
  if (typeof term === "number") return term;
  if (typeof term === "string") {
    const answer = answerOf(term);
    return typeof answer === "number" ? answer : null;
  }
  if (term.operator === "age") return age(answerOf(term.of[0]), today);
  const terms = term.of.map((one) => valueOf(one, answerOf, today));
  if (!terms.length || terms.includes(null)) return null;
  const value = OPERATIONS[term.operator](terms);
  return Math.abs(value) <= LARGEST ? value : null;
}

export const rounded = (value, decimals) => Math.floor(value * 10 ** decimals + 0.5) / 10 ** decimals;

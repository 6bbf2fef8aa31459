// What of a section is asked, given the answers on its page; `rules` are those of `web/live_rules.py`.
import { rounded, valueOf } from "./calculations.js";
import { holds } from "./conditions.js";

function part(answer, row) {
  if (answer === null || answer === undefined) return null;
  if (row) return answer[row] ?? null;
  return typeof answer === "object" && !Array.isArray(answer) ? Object.keys(answer)[0] ?? null : answer;
}

// `hidden`: ids that were hidden until now. Once more until nothing changes: a question may follow from later ones.
export function asked({ questions, known, today }, answers, hidden = []) {
  const [ids, values] = [Object.keys(questions), {}];
  let now = new Set(hidden);
  const answerOf = (item) => {
    const [id, row] = item.split(".");
    if (item in known) return known[item];
    if (now.has(id)) return null;
    return questions[id]?.calculation ? values[id] ?? null : part(answers[id], row);
  };
  for (let round = 0; round <= ids.length; round += 1) {
    const before = JSON.stringify([[...now], values]);
    for (const id of ids) {
      const { shown_when: shownWhen, calculation, decimals } = questions[id];
      if (shownWhen) now[holds(shownWhen, answerOf) ? "delete" : "add"](id);
      const value = calculation && !now.has(id) ? valueOf(calculation, answerOf, today) : null;
      values[id] = value === null || value === undefined ? null : rounded(value, decimals);
    }
    if (JSON.stringify([[...now], values]) === before) break;
  }
  const required = ids.filter((id) => questions[id].required_when && holds(questions[id].required_when, answerOf));
  const calculated = Object.fromEntries(ids.filter((id) => questions[id].calculation).map((id) => [id, values[id]]));
  return { hidden: ids.filter((id) => now.has(id)), required, calculated };
}

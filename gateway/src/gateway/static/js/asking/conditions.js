// Whether a condition holds. `answerOf`: an item's answer, null without one.
const isOne = (answer, value) => (Array.isArray(answer) ? answer.includes(value) : answer === value);
const isNumber = (answer) => typeof answer === "number";
const isText = (answer) => typeof answer === "string";

const COMPARE = {
  is: (answer, [value]) => isOne(answer, value),
  is_not: (answer, [value]) => !isOne(answer, value),
  any_of: (answer, values) => values.some((value) => isOne(answer, value)),
  at_least: (answer, [limit]) => isNumber(answer) && answer >= limit,
  at_most: (answer, [limit]) => isNumber(answer) && answer <= limit,
  before: (answer, [other]) => isText(answer) && answer < other,
  after: (answer, [other]) => isText(answer) && answer > other,
  answered: () => true,
};

export function holds(condition, answerOf) {
  if (condition.operator === "all") return condition.of.every((one) => holds(one, answerOf));
  if (condition.operator === "any") return condition.of.some((one) => holds(one, answerOf));
  const answer = answerOf(condition.item);
  if (condition.operator === "not_answered") return answer === null;
  return answer !== null && COMPARE[condition.operator](answer, condition.values);
}

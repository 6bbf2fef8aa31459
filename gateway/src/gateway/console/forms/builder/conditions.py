"""Conditions between their tree and the fields of a page.

A condition on top joins others by all or any: ``shown_when.join``. Each of them is a row
``shown_when.0`` that compares an item, or a group that joins rows of its own in turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from gateway.console.forms.builder.items import Answered, Item, item_of, operators_of
from gateway.console.forms.builder.typed_parts import Reader, Texts, number_text
from gateway.words.wall_time import read_date
from portal_contracts.forms.rpc.conditions import (
    DEEPEST,
    JOINING,
    Condition,
    ConditionOperator,
    Value,
)
from portal_contracts.forms.rpc.filling import NO, YES
from portal_contracts.forms.rpc.questions import LONGEST_LABEL

_ALL: Final = ConditionOperator.ALL
_WITHOUT_VALUE: Final = (ConditionOperator.ANSWERED, ConditionOperator.NOT_ANSWERED)
_BY_NUMBER: Final = (ConditionOperator.AT_LEAST, ConditionOperator.AT_MOST)


class ShownRow(NamedTuple):
    """A row of a condition, or with `rows` a group of them, as a page shows it.

    `name` is that of its fields. Of a row whose question is not chosen yet `item` is None.
    """

    name: str
    item: Item | None
    operators: Sequence[ConditionOperator]
    rows: list[ShownRow] | None = None


def texts_of_condition(name: str, condition: Condition | None) -> Texts:
    """The fields of a condition called `name`; none of one that is not there."""
    if condition is None:
        return {}
    if condition.operator not in JOINING:
        condition = Condition(operator=_ALL, of=[condition])
    texts = {f"{name}.join": condition.operator.value}
    for at, one in enumerate(condition.of):
        row = f"{name}.{at}"
        texts |= texts_of_condition(row, one) if one.operator in JOINING else _row(row, one)
    return texts


def _row(name: str, one: Condition) -> Texts:
    operator = ConditionOperator.IS if one.operator is ConditionOperator.ANY_OF else one.operator
    texts = {
        f"{name}.item": one.item or "",
        f"{name}.for": one.item or "",
        f"{name}.operator": operator.value,
    }
    for value in one.values:
        if isinstance(value, bool):
            texts[f"{name}.value"] = YES if value else NO
        elif isinstance(value, (int, float)):
            texts[f"{name}.value"] = number_text(value)
        else:
            texts[f"{name}.value"] = value
            texts[f"{name}.value.{value}"] = YES
    return texts


def read_condition(
    reader: Reader, name: str, items: Sequence[Item], depth: int = 1
) -> Condition | None:
    """The condition that was typed under `name`; None where no row has a question."""
    joined = ConditionOperator.ANY if reader.texts.get(f"{name}.join") == "any" else _ALL
    found: list[Condition] = []
    for at in reader.row_numbers(name):
        row = f"{name}.{at}"
        if f"{row}.join" in reader.texts and depth < DEEPEST:
            group = read_condition(reader, row, items, depth + 1)
        else:
            group = _read_row(reader, row, items)
        if group is not None:
            found.append(group)
    if not found:
        return None
    if depth == 1 and len(found) == 1 and found[0].operator not in JOINING:
        return found[0]
    return Condition(operator=joined, of=found)


def _read_row(reader: Reader, name: str, items: Sequence[Item]) -> Condition | None:
    """One comparison; what was typed for another question than the one chosen does not count."""
    chosen = reader.texts.get(f"{name}.item", "")
    item = item_of(items, chosen)
    if item is None:
        return None
    operators = operators_of(item)
    same = reader.texts.get(f"{name}.for") == chosen
    typed = reader.texts.get(f"{name}.operator", "") if same else ""
    operator = next((one for one in operators if one.value == typed), operators[0])
    values = _values(reader, name, item, operator) if same else _first_values(item)
    if operator is ConditionOperator.IS and len(values) > 1:
        operator = ConditionOperator.ANY_OF
    return Condition(operator=operator, item=item.name, values=values)


def _first_values(item: Item) -> list[Value]:
    """What a row shows first, where one of two has to be chosen."""
    return [True] if item.by is Answered.TRUTH else []


def _values(reader: Reader, name: str, item: Item, operator: ConditionOperator) -> list[Value]:
    if operator in _WITHOUT_VALUE:
        return []
    text = reader.texts.get(f"{name}.value", "")
    if item.by is Answered.NUMBER or operator in _BY_NUMBER:
        number = reader.number(f"{name}.value")
        return [] if number is None else [number]
    if item.by is Answered.CHOICE:
        ticked = [one.code for one in item.choices if reader.texts.get(f"{name}.value.{one.code}")]
        return list(ticked[:1] if operator is ConditionOperator.IS_NOT else ticked)
    if item.by is Answered.TRUTH:
        return [text == YES] if text else []
    if item.by is Answered.DATE:
        day = read_date(text)
        if text and day is None:
            reader.errors[f"{name}.value"] = "date_invalid"
        return [day.isoformat()] if day else []
    found = reader.line(f"{name}.value", LONGEST_LABEL)
    return [found] if found else []


def shown_condition(texts: Texts, name: str, items: Sequence[Item]) -> ShownRow:
    """A condition as its fields stand, with each row's question and how it may be compared."""
    return ShownRow(name, None, (), _shown_rows(Reader(texts), name, items))


def _shown_rows(reader: Reader, name: str, items: Sequence[Item]) -> list[ShownRow]:
    rows = []
    for at in reader.row_numbers(name):
        row = f"{name}.{at}"
        if f"{row}.join" in reader.texts:
            rows.append(ShownRow(row, None, (), _shown_rows(reader, row, items)))
        else:
            item = item_of(items, reader.texts.get(f"{row}.item", ""))
            rows.append(ShownRow(row, item, operators_of(item) if item else ()))
    return rows


def changed_condition(texts: Texts, name: str, act: str) -> Texts:
    """`texts` once a row or a group was added to the condition ``name``, or ``name`` taken away."""
    if act == "remove":
        return {
            field: text
            for field, text in texts.items()
            if field != name and not field.startswith(f"{name}.")
        }
    at = max(Reader(texts).row_numbers(name), default=-1) + 1
    added = f"{name}.{at}"
    texts = {f"{name}.join": _ALL.value} | texts
    if act == "group":
        joined = {f"{added}.join": ConditionOperator.ANY.value}
        return texts | joined | {f"{added}.{row}.item": "" for row in range(2)}
    return texts | {f"{added}.item": ""}

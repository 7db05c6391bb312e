"""Items to and from files: CSV, JSON, DynamoDB JSON. Text in, items with their lines out, and back.

Pure. What cannot be read is told with its line; whether an item is allowed is DynamoDB's rule.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from console.pages import jsontext
from console.pages.items import attributes, plainjson
from console.pages.items.attributes import Attribute, Value

CSV, JSON, DYNAMODB = "csv", "json", "dynamodb"
SUFFIXES: Final = {CSV: "csv", JSON: "json", DYNAMODB: "ddb.json"}
MOST_ITEMS: Final = 10_000
MOST_BYTES: Final = 5 * 1024 * 1024
_MOST_COMPLAINTS: Final = 100
_TYPED: Final = re.compile(rf"(.+) \(({'|'.join(attributes.TYPES)})\)")
_EMPTY: Final = '""'
"""How an empty string is written in CSV: an empty cell says that there is no attribute."""

Item = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Placed:
    """An item and the line it came from."""

    line: int
    item: Item


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with a line."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a file holds; `complaints` are the first hundred."""

    items: tuple[Placed, ...]
    complaints: tuple[Complaint, ...]


def parse(form: str, text: str, key: Mapping[str, str]) -> Parsed:
    """Read a file; `key` are the types of the table's key attributes, for CSV without types."""
    items: list[Placed] = []
    complaints: list[Complaint] = []
    for one in _rows(text, key) if form == CSV else _documents(text, form):
        if isinstance(one, Complaint):
            complaints.append(one)
        elif len(items) == MOST_ITEMS:
            complaints.append(Complaint(one.line, f"More than {MOST_ITEMS:,} items."))
            break
        else:
            items.append(one)
        if len(complaints) == _MOST_COMPLAINTS:
            break
    return Parsed(tuple(items), tuple(complaints))


def write(form: str, items: Sequence[Item], keys: Sequence[str]) -> str:
    """Write items as a file; in CSV the columns of `keys` come first."""
    if form == CSV:
        return _table(items, keys)
    if form == JSON:
        return "[\n" + ",\n".join(plainjson.write(one) for one in items) + "\n]\n"
    return "".join(json.dumps({"Item": one}, ensure_ascii=False) + "\n" for one in items)


def _table(items: Sequence[Item], keys: Sequence[str]) -> str:
    columns: dict[tuple[str, str], None] = {}
    for item in items:
        columns |= {(name, next(iter(value))): None for name, value in item.items()}
    order = sorted(columns, key=lambda one: (one[0] not in keys, one[0], one[1]))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([f"{name} ({kind})" for name, kind in order])
    for item in items:
        writer.writerow([_cell(item.get(name), kind) for name, kind in order])
    return out.getvalue()


def _cell(value: Value | None, kind: str) -> str:
    if value is None or kind not in value:
        return ""
    if kind == "NULL":
        return "null"
    text = attributes.typed_text(value)
    return _EMPTY if kind == "S" and text in ("", _EMPTY) else text


def _rows(text: str, key: Mapping[str, str]) -> Iterator[Placed | Complaint]:
    csv.field_size_limit(MOST_BYTES)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        columns = [_column(one, key) for one in next(reader, [])]
        if not columns:
            yield Complaint(1, "The first line names the attributes.")
        for cells in reader:
            if not any(cells):
                continue
            if len(cells) > len(columns):
                yield Complaint(reader.line_num, f"{len(cells)} cells under {len(columns)} names.")
                continue
            yield _row(reader.line_num, columns, cells)
    except csv.Error as error:
        yield Complaint(reader.line_num, f"Not CSV: {error}.")


def _column(text: str, key: Mapping[str, str]) -> tuple[str, str]:
    found = _TYPED.fullmatch(text.strip())
    if found:
        return found[1], found[2]
    name = text.strip().removeprefix("\ufeff")
    return name, key.get(name, "S")


def _row(line: int, columns: Sequence[tuple[str, str]], cells: Iterable[str]) -> Placed | Complaint:
    item: Item = {}
    for (name, kind), cell in zip(columns, cells, strict=False):
        if cell == "":
            continue
        text = "" if kind == "S" and cell == _EMPTY else cell
        try:
            item[name] = attributes.value_of(Attribute(name, kind, text))
        except ValueError as error:
            return Complaint(line, f"{name}: {error}")
    return Placed(line, item)


def _documents(text: str, form: str) -> Iterator[Placed | Complaint]:
    """Read objects: in a list, or one after another as JSON lines have them."""
    reader = plainjson.decoder() if form == JSON else json.JSONDecoder()
    place, listed = _skip(text, 0), False
    if text[place : place + 1] in ("[", "\ufeff"):
        listed, place = text[place] == "[", _skip(text, place + 1)
    line, counted = 1, 0
    while place < len(text) and not (listed and text[place] == "]"):
        line, counted = line + text.count("\n", counted, place), place
        try:
            value, place = reader.raw_decode(text, place)
        except json.JSONDecodeError as error:
            yield Complaint(error.lineno, f"Not JSON: {error.msg} at column {error.colno}.")
            return
        except (ValueError, RecursionError) as error:
            yield Complaint(line, str(error))
            return
        yield from _items(value, form, line)
        place = _skip(text, place)
        if text[place : place + 1] == ",":
            place = _skip(text, place + 1)


def _items(value: Any, form: str, line: int) -> Iterator[Placed | Complaint]:
    if form == DYNAMODB and isinstance(value, dict) and isinstance(value.get("Items"), list):
        for one in value["Items"]:
            yield from _items(one, form, line)
        return
    if form == DYNAMODB and isinstance(value, dict) and list(value) == ["Item"]:
        value = value["Item"]
    try:
        jsontext.check_text(value)
        if form == JSON:
            yield Placed(line, plainjson.item_of(value))
        elif isinstance(value, dict) and all(isinstance(one, dict) for one in value.values()):
            yield Placed(line, value)
        else:
            yield Complaint(line, 'Each value needs its type: {"id": {"S": "A-17"}}')
    except ValueError as error:
        yield Complaint(line, str(error))
    except RecursionError:
        yield Complaint(line, "Lists and maps lie too deep in each other.")


def _skip(text: str, place: int) -> int:
    while place < len(text) and text[place].isspace():
        place += 1
    return place

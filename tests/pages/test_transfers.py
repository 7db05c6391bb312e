"""Files of items: what is written reads back; what cannot be read is told with its line."""

from __future__ import annotations

import json
from typing import Any

import pytest

from console.pages.items import files as transfers
from console.pages.items import plainjson

KEY = {"id": "S", "at": "N"}
ALL_TYPES: dict[str, Any] = {
    "id": {"S": 'A, "1"\nB'},
    "at": {"N": "12345678901234567890.123456789"},
    "bin": {"B": "AAE="},
    "yes": {"BOOL": True},
    "none": {"NULL": True},
    "names": {"SS": ["a", "b"]},
    "numbers": {"NS": ["1", "2"]},
    "bins": {"BS": ["AA=="]},
    "list": {"L": [{"M": {"q": {"N": "2"}}}, {"S": "x"}]},
    "map": {"M": {"a": {"L": []}, "b": {"M": {}}}},
    "empty": {"S": ""},
}


@pytest.mark.parametrize("form", [transfers.CSV, transfers.DYNAMODB])
def test_every_type_survives_a_download_and_an_import(form: str) -> None:
    text = transfers.write(form, [ALL_TYPES, {"id": {"S": "B"}, "at": {"N": "1"}}], ["id"])

    parsed = transfers.parse(form, text, KEY)

    assert not parsed.complaints
    assert [one.item for one in parsed.items] == [ALL_TYPES, {"id": {"S": "B"}, "at": {"N": "1"}}]


def test_plain_json_keeps_every_digit() -> None:
    item = {name: ALL_TYPES[name] for name in ("id", "at", "yes", "none", "list", "map", "empty")}

    text = transfers.write(transfers.JSON, [item], ["id"])

    assert "12345678901234567890.123456789" in text
    assert transfers.parse(transfers.JSON, text, KEY).items[0].item == item


def test_plain_json_keeps_sets_and_binaries_of_an_older_item() -> None:
    document = plainjson.decoder().decode(plainjson.write(ALL_TYPES, indent=2))

    assert plainjson.item_of(document, ALL_TYPES) == ALL_TYPES
    assert plainjson.item_of(document)["names"] == {"L": [{"S": "a"}, {"S": "b"}]}


def test_csv_without_types_takes_keys_from_the_table_and_strings_else() -> None:
    parsed = transfers.parse(transfers.CSV, "id,at,note\nA,7,9\n", KEY)

    assert parsed.items[0].item == {"id": {"S": "A"}, "at": {"N": "7"}, "note": {"S": "9"}}


def test_json_is_read_from_lists_and_from_lines() -> None:
    lines = transfers.parse(transfers.JSON, '{"id": "A"}\n\n{"id": "B"}\n', KEY)
    listed = transfers.parse(transfers.JSON, '[\n{"id": "A"},\n{"id": "B"}\n]', KEY)

    assert [(one.line, one.item["id"]["S"]) for one in lines.items] == [(1, "A"), (3, "B")]
    assert [(one.line, one.item["id"]["S"]) for one in listed.items] == [(2, "A"), (3, "B")]


def test_dynamodb_json_is_read_as_exported_bare_and_as_answers_of_scans() -> None:
    item = {"id": {"S": "A"}}
    for document in ({"Item": item}, item, {"Items": [item]}):
        parsed = transfers.parse(transfers.DYNAMODB, json.dumps(document), KEY)
        assert [one.item for one in parsed.items] == [item]


@pytest.mark.parametrize(
    ("form", "text", "line", "said"),
    [
        (transfers.CSV, "id (S),x (BOOL)\nA,true\nB,perhaps\n", 3, "x: Type true or false."),
        (transfers.CSV, "id\nA,B\n", 2, "2 cells under 1 names."),
        (transfers.CSV, 'id\n"A', 2, "Not CSV"),
        (transfers.CSV, "", 1, "The first line names the attributes."),
        (transfers.JSON, '{"id": "A"}\n{"id": ', 2, "Not JSON"),
        (transfers.JSON, '{"id": "A"}\n[1]', 2, "An item is a JSON object"),
        (transfers.JSON, '{"id": NaN}', 1, "NaN is no JSON."),
        (transfers.JSON, '{"id": "A", "id": "B"}', 1, "The name id is there twice."),
        (transfers.DYNAMODB, '{"id": "A"}', 1, "Each value needs its type"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(
    form: str, text: str, line: int, said: str
) -> None:
    (complaint,) = transfers.parse(form, text, KEY).complaints

    assert complaint.line == line
    assert said in complaint.message


def test_no_more_items_are_read_than_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfers, "MOST_ITEMS", 2)

    parsed = transfers.parse(transfers.JSON, '{"a": 1}\n' * 3, KEY)

    assert len(parsed.items) == 2
    assert parsed.complaints[0].message == "More than 2 items."


def test_brackets_without_end_are_refused() -> None:
    parsed = transfers.parse(transfers.JSON, '{"a": ' + "[" * 100_000, KEY)

    assert parsed.complaints

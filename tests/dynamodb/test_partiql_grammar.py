"""Statements are read in linear time into the trees of expressions, or refused where they go wrong."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from console.aws.errors import AwsError
from triggers.dynamodb.expressions.conditions import holds
from triggers.dynamodb.expressions.nodes import Path
from triggers.dynamodb.partiql.nodes import Delete, Insert, Order, Select, Update
from triggers.dynamodb.partiql.parser import parse
from triggers.dynamodb.values import check_item

ITEM = check_item(
    {
        "s": {"S": "it's"},
        "n": {"N": "5"},
        "b": {"BOOL": True},
        "nothing": {"NULL": True},
        "set": {"NS": ["1", "2"]},
        "m": {"M": {"l": {"L": [{"S": "x"}, {"N": "7"}]}}},
    }
)


def test_a_select_has_all_its_parts() -> None:
    select = parse('select a, "b c".d[1] FROM "T.x"."I" WHERE p = \'1\' ORDER BY r DESC, p')

    assert isinstance(select, Select)
    assert (select.table, select.index) == ("T.x", "I")
    assert select.projection == (Path(("a",)), Path(("b c", "d", 1)))
    assert select.order == (Order("r", True), Order("p", False))


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("s = 'it''s'", True),
        ("'it''s' = s", True),
        ("n <> 5", False),
        ("n != 4.0", True),
        ("n > 4 AND n >= 5 AND n < 6 AND n <= 5", True),
        ("n = 4 OR n = 5 AND b = true", True),
        ("(n = 4 OR n = 5) AND b = false", False),
        ("NOT n = 4", True),
        ("n BETWEEN 4 AND 5", True),
        ("n IN [4, 5]", True),
        ("n IN (4, 6)", False),
        ("missing IS MISSING", True),
        ("n IS NOT MISSING", True),
        ("nothing IS NULL", True),
        ("n IS NOT NULL", True),
        ("begins_with(s, 'it')", True),
        ('contains("set", 2)', True),
        ("attribute_type(n, 'N')", True),
        ("size(s) = 4", True),
        ("m.l[1] = 7", True),
        ("m = {'l': ['x', 7]}", True),
        ('"set" = <<2, 1>>', True),
        ("n = ? AND s = ?", True),
        ("n > -1.5e0", True),
    ],
)
def test_a_condition_is_judged(where: str, expected: bool) -> None:
    parameters = [{"N": "5"}, {"S": "it's"}] if "?" in where else []
    select = parse(f"SELECT * FROM T WHERE {where}", parameters)

    assert isinstance(select, Select)
    assert select.where is not None
    assert holds(select.where, ITEM) is expected


def test_an_insert_holds_every_type() -> None:
    insert = parse(
        "INSERT INTO \"T\" VALUE {'s': 'a', 'n': -1.50, 'b': true, 'z': null, 'l': [1, ['x']], "
        "'m': {'k': ?}, 'ss': <<'b', 'a'>>}",
        [{"B": "YQ=="}],
    )

    assert insert == Insert(
        "T",
        {
            "s": {"S": "a"},
            "n": {"N": "-1.5"},
            "b": {"BOOL": True},
            "z": {"NULL": True},
            "l": {"L": [{"N": "1"}, {"L": [{"S": "x"}]}]},
            "m": {"M": {"k": {"B": "YQ=="}}},
            "ss": {"SS": ["a", "b"]},
        },
    )


def test_an_update_has_several_actions() -> None:
    update = parse(
        'UPDATE T SET a = 1 SET b = n + 1, c = list_append(l, [1]) SET "set" = set_add("set", <<3>>) '
        "REMOVE d.e[0] WHERE p = 'x' RETURNING MODIFIED NEW *"
    )

    assert isinstance(update, Update)
    assert [(one.section, one.path.parts) for one in update.actions] == [
        ("SET", ("a",)),
        ("SET", ("b",)),
        ("SET", ("c",)),
        ("ADD", ("set",)),
        ("REMOVE", ("d", "e", 0)),
    ]
    assert update.returning == "UPDATED_NEW"


def test_a_delete_can_return_what_was_there() -> None:
    delete = parse("DELETE FROM T WHERE p = 'x' RETURNING ALL OLD *")

    assert isinstance(delete, Delete)
    assert delete.returning == "ALL_OLD"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Unexpected end of statement at 1:1"),
        ("DROP TABLE T", "Unexpected token 'DROP' at 1:1"),
        ("SELECT * FROM T WHERE", "Unexpected end of statement at 1:22"),
        ("SELECT * FROM T WHERE a = = 1", "Unexpected token '=' at 1:27"),
        ("SELECT * FROM T extra", "Unexpected token 'extra' at 1:17"),
        ("SELECT * FROM T WHERE a = 'open", 'Unexpected token "\'" at 1:27'),
        ("UPDATE T SET a = 1", "Expected WHERE clause"),
        ("DELETE FROM T", "Expected WHERE clause"),
        ("INSERT INTO T VALUE {'a' 1}", "Unexpected token '1' at 1:26"),
        ("INSERT INTO T VALUE {'a': <<>>}", "A set holds"),
        ("INSERT INTO T VALUE {'a': <<1, 'b'>>}", "A set holds"),
        ("DELETE FROM T WHERE p = 1 RETURNING ALL NEW *", "DELETE returns ALL OLD"),
        ("UPDATE T SET a = set_add(b, <<1>>) WHERE p = 1", "need their own attribute"),
        ("SELECT * FROM T WHERE " + "(" * 200 + "a = 1", "nested too deeply"),
        ("INSERT INTO T VALUE {'a': " + "[" * 200, "nested too deeply"),
        ("SELECT a[9999999999] FROM T", "List index is not within the allowable range"),
    ],
)
def test_a_malformed_statement_is_refused(text: str, message: str) -> None:
    with pytest.raises(AwsError) as refused:
        parse(text)

    assert refused.value.code == "ValidationException"
    assert refused.value.message.startswith("Statement wasn't well formed, can't be processed: ")
    assert message in refused.value.message


@pytest.mark.parametrize("parameters", [[], [{"N": "1"}, {"N": "2"}]])
def test_parameters_are_counted(parameters: list[dict[str, Any]]) -> None:
    with pytest.raises(AwsError) as refused:
        parse("SELECT * FROM T WHERE a = ?", parameters)

    assert refused.value.message == "Number of parameters in request and statement don't match."


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM T WHERE " + " AND ".join(["a = 1"] * 800),
        "SELECT * FROM T WHERE " + "NOT " * 1900 + "a = 1",
        "SELECT * FROM T WHERE " + "(" * 8000,
        "INSERT INTO T VALUE {'a': '" + "''" * 4000,
        '"' * 8001,
    ],
)
def test_long_statements_take_no_time(text: str) -> None:
    with suppress(AwsError):
        parse(text)

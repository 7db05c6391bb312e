"""Whatever text comes as an expression, the answer is a tree or a refusal in AWS's words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from console.aws.errors import AwsError
from triggers.dynamodb.expressions.conditions import holds
from triggers.dynamodb.expressions.keyconditions import stretch
from triggers.dynamodb.expressions.request import Expressions
from triggers.dynamodb.keys import KeySchema

WORDS = """
AND OR NOT IN BETWEEN SET REMOVE ADD DELETE ( ) [ ] 0 1 , . + - = <> < <= > >= a b #a :a :n
size begins_with contains attribute_exists attribute_type if_not_exists list_append a.b a[0]
$ ' " ä status
"""
ITEM = {"a": {"S": "x"}, "b": {"L": [{"N": "1"}]}}
texts = st.one_of(
    st.text(max_size=40), st.lists(st.sampled_from(WORDS.split()), max_size=14).map(" ".join)
)
conditions = st.recursive(
    st.sampled_from(
        ["a = :a", "b[0] < :n", "attribute_exists(a.b)", "contains(b, :n)", "size(a) > :n"]
    ),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" AND ", " OR "]), inner).map("".join),
        inner.map(lambda text: f"NOT {text}"),
        st.tuples(inner, inner).map(lambda two: f"({two[0]} OR {two[1]})"),
    ),
    max_leaves=12,
)


def bind(kind: str, text: str) -> Expressions:
    names = {"#a": "a"} if "#a" in text else None
    values = {
        name: value for name, value in ((":a", {"S": "x"}), (":n", {"N": "0"})) if name in text
    }
    return Expressions(**{kind: text}, names=names, values=values or None)


@given(texts, st.sampled_from(["condition", "filter", "projection", "update", "key_condition"]))
def test_any_text_is_bound_or_refused(text: str, kind: str) -> None:
    try:
        bound = bind(kind, text).bind()
        if bound.condition is not None:
            assert holds(bound.condition, ITEM) in (True, False)
        if bound.update is not None:
            bound.update.apply(ITEM)
        if bound.key_condition is not None:
            stretch(KeySchema("a", "S", "b", "N"), bound.key_condition)
    except AwsError as error:
        assert error.code == "ValidationException"  # noqa: PT017 - either way is right


@given(conditions)
def test_well_formed_conditions_are_judged(text: str) -> None:
    condition = bind("condition", text).bind().condition

    assert condition is not None
    holds(condition, ITEM)

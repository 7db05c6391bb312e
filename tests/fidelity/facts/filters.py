"""Filter patterns of event source mappings."""

from __future__ import annotations

from tests.fidelity.fact import DOCUMENTED, GUESSED, VERIFIED, Chapter, Fact

_RECORDED = "recorded from AWS, LocalStack snapshot test_lambda_integration_dynamodbstreams, 25 November 2025"
_GUIDE = "Lambda developer guide, Control which events Lambda sends to your function"
_BRIDGE = "EventBridge user guide, Comparison operators, column Pipes"
_MATCHING = "tests/mappings/test_filters_matching.py"
_REFUSED = "tests/mappings/test_filters_refused.py"

CHAPTER = Chapter(
    "Event source mappings: filters",
    (
        Fact(
            "A pattern is held against the whole record: filters on eventName, eventSource and userIdentity work, not only those on `dynamodb`.",
            _RECORDED,
            VERIFIED,
            f"{_MATCHING}::test_recorded_filters",
        ),
        Fact(
            '`exists` looks at leaves only: `[{"exists": false}]` is also true of a path that ends at an object.',
            _RECORDED,
            VERIFIED,
            f"{_MATCHING}::test_recorded_filters",
        ),
        Fact(
            "`numeric` never matches an attribute of type N, whose value is a text; it does match ApproximateCreationDateTime.",
            _RECORDED,
            VERIFIED,
            f"{_MATCHING}::test_recorded_filters",
        ),
        Fact(
            "A pattern without the type letter (`S`, `N`) matches nothing.",
            _RECORDED,
            VERIFIED,
            f"{_MATCHING}::test_recorded_filters",
        ),
        Fact(
            "A pattern that is no JSON, or no object, is refused: InvalidParameterValueException `Invalid filter pattern definition.`",
            _RECORDED,
            VERIFIED,
            f"{_REFUSED}::test_what_is_no_pattern_is_refused",
        ),
        Fact(
            "A scalar where an array belongs, an empty array, an empty object, an unknown operator or operand are refused with the same words.",
            "the grammar of the open source event ruler; AWS's words recorded for other cases",
            GUESSED,
            f"{_REFUSED}::test_patterns_outside_the_grammar_are_refused",
        ),
        Fact(
            "Filters are alternatives; the fields of one all match; an array holds alternatives; of doubled keys the last counts.",
            _GUIDE,
            DOCUMENTED,
            f"{_MATCHING}::test_the_last_of_doubled_keys_counts",
        ),
        Fact(
            "Numbers are compared as they are written: 300 is not 300.0.",
            _GUIDE,
            DOCUMENTED,
            f"{_MATCHING}::test_a_time_is_compared_as_the_record_writes_it",
        ),
        Fact(
            "Operators are equals, null, empty, prefix and suffix (also ignoring case), equals-ignore-case, anything-but, numeric, exists and $or; wildcard, cidr and nested anything-but are not for pipes.",
            _BRIDGE,
            DOCUMENTED,
            f"{_REFUSED}::test_patterns_outside_the_grammar_are_refused",
        ),
        Fact(
            "`$or` stands at any level and has two members at least.",
            _BRIDGE,
            DOCUMENTED,
            f"{_MATCHING}::test_or_holds_at_the_top_and_inside",
        ),
        Fact(
            "`anything-but` needs the field to be there.",
            "EventBridge user guide, Anything-but matching, read as a rule for leaves",
            GUESSED,
            f"{_MATCHING}::test_what_is_not_there_matches_nothing_but_exists_false",
        ),
        Fact(
            "Of an array in the record any element may match; fields inside objects of an array match in one and the same object.",
            "EventBridge user guide, Arrays in event patterns; array consistency of the open source event ruler",
            GUESSED,
            f"{_MATCHING}::test_fields_of_list_items_match_in_one_item",
        ),
        Fact(
            "A mapping has five filters (ten by request), a pattern 4,096 characters.",
            f"{_GUIDE}; the service model",
            DOCUMENTED,
            f"{_REFUSED}::test_there_are_five_filters_at_most",
            ours="the words of the refusal of a sixth filter are ours.",
        ),
        Fact(
            "How deep a pattern may nest is not documented.",
            "nothing found",
            GUESSED,
            f"{_REFUSED}::test_a_pattern_deeper_than_anything_is_refused",
            ours="128 levels; the deepest item of DynamoDB takes about 70.",
        ),
    ),
)

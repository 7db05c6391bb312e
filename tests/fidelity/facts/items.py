"""DynamoDB's items, values and expressions."""

from __future__ import annotations

from tests.fidelity.fact import DOCUMENTED, GUESSED, VERIFIED, Chapter, Fact

_SUITES = "public test suites run against AWS (Alternator, dynalite, moto)"
_MOTO = "moto's tests that were run against AWS, August 2026"
_MODEL = "DynamoDB service model and API reference"

CHAPTER = Chapter(
    "Items and expressions",
    (
        Fact(
            "A number has up to 38 significant digits; more answers `Attempting to store more than 38 significant digits in a Number`.",
            _SUITES,
            VERIFIED,
            "tests/dynamodb/test_numbers.py::test_what_is_no_number_is_refused_in_awss_words",
        ),
        Fact(
            "A number lies between 1E-130 and 9.99…E+125; beyond `Number overflow. …` and `Number underflow. Attempting to store a number with magnitude smaller than supported range`.",
            _SUITES,
            VERIFIED,
            "tests/dynamodb/test_numbers.py::test_what_is_no_number_is_refused_in_awss_words",
        ),
        Fact(
            "Numbers come back normalised: no leading or trailing zeros, no exponent.",
            _SUITES,
            VERIFIED,
            "tests/dynamodb/test_numbers.py::test_numbers_are_normalised",
        ),
        Fact(
            "A wrong JSON type anywhere in a request answers SerializationException before anything else of it is judged; what is said depends on where it lies: `Unexpected field type` in a structure, `Unexpected value type in payload` in a list or map.",
            _SUITES,
            VERIFIED,
            "tests/wire/test_dynamodb_order_of_checks.py::test_a_wrong_json_type_goes_before_everything_else",
        ),
        Fact(
            'The texts "true", "yes" and "1" are booleans, and the fraction of an integer is cut.',
            "public test suite run against AWS (dynalite)",
            VERIFIED,
            "tests/aws/test_wire_json_types.py::test_dynamodb_takes_spoken_booleans",
        ),
        Fact(
            "An invalid value among ExpressionAttributeValues is told with its name: `ExpressionAttributeValues contains invalid value: … for key :a`; writes tell an empty set without it.",
            f"public test suite run against AWS (dynalite); {_MOTO}",
            VERIFIED,
            "tests/wire/test_dynamodb_order_of_checks.py::test_a_value_that_is_none_is_told_with_its_name",
        ),
        Fact(
            "ExclusiveStartKey is looked at before expressions are read and before the table is looked for; most refusals of its values begin with `The provided starting key is invalid: `, those of numbers and duplicates do not.",
            "public test suite run against AWS (dynalite)",
            VERIFIED,
            "tests/wire/test_dynamodb_order_of_checks.py::test_a_starting_key_is_looked_at_before_any_expression",
        ),
        Fact(
            "ConditionalCheckFailedException carries its text as `message`, also beside the Item that ReturnValuesOnConditionCheckFailure asks for.",
            f"{_MOTO}; a LocalStack recording of 2023 has no such member beside Item",
            VERIFIED,
            "tests/aws/test_wire_faults.py::test_a_failed_condition_says_message_in_lower_case_beside_its_item_too",
        ),
        Fact(
            "Segment must be below TotalSegments: `The Segment parameter is zero-based and must be less than parameter TotalSegments`.",
            f"{_MOTO}; dynalite's older recording goes on with both numbers",
            VERIFIED,
            "tests/wire/test_dynamodb_order_of_checks.py::test_impossible_segments_are_refused",
        ),
        Fact(
            "An AttributeValue has exactly one type: `Supplied AttributeValue is empty, must contain exactly one of the supported datatypes`, `Supplied AttributeValue has more than one datatypes set, …`.",
            _SUITES,
            VERIFIED,
            "tests/dynamodb/test_values.py::test_invalid_values_are_refused_in_awss_words",
        ),
        Fact(
            "Empty sets answer `An string set  may not be empty` (two blanks), `An number set  may not be empty`, `Binary sets should not be empty`.",
            _SUITES,
            VERIFIED,
            "tests/dynamodb/test_values.py::test_invalid_values_are_refused_in_awss_words",
        ),
        Fact(
            "PutItem, UpdateItem and DeleteItem put a count before some refusals: `1 validation error detected: …`.",
            _MOTO,
            VERIFIED,
            "tests/dynamodb/test_writing_items.py::test_invalid_writes_are_refused",
        ),
        Fact(
            "A Select that contradicts the attributes asked for answers `1 validation error detected: Cannot specify the ProjectionExpression when choosing to get only the Count` and its like.",
            _MOTO,
            VERIFIED,
            "tests/dynamodb/test_reading_items.py::test_a_select_that_contradicts_the_projection_is_refused",
        ),
        Fact(
            "BatchGetItem reads its expressions before it looks for its tables.",
            _MOTO,
            VERIFIED,
            "tests/dynamodb/test_batches.py::test_expressions_are_read_before_the_table_is_looked_for",
        ),
        Fact(
            "An empty string or binary is allowed in attributes, not in keys: `… The AttributeValue for a key attribute cannot contain an empty string value. Key: a`.",
            _SUITES,
            VERIFIED,
            "tests/dynamodb/test_values.py::test_empty_strings_are_allowed_everywhere_but_in_keys",
        ),
        Fact(
            "An item without its key answers `One or more parameter values were invalid: Missing the key a in the item`; a Key of another form `The provided key element does not match the schema`.",
            _SUITES,
            VERIFIED,
            "tests/dynamodb/test_keys.py::test_items_without_their_key_are_refused",
        ),
        Fact(
            "An item has at most 400 KB, names and values counted: `Item size has exceeded the maximum allowed size` when put, `Item size to update has exceeded the maximum allowed size` when updated.",
            _SUITES,
            VERIFIED,
            "tests/dynamodb/test_writing_items.py::test_invalid_writes_are_refused",
        ),
        Fact(
            "A hash key has at most 2,048 bytes, a range key 1,024.",
            _SUITES,
            VERIFIED,
            "tests/dynamodb/test_keys.py::test_keys_have_a_largest_size",
        ),
        Fact(
            "Range keys order numbers by value, strings by their UTF-8 bytes and binaries as unsigned bytes.",
            "DynamoDB developer guide, Query",
            DOCUMENTED,
            "tests/dynamodb/test_keys.py::test_strings_sort_by_their_utf8_bytes",
        ),
        Fact(
            "A page of Query or Scan ends at Limit items or one megabyte; a page that is exactly full still has a LastEvaluatedKey.",
            _SUITES,
            VERIFIED,
            test="tests/dynamodb/test_reading_items.py::test_a_page_filled_exactly_to_its_limit_says_where_to_go_on",
        ),
        Fact(
            "BatchWriteItem takes up to 25 requests; the same key twice answers `Provided list of item keys contains duplicates`.",
            _SUITES,
            VERIFIED,
            test="tests/dynamodb/test_batches.py::test_one_invalid_wish_refuses_the_batch",
        ),
        Fact(
            "More than 25 requests over several tables answer `Too many items requested for the BatchWriteItem call`.",
            "DynamoDB Local; the text BatchGetItem documents for itself",
            GUESSED,
            "tests/dynamodb/test_batches.py::test_a_batch_takes_25_wishes",
        ),
        Fact(
            "Keywords of expressions are case-insensitive, function names and attribute names are not; an expression has at most 4,096 bytes and 300 operators.",
            _SUITES,
            VERIFIED,
            "tests/dynamodb/test_conditions.py::test_there_are_at_most_300_operators",
        ),
        Fact(
            "SET beyond a list's end appends, several such elements in the order of their numbers; list_append is no operand of a function.",
            "public test suite run against AWS (Alternator)",
            VERIFIED,
            "tests/dynamodb/test_updates.py::test_updates_change_what_they_name",
        ),
        Fact(
            "A part of the key is not updated: `One or more parameter values were invalid: Cannot update attribute a. This attribute is part of the key`.",
            _SUITES,
            VERIFIED,
            "tests/dynamodb/test_writing_items.py::test_invalid_writes_are_refused",
        ),
        Fact(
            "Attribute values nest up to 32 levels.",
            _MODEL,
            DOCUMENTED,
            "tests/dynamodb/test_values.py::test_32_levels_are_allowed",
        ),
        Fact(
            "Expressions and the parameters before them do not mix: `Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {…} Expression parameters: {…}`.",
            _SUITES,
            VERIFIED,
            "tests/dynamodb/test_legacy_parameters.py::test_what_makes_no_sense_is_refused",
        ),
        Fact(
            "KeyConditions may stand beside FilterExpression and ProjectionExpression, though not beside KeyConditionExpression.",
            _SUITES,
            VERIFIED,
            "tests/wire/test_dynamodb_legacy.py::test_a_key_condition_of_old_goes_with_the_expressions_of_today",
        ),
        Fact(
            "NE holds for an attribute that is not there, NOT_CONTAINS does not.",
            _SUITES,
            VERIFIED,
            "tests/dynamodb/test_legacy_parameters.py::test_a_condition_is_judged",
        ),
        Fact(
            "AttributeUpdates' ADD appends to lists; on an attribute of another type it answers `Type mismatch for attribute to update`.",
            _SUITES,
            VERIFIED,
            "tests/dynamodb/test_legacy_parameters.py::test_an_attribute_of_another_type_is_not_added_to",
        ),
    ),
)

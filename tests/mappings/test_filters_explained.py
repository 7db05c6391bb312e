"""Why a record does not match: the clauses that failed, with what was found there."""

from __future__ import annotations

import json

import pytest

from console.aws.errors import AwsError
from triggers.mappings.filters import explain
from triggers.mappings.patterns.findings import Kind, Lies

RECORD = {
    "eventName": "MODIFY",
    "dynamodb": {
        "NewImage": {"status": {"S": "open"}, "tags": {"SS": ["a", "b"]}, "empty": {"M": {}}},
        "SizeBytes": 54,
    },
}


def failures(pattern):
    return [
        ("/".join(one.path), one.wanted, one.found, one.lies)
        for one in explain(json.dumps(pattern), RECORD).failures()
    ]


def image(**fields):
    return {"dynamodb": {"NewImage": fields}}


def test_only_clauses_that_failed_are_named():
    pattern = {"eventName": ["INSERT"], **image(status={"S": ["open"]}, tags={"SS": ["c", "d"]})}

    assert failures(pattern) == [
        ("eventName", '["INSERT"]', ('"MODIFY"',), Lies.VALUE),
        ("dynamodb/NewImage/tags/SS", '["c", "d"]', ('"a"', '"b"'), Lies.VALUE),
    ]


def test_what_is_absent_is_told_from_an_object_where_the_type_letter_is_missing():
    pattern = image(gone={"S": ["x"]}, status=["open"])

    assert failures(pattern) == [
        ("dynamodb/NewImage/gone/S", '["x"]', (), Lies.ABSENT),
        ("dynamodb/NewImage/status", '["open"]', (), Lies.OBJECT),
    ]


def test_numbers_are_shown_as_they_were_written():
    finding = explain('{"dynamodb": {"SizeBytes": [54.0, {"numeric": [">", 5.50e1]}]}}', RECORD)

    (failed,) = finding.failures()
    assert failed.wanted == '[54.0, {"numeric": [">", 5.50e1]}]'
    assert failed.found == ("54",)


def test_a_choice_shows_all_its_options():
    pattern = {"$or": [{"eventName": ["INSERT"]}, {"eventName": ["REMOVE"]}]}
    finding = explain(json.dumps(pattern), RECORD)

    (choice,) = finding.parts
    assert (choice.kind, choice.holds, len(choice.parts)) == (Kind.ANY, False, 2)
    assert len(list(finding.failures())) == 2


def test_a_match_has_no_failures_though_an_option_failed():
    pattern = {"$or": [{"eventName": ["INSERT"]}, {"eventName": ["MODIFY"]}]}
    finding = explain(json.dumps(pattern), RECORD)

    assert finding.holds
    assert list(finding.failures()) == []


def test_of_an_array_the_element_that_matches_is_shown():
    record = {"l": [{"a": "1"}, {"a": "2"}]}
    finding = explain('{"l": {"a": ["2"]}}', record)

    assert finding.holds
    assert finding.parts[0].parts[0].found == ('"2"',)


def test_an_invalid_pattern_is_refused_here_too():
    with pytest.raises(AwsError):
        explain("single-string", RECORD)

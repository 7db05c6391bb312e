"""Which messages JSON, space-delimited and regular expression patterns mean."""

from __future__ import annotations

import contextlib
import json
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.aws.errors import AwsError
from functions.observability import regexes
from functions.observability.comparisons import glob
from functions.observability.patterns import parse

# The example of AWS's user guide, shortened.
EVENT = json.dumps(
    {
        "eventType": "UpdateTrail",
        "sourceIPAddress": "111.111.111.111",
        "arrayKey": ["value", "another value"],
        "objectList": [{"name": "a", "id": 1}, {"name": "b", "id": 2}],
        "SomeObject": None,
        "cluster.name": "c",
        "user": {"id": 1, "email": "John.Stiles@example.com"},
        "ThisFlag": True,
        "duration": 5.25,
        "code": "404",
    }
)


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ('{ $.eventType = "UpdateTrail" }', True),
        ("{ $.eventType = UpdateTrail }", True),
        ("{$.eventType=UpdateTrail}", True),
        ('{ $.eventType = "Update*" }', True),
        ("{ $.eventType = *Trail }", True),
        ('{ $.eventType = "updatetrail" }', False),
        ('{ $.eventType != "UpdateTrail" }', False),
        ('{ $.eventType != "Other" }', True),
        ("{ $.sourceIPAddress != 123.123.* }", True),
        ("{ $.sourceIPAddress = 111.111.* }", True),
        ('{ $.arrayKey[0] = "value" }', True),
        ('{ $.arrayKey[2] = "value" }', False),
        ("{ $.objectList[1].id = 2 }", True),
        ("{ $.SomeObject IS NULL }", True),
        ("{ $.SomeOtherObject NOT EXISTS }", True),
        ("{ $.SomeOtherObject IS NULL }", False),
        ("{ $.eventType NOT EXISTS }", False),
        ("{ $.ThisFlag IS TRUE }", True),
        ("{ $.ThisFlag IS FALSE }", False),
        ('{ $.["cluster.name"] = "c" }', True),
        ("{ $.duration > 5 }", True),
        ("{ $.duration <= 5.25 }", True),
        ("{ $.duration = 525e-2 }", True),
        ("{ $.duration < 5 }", False),
        ("{ $.code >= 400 }", True),
        ("{ $.eventType > 5 }", False),
        ("{ $.missing != x }", False),
        ("{ $.user = x }", False),
        ('{ ($.user.id = 1) && ($.user.email = "John.*") }', True),
        ('{ $.user.id = 2 || $.user.email = "John.*" }', True),
        ("{ ($.user.id = 2 || $.user.id = 1) && $.duration > 9 }", False),
        ("{ $.user.id = 2 && $.duration > 9 || $.ThisFlag IS TRUE }", True),
        ("{ $.sourceIPAddress = %111\\.[0-9]{3}\\.% }", True),
        ("{ $.eventType != %^Update% }", False),
        ('{ $.arrayKey[*] = "another value" }', True),
        ('{ $.arrayKey[*] = "third value" }', False),
        ("{ $.arrayKey[ * ] = %val.{2}% }", True),
        ("{ $.objectList[*].id > 1 }", True),
        ("{ $.objectList[*].id > 2 }", False),
        ("{ $.objectList[*].size NOT EXISTS }", True),
        ("{ $.objectList[*].id NOT EXISTS }", False),
        ("{ $.* = %111\\.111\\.111\\.1[0-9]{1,2}% }", True),
        ("{ $.* IS NULL }", True),
        ("{ $.user.* = 2 }", False),
        ("{ $.eventType[*] = U }", False),
        ("{ $.arrayKey.* = value }", False),
        ('{ $.arrayKey[*] = "value" && $.* = 5.25 && $.objectList[*].id = 1 }', True),
    ],
)
def test_json_patterns_look_at_properties(pattern: str, matches: bool) -> None:
    assert parse(pattern).matches(EVENT) is matches


@pytest.mark.parametrize("message", ["", "plain text", "[1, 2]", "{broken", '"text"'])
def test_a_message_that_is_no_object_is_not_meant(message: str) -> None:
    assert not parse("{ $.a NOT EXISTS }").matches(message)


LINE = '127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534'


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ("[ip, user, username, timestamp, request, status_code, bytes]", True),
        ("[ip, user, username, timestamp, request, status_code]", False),
        ("[ip, user, username, timestamp, request =*.html*, status_code = 4*, bytes]", True),
        (
            "[ip, user, username, timestamp, request, status_code = 404 || status_code = 410, b]",
            True,
        ),
        ("[ip, user, username, timestamp, request, s != 404 && s != 410, b]", False),
        ("[..., request =*.html*, status_code = 4*, bytes]", True),
        ("[ip, ...]", True),
        ("[ip = 10.*, ...]", False),
        ("[..., bytes > 1000]", True),
        ("[..., bytes < 1000]", False),
        ('[ip, user = "Prod", ...]', True),
        ("[ip = %127\\.0\\.0\\.[0-9]+%, ...]", True),
        ("[a, ..., b, c, d, e, f, g, h]", False),
    ],
)
def test_space_delimited_patterns_look_at_fields(pattern: str, matches: bool) -> None:
    assert parse(pattern).matches(LINE) is matches


@pytest.mark.parametrize(
    ("pattern", "message", "matches"),
    [
        ("%AUTHORIZED%", "UNAUTHORIZED REQUEST", True),
        ("%^ERROR%", "ERROR here", True),
        ("%^ERROR%", "an ERROR", False),
        ("%done$%", "all done", True),
        ("%done$%", "done all", False),
        ("%colou?r%", "color", True),
        ("%gray|grey%", "a grey day", True),
        ("%10\\.10\\.0\\.1%", "from 10.10.0.1", True),
        ("%10\\.10\\.0\\.1%", "from 10x10.0.1", False),
        ("%5[0-9]{2}%", "status 503", True),
        ("%5[0-9]{3}%", "status 503", False),
        ("%^[^a-z]+$%", "ABC 12", True),
        ("%\\d{1,3}ms%", "took 12ms", True),
        ("%a{2,}b%", "caaab", True),
        ("%x.*y%", "x long y", True),
    ],
)
def test_regular_expressions_are_found(pattern: str, message: str, matches: bool) -> None:
    assert parse(pattern).matches(message) is matches


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("{ $.a = }", "it ends too early"),
        ("{ a = 1 }", "'a' is no property selector"),
        ("{ $.a > x }", "> needs a number"),
        ("{ ($.a = 1 }", "')' is missing"),
        ("{ $.a = 1 } tail", "ends with '}'"),
        ("{ $.a LIKE x }", "'LIKE x' is no comparison"),
        ("{ " + "(" * 40 + "$.a = 1" + ")" * 40 + " }", "too many parentheses"),
        ("[ip, ..., b, ...]", "... stands once"),
        ("[ip, user ~ 4]", "'user ~ 4' is no field"),
        ("%something!%", "'!' is not supported"),
        ("%(a)%", "'(' is not supported"),
        ("%a{999}%", "too large"),
        ("{ $.a = %x% && $.b = %y% && $.c = %z% }", "2 regular expressions"),
        ("{ $.*.inner.* = x }", "more than one wildcard"),
        ("{ $.a[*] = x && $.* = y && $.b[*] = z && $.c[*] = w }", "3 wildcard selectors"),
    ],
)
def test_what_is_no_pattern_is_refused(pattern: str, message: str) -> None:
    with pytest.raises(AwsError) as refused:
        parse(pattern)

    assert refused.value.code == "InvalidParameterException"
    assert message in refused.value.message


REGEX = st.lists(
    st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "a*", "b+", "a?", "a{1,2}", "b{2}", "|"]),
    max_size=6,
).map("".join)


@given(REGEX, st.text(alphabet="abc", max_size=10), st.booleans(), st.booleans())
def test_expressions_mean_what_pythons_mean(regex: str, text: str, start: bool, end: bool) -> None:
    if start or end:
        regex = regex.replace("|", "")
    wanted = ("^" if start else "") + regex + ("$" if end else "")

    assert regexes.parse(wanted).found_in(text) is (re.search(wanted, text) is not None)


@given(st.text(alphabet="ab*", max_size=8), st.text(alphabet="ab", max_size=8))
def test_stars_mean_any_run(pattern: str, text: str) -> None:
    wanted = "".join(".*" if one == "*" else one for one in pattern)

    assert glob(pattern, text) is (re.fullmatch(wanted, text) is not None)


@given(st.text(alphabet='{}[]$.a1 =<>!&|()"%,*\\?-', max_size=24))
def test_any_text_is_read_or_refused(text: str) -> None:
    for wrapped in (text, "{" + text + "}", f"[{text}]", f"%{text}%"):
        with contextlib.suppress(AwsError):
            parse(wrapped).matches(EVENT)


def test_an_expression_made_to_last_for_ever_does_not() -> None:
    hostile = regexes.parse("a*" * 30 + "b")
    began = time.thread_time()

    assert not hostile.found_in("a" * 5000)

    assert time.thread_time() - began < 20

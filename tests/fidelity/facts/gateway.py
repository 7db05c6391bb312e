"""The wire that all services share."""

from __future__ import annotations

from tests.fidelity.fact import DOCUMENTED, VERIFIED, Chapter, Fact

_SUITES = "public test suites run against AWS (Alternator, dynalite, moto)"
_LAMBDA = "recorded from AWS, LocalStack snapshot test_lambda_api, December 2025"

CHAPTER = Chapter(
    "Gateway",
    (
        Fact(
            "GET / of DynamoDB answers 200 `healthy: dynamodb.REGION.amazonaws.com ` with a trailing blank.",
            _SUITES,
            VERIFIED,
            "tests/wire/test_gateway_answers.py::test_a_health_check_is_answered_as_dynamodb_does",
        ),
        Fact(
            "DynamoDB's answers carry x-amz-crc32 of the body, a request id of 52 capitals and digits, and `Server: Server`.",
            _SUITES,
            VERIFIED,
            "tests/wire/test_gateway_answers.py::test_dynamodb_answers_carry_a_checksum_and_a_request_id_of_52_characters",
        ),
        Fact(
            "X-Amz-Target chooses service and operation, never the service in the credential scope.",
            "service models: DynamoDB and its streams sign with the same name",
            DOCUMENTED,
            "tests/aws/test_wire_round_trips.py::test_the_target_decides_and_never_the_signed_service",
        ),
        Fact(
            "DynamoDB's `__type` names a namespace: coral.validate for ValidationException, coral.service for the protocol's errors, dynamodb.v20120810 for the model's.",
            _SUITES,
            VERIFIED,
            "tests/aws/test_wire_faults.py::test_dynamodb_names_an_error_with_its_namespace",
        ),
        Fact(
            "A media type that DynamoDB does not speak answers 404.",
            _SUITES,
            VERIFIED,
            "tests/wire/test_gateway_answers.py::test_a_media_type_that_dynamodb_does_not_speak_is_not_found",
        ),
        Fact(
            "A wrong JSON type answers SerializationException in DynamoDB's words (`NUMBER_VALUE cannot be converted to String` and others).",
            _SUITES,
            VERIFIED,
            "tests/aws/test_wire_json_types.py::test_a_wrong_type_is_told_in_dynamodbs_words",
        ),
        Fact(
            "A body above 16 MB answers 413.",
            _SUITES,
            VERIFIED,
            "tests/wire/test_gateway_answers.py::test_a_body_of_more_than_16_megabytes_is_too_large",
        ),
        Fact(
            "Broken constraints of the model are told together, ten at most: `N validation errors detected: Value '…' at '…' failed to satisfy constraint: …`.",
            _SUITES,
            VERIFIED,
            "tests/aws/test_wire_constraints.py::test_at_most_ten_violations_are_listed",
        ),
        Fact(
            "Lambda spells the body of an error by exception: `message` or `Message`, with or without `Type`.",
            _LAMBDA,
            VERIFIED,
            "tests/aws/test_wire_faults.py::test_lambda_spells_the_body_by_exception",
        ),
        Fact(
            "SQS tells old clients the query protocol's code in x-amzn-query-error.",
            "SQS service model, awsQueryCompatible",
            DOCUMENTED,
            "tests/aws/test_wire_faults.py::test_sqs_tells_old_clients_the_code_of_the_query_protocol",
        ),
        Fact(
            "A request with an Origin is answered with Access-Control-Allow-Origin: *.",
            _SUITES,
            VERIFIED,
            "tests/wire/test_gateway_doors.py::test_a_request_of_a_web_page_is_refused",
            ours="refused with 403: a web page must not drive a gateway on somebody's machine.",
        ),
        Fact(
            "An operation that a service does not know answers UnknownOperationException (json) or InvalidAction (query).",
            "common errors of the API references",
            DOCUMENTED,
            "tests/wire/test_gateway_answers.py::test_an_operation_that_aws_does_not_have_is_unknown",
        ),
    ),
)

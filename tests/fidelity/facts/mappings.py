"""Event source mappings: the five operations and their states."""

from __future__ import annotations

from tests.fidelity.fact import DOCUMENTED, GUESSED, VERIFIED, Chapter, Fact

_DDB = (
    "recorded from AWS, LocalStack snapshot test_lambda_integration_dynamodbstreams, November 2025"
)
_API = "recorded from AWS, LocalStack snapshot test_lambda_api, December 2025"
_STACKD = "captures of AWS published in radkawar/stackd, September 2026"
_GUIDE = "Lambda developer guide"

CHAPTER = Chapter(
    "Event source mappings",
    (
        Fact(
            "Create, Update and Delete answer 202; every operation answers the same 18 members for a DynamoDB stream, with all defaults filled in.",
            _DDB,
            VERIFIED,
        ),
        Fact(
            "BatchSize is 100 when missing, 1 to 10,000 otherwise; a batch above 10 needs no window.",
            f"{_DDB}; {_STACKD}",
            VERIFIED,
        ),
        Fact(
            "Without EventSourceArn the answer is InvalidParameterValueException `Unrecognized event source.`, before the function is looked for.",
            _API,
            VERIFIED,
        ),
        Fact(
            "A missing function answers InvalidParameterValueException, 400: `Function does not exist`.",
            _API,
            VERIFIED,
        ),
        Fact(
            "A missing stream answers `Stream not found: ARN`.",
            _DDB,
            VERIFIED,
        ),
        Fact(
            "A missing StartingPosition answers InvalidParameterValueException with a full stop at its end, an unknown one ValidationException without.",
            _API,
            VERIFIED,
        ),
        Fact(
            "DynamoDB streams do not know AT_TIMESTAMP: `Unsupported starting position for arn type: ARN`.",
            _API,
            VERIFIED,
        ),
        Fact(
            'The same function and stream again answer ResourceConflictException, 409: `The event source arn (" ARN ") and function (" NAME ") provided mapping already exists. Please update or delete the existing mapping with UUID U`.',
            _DDB,
            VERIFIED,
        ),
        Fact(
            "A role that may not read the stream is refused at creation: `Cannot access stream ARN. Please ensure the role can perform the GetRecords, GetShardIterator, DescribeStream, and ListStreams Actions on your stream in IAM.`",
            _STACKD,
            VERIFIED,
        ),
        Fact(
            "Of the four actions that this text names ListStreams is not needed.",
            _STACKD,
            VERIFIED,
        ),
        Fact(
            "An unknown UUID answers ResourceNotFoundException, 404: `The resource you requested does not exist.`",
            _API,
            VERIFIED,
        ),
        Fact(
            "Update and Delete while a change is under way answer ResourceInUseException, 400: `Cannot update the event source mapping because it is in use.`",
            "AWS's answers pasted in several public repositories, last in June 2026",
            VERIFIED,
        ),
        Fact(
            "A mapping is Creating, also when it is created disabled, then Enabled or Disabled; Updating, Enabling, Disabling and Deleting while a change is under way.",
            f"{_DDB}; {_STACKD}",
            VERIFIED,
        ),
        Fact(
            "A change settles about a second later.",
            _STACKD,
            VERIFIED,
            ours="after SHARDLIGHT_MAPPING_DELAY, 1 second by default; reading begins as soon as it has settled, on AWS up to minutes later.",
        ),
        Fact(
            "LastModified has milliseconds in the answer to a change and is cut to the minute once the mapping has settled.",
            _STACKD,
            VERIFIED,
        ),
        Fact(
            "LATEST begins when polling begins, which may be minutes after creation; records in between are skipped.",
            f"{_GUIDE}; awsdocs issue 487",
            DOCUMENTED,
            ours="LATEST is the moment of creation, also for a mapping created disabled.",
        ),
        Fact(
            "Disabling keeps the position; enabling goes on there.",
            _GUIDE,
            DOCUMENTED,
        ),
        Fact(
            "An update may change the function; the position stays.",
            f"{_GUIDE}; service model",
            DOCUMENTED,
        ),
        Fact(
            "List with a FunctionName matches the qualifier exactly; names that do not exist give an empty list.",
            f"{_API}; {_STACKD}",
            VERIFIED,
        ),
        Fact(
            "A role that may not write to the failure destination is refused: `The function execution role does not have permissions to call PutObject on S3` (SendMessage on SQS, Publish on SNS).",
            "AWS's answers pasted in public repositories (S3 and SQS destinations of stream mappings); SNS by analogy",
            VERIFIED,
            "tests/wire/test_lambda_mappings.py::test_a_role_that_may_not_write_to_the_destination_is_refused",
            ours="the words for a destination that is missing or FIFO are ours; no recording is known.",
        ),
        Fact(
            "OnFailure without Destination is refused: `The Destination field is required for an OnFailure configuration.`",
            "AWS's answer pasted in a public issue (aws-controllers-k8s/community#2865)",
            VERIFIED,
            "tests/wire/test_lambda_mappings.py::test_options_that_aws_refuses_are_refused_in_its_words",
        ),
        Fact(
            "A tumbling window beside filters is refused, `Tumbling window period should be zero when FilterCriteria is configured`, beside ParallelizationFactor above 1 `Parallelization factor must be equal to 1 when tumbling window period is configured`; an empty list of filters is accepted.",
            _STACKD,
            VERIFIED,
            "tests/wire/test_lambda_mappings.py::test_options_that_aws_refuses_are_refused_in_its_words",
        ),
        Fact(
            "ScalingConfig on a stream answers `Unsupported ScalingConfig parameter for given event source mapping type.`",
            _STACKD,
            VERIFIED,
            "tests/wire/test_lambda_mappings.py::test_options_that_aws_refuses_are_refused_in_its_words",
        ),
        Fact(
            "What else only queues, Kafka, MQ and DocumentDB have (ProvisionedPollerConfig, Topics, Queues, LoggingConfig …) is refused in the same words.",
            "by analogy with ScalingConfig and DestinationConfig",
            GUESSED,
            "tests/wire/test_lambda_mappings.py::test_what_a_stream_does_not_have_is_refused",
        ),
        Fact(
            "Of a mapping with KMSKeyArn a list shows no FilterCriteria; without filters the key is dropped, and does not come back with new ones.",
            f"{_STACKD} (a queue's mapping)",
            VERIFIED,
            "tests/wire/test_lambda_mappings.py::test_a_key_goes_with_the_filters_it_encrypts_and_a_list_does_not_decrypt",
        ),
        Fact(
            "The answer to Delete shows LastModified cut to the minute.",
            _STACKD,
            VERIFIED,
            "tests/wire/test_lambda_mappings.py::test_a_deletion_shows_the_minute_of_the_last_change",
        ),
        Fact(
            "An update to a function that has a mapping of the stream already, or whose role may not read it, is refused as Create refuses it.",
            "the service model lists ResourceConflictException; the texts are Create's",
            GUESSED,
            "tests/wire/test_lambda_mappings.py::test_a_mapping_cannot_be_pointed_at_a_function_that_has_one_already",
        ),
        Fact(
            "A Marker that was not given out is refused with InvalidParameterValueException.",
            "no recording known",
            GUESSED,
        ),
    ),
)

"""Functions through unmodified boto3 and the AWS CLI against a live gateway."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import sys
import urllib.request
import zipfile
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.runtime.runtimes import offered
from tests.wire.conftest import Gateway

RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)


def package(text: str = "def handler(event, context):\n    return event\n") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(zipfile.ZipInfo("app.py"), text)
    return made.getvalue()


@pytest.fixture
def client(gateway: Gateway, account: str) -> Any:
    return gateway.client("lambda", account)


@pytest.fixture
def role(gateway: Gateway, account: str) -> str:
    iam = gateway.client("iam", account)
    return iam.create_role(RoleName="runner", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]


@pytest.fixture
def create(client: Any, role: str) -> Any:
    def make(name: str = "greet", **changes: Any) -> Any:
        members = {
            "FunctionName": name,
            "Runtime": RUNTIME,
            "Role": role,
            "Handler": "app.handler",
            "Code": {"ZipFile": package()},
        }
        return client.create_function(**(members | changes))

    return make


def refusal(error: pytest.ExceptionInfo[ClientError]) -> tuple[str, str, int]:
    answer = error.value.response
    status = answer["ResponseMetadata"]["HTTPStatusCode"]
    return answer["Error"]["Code"], answer["Error"]["Message"], status


def test_a_created_function_is_described_as_aws_does(create: Any, account: str, role: str) -> None:
    answer = create(Environment={"Variables": {"COLOUR": "blue"}}, Timeout=7)

    meta = answer.pop("ResponseMetadata")
    assert meta["HTTPStatusCode"] == 201
    assert answer.pop("LastModified").endswith("+0000")
    assert len(answer.pop("RevisionId")) == 36
    assert answer.pop("RuntimeVersionConfig")["RuntimeVersionArn"].startswith("arn:aws:lambda:")
    assert answer == {
        "FunctionName": "greet",
        "FunctionArn": f"arn:aws:lambda:us-east-1:{account}:function:greet",
        "Runtime": RUNTIME,
        "Role": role,
        "Handler": "app.handler",
        "CodeSize": len(package()),
        "Description": "",
        "Timeout": 7,
        "MemorySize": 128,
        "CodeSha256": base64.b64encode(hashlib.sha256(package()).digest()).decode(),
        "Version": "$LATEST",
        "Environment": {"Variables": {"COLOUR": "blue"}},
        "TracingConfig": {"Mode": "PassThrough"},
        "State": "Pending",
        "StateReason": "The function is being created.",
        "StateReasonCode": "Creating",
        "PackageType": "Zip",
        "Architectures": answer["Architectures"],
        "EphemeralStorage": {"Size": 512},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": "/aws/lambda/greet"},
    }


def test_waiters_see_a_function_become_active_and_updated(client: Any, create: Any) -> None:
    create()

    client.get_waiter("function_active_v2").wait(FunctionName="greet")
    client.update_function_code(FunctionName="greet", ZipFile=package("x = 1\n"))
    client.get_waiter("function_updated_v2").wait(FunctionName="greet")

    assert client.get_function(FunctionName="greet")["Configuration"]["State"] == "Active"


def test_a_function_is_found_by_each_of_its_names(client: Any, create: Any, account: str) -> None:
    arn = create()["FunctionArn"]

    names = ["greet", arn, f"{account}:function:greet", f"{arn}:$LATEST", "greet:$LATEST"]
    found = [client.get_function(FunctionName=name)["Configuration"] for name in names]

    assert [one["FunctionName"] for one in found] == ["greet"] * 5
    assert found[3]["FunctionArn"] == f"{arn}:$LATEST"


def test_a_missing_function_is_not_found_by_its_arn(client: Any, account: str) -> None:
    with pytest.raises(ClientError) as error:
        client.get_function(FunctionName="nobody")

    arn = f"arn:aws:lambda:us-east-1:{account}:function:nobody"
    assert refusal(error) == ("ResourceNotFoundException", f"Function not found: {arn}", 404)


def test_a_function_of_another_account_is_not_found(gateway: Gateway, create: Any) -> None:
    arn = create()["FunctionArn"]
    stranger = gateway.client("lambda", "999999999999")

    for call in (
        lambda: stranger.get_function(FunctionName=arn),
        lambda: stranger.delete_function(FunctionName=arn),
        lambda: stranger.list_tags(Resource=arn),
        lambda: stranger.invoke(FunctionName=arn),
        lambda: stranger.update_function_code(FunctionName=arn, ZipFile=package()),
    ):
        with pytest.raises(ClientError) as error:
            call()
        assert refusal(error)[0] == "ResourceNotFoundException"


@pytest.mark.parametrize("name", ["my.function", "us-east-1:{account}:function:nobody"])
def test_what_could_be_a_name_is_looked_for(client: Any, account: str, name: str) -> None:
    asked = name.format(account=account)

    with pytest.raises(ClientError) as error:
        client.get_function(FunctionName=asked)

    arn = f"arn:aws:lambda:us-east-1:{account}:function:{asked.rpartition(':')[2]}"
    assert refusal(error) == ("ResourceNotFoundException", f"Function not found: {arn}", 404)


def test_a_new_name_has_no_dot(create: Any) -> None:
    with pytest.raises(ClientError) as error:
        create("my.function")

    code, text, status = refusal(error)
    assert (code, status) == ("ValidationException", 400)
    assert text.startswith("1 validation error detected: Value 'my.function' at 'functionName'")


def test_nothing_is_made_in_another_account(client: Any, create: Any) -> None:
    arn = "arn:aws:lambda:us-east-1:999999999999:function:greet"

    with pytest.raises(ClientError) as error:
        create(arn)

    assert refusal(error)[::2] == ("AccessDeniedException", 403)
    assert client.list_functions()["Functions"] == []


def test_an_empty_key_takes_the_key_away(client: Any, create: Any) -> None:
    key = "arn:aws:kms:us-east-1:999999999999:key/k"
    create(KMSKeyArn=key)
    create("other", KMSKeyArn="")

    kept = client.update_function_configuration(FunctionName="greet", Timeout=5)
    gone = client.update_function_configuration(FunctionName="greet", KMSKeyArn="")

    assert kept["KMSKeyArn"] == key
    assert "KMSKeyArn" not in gone
    assert "KMSKeyArn" not in client.get_function_configuration(FunctionName="greet")
    assert "KMSKeyArn" not in client.get_function_configuration(FunctionName="other")


def test_an_arn_of_another_region_is_not_reachable(
    gateway: Gateway, create: Any, account: str
) -> None:
    arn = create()["FunctionArn"]

    with pytest.raises(ClientError) as error:
        gateway.client("lambda", account, "eu-west-1").get_function(FunctionName=arn)

    text = "Functions from 'us-east-1' are not reachable in this region ('eu-west-1')"
    assert refusal(error) == ("ResourceNotFoundException", text, 404)


def test_code_is_downloaded_from_its_location(client: Any, create: Any) -> None:
    create()
    code = client.get_function(FunctionName="greet")["Code"]

    assert code["RepositoryType"] == "S3"
    with urllib.request.urlopen(code["Location"], timeout=300) as answer:  # noqa: S310
        assert answer.read() == package()


def test_a_stale_revision_changes_nothing(client: Any, create: Any) -> None:
    old = create()["RevisionId"]
    new = client.update_function_configuration(FunctionName="greet", Timeout=5)["RevisionId"]

    with pytest.raises(ClientError) as error:
        client.update_function_configuration(FunctionName="greet", Timeout=9, RevisionId=old)

    assert old != new
    assert refusal(error)[0::2] == ("PreconditionFailedException", 412)
    assert client.get_function_configuration(FunctionName="greet")["Timeout"] == 5


def test_lists_go_on_after_a_marker(client: Any, create: Any) -> None:
    for name in ("a", "b", "c"):
        create(name)

    first = client.list_functions(MaxItems=2)
    second = client.list_functions(MaxItems=2, Marker=first["NextMarker"])

    assert [one["FunctionName"] for one in first["Functions"]] == ["a", "b"]
    assert [one["FunctionName"] for one in second["Functions"]] == ["c"]
    assert "NextMarker" not in second


def test_tags_have_a_limit_and_are_not_nothing(client: Any, create: Any) -> None:
    arn = create(Tags={str(number): "" for number in range(50)})["FunctionArn"]

    with pytest.raises(ClientError) as many:
        client.tag_resource(Resource=arn, Tags={"one": "more"})
    with pytest.raises(ClientError) as none:
        client.tag_resource(Resource=arn, Tags={})

    invalid = "InvalidParameterValueException"
    assert refusal(many) == (invalid, "Number of tags exceeds resource tag limit.", 400)
    text = "An error occurred and the request cannot be processed."
    assert refusal(none) == (invalid, text, 400)


def test_tags_are_added_and_taken_away(client: Any, create: Any) -> None:
    arn = create(Tags={"team": "red"})["FunctionArn"]

    client.tag_resource(Resource=arn, Tags={"stage": "test"})
    client.untag_resource(Resource=arn, TagKeys=["team"])

    assert client.list_tags(Resource=arn)["Tags"] == {"stage": "test"}
    assert client.get_function(FunctionName="greet")["Tags"] == {"stage": "test"}


def test_a_deleted_function_is_gone(client: Any, create: Any) -> None:
    create()

    answer = client.delete_function(FunctionName="greet")

    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert client.list_functions()["Functions"] == []


@pytest.mark.parametrize(
    ("changes", "code", "text"),
    [
        (
            {"Runtime": "cobol85"},
            "InvalidParameterValueException",
            f"Value cobol85 at 'runtime' failed to satisfy constraint: Member must satisfy enum "
            f"value set: [{', '.join(offered())}] or be a valid ARN",
        ),
        (
            {"Role": "r1"},
            "ValidationException",
            "1 validation error detected: Value 'r1' at 'role' failed to satisfy constraint: "
            r"Member must satisfy regular expression pattern: "
            r"arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+",
        ),
        (
            {"Timeout": 901},
            "ValidationException",
            "1 validation error detected: Value '901' at 'timeout' failed to satisfy constraint: "
            "Member must have value less than or equal to 900",
        ),
        (
            {"MemorySize": 20000},
            "InvalidParameterValueException",
            "'MemorySize' value failed to satisfy constraint: Member must have value less than or "
            "equal to 10240",
        ),
        (
            {"EphemeralStorage": {"Size": 10241}},
            "ValidationException",
            "1 validation error detected: Value '10241' at 'ephemeralStorage.size' failed to "
            "satisfy constraint: Member must have value less than or equal to 10240",
        ),
        (
            {"Code": {"ZipFile": b"not a zip"}},
            "InvalidParameterValueException",
            "Could not unzip uploaded file. Please check your file, then try to upload again.",
        ),
        (
            {"Environment": {"Variables": {"AWS_REGION": "x"}}},
            "InvalidParameterValueException",
            "Lambda was unable to configure your environment variables because the environment "
            "variables you have provided contains reserved keys that are currently not supported "
            "for modification. Reserved keys used in this request: AWS_REGION",
        ),
    ],
    ids=["runtime", "role", "timeout", "memory", "storage", "zip", "variable"],
)
def test_a_broken_rule_is_refused_in_awss_words(
    create: Any, changes: dict[str, Any], code: str, text: str
) -> None:
    with pytest.raises(ClientError) as error:
        create(**changes)

    assert refusal(error) == (code, text, 400)


def test_a_role_must_exist(create: Any, account: str) -> None:
    with pytest.raises(ClientError) as error:
        create(Role=f"arn:aws:iam::{account}:role/nobody")

    text = "The role defined for the function cannot be assumed by Lambda."
    assert refusal(error) == ("InvalidParameterValueException", text, 400)


def test_the_role_of_another_account_may_not_be_passed(create: Any) -> None:
    with pytest.raises(ClientError) as error:
        create(Role="arn:aws:iam::999999999999:role/runner")

    text = "Cross-account pass role is not allowed."
    assert refusal(error) == ("AccessDeniedException", text, 403)


def test_an_environment_is_shown_once_it_was_given_even_empty(client: Any, create: Any) -> None:
    assert "Environment" not in create("none")
    assert create("empty", Environment={"Variables": {}})["Environment"] == {"Variables": {}}

    client.update_function_configuration(FunctionName="none", Environment={})

    shown = client.get_function_configuration(FunctionName="none")
    assert shown["Environment"] == {"Variables": {}}


def test_a_change_answers_with_the_state_it_begins_with(client: Any, create: Any) -> None:
    create()

    changed = client.update_function_configuration(FunctionName="greet", Timeout=4)
    after = client.get_function_configuration(FunctionName="greet")

    assert changed["State"] == "Active"
    assert changed["LastUpdateStatus"] == "InProgress"
    assert changed["LastUpdateStatusReason"] == "The function is being created."
    assert changed["LastUpdateStatusReasonCode"] == "Creating"
    assert (after["State"], after["LastUpdateStatus"]) == ("Active", "Successful")


def test_what_has_settled_has_another_revision(client: Any, create: Any) -> None:
    def settled() -> str:
        client.get_waiter("function_updated_v2").wait(FunctionName="greet")
        return str(client.get_function_configuration(FunctionName="greet")["RevisionId"])

    told = [create()["RevisionId"], settled()]
    for change in (
        lambda known: client.update_function_code(
            FunctionName="greet", ZipFile=package(), RevisionId=known
        ),
        lambda known: client.update_function_configuration(
            FunctionName="greet", Timeout=5, RevisionId=known
        ),
    ):
        told += [change(told[-1])["RevisionId"], settled()]

    assert len(set(told)) == 6
    with pytest.raises(ClientError, match="does not match the latest Revision Id"):
        client.update_function_configuration(FunctionName="greet", Timeout=6, RevisionId=told[-2])


def test_tagging_makes_another_revision(client: Any, create: Any) -> None:
    made = create()

    client.tag_resource(Resource=made["FunctionArn"], Tags={"a": "b"})

    tagged = client.get_function_configuration(FunctionName="greet")
    assert tagged["RevisionId"] != made["RevisionId"]


@pytest.mark.parametrize("name", ["greet:" + "q" * 135, "arn:aws:lambda:no:where:" + "n" * 120])
def test_a_new_function_is_named_in_at_most_140_characters(create: Any, name: str) -> None:
    with pytest.raises(ClientError) as error:
        create(name)

    code, text, _ = refusal(error)
    at = f"Value '{name}' at 'functionName' failed to satisfy constraint: Member must"
    assert code == "ValidationException"
    assert f"{at} have length less than or equal to 140" in text
    assert (f"; {at} satisfy regular expression pattern: " in text) == ("no:where" in name)


def test_a_name_has_at_most_64_characters(create: Any) -> None:
    with pytest.raises(ClientError) as error:
        create("n" * 65)

    code, text, _ = refusal(error)
    assert code == "InvalidParameterValueException"
    assert text.endswith("Member must have length less than or equal to 64")


@pytest.mark.parametrize(
    ("text", "name"),
    [("n" * 65, "n" * 65), ("arn:aws:lambda:us-east-1:{}:function", "function")],
    ids=["too long", "ARN without a name"],
)
def test_a_name_that_only_looks_wrong_names_a_function_that_is_not_there(
    client: Any, account: str, text: str, name: str
) -> None:
    whole = f"arn:aws:lambda:us-east-1:{account}:function:{name}"

    for call, arn in (
        (client.get_function, whole),
        (client.delete_function, whole),
        (client.invoke, f"{whole}:$LATEST"),
    ):
        with pytest.raises(ClientError) as error:
            call(FunctionName=text.format(account))
        answer = ("ResourceNotFoundException", f"Function not found: {arn}", 404)
        assert refusal(error) == answer


def test_a_second_function_of_a_name_is_a_conflict(create: Any) -> None:
    create()

    with pytest.raises(ClientError) as error:
        create()

    assert refusal(error) == ("ResourceConflictException", "Function already exist: greet", 409)


def test_the_latest_version_cannot_be_deleted_alone(client: Any, create: Any) -> None:
    create()

    with pytest.raises(ClientError) as error:
        client.delete_function(FunctionName="greet", Qualifier="$LATEST")

    text = "$LATEST version cannot be deleted without deleting the function."
    assert refusal(error) == ("InvalidParameterValueException", text, 400)


@pytest.mark.parametrize(
    "changes",
    [
        {"VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}},
        {"PackageType": "Image"},
        {"DeadLetterConfig": {"TargetArn": "arn:aws:sqs:us-east-1:123456789012:q"}},
        {"SnapStart": {"ApplyOn": "PublishedVersions"}},
        {"LoggingConfig": {"LogGroup": "/elsewhere"}},
        {"LoggingConfig": {"ApplicationLogLevel": "DEBUG"}},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_is_not_offered_is_refused(create: Any, changes: dict[str, Any]) -> None:
    with pytest.raises(ClientError) as error:
        create(**changes)

    assert refusal(error)[0] == "InvalidParameterValueException"


def test_the_cli_creates_and_describes_a_function(
    gateway: Gateway, account: str, role: str, tmp_path: Any
) -> None:
    archive = tmp_path / "code.zip"
    archive.write_bytes(package())

    gateway.cli(
        *("lambda", "create-function", "--function-name", "typed", "--runtime", RUNTIME),
        *("--role", role, "--handler", "app.handler", "--zip-file", f"fileb://{archive}"),
        account=account,
    )
    found = gateway.cli("lambda", "get-function", "--function-name", "typed", account=account)

    assert found["Configuration"]["State"] == "Active"

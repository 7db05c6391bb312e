"""Functions as verbs make and change them: time, packages, revisions, accounts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import LazySettings

from console.aws.errors import AwsError
from console.aws.scope import Scope
from functions.catalog import answers, code, finding, lifecycle, tags, versions
from functions.catalog.configuration import Configuration
from functions.catalog.models import CodePackage
from functions.catalog.names import FunctionName, read_name
from functions.runtime import packages
from tests.catalog.conftest import package

New = Callable[..., Configuration]


class Hand:
    """A clock that a test moves."""

    def __init__(self, at: float = 1_800_000_000.0) -> None:
        self.at = at

    def now(self) -> float:
        return self.at

    def monotonic(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += seconds


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture
def greet(scope: Scope) -> FunctionName:
    return FunctionName(scope.account, scope.region, "greet")


def state(scope: Scope, name: FunctionName, clock: Hand) -> dict[str, str]:
    function = finding.get_function(scope, name)
    shown = answers.configuration(scope, function, clock=clock)
    wanted = ("State", "LastUpdateStatus")
    return {key: value for key, value in shown.items() if key.startswith(wanted)}


def test_a_new_function_is_pending_for_a_while(
    scope: Scope, new: New, greet: FunctionName, clock: Hand, settings: LazySettings
) -> None:
    settings.FUNCTION_DELAY_SECONDS = 5
    lifecycle.create_function(scope, new(), package(), clock=clock)

    reason = "The function is being created."
    pending = {"State": "Pending", "StateReason": reason, "StateReasonCode": "Creating"}
    active = {"State": "Active", "LastUpdateStatus": "Successful"}
    assert state(scope, greet, clock) == pending
    with pytest.raises(AwsError, match="in the following state: Pending"):
        lifecycle.update_code(scope, greet, package("x = 2\n"), clock=clock)
    with pytest.raises(AwsError, match="in the following state: Pending"):
        versions.publish_version(scope, greet, clock=clock)
    clock.sleep(5)
    assert state(scope, greet, clock) == active


def test_an_updated_function_is_active_and_in_progress(
    scope: Scope, new: New, greet: FunctionName, clock: Hand, settings: LazySettings
) -> None:
    lifecycle.create_function(scope, new(), package(), clock=clock)
    settings.FUNCTION_DELAY_SECONDS = 5
    clock.sleep(1)
    lifecycle.update_configuration(scope, greet, {"timeout": 9}, clock=clock)

    assert state(scope, greet, clock) == {
        "State": "Active",
        "LastUpdateStatus": "InProgress",
        "LastUpdateStatusReason": "The function is being created.",
        "LastUpdateStatusReasonCode": "Creating",
    }
    for refused in (
        lambda: lifecycle.update_code(scope, greet, package("x = 2\n"), clock=clock),
        lambda: versions.publish_version(scope, greet, clock=clock),
    ):
        with pytest.raises(AwsError) as error:
            refused()
        assert error.value.message == (
            "The operation cannot be performed at this time. An update is in progress for "
            "resource: arn:aws:lambda:us-east-1:111111111111:function:greet"
        )


def test_a_package_is_kept_once_and_as_long_as_it_is_used(
    scope: Scope, new: New, greet: FunctionName
) -> None:
    lifecycle.create_function(scope, new(), package())
    lifecycle.create_function(scope, new("twin"), package())
    assert CodePackage.objects.count() == 1

    lifecycle.update_code(scope, greet, package("x = 2\n"))
    assert CodePackage.objects.count() == 2

    lifecycle.delete_function(scope, FunctionName(scope.account, scope.region, "twin"))
    assert [one.sha256 for one in CodePackage.objects.all()] == [
        packages.sha256(package("x = 2\n"))
    ]


def test_a_dry_run_changes_nothing(scope: Scope, new: New, greet: FunctionName) -> None:
    before = lifecycle.create_function(scope, new(), package()).revision

    lifecycle.update_code(scope, greet, package("x = 2\n"), dry_run=True)

    after = finding.get_function(scope, greet)
    assert (after.revision, after.code_id) == (before, packages.sha256(package()))


def test_each_change_makes_a_new_revision(scope: Scope, new: New, greet: FunctionName) -> None:
    revisions = [lifecycle.create_function(scope, new(), package()).revision]
    revisions.append(lifecycle.update_configuration(scope, greet, {"memory_mb": 256}).revision)
    revisions.append(
        lifecycle.update_code(scope, greet, package("x\n"), revision=revisions[-1]).revision
    )

    assert len(set(revisions)) == 3
    with pytest.raises(AwsError) as refused:
        lifecycle.update_code(scope, greet, package(), revision=revisions[0])
    assert refused.value.code == "PreconditionFailedException"


def test_no_environment_variable_holds_a_nul(scope: Scope, new: New) -> None:
    with pytest.raises(AwsError) as refused:
        lifecycle.create_function(scope, new(environment={"AB": "a\0b"}), package())

    assert refused.value.code == "InvalidParameterValueException"


def test_environment_variables_may_have_four_kilobytes(scope: Scope, new: New) -> None:
    fits = {"AA": "x" * (4096 - len('{"AA":""}'))}
    lifecycle.create_function(scope, new(environment=fits), package())

    with pytest.raises(AwsError, match=r"exceeded the 4KB limit\. String measured: \{"):
        lifecycle.create_function(scope, new("b", environment=fits | {"BB": ""}), package())


def test_a_role_of_another_account_cannot_be_passed(scope: Scope, other: Scope, new: New) -> None:
    with pytest.raises(AwsError, match="Cross-account pass role is not allowed"):
        lifecycle.create_function(other, new(), package())


def test_another_account_and_region_see_nothing(
    scope: Scope, other: Scope, new: New, greet: FunctionName
) -> None:
    lifecycle.create_function(scope, new(), package())
    elsewhere = Scope(scope.account, "eu-west-1", scope.tenancy)

    assert finding.list_functions(other, limit=10) == []
    assert finding.list_functions(elsewhere, limit=10) == []
    with pytest.raises(AwsError, match="Function not found"):
        finding.get_function(other, greet)


def test_a_link_to_code_is_good_for_ten_minutes(scope: Scope, new: New, clock: Hand) -> None:
    function = lifecycle.create_function(scope, new(), package())
    token = code.location(function.code_id, clock=clock).rpartition("/")[2]

    clock.sleep(599)
    assert code.download(token, clock=clock) == package()
    clock.sleep(2)
    assert code.download(token, clock=clock) is None
    assert code.download("forged" + token, clock=clock) is None


@pytest.mark.parametrize("text", ["", "a b", "arn:aws:lambda:x", "n:!", "a" * 5 + "/b"])
def test_text_that_is_no_function_name_is_refused(scope: Scope, text: str) -> None:
    with pytest.raises(AwsError) as refused:
        read_name(scope, text)

    assert refused.value.code == "ValidationException"


def test_two_qualifiers_must_agree(scope: Scope) -> None:
    assert finding.named(scope, "greet:$LATEST", "$LATEST").qualifier == "$LATEST"

    with pytest.raises(AwsError, match="derived qualifier from the function name does not match"):
        finding.named(scope, "greet:one", "two")


def test_other_rooms_register_their_tags(scope: Scope) -> None:
    class Shelf:
        def __init__(self) -> None:
            self.tags: dict[str, str] = {}

        def read(self, scope: Scope, rest: str) -> dict[str, str]:
            return self.tags

        def put(self, scope: Scope, rest: str, tags: dict[str, str]) -> None:
            self.tags = tags

    tags.register("shelf", Shelf())
    arn = scope.arn("lambda", "shelf:7")

    tags.tag(scope, arn, {"a": "1", "b": "2"})
    tags.untag(scope, arn, ["a"])

    assert tags.list_tags(scope, arn) == {"b": "2"}
    with pytest.raises(AwsError, match="reserved prefix"):
        tags.tag(scope, arn, {"aws:x": "1"})

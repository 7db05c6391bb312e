"""The tabs Versions and Aliases, and the pages of concurrency, asynchronous invocation and policy."""

from __future__ import annotations

import io
import re
import stat
import zipfile

import pytest

from console.pages.aws import call
from console.pages.functions import comparing, source
from functions.models import Alias, EventInvokeConfig, Function, Version
from tests.pages.conftest import Browser, markup, text

CODE = "def lambda_handler(event, context):\n    return 1\n"


@pytest.fixture
def reader(browser: Browser) -> Browser:
    browser.function()
    return browser


def publish(browser: Browser, code: str = "") -> None:
    """Publish a version, of other code when some is given."""
    if code:
        package = source.pack(source.MAIN, code)
        call(browser.scope, "lambda", "UpdateFunctionCode", FunctionName="reader", ZipFile=package)
    browser.post("/functions/reader/versions", description="d")


def test_a_version_is_published_from_its_tab(reader: Browser) -> None:
    answer = reader.post("/functions/reader/versions", description="first")

    assert answer.status_code == 303
    page = reader.read("/functions/reader/versions")
    assert "reader has version 1." in page
    assert "first" in page
    assert Version.objects.get().description == "first"


def test_an_alias_is_made_weighted_pointed_elsewhere_and_deleted(reader: Browser) -> None:
    publish(reader)
    publish(reader, CODE)

    made = reader.post(
        "/functions/reader/aliases", name="live", version="1", other="2", weight="10"
    )
    listed = reader.read("/functions/reader/aliases")
    changed = reader.post("/functions/reader/aliases/live/", version="2", description="now")

    assert (made.status_code, changed.status_code) == (303, 303)
    assert "1 · 90 %" in listed
    assert "2 · 10 %" in listed
    alias = Alias.objects.get()
    assert (alias.version, alias.weights, alias.description) == ("2", {}, "now")
    reader.post("/functions/reader/aliases/live/delete")
    assert not Alias.objects.exists()


def test_the_page_of_an_alias_leads_to_its_triggers(reader: Browser) -> None:
    reader.table()
    reader.post("/functions/reader/aliases", name="live", version="$LATEST")
    bare = reader.read("/functions/reader/aliases/live/")
    uuid = reader.trigger("reader:live")

    page = reader.read("/functions/reader/aliases/live/")

    assert "No trigger runs this alias." in bare
    assert "No records processed" in page
    assert reader.get(f"/functions/reader/triggers/{uuid}/").status_code == 200


def test_awss_refusal_of_an_alias_stands_beside_its_field(reader: Browser) -> None:
    publish(reader)

    answer = reader.post(
        "/functions/reader/aliases", name="live", version="1", other="1", weight="5"
    )

    assert answer.status_code == 422
    assert "is already included in routing configuration." in text(answer)
    assert not Alias.objects.exists()


def test_a_version_that_is_used_is_not_deleted(reader: Browser) -> None:
    publish(reader)
    reader.post("/functions/reader/aliases", name="live", version="1")

    reader.post("/functions/reader/versions/1/delete")

    assert "the following aliases reference it: [live]" in reader.read("/functions/reader/versions")
    assert Version.objects.exists()


def test_two_versions_are_compared_line_by_line(reader: Browser) -> None:
    publish(reader, CODE)
    publish(reader, CODE.replace("1", "2"))
    Function.objects.update(timeout=9, environment={"WHO": "it's me"})

    page = markup(reader.get("/functions/reader/versions/compare?before=1&after=2"))
    latest = reader.read("/functions/reader/versions/compare?before=2&after=$LATEST")

    assert "<code> return 1</code>" in page
    assert "<code> return 2</code>" in page
    assert "Timeout (seconds) 3 9" in latest
    assert """Environment variables – {"WHO": "it's me"}""" in latest
    assert "No difference" in reader.read("/functions/reader/versions/compare?before=1&after=1")


def test_nothing_stands_in_for_a_version_that_is_gone(reader: Browser) -> None:
    publish(reader, CODE)

    answer = reader.get("/functions/reader/versions/compare?before=1&after=7")

    assert answer.status_code == 404
    assert "There is no version 7 of reader" in markup(answer)


def test_a_comparison_shows_what_is_around_a_change() -> None:
    before = "\n".join(f"line {number}" for number in range(20))
    after = before.replace("line 10", "line ten")

    lines = comparing.lines(before, after)

    assert [one.kind for one in lines] == ["gap", *["same"] * 3, "gone", "new", *["same"] * 3]
    changed = [(one.before, one.after, one.text) for one in lines if one.kind in ("gone", "new")]
    assert changed == [(11, None, "line 10"), (None, 11, "line ten")]


def test_lines_that_stand_everywhere_are_not_paired_with_each_other() -> None:
    """To pair each of them with each took minutes, and said nothing."""
    lines = comparing.lines("x = 1\n" * 1990, "x = 1\ny\n" * 995)

    assert len([one for one in lines if one.kind == "same"]) < 10


def test_lines_that_stand_everywhere_do_not_hide_what_changed() -> None:
    before = "".join(f"a{number} = {number}\n\n\n" for number in range(150))

    lines = comparing.lines(before, before.replace("a75 = 75", "a75 = 76"))

    changed = [(one.kind, one.text) for one in lines if one.kind in ("gone", "new")]
    assert changed == [("gone", "a75 = 75"), ("new", "a75 = 76")]


def test_a_comparison_tells_where_links_lead() -> None:
    before = _package({"a.py": "", "b.py": ""}, {"kept": "a.py", "moved": "a.py", "gone": "a.py"})
    after = _package(
        {"a.py": "", "b.py": "", "gone": ""}, {"kept": "a.py", "moved": "b.py", "new": "b.py"}
    )

    found = comparing.compare(before, after)

    told = [(one.name, one.kind, one.is_link) for one in found]
    assert told == [
        ("gone", "added", False),
        ("moved", "changed", True),
        ("new", "added", True),
        ("gone", "removed", True),
    ]
    assert [[line.text for line in one.lines or ()] for one in found] == [
        [],
        ["a.py", "b.py"],
        ["b.py"],
        ["a.py"],
    ]


def test_the_page_of_a_comparison_shows_links_empty_files_and_ends_of_lines(
    reader: Browser,
) -> None:
    for package in (
        _package({"lambda_function.py": "x = 1\r\n"}, {"l": "old.py"}),
        _package({"lambda_function.py": "x = 1\n", "empty.py": ""}, {"l": "new.py"}),
    ):
        call(reader.scope, "lambda", "UpdateFunctionCode", FunctionName="reader", ZipFile=package)
        call(reader.scope, "lambda", "PublishVersion", FunctionName="reader")

    page = reader.read("/functions/reader/versions/compare?before=1&after=2")

    assert "lambda_function.py changed Only the ends of lines differ." in page
    assert "empty.py added The file is empty." in page
    assert "l changed symbolic link" in page
    assert "− old.py" in page
    assert "+ new.py" in page


def test_of_many_files_only_the_first_are_compared_and_all_are_named(reader: Browser) -> None:
    publish(reader, CODE)
    texts: dict[str, str | None] = {f"m{number:03}.py": "x = 1\n" for number in range(150)}
    package = source.changed(source.pack(source.MAIN, CODE), texts)
    call(reader.scope, "lambda", "UpdateFunctionCode", FunctionName="reader", ZipFile=package)

    answer = reader.get("/functions/reader/versions/compare?before=1&after=$LATEST")

    assert markup(answer).count('<div class="diff"') == 100
    assert "Not compared line by line 50 m100.py added" in text(answer)
    assert "m149.py added" in text(answer)


def _package(files: dict[str, str], links: dict[str, str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        for name, target in links.items():
            link = zipfile.ZipInfo(name)
            link.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(link, target)
    return made.getvalue()


def test_concurrency_is_reserved_and_given_back(reader: Browser) -> None:
    path = "/functions/reader/configuration/concurrency"

    reader.post(path, kind="own", reserved="7")
    reserved = Function.objects.get().reserved
    refused = reader.post(path, kind="own", reserved="990")
    reader.post(path, kind="shared")

    assert reserved == 7
    assert "below its minimum value of [100]" in text(refused)
    assert Function.objects.get().reserved is None


def test_asynchronous_settings_are_saved_and_cleared(reader: Browser) -> None:
    path = "/functions/reader/configuration/asynchronous"

    reader.post(path, retries="1", age="60")
    saved = EventInvokeConfig.objects.get()
    refused = reader.post(path, retries="1", on_failure="arn:aws:sqs:us-east-1:000000000000:no")
    reader.post(path, retries="", age="")

    assert (saved.max_retries, saved.max_age) == (1, 60)
    assert "arn:aws:sqs:us-east-1:000000000000:no is invalid." in text(refused)
    assert not EventInvokeConfig.objects.exists()


def test_a_policy_statement_is_added_and_removed(reader: Browser) -> None:
    path = "/functions/reader/configuration/policy"
    permissions = "/functions/reader/configuration/permissions"

    reader.post(path, sid="s1", principal="s3.amazonaws.com", action="lambda:InvokeFunction")
    shown = reader.read(permissions)
    refused = text(reader.post(path, sid="s1", principal="s3.amazonaws.com", action="lambda:X"))
    reader.post(path, remove="s1")

    assert "s1 s3.amazonaws.com lambda:InvokeFunction" in shown
    assert "The statement id (s1) provided already exists." in refused
    assert "Nobody outside the account" in reader.read(permissions)


def test_the_code_of_a_version_is_read_and_that_of_latest_is_edited(reader: Browser) -> None:
    publish(reader)
    publish(reader, CODE)
    reader.post("/functions/reader/aliases", name="live", version="1")

    listed = markup(reader.get("/functions/reader/versions"))
    first = markup(reader.get("/functions/reader/?qualifier=1"))
    alias = markup(reader.get("/functions/reader/?qualifier=live"))
    newest = markup(reader.get("/functions/reader/"))

    assert 'href="/functions/reader/?qualifier=1#code"' in listed
    for page in (first, alias):
        assert "return 1" not in page
        assert "Version 1" in page
        assert re.search(r"<textarea[^>]* readonly", page)
        assert "/functions/reader/deploy" not in page
        assert "/functions/reader/files/add" not in page
    assert "function:reader:1" in first
    assert "return 1" in newest
    assert not re.search(r"<textarea[^>]* readonly", newest)
    assert "/functions/reader/deploy" in newest


def test_the_package_of_a_version_comes_down_as_it_was(reader: Browser) -> None:
    publish(reader)
    before = bytes(Function.objects.get().code.body)
    publish(reader, CODE)

    old = reader.get("/functions/reader/package.zip?qualifier=1")
    gone = reader.get("/functions/reader/package.zip?qualifier=9")

    assert old.content == before
    assert 'filename="reader-1.zip"' in old["Content-Disposition"]
    assert "Function not found: " in text(gone)


def test_a_test_runs_the_version_or_alias_that_is_chosen(reader: Browser) -> None:
    alone = reader.read("/functions/reader/test")
    publish(reader)
    reader.post("/functions/reader/aliases", name="live", version="1")

    opened = reader.get("/functions/reader/test?qualifier=live")
    gone = reader.post("/functions/reader/run", event="", qualifier="9")
    unknown = reader.post("/functions/reader/test", do="run", body="{}", qualifier="9")

    assert "Version or alias" not in alone
    assert "Version or alias" in text(opened)
    assert '<option value="live" selected>live</option>' in markup(opened)
    assert "Function not found: arn:aws:lambda:us-east-1:000000000000:function:reader:9" in text(
        gone
    )
    assert unknown.status_code == 422


def test_destinations_are_listed_drawn_and_allowed(reader: Browser) -> None:
    path = "/functions/reader/configuration/asynchronous"
    listed = "/functions/reader/configuration/destinations"
    arn = reader.scope.arn("sqs", "ends")
    empty = reader.read(listed)
    reader.post("/queues/", name="ends")

    refused = reader.post(path, on_success=arn)
    allowed = reader.post(path, on_success=arn, allow_destination="1")
    saved = reader.post(path, on_success=arn)

    assert "No destinations yet" in empty
    assert "does not have permissions to call SendMessage" in text(refused)
    assert refused.context["form"].errors.keys() == {"on_success"}
    assert "The role may write to ends now. Choose Save again." in text(allowed)
    assert not EventInvokeConfig.objects.filter(on_failure=arn).exists()
    assert saved.status_code == 303
    assert "Asynchronous invocation $LATEST On success ends" in reader.read(listed)
    assert "SQS: ends 0 messages · on success" in reader.read("/functions/reader/")


def test_a_destination_that_may_not_be_written_to_is_mended_in_the_list(reader: Browser) -> None:
    listed = "/functions/reader/configuration/destinations"
    arn = reader.scope.arn("sqs", "ends")
    reader.post("/queues/", name="ends")
    path = "/functions/reader/configuration/asynchronous"
    reader.post(path, on_failure=arn, allow_destination="1")
    reader.post(path, on_failure=arn)
    reader.post("/roles/reader-role/inline/delete?policy=SendTo-ends", policy="SendTo-ends")

    before = reader.read(listed)
    reader.post(listed, arn=arn)
    after = reader.read(listed)
    reader.post("/queues/ends/delete")

    assert "The role may not send there." in before
    assert "The role may not send there." not in after
    assert "Not there any more" in reader.read(listed)


def test_a_share_needs_a_version_and_a_version_a_share(reader: Browser) -> None:
    publish(reader)
    publish(reader, CODE)
    alias = {"name": "live", "version": "1"}

    lonely = reader.post("/functions/reader/aliases", **alias, weight="20")
    silent = reader.post("/functions/reader/aliases", **alias, other="2")

    assert "Choose the version that gets this share." in text(lonely)
    assert "Say how many of a hundred calls version 2 gets." in text(silent)
    assert not Alias.objects.exists()


def test_publishing_the_same_again_says_that_nothing_changed(reader: Browser) -> None:
    publish(reader)
    publish(reader)

    assert "Nothing changed since version 1: no new one was published." in reader.read(
        "/functions/reader/versions"
    )


def test_a_refused_statement_stays_as_it_was_typed(reader: Browser) -> None:
    path = "/functions/reader/configuration/policy"

    empty = reader.post(path)
    refused = reader.post(path, sid="a b", principal="s3.amazonaws.com", action="lambda:X")

    assert "Statement ID cannot be left empty." in text(empty)
    assert refused.status_code == 422
    assert "'statementId' failed to satisfy constraint" in text(refused)
    assert 'value="a b"' in refused.content.decode()
    assert 'id="id_sid_error"' in refused.content.decode()


def test_a_version_that_is_gone_is_not_taken_for_latest_unseen(reader: Browser) -> None:
    publish(reader)

    gone = reader.read("/functions/reader/?qualifier=9")

    assert "9 is not there any more: this is the code of $LATEST." in gone
    assert "is not there any more" not in reader.read("/functions/reader/?qualifier=1")

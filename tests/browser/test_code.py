"""The code editor by hand: several files, what is not deployed, faults at their line, the result."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import FilePayload, Page, expect

from console.pages.functions import source
from tests.browser.conftest import Opened
from tests.browser.console import create_function, follow, press
from tests.browser.test_accessibility import RULES

pytestmark = pytest.mark.browser


def _write(page: Page, text: str) -> None:
    """Replace the text of the editor."""
    editor = page.locator("#code .cm-content")
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def test_changes_of_several_files_wait_and_are_deployed_together(visit: Opened) -> None:
    page = visit(account="730000000001")
    create_function(page, "reader")
    press(page, "code.new")
    page.get_by_label("New file").fill("helper.py")
    press(page, "code.add")

    _write(page, "ANSWER = 'forty-two'\n")
    expect(page.locator("[data-edited]")).to_be_visible()
    follow(page.get_by_role("link", name="lambda_function.py"))
    expect(page.locator("[data-edited]")).to_be_visible()
    _write(
        page,
        "import helper\n\ndef lambda_handler(event, context):\n    return helper.ANSWER\n",
    )
    page.keyboard.press("Control+s")

    expect(page.locator("[data-deployed]")).to_be_visible()
    expect(page.locator("[data-edited]")).to_be_hidden()
    press(page, "test.run")
    expect(page.locator("#result")).to_contain_text("forty-two")


def test_a_file_that_is_found_among_many_keeps_what_was_typed(visit: Opened) -> None:
    page = visit(account="730000000009")
    create_function(page, "reader")
    package = source.changed(
        source.pack(
            source.MAIN, "import m290\n\ndef lambda_handler(event, context):\n    return 1\n"
        ),
        {f"m{number:03}.py": "" for number in range(300)},
    )
    press(page, "code.more")
    sent = FilePayload(name="p.zip", mimeType="application/zip", buffer=package)
    page.get_by_label("A .zip file").set_input_files(sent)
    press(page, "code.upload")

    page.get_by_label("Find a file").fill("M29")
    press(page, "code.look")
    assert not Axe().run(page, options=RULES).response["violations"]
    follow(page.get_by_role("link", name="m290.py"))
    _write(page, "print('found and changed')\n")
    page.goto("/functions/reader/")
    expect(page.locator("[data-edited]")).to_be_visible()
    expect(page.locator('[data-file="m290.py"]')).to_have_count(0)
    press(page, "code.deploy")
    expect(page.locator("[data-deployed]")).to_be_visible()

    press(page, "test.run")
    expect(page.locator("#result")).to_contain_text("found and changed")


def test_what_is_not_deployed_survives_a_reload_and_can_be_dropped(visit: Opened) -> None:
    page = visit(account="730000000002")
    create_function(page, "reader")
    _write(page, "# not yet\n")

    page.reload()
    expect(page.locator("#code .cm-content")).to_contain_text("# not yet")
    page.on("dialog", lambda dialog: dialog.accept())
    press(page, "code.discard")

    expect(page.locator("#code .cm-content")).to_contain_text("lambda_handler")
    expect(page.locator("[data-edited]")).to_be_hidden()


def test_a_fault_is_marked_at_its_line_and_named(visit: Opened) -> None:
    page = visit(account="730000000003")
    create_function(page, "reader")

    _write(page, "def lambda_handler(event, context):\nreturn 1\n")
    press(page, "code.deploy")

    expect(page.locator("[data-fault]")).to_contain_text("line 2")
    expect(page.locator("#code .cm-lint-marker-error")).to_be_visible()
    assert not Axe().run(page, options=RULES).response["violations"]


def test_files_are_edited_without_javascript(visit: Opened) -> None:
    page = visit(account="730000000004", scripts=False)
    create_function(page, "reader")
    press(page, "code.new")
    page.get_by_label("New file").fill("helper.py")
    press(page, "code.add")
    page.get_by_label("Code of helper.py").fill("ANSWER = 42\n")
    press(page, "code.deploy")

    expect(page.get_by_label("Code of helper.py")).to_have_value("ANSWER = 42\n")
    press(page, "code.more")
    page.get_by_label("New name of helper.py").fill("tools.py")
    press(page, "code.rename")
    expect(page.get_by_role("link", name="tools.py")).to_be_visible()


def test_a_published_version_is_read_and_run_but_not_changed(visit: Opened) -> None:
    page = visit(account="730000000006")
    create_function(page, "reader")
    page.goto("/functions/reader/versions")
    press(page, "version.publish")

    follow(page.get_by_role("link", name="1 Open its code"))
    editor = page.locator("#code .cm-content")
    before = editor.inner_text()
    editor.click()
    page.keyboard.type("never")
    page.keyboard.press("Control+s")
    press(page, "test.run")

    expect(page.locator("#result")).to_contain_text("Version: 1")
    assert editor.inner_text() == before
    expect(page.locator("[data-deployed]")).to_have_count(0)


def test_the_result_of_a_test_comes_into_view_and_the_focus_stays(visit: Opened) -> None:
    page = visit(account="730000000011", width=1440)
    create_function(page, "reader")
    long = "\n".join(f"A{number} = {number}" for number in range(400))
    _write(page, f"{long}\n\ndef lambda_handler(event, context):\n    return A399\n")
    page.keyboard.press("Control+s")
    expect(page.locator("[data-deployed]")).to_be_visible()
    button = page.locator('#code [data-label="test.run"]')
    button.focus()

    page.keyboard.press("Enter")

    expect(page.locator("#result .result > header")).to_be_in_viewport()
    expect(page.locator("#result")).to_contain_text("399")
    expect(button).to_be_focused()
    assert page.locator("#code .cm-editor").evaluate("one => one.offsetHeight < innerHeight")


def test_what_is_sent_to_a_deleted_function_is_told_to_have_come_to_nothing(visit: Opened) -> None:
    page, other = visit(account="730000000007"), visit(account="730000000007")
    create_function(page, "reader")
    other.goto("/functions/reader/delete")
    press(other, "function.delete")

    _write(page, "# too late\n")
    page.keyboard.press("Control+s")
    expect(page.locator("#deployed")).to_contain_text("Function not found")
    press(page, "test.run")

    expect(page.locator("#result")).to_contain_text("Function not found")
    expect(page.locator("[data-edited]")).to_be_visible()


def test_a_form_is_sent_once_however_often_it_is_clicked(visit: Opened) -> None:
    page = visit(account="730000000008")
    page.goto("/functions/create")

    stopped = page.evaluate(
        """() => {
          const form = document.querySelector("main form[method=post]");
          const seen = [];
          addEventListener("submit", (event) => {
            seen.push(event.defaultPrevented);
            event.preventDefault();
          });
          form.requestSubmit();
          form.requestSubmit();
          return seen;
        }"""
    )

    assert stopped == [False, True]

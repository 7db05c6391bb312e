"""The Code tab: files are edited, added, renamed and deleted, packages go up and come down."""

from __future__ import annotations

import io
import re
import stat
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from console.pages.aws import call
from console.pages.functions import handlers, source, syntax
from functions.models import Function
from tests.pages.conftest import Browser, markup, text

HERE = "/functions/reader"


def _files() -> dict[str, bytes]:
    """What the function's package holds."""
    with zipfile.ZipFile(io.BytesIO(bytes(Function.objects.get().code.body))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_editor_deploys_its_text(browser: Browser) -> None:
    browser.function()

    answer = browser.post(
        "/functions/reader/deploy",
        file="lambda_function.py",
        text="def lambda_handler(e, c): ...\n",
    )

    assert answer.status_code == 303
    assert "def lambda_handler(e, c): ..." in browser.read("/functions/reader/")


def test_other_files_of_the_package_stay_when_one_is_deployed(browser: Browser) -> None:
    browser.function()
    browser.post("/functions/reader/deploy", file="helper.py", text="ANSWER = 42\n")
    browser.post("/functions/reader/deploy", file="lambda_function.py", text="import helper\n")

    assert "ANSWER = 42" in browser.read("/functions/reader/?file=helper.py")


def test_several_files_are_deployed_together(browser: Browser) -> None:
    browser.function()

    browser.client.post(
        f"{HERE}/deploy",
        {"file": ["lambda_function.py", "lib/helper.py"], "text": ["import lib\n", "A = 1\n"]},
    )

    assert _files() == {"lambda_function.py": b"import lib\n", "lib/helper.py": b"A = 1\n"}


def test_a_fault_is_deployed_and_its_line_is_named(browser: Browser) -> None:
    browser.function()
    broken = "def lambda_handler(event, context):\n    return (\n"

    browser.post(f"{HERE}/deploy", file="lambda_function.py", text=broken)
    answer = browser.get(f"{HERE}/")

    assert "lambda_function.py , line 2: '(' was never closed" in text(answer)
    assert 'data-line="2"' in markup(answer)


def test_a_script_gets_the_outcome_without_the_page(browser: Browser) -> None:
    browser.function()

    answer = browser.client.post(
        f"{HERE}/deploy", {"file": "a.json", "text": "{"}, headers={"HX-Request": "true"}
    )

    assert "data-deployed" in markup(answer)
    assert 'data-fault="a.json" data-line="1" data-column="2"' in markup(answer)
    assert "<html" not in markup(answer)


def test_a_file_is_added_renamed_and_deleted(browser: Browser) -> None:
    browser.function()

    added = browser.post(f"{HERE}/files/add", name="helper.py")
    assert added["Location"] == "/functions/reader/?file=helper.py#code"
    browser.post(f"{HERE}/files/rename", file="helper.py", to="lib/tools.py")
    assert set(_files()) == {"lambda_function.py", "lib/tools.py"}

    browser.post(f"{HERE}/files/delete", file="lib/tools.py")
    assert set(_files()) == {"lambda_function.py"}


def test_a_handler_that_lost_its_file_is_told_at_once_with_the_way_to_it(browser: Browser) -> None:
    browser.function()
    told = "Runs fail: Unable to import module 'lambda_function'. Change the handler"
    assert told not in browser.read(f"{HERE}/")

    away = {"file": "lambda_function.py", "to": "main.py"}
    renamed = browser.client.post(f"{HERE}/files/rename", away, follow=True)
    assert told in text(renamed)
    assert 'href="/functions/reader/configuration#id_handler"' in markup(renamed)
    assert 'id="id_handler"' in markup(browser.get(f"{HERE}/configuration"))
    assert told in browser.read(f"{HERE}/configuration")
    deployed = {"file": "main.py", "text": "x = 1\n"}
    answer = browser.client.post(f"{HERE}/deploy", deployed, headers={"HX-Request": "true"})
    assert told in text(answer)

    call(
        browser.scope,
        "lambda",
        "UpdateFunctionConfiguration",
        FunctionName="reader",
        Handler="main.f",
    )
    assert "Runs fail" not in browser.read(f"{HERE}/")


def test_a_version_without_its_handlers_file_says_so_and_offers_no_change(browser: Browser) -> None:
    browser.function()
    browser.post(f"{HERE}/files/rename", file="lambda_function.py", to="main.py")
    call(browser.scope, "lambda", "PublishVersion", FunctionName="reader")
    browser.post(f"{HERE}/files/rename", file="main.py", to="lambda_function.py")

    assert "Runs fail" not in browser.read(f"{HERE}/")
    version = browser.read(f"{HERE}/?qualifier=1")
    assert "Runs fail: Unable to import module 'lambda_function'." in version
    assert "Change the handler" not in version


@pytest.mark.parametrize(
    ("runtime", "handler", "entries", "module"),
    [
        ("python3.11", "app.handler", {"app.py"}, ""),
        ("python3.11", "app.handler", {"app.py.txt", "lib/app.py"}, "app"),
        ("python3.11", "lib/app.handler", {"lib/app.py"}, ""),
        ("python3.11", "lib.app.handler", {"lib/app.py"}, ""),
        ("python3.11", "lib.app.handler", {"lib", "src/app.py"}, ""),
        ("python3.11", "app.handler", {"app/__init__.py"}, ""),
        ("python3.11", "app.handler", {"app.cpython-311-x86_64-linux-gnu.so"}, ""),
        ("python3.11", "json.dumps", {"app.py"}, ""),
        ("python3.11", "handler", {"app.py"}, ""),
        ("nodejs20.x", "index.handler", {"index.mjs"}, ""),
        ("nodejs20.x", "index.a.handler", {"index.cjs"}, ""),
        ("nodejs20.x", "src/index.handler", {"index.mjs"}, "src/index"),
        ("nodejs20.x", "shared.handler", {"node_modules/shared/index.js"}, ""),
        ("nodejs20.x", "../index.handler", {"index.mjs"}, ""),
        ("provided.al2023", "app.handler", {"bootstrap"}, ""),
    ],
)
def test_a_handlers_module_is_looked_for_as_its_runtime_does(
    runtime: str, handler: str, entries: set[str], module: str
) -> None:
    assert handlers.unfound(runtime, handler, entries) == module


def test_a_renamed_file_that_is_no_text_stays_as_it_is() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("raw", b"\xff\xfe")

    with zipfile.ZipFile(io.BytesIO(source.renamed(made.getvalue(), "raw", "data/raw"))) as after:
        assert {name: after.read(name) for name in after.namelist()} == {"data/raw": b"\xff\xfe"}


def test_links_of_a_package_stay_links_and_are_not_edited(browser: Browser) -> None:
    browser.function()
    made = io.BytesIO()
    link = zipfile.ZipInfo("alias.py")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("lambda_function.py", "")
        archive.writestr(link, "lambda_function.py")
    sent = SimpleUploadedFile("code.zip", made.getvalue())
    browser.client.post(f"{HERE}/package", {"package": sent})

    browser.post(f"{HERE}/deploy", file="lambda_function.py", text="x = 1\n")
    taken = browser.client.post(f"{HERE}/files/add", {"name": "alias.py"}, follow=True)
    listed = browser.read("/functions/reader/")

    body = bytes(Function.objects.get().code.body)
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert archive.read("lambda_function.py") == b"x = 1\n"
        assert stat.S_ISLNK(archive.getinfo("alias.py").external_attr >> 16)
        assert archive.read("alias.py") == b"lambda_function.py"
    assert "alias.py is there already." in text(taken)
    assert "alias.py" not in listed


def test_names_that_lead_out_of_the_package_are_refused(browser: Browser) -> None:
    browser.function()

    for name in (
        "../evil.py",
        "/etc/passwd",
        "a//b.py",
        "",
        "lambda_function.py",
        "a\\b",
        "x" * 256,
    ):
        answer = browser.client.post(f"{HERE}/files/add", {"name": name}, follow=True)
        assert "(InvalidParameterValueException)" in text(answer)

    assert set(_files()) == {"lambda_function.py"}


def test_the_only_file_cannot_be_deleted(browser: Browser) -> None:
    browser.function()

    answer = browser.client.post(
        f"{HERE}/files/delete", {"file": "lambda_function.py"}, follow=True
    )

    assert "A package holds at least one file." in text(answer)


def test_a_package_goes_up_and_comes_down_as_it_is(browser: Browser) -> None:
    browser.function()
    package = source.pack("index.py", "x = 1\n")

    browser.client.post(f"{HERE}/package", {"package": SimpleUploadedFile("p.zip", package)})
    file = browser.get(f"{HERE}/package.zip")

    assert file.content == package
    assert file["Content-Disposition"] == 'attachment; filename="reader.zip"'


def test_what_is_no_zip_file_is_refused_in_the_words_of_aws(browser: Browser) -> None:
    browser.function()

    for sent in ({"package": SimpleUploadedFile("p.zip", b"nothing")}, {}):
        answer = browser.client.post(f"{HERE}/package", sent, follow=True)
        assert "(InvalidParameterValueException)" in text(answer)

    assert set(_files()) == {"lambda_function.py"}


def test_faults_are_found_by_language_and_never_run() -> None:
    assert syntax.check("a.py", "raise SystemExit") is None
    assert syntax.check("a.txt", "(") is None
    assert syntax.check("a.py", "x = 1\n  y") == syntax.Fault("a.py", 2, 2, "unexpected indent")
    assert syntax.check("a.json", "[1 2]") == syntax.Fault(
        "a.json", 1, 4, "Expecting ',' delimiter"
    )
    assert syntax.check("a.py", "(" * 5000 + ")" * 5000) is not None


def test_python_is_read_as_the_runtime_reads_it() -> None:
    newer = "match x:\n    case 1: pass\n"

    assert syntax.check("a.py", newer, "python3.11") is None
    assert syntax.check("a.py", newer, "python3.9") is not None
    assert syntax.check("a.py", "(", "python3.11") is not None
    assert syntax.check("a.py", "(", "nodejs22.x") is not None
    assert syntax.check("a.py", "(", "python3.99") is None


def test_a_file_that_is_no_text_is_never_overwritten(browser: Browser) -> None:
    browser.function()
    package = source.changed(source.pack("lambda_function.py", "x = 1\n"), {})
    made = io.BytesIO(package)
    with zipfile.ZipFile(made, "a") as archive:
        archive.writestr("raw", b"\xff\xfe")
    browser.client.post(
        f"{HERE}/package", {"package": SimpleUploadedFile("p.zip", made.getvalue())}
    )

    page = markup(browser.get(f"{HERE}/?file=raw"))
    for fields in ({"file": "raw"}, {"file": ["raw", "lambda_function.py"], "text": "y = 2"}):
        assert browser.client.post(f"{HERE}/deploy", fields).status_code == 422

    assert "is not text, or larger than 512 KB" in page
    assert 'name="text"' not in page
    assert _files() == {"lambda_function.py": b"x = 1\n", "raw": b"\xff\xfe"}


def test_a_file_that_is_gone_is_neither_renamed_nor_deleted(browser: Browser) -> None:
    browser.function()

    for action, fields in (("rename", {"file": "gone", "to": "new"}), ("delete", {"file": "gone"})):
        answer = browser.client.post(f"{HERE}/files/{action}", fields, follow=True)
        assert "gone is not there any more." in text(answer)

    assert set(_files()) == {"lambda_function.py"}


def test_what_became_of_the_package_is_told_in_the_box_that_is_scrolled_to(
    browser: Browser,
) -> None:
    browser.function()

    for name, said in (("../x.py", "is no path inside the package."), ("x.py", "x.py was added.")):
        answer = browser.client.post(f"{HERE}/files/add", {"name": name}, follow=True)
        page = answer.content.decode()

        assert text(answer).count(said) == 1
        assert page.index('id="deployed"') < page.index(said) < page.index('class="source"')


def test_code_that_was_deployed_elsewhere_is_not_overwritten_unseen(browser: Browser) -> None:
    browser.function()
    page = browser.get(f"{HERE}/").content.decode()
    began = re.search(r'name="began"\s+value="(\w+)"', page)
    assert began
    mine = {"file": source.MAIN, "text": "mine = 1\n", "began": began[1]}
    browser.post(f"{HERE}/deploy", file=source.MAIN, text="theirs = 1\n", began=began[1])

    refused = browser.client.post(f"{HERE}/deploy", mine, headers={"HX-Request": "true"})
    between = _files()
    again = re.search(r'name="began"\s+value="(\w+)"', refused.content.decode())
    assert again
    browser.post(f"{HERE}/deploy", **{**mine, "began": again[1]})

    assert refused.status_code == 422
    assert "The code was deployed elsewhere" in text(refused)
    assert between == {source.MAIN: b"theirs = 1\n"}
    assert _files() == {source.MAIN: b"mine = 1\n"}


def test_files_beyond_the_first_are_counted_and_found_by_name(browser: Browser) -> None:
    browser.function()
    package = source.changed(
        source.pack(source.MAIN, "x = 1\n"), {f"lib/M{n:04}.py": "" for n in range(1002)}
    )
    browser.client.post(f"{HERE}/package", {"package": SimpleUploadedFile("p.zip", package)})

    whole = browser.get(f"{HERE}/")
    assert "The package has 1003 files. The first 200 are listed." in text(whole)
    assert _listed(whole) == [source.MAIN, *(f"lib/M{n:04}.py" for n in range(199))]

    found = browser.get(f"{HERE}/?find=m100")
    assert "2 of 1003 files have that in their names." in text(found)
    assert "are listed" not in text(found)
    assert _listed(found) == ["lib/M1000.py", "lib/M1001.py", source.MAIN]

    opened = browser.get(f"{HERE}/?file=lib/M1001.py&find=m100")
    assert 'data-file="lib/M1001.py" aria-current="true"' in markup(opened)
    assert "file=lib%2FM1000.py&amp;find=m100#code" in markup(opened)


def test_files_of_a_version_are_found_too_and_few_files_need_no_search(browser: Browser) -> None:
    browser.function()
    assert "Find a file" not in browser.read(f"{HERE}/")
    call(browser.scope, "lambda", "PublishVersion", FunctionName="reader")
    many = source.changed(None, {f"m{n:03}.py": "" for n in range(300)})
    browser.client.post(f"{HERE}/package", {"package": SimpleUploadedFile("p.zip", many)})
    call(browser.scope, "lambda", "PublishVersion", FunctionName="reader")

    assert "Find a file" not in browser.read(f"{HERE}/?qualifier=1")
    found = browser.get(f"{HERE}/?qualifier=2&find=m299")
    assert "1 of 300 files have that in their names." in text(found)
    assert '<input type="hidden" name="qualifier" value="2">' in markup(found)


def _listed(answer: HttpResponse) -> list[str]:
    return re.findall(r'data-file="([^"]+)"', markup(answer))

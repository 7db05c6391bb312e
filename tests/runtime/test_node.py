"""Functions in JavaScript: both kinds of modules and handlers, errors, logs, the context."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from functions.runtime import interpreters, packages, runtimes
from functions.runtime.outcomes import Outcome, Status
from functions.runtime.pool import Pool
from functions.runtime.spec import EnvironmentSpec
from tests.runtime.conftest import Write, run, texts

pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.skipif(not interpreters.nodes(), reason="no Node here"),
]
NODES = [name for name in runtimes.offered() if name.startswith("nodejs")]
RUNTIME = NODES[0] if NODES else ""
#: AWS's client is of another generation from Node 24 on: handlers do not call back any more.
OLDER = next((name for name in NODES if name < "nodejs24"), "")
NEWER = next((name for name in NODES if name >= "nodejs24"), "")
needs_older = pytest.mark.skipif(not OLDER, reason="no Node before 24 here")
needs_newer = pytest.mark.skipif(not NEWER, reason="no Node from 24 on here")


@pytest.mark.parametrize("name", NODES)
def test_every_node_runs_functions(pool: Pool, pack: Write, name: str) -> None:
    spec = pack({"index.mjs": "export const handler = async () => process.version;"}, name)

    outcome = run(pool, spec)
    version = json.loads(outcome.payload)
    assert not outcome.function_error, texts(outcome)

    assert version.startswith(f"v{name.removeprefix('nodejs').removesuffix('.x')}.")


@pytest.fixture
def js(pack: Write) -> Write:
    """Write `index.js`, or the named file, of a function."""

    def make(
        text: str, name: str = "index.js", runtime: str = RUNTIME, **settings: object
    ) -> EnvironmentSpec:
        return pack({name: text}, runtime, **settings)

    return make


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("index.js", "exports.handler = async (event) => ({ got: event.a })"),
        ("index.cjs", "exports.handler = async (event) => ({ got: event.a })"),
        ("index.mjs", "export const handler = async (event) => ({ got: event.a })"),
    ],
)
def test_every_kind_of_handler_answers(pool: Pool, js: Write, name: str, text: str) -> None:
    outcome = run(pool, js(text, name), {"a": "ü"})

    assert json.loads(outcome.payload) == {"got": "ü"}
    assert outcome.function_error is None


@needs_older
@pytest.mark.parametrize(
    "text",
    [
        "exports.handler = (event, context, callback) => callback(null, { got: event.a })",
        "exports.handler = (event, context) => context.succeed({ got: event.a })",
        "exports.handler = (event, context) => context.done(null, { got: event.a })",
    ],
)
def test_before_node_24_a_handler_may_call_back(pool: Pool, js: Write, text: str) -> None:
    outcome = run(pool, js(text, runtime=OLDER), {"a": "ü"})

    assert json.loads(outcome.payload) == {"got": "ü"}
    assert any("\tWARN\tAWS Lambda plans to remove" in one for one in texts(outcome)) == (
        "callback" in text
    )


@needs_newer
@pytest.mark.parametrize("text", ["(e, c, callback) => callback(null, 1)", "async (e, c, cb) => 1"])
def test_from_node_24_on_a_handler_with_a_callback_is_refused(
    pool: Pool, js: Write, text: str
) -> None:
    outcome = run(pool, js(f"exports.handler = {text}", runtime=NEWER))

    assert outcome.error_type == "Runtime.CallbackHandlerDeprecated"
    assert outcome.error_message.startswith(
        "ERROR: AWS Lambda has removed support for callback-based function handlers starting with "
        "Node.js 24."
    )
    assert any("Z\t-\tERROR\tInit Error \t{" in text for text in texts(outcome))


@needs_newer
def test_from_node_24_on_the_context_has_nothing_to_call(pool: Pool, js: Write) -> None:
    code = "exports.handler = (e, c) => Object.keys(c).concat(typeof c.done)"
    found = json.loads(run(pool, js(code, runtime=NEWER)).payload)

    assert found[-1] == "undefined"
    assert not {"done", "succeed", "fail", "callbackWaitsForEmptyEventLoop"}.intersection(found)


@needs_newer
def test_from_node_24_on_a_default_export_may_hold_the_handler(pool: Pool, js: Write) -> None:
    code = "export default { handler: async () => 7 };"

    assert run(pool, js(code, "index.mjs", NEWER)).payload == b"7"
    if OLDER:
        refused = run(pool, js(code, "index.mjs", OLDER))
        assert refused.error_type == "Runtime.HandlerNotFound"


def test_a_package_can_say_that_it_is_made_of_modules(pool: Pool, pack: Write) -> None:
    files = {
        "package.json": '{"type": "module"}',
        "src/app.js": "import { n } from './other.js'; export const f = async () => n;",
        "src/other.js": "export const n = await Promise.resolve(7);",
    }

    assert run(pool, pack(files, RUNTIME, "src/app.f")).payload == b"7"


def test_bundled_modules_are_found(pool: Pool, pack: Write) -> None:
    files = {
        "index.js": "exports.handler = async () => require('own').n;",
        "node_modules/own/index.js": "exports.n = 3;",
    }

    assert run(pool, pack(files, RUNTIME)).payload == b"3"


def test_modules_find_what_a_layer_brings_through_a_link(walled: Pool, pack: Write) -> None:
    layer = pack({"nodejs/node_modules/own/index.mjs": "export const n = 3;"}, RUNTIME)
    spec = pack(
        {"index.mjs": "import { n } from 'own/index.mjs'; export const handler = async () => n;"},
        RUNTIME,
        layers=packages.merged([layer.code], layer.code.parent),
        version="2",
    )
    (spec.code / "node_modules").symlink_to("/opt/nodejs/node_modules")

    assert run(walled, spec).payload == b"3"


def test_a_handler_that_returns_nothing_answers_null(pool: Pool, js: Write) -> None:
    assert run(pool, js("exports.handler = async () => {}")).payload == b"null"
    assert run(pool, js("exports.handler = () => {}")).payload == b"null"


@needs_older
def test_a_callback_waits_until_nothing_is_left_to_do(pool: Pool, js: Write) -> None:
    waits = js(
        """
        let fired = 0;
        exports.handler = (event, context, callback) => {
          context.callbackWaitsForEmptyEventLoop = event;
          setTimeout(() => { fired += 1; console.log("late"); }, 200);
          callback(null, { get fired() { return fired; } });
        };
        """,
        runtime=OLDER,
    )

    waited, at_once = run(pool, waits, True), run(pool, waits, False)

    assert waited.payload == b'{"fired":1}'
    assert any("late" in text for text in texts(waited))
    assert at_once.payload == b'{"fired":1}'  # the first time's; its own is still to come


@pytest.mark.parametrize("runtime", NODES)
def test_the_context_says_what_is_invoked(pool: Pool, js: Write, runtime: str) -> None:
    spec = js(
        """
        exports.handler = async (event, context) => ({
          ...context, left: context.getRemainingTimeInMillis(), env: process.env.AWS_EXECUTION_ENV,
        });
        """,
        runtime=runtime,
    )

    outcome = run(pool, spec, request_id="r-7")

    seen = json.loads(outcome.payload)
    assert 0 < seen.pop("left") <= 60_000
    if runtime >= "nodejs24":
        assert seen.pop("xRayTraceId").startswith("Root=1-")
    else:
        assert seen.pop("callbackWaitsForEmptyEventLoop") is True
    assert seen == {
        "functionVersion": "$LATEST",
        "functionName": "probe",
        "memoryLimitInMB": "128",
        "logGroupName": "/aws/lambda/probe",
        "logStreamName": outcome.log_stream,
        "invokedFunctionArn": "arn:aws:lambda:us-east-1:111111111111:function:probe",
        "awsRequestId": "r-7",
        "env": f"AWS_Lambda_{runtime}",
    }


@pytest.mark.parametrize(
    ("runtime", "text"),
    [
        (RUNTIME, "exports.handler = async () => { throw new TypeError('no'); }"),
        (RUNTIME, "exports.handler = () => { throw new TypeError('no'); }"),
        pytest.param(
            OLDER,
            "exports.handler = (e, c, callback) => callback(new TypeError('no'))",
            marks=needs_older,
        ),
        pytest.param(
            OLDER, "exports.handler = (e, c) => c.fail(new TypeError('no'))", marks=needs_older
        ),
    ],
)
def test_an_error_comes_with_its_trace(pool: Pool, js: Write, runtime: str, text: str) -> None:
    outcome = run(pool, js(text, runtime=runtime))

    payload = json.loads(outcome.payload)
    trace = payload.pop("trace")
    assert payload == {"errorType": "TypeError", "errorMessage": "no"}
    assert trace[0] == "TypeError: no"
    assert "index.js:1" in trace[1]
    assert outcome.function_error == "Unhandled"
    assert outcome.status is Status.OK
    logged = next(text for text in texts(outcome) if "Invoke Error" in text)
    assert re.match(r"\S+Z\tr-1\tERROR\tInvoke Error \t\{\"errorType\":\"TypeError\"", logged)


@pytest.mark.parametrize("runtime", NODES)
def test_something_that_is_no_error_may_be_thrown(pool: Pool, js: Write, runtime: str) -> None:
    outcome = run(pool, js("exports.handler = async () => { throw 'words'; }", runtime=runtime))

    assert json.loads(outcome.payload) == {
        "errorType": "string",
        "errorMessage": "words",
        "trace": [],
    }
    logged = _error_of(outcome, "Invoke Error")
    assert (logged["errorType"], logged["errorMessage"]) == ("Error", "words")


def test_the_log_tells_all_that_an_error_was_given(pool: Pool, js: Write) -> None:
    spec = js(
        """
        exports.handler = async () => {
          const error = new RangeError("no");
          throw Object.assign(error, { name: "Mine", code: 7, inner: new Error("why") });
        };
        """
    )

    logged = _error_of(run(pool, spec), "Invoke Error")

    assert list(logged) == ["errorType", "errorMessage", "code", "name", "inner", "stack"]
    assert (logged["errorType"], logged["name"], logged["code"]) == ("Mine", "Mine", 7)
    assert logged["inner"]["errorMessage"] == "why"


@pytest.mark.parametrize(
    ("runtime", "kind"),
    [
        pytest.param(OLDER, "Error", marks=needs_older),
        pytest.param(NEWER, "Runtime.JSONStringifyError", marks=needs_newer),
    ],
)
def test_an_answer_that_is_no_json_is_an_error(
    pool: Pool, js: Write, runtime: str, kind: str
) -> None:
    outcome = run(pool, js("exports.handler = async () => 10n", runtime=runtime))

    assert (outcome.error_type, outcome.error_message) == (
        kind,
        "Unable to stringify response body",
    )
    assert _error_of(outcome, "Invoke Error")["errorType"] == kind


def _error_of(outcome: Outcome, text: str) -> dict[str, Any]:
    """Find the error in the line that begins with `text`."""
    line = next(one for one in texts(outcome) if f"\t{text} \t" in one)
    found: dict[str, Any] = json.loads(line.partition(f"{text} \t")[2])
    return found


@pytest.mark.parametrize(
    ("text", "handler", "kind", "message"),
    [
        (
            "",
            "index.nobody",
            "Runtime.HandlerNotFound",
            "index.nobody is undefined or not exported",
        ),
        ("exports.f = 1", "index.f", "Runtime.HandlerNotFound", "index.f is not a function"),
        ("", "index", "Runtime.MalformedHandlerName", "Bad handler"),
        (
            "",
            "../index.f",
            "Runtime.MalformedHandlerName",
            "'../index.f' is not a valid handler name. Use absolute paths when specifying root",
        ),
        ("", "nothing.f", "Runtime.ImportModuleError", "Error: Cannot find module 'nothing'"),
        (
            "require('gone')",
            "index.f",
            "Runtime.ImportModuleError",
            "Error: Cannot find module 'gone'",
        ),
        ("let = 1 1", "index.f", "Runtime.UserCodeSyntaxError", "SyntaxError: "),
        ("throw new RangeError('while loading')", "index.f", "RangeError", "while loading"),
    ],
)
def test_a_handler_that_cannot_be_loaded_says_why(
    pool: Pool, js: Write, text: str, handler: str, kind: str, message: str
) -> None:
    outcome = run(pool, js(text, handler=handler))

    payload = json.loads(outcome.payload)
    assert payload["errorType"] == kind
    assert payload["errorMessage"].startswith(message)
    assert isinstance(payload["trace"], list)


@pytest.mark.parametrize("runtime", NODES)
def test_a_missing_module_is_told_as_node_finds_it(pool: Pool, pack: Write, runtime: str) -> None:
    required = run(pool, pack({"index.js": "require('gone')"}, runtime))
    imported = run(pool, pack({"index.mjs": "import 'gone'"}, runtime))

    logged = _error_of(required, "Init Error" if runtime >= "nodejs24" else "Uncaught Exception")
    assert logged["errorType"] == "Runtime.ImportModuleError"
    assert logged["stack"][0] == "Runtime.ImportModuleError: Error: Cannot find module 'gone'"
    assert imported.error_type == "Error"
    assert imported.error_message.startswith("Cannot find package 'gone' imported from ")


@needs_older
def test_before_the_first_event_a_line_has_no_request_id(pool: Pool, js: Write) -> None:
    outcome = run(pool, js("console.log('early'); exports.handler = async () => {}", runtime=OLDER))

    assert any("Z\tundefined\tINFO\tearly" in text for text in texts(outcome))


def test_a_promise_that_nobody_settles_ends_node(pool: Pool, js: Write) -> None:
    outcome = run(pool, js("exports.handler = () => new Promise(() => {})"))

    assert outcome.error_type == "Runtime.NodeJsExit"


def test_a_rejection_that_nobody_handles_ends_node(pool: Pool, js: Write) -> None:
    spec = js(
        """
        exports.handler = async () => {
          Promise.reject(new Error("lost"));
          await new Promise((resolve) => setTimeout(resolve, 1000));
        };
        """
    )

    outcome = run(pool, spec)

    assert outcome.error_type == "Runtime.UnhandledPromiseRejection"
    assert outcome.error_message == "Error: lost"


def test_an_error_outside_of_the_handler_ends_the_invocation(pool: Pool, js: Write) -> None:
    text = """
        exports.handler = () => new Promise(() => {
          setTimeout(() => { throw new Error('later'); }, 10);
        });
    """

    assert run(pool, js(text)).error_message == "later"


def test_lines_carry_time_request_and_level(pool: Pool, js: Write) -> None:
    spec = js(
        """
        exports.handler = async () => {
          console.log("one", { a: 1 });
          console.warn("two\\nlines");
          process.stdout.write("raw\\n");
        };
        """
    )

    lines = texts(run(pool, spec))

    assert any(re.fullmatch(r"20\S+Z\tr-1\tINFO\tone \{ a: 1 \}\n", line) for line in lines)
    assert any(re.fullmatch(r"20\S+Z\tr-1\tWARN\ttwo\nlines\n", line) for line in lines)
    assert "raw\n" in lines


def test_too_much_memory_is_killed(pool: Pool, js: Write) -> None:
    spec = js(
        """
        exports.handler = async () => {
          const held = [];
          for (;;) { held.push(Buffer.alloc(8_000_000, 1)); await new Promise(setImmediate); }
        };
        """,
    )

    assert run(pool, spec).function_error == "Unhandled"


def test_a_warm_environment_keeps_its_state(pool: Pool, js: Write) -> None:
    spec = js("let n = 0; exports.handler = async () => ++n;")

    assert [run(pool, spec).payload for _ in range(3)] == [b"1", b"2", b"3"]

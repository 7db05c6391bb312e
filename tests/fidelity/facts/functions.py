"""Lambda functions: configuration, invocation, execution environments."""

from __future__ import annotations

from tests.fidelity.fact import DOCUMENTED, GUESSED, VERIFIED, Chapter, Fact

_FN = "recorded from AWS, LocalStack snapshot test_lambda, November 2025"
_API = "recorded from AWS, LocalStack snapshot test_lambda_api, December 2025"
_RIC = "AWS's own runtime interface client, awslambdaric"
_NODE = "AWS's own runtime interface client, aws-lambda-nodejs-runtime-interface-client"
_GUIDE = "Lambda developer guide"

CHAPTER = Chapter(
    "Functions",
    (
        Fact(
            "The console keeps up to ten test events per person and function, private or shareable.",
            f"{_GUIDE}, Testing Lambda functions in the console",
            DOCUMENTED,
            "tests/pages/test_testing.py::test_an_owner_keeps_ten_events_of_a_function",
        ),
        Fact(
            "An unhandled exception is a 200 with X-Amz-Function-Error: Unhandled and errorMessage, errorType, requestId, stackTrace.",
            f"{_FN}; {_RIC}",
            VERIFIED,
        ),
        Fact(
            "CreateFunction answers State Pending and an update LastUpdateStatus InProgress, both `The function is being created.`, code Creating; Environment is shown once it was given, even empty.",
            _API,
            VERIFIED,
            "tests/wire/test_lambda_functions.py::test_a_change_answers_with_the_state_it_begins_with",
        ),
        Fact(
            "A role of another account is an AccessDeniedException: `Cross-account pass role is not allowed.`",
            "moto's tests",
            DOCUMENTED,
            "tests/wire/test_lambda_functions.py::test_the_role_of_another_account_may_not_be_passed",
        ),
        Fact(
            "A function that is Pending or has an update in progress is neither changed nor published: a ResourceConflictException.",
            "AWS's answers pasted in public issues (aws-cli#6718)",
            VERIFIED,
            "tests/catalog/test_functions.py::test_an_updated_function_is_active_and_in_progress",
        ),
        Fact(
            "Making a function by an ARN of another account is an AccessDeniedException.",
            f"{_API}; the text of other such refusals, pasted in public issues",
            VERIFIED,
            "tests/wire/test_lambda_functions.py::test_nothing_is_made_in_another_account",
        ),
        Fact(
            "UpdateFunctionCode with DryRun answers with the hash of the code that it is given.",
            "Lambda API reference of 2017, UpdateFunctionCode",
            DOCUMENTED,
            "tests/wire/test_lambda_versions.py::test_a_dry_run_tells_the_hash_of_what_it_is_given",
        ),
        Fact(
            "A function has at most 50 tags, and tagging it with none is refused, both InvalidParameterValueException in recorded words.",
            "recorded from AWS, LocalStack snapshot test_lambda_api, November 2023",
            VERIFIED,
            "tests/wire/test_lambda_functions.py::test_tags_have_a_limit_and_are_not_nothing",
        ),
        Fact(
            "A function that becomes Active, or whose update has ended, has another RevisionId than the change answered with; a version keeps its own.",
            "LocalStack's validated tests, test_function_revisions_basic and test_function_revisions_version_and_alias",
            VERIFIED,
            "tests/wire/test_lambda_functions.py::test_what_has_settled_has_another_revision",
        ),
        Fact(
            "Tagging a function gives it another RevisionId.",
            _API,
            VERIFIED,
            "tests/wire/test_lambda_functions.py::test_tagging_makes_another_revision",
        ),
        Fact(
            "The request ID of Invoke is that of the invocation: the context and the log lines have it too, also those of an event that runs later.",
            "custom of SDK users, who look log lines up by it; no recording at hand",
            GUESSED,
            "tests/wire/test_lambda_invoke.py::test_a_request_is_known_by_the_id_of_its_invocation",
        ),
        Fact(
            "A timeout answers errorType Sandbox.Timedout, `RequestId: ID Error: Task timed out after 1.00 seconds`.",
            _FN,
            VERIFIED,
        ),
        Fact(
            "A process that ends by itself answers Runtime.ExitError, `RequestId: ID Error: Runtime exited without providing a reason` or `… with error: exit status N`.",
            _FN,
            VERIFIED,
        ),
        Fact(
            "A Node function that fails answers errorType, errorMessage and trace (the stack's lines); its log says `Invoke Error` and the error as JSON.",
            f"{_FN}; {_NODE}",
            VERIFIED,
            "tests/runtime/test_node.py::test_an_error_comes_with_its_trace",
        ),
        Fact(
            "A line of console.log is `timestamp\\trequestId\\tLEVEL\\tmessage`; several lines of one message are one event.",
            _NODE,
            DOCUMENTED,
            "tests/runtime/test_node.py::test_lines_carry_time_request_and_level",
        ),
        Fact(
            "A callback's result is sent when Node's event loop is empty, unless callbackWaitsForEmptyEventLoop is false; that of a promise at once.",
            f"{_GUIDE}, Node.js handlers",
            DOCUMENTED,
            "tests/runtime/test_node.py::test_a_callback_waits_until_nothing_is_left_to_do",
        ),
        Fact(
            "From nodejs24.x on a handler that declares a third parameter is refused while it is loaded: Runtime.CallbackHandlerDeprecated; the context has no done, succeed, fail and callbackWaitsForEmptyEventLoop.",
            f"{_NODE}, generation 4; incidents in public repositories, 2026",
            VERIFIED,
            "tests/runtime/test_node.py::test_from_node_24_on_a_handler_with_a_callback_is_refused",
        ),
        Fact(
            "A module that require() does not find is Runtime.ImportModuleError, one that `import` does not find an Error with its code; before the first event a line's request ID is `undefined`, from nodejs24.x on `-`.",
            f"{_NODE}; AWS's logs pasted in public issues, 2019 to 2025",
            VERIFIED,
            "tests/runtime/test_node.py::test_a_missing_module_is_told_as_node_finds_it",
        ),
        Fact(
            "A result that is no JSON is Error `Unable to stringify response body`, from nodejs24.x on Runtime.JSONStringifyError.",
            _NODE,
            DOCUMENTED,
            "tests/runtime/test_node.py::test_an_answer_that_is_no_json_is_an_error",
        ),
        Fact(
            "Python escapes what is not ASCII in results and errors, from python3.12 on it does not.",
            _RIC,
            DOCUMENTED,
            "tests/runtime/test_runtimes.py::test_every_python_tells_what_is_not_ascii",
        ),
        Fact(
            "A promise that is never settled ends Node: Runtime.NodeJsExit.",
            _NODE,
            DOCUMENTED,
            "tests/runtime/test_node.py::test_a_promise_that_nobody_settles_ends_node",
        ),
        Fact(
            "Symbolic links in packages and layers are kept. Ones that lead elsewhere than into the package, /opt, /tmp or /var/task are refused here, in words of ours.",
            "AWS's users in public issues (zip --symlinks, pnpm, node_modules linked to /opt)",
            GUESSED,
            "tests/runtime/test_packages.py::test_a_function_is_run_through_links",
        ),
        Fact(
            "`provided` runs `bootstrap` of the package, else of the layers; without one: Runtime.InvalidEntrypoint `Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]`.",
            f"{_GUIDE}, custom runtimes; AWS's logs pasted in public issues",
            GUESSED,
            "tests/runtime/test_runtimes.py::test_a_package_without_a_program_cannot_run",
        ),
        Fact(
            "An environment is frozen between invocations.",
            f"{_GUIDE}, execution environment lifecycle",
            DOCUMENTED,
            "tests/runtime/test_freezing.py::test_an_environment_at_rest_is_frozen_with_all_its_processes",
            ours="25 to 50 ms after the answer; AWS freezes at once",
        ),
        Fact(
            "Every invocation has a trace in Lambda-Runtime-Trace-Id and _X_AMZN_TRACE_ID, sampled or not.",
            f"{_GUIDE}, custom runtimes; headers in public logs",
            DOCUMENTED,
            "tests/runtime/test_runtime_api.py::test_every_invocation_has_a_trace_of_its_own",
            ours="nothing is sent to X-Ray",
        ),
        Fact(
            "Only CreateFunction refuses a name of more than 64 characters; elsewhere it names a function that is not there, as does an ARN that ends with `:function` (of the name `function`).",
            "recorded from AWS, LocalStack snapshot test_lambda_api, September 2024",
            VERIFIED,
            "tests/wire/test_lambda_functions.py::test_a_name_that_only_looks_wrong_names_a_function_that_is_not_there",
        ),
        Fact(
            "The Root of a caller's X-Amzn-Trace-Id goes on in the function, Parent and Sampled too where Lambda adds no segment of its own.",
            "LocalStack's validated test_xray_trace_propagation; AWS Compute Blog, trace sampling behavior",
            VERIFIED,
            "tests/wire/test_lambda_invoke.py::test_a_callers_trace_goes_on_in_the_function",
            ours="also with active tracing, of which AWS's segment would be the Parent; the Lineage is ours; what of a broken header is left is guessed",
        ),
        Fact(
            "An environment whose invocation timed out or whose runtime ended is begun again inside the next invocation, whose Duration and timeout include that: no Init Duration, same log stream, same /tmp.",
            f"{_GUIDE}, execution environment lifecycle; measured in public, October 2024",
            VERIFIED,
            "tests/runtime/test_endings.py::test_who_comes_after_an_ending_goes_on_in_its_log_stream",
            ours="/tmp is empty; on another worker it is a new environment",
        ),
        Fact(
            "An init phase that fails or takes longer than 10 s is begun again inside the invocation; each failure has an INIT_REPORT line (`Phase: init`, then `Phase: invoke`), before START.",
            f"{_GUIDE}, execution environment lifecycle; AWS's logs of 2023 to 2026 in public repositories",
            DOCUMENTED,
            "tests/runtime/test_log_lines.py::test_an_init_phase_that_fails_is_begun_again_and_reported_twice",
        ),
        Fact(
            "The platform's lines name an error type only where it begins with `Runtime.` or `Function.`; others are Runtime.Unknown.",
            "AWS's runtime interface emulator; AWS's logs in public repositories",
            DOCUMENTED,
            "tests/runtime/test_log_lines.py::test_an_init_phase_that_fails_is_begun_again_and_reported_twice",
        ),
        Fact(
            "A runtime that ends by itself is told as one event of two lines: `RequestId: ID Error: …` and the type.",
            "AWS's logs of 2023 to 2025 in public repositories",
            DOCUMENTED,
            "tests/runtime/test_log_lines.py::test_an_init_phase_that_fails_is_begun_again_and_reported_twice",
        ),
        Fact(
            "The Runtime API has restore/next and restore/error only for functions with SnapStart; to others they are `404 page not found`.",
            "AWS's runtime interface emulator, its routes",
            DOCUMENTED,
            "tests/runtime/test_runtime_api.py::test_an_illegal_call_is_refused_and_the_invocation_goes_on",
        ),
        Fact(
            "A function beyond its memory is killed: Runtime.ExitError `… Runtime exited with error: signal: killed`.",
            "AWS's logs pasted in public issues",
            GUESSED,
        ),
        Fact(
            "An answer of more than 6,291,556 bytes answers Function.ResponseSizeTooLarge.",
            _FN,
            VERIFIED,
        ),
        Fact(
            "A bad handler, a bad import and a syntax error answer Runtime.HandlerNotFound, Runtime.ImportModuleError, Runtime.UserCodeSyntaxError.",
            _RIC,
            VERIFIED,
        ),
        Fact(
            "START, END and REPORT frame an invocation's output, tab for tab; Init Duration stands in REPORT of a cold start only.",
            _FN,
            VERIFIED,
        ),
        Fact(
            "Since August 2025 the init phase is billed.",
            "AWS announcement",
            DOCUMENTED,
        ),
        Fact(
            "A log stream is named YYYY/MM/DD/[VERSION] and 32 hexadecimal digits, one for each execution environment.",
            "captures of AWS published in radkawar/stackd, September 2026",
            VERIFIED,
        ),
        Fact(
            "Code lies read-only in /var/task, /tmp is writable, at most 1,024 files are open and 742 processes run.",
            _FN,
            VERIFIED,
        ),
        Fact(
            "An environment may reach the internet.",
            f"{_GUIDE}, networking",
            DOCUMENTED,
            ours="it reaches its Runtime API and the gateway, nothing else.",
        ),
        Fact(
            "The CPU of an environment grows with MemorySize.",
            f'{_GUIDE}, "Configure Lambda function memory"',
            DOCUMENTED,
            ours="not imitated: all environments share the host's CPUs.",
        ),
        Fact(
            "The init phase has 10 seconds; then it is started anew inside the first invocation.",
            f'{_GUIDE}, "Understanding the Lambda execution environment lifecycle"',
            DOCUMENTED,
        ),
        Fact(
            "A role that does not trust lambda.amazonaws.com answers InvalidParameterValueException `The role defined for the function cannot be assumed by Lambda.`",
            "AWS's answer as pasted in many public issues",
            GUESSED,
            "tests/iam/test_what_roles_permit.py::test_lambda_assumes_only_roles_that_trust_it",
        ),
        Fact(
            "With the log format JSON a function has an application and a system log level, INFO unless chosen; going back to Text drops them.",
            f'{_GUIDE}, "Configuring advanced logging controls for Lambda functions"',
            DOCUMENTED,
            "tests/wire/test_lambda_logging.py::test_levels_come_with_json_and_go_with_text",
            ours="a log group of another name is refused.",
        ),
        Fact(
            "InvokeWithResponseStream answers PayloadChunk events as the function writes them, and an InvokeComplete event; a function that does not stream answers in one.",
            "Lambda API reference, InvokeWithResponseStream",
            DOCUMENTED,
            "tests/wire/test_lambda_response_stream.py::test_parts_arrive_before_the_function_has_ended",
        ),
        Fact(
            "A runtime streams with `Lambda-Runtime-Function-Response-Mode: streaming` in chunks; an error in the middle travels in the trailers Lambda-Runtime-Function-Error-Type and -Body.",
            f"{_GUIDE}, custom runtimes, response streaming",
            DOCUMENTED,
            "tests/runtime/test_streaming.py::test_a_stream_may_fail_in_the_middle",
        ),
        Fact(
            "In Node `awslambda.streamifyResponse` marks a handler (event, responseStream, context); `HttpResponseStream.from` puts a JSON head and eight zero bytes before the first part.",
            f"{_GUIDE}, response streaming; AWS's runtime interface client",
            DOCUMENTED,
            "tests/runtime/test_streaming.py::test_nodes_http_response_begins_with_its_head",
        ),
        Fact(
            "An error of the function is ErrorCode and ErrorDetails of InvokeComplete.",
            "service model; the values were never seen",
            GUESSED,
            "tests/wire/test_lambda_response_stream.py::test_an_error_is_told_at_the_end",
        ),
        Fact(
            "An unknown function answers ResourceNotFoundException 404 `Function not found: ARN`, with `:$LATEST` at the end for Invoke.",
            f"{_FN}; {_API}",
            VERIFIED,
        ),
    ),
)

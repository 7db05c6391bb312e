"""What a function prints and what the platform writes around it, in order."""

from __future__ import annotations

import re

import pytest

from functions.runtime.pool import Pool
from tests.runtime.conftest import Write, run, texts

pytestmark = pytest.mark.sandbox


def test_a_cold_and_a_warm_invocation_write_awss_lines(pool: Pool, write: Write) -> None:
    spec = write(
        """
        import logging
        print("loading")
        def handler(event, context):
            print("one")
            logging.getLogger().warning("two\\nlines")
            print("three", end="")
        """
    )

    cold, warm = texts(run(pool, spec, request_id="r-1")), texts(run(pool, spec, request_id="r-2"))

    assert cold[0].startswith("INIT_START Runtime Version: python:3.")
    assert cold[1:4] == ["loading\n", "START RequestId: r-1 Version: $LATEST\n", "one\n"]
    assert re.fullmatch(r"\[WARNING\]\t\d{4}-\d\d-\d\dT[\d:.]+Z\tr-1\ttwo\nlines\n", cold[4])
    assert cold[5] == "END RequestId: r-1\n"
    report = (
        r"REPORT RequestId: r-1\tDuration: \d+\.\d\d ms\tBilled Duration: \d+ ms\t"
        r"Memory Size: 128 MB\tMax Memory Used: \d+ MB\tInit Duration: \d+\.\d\d ms\t\n"
    )
    assert re.fullmatch(report, cold[6])
    assert warm[0] == "START RequestId: r-2 Version: $LATEST\n"
    assert warm[1] == "threeone\n"
    assert "Init Duration" not in warm[-1]


def test_an_exception_is_one_event_with_its_trace(pool: Pool, write: Write) -> None:
    spec = write("def handler(event, context):\n    raise ValueError('no')\n")

    found = [text for text in texts(run(pool, spec)) if text.startswith("[ERROR]")]

    assert len(found) == 1
    head = "[ERROR] ValueError: no\nTraceback (most recent call last):\n"
    assert found[0].startswith(f"{head}\u00a0\u00a0File ")


@pytest.mark.parametrize(
    ("line", "kind", "last"),
    [
        ("raise KeyError('no')", "Runtime.Unknown", []),
        ("import nothing", "Runtime.ImportModuleError", []),
        (
            "import os; os._exit(3)",
            "Runtime.ExitError",
            ["RequestId: r-1 Error: Runtime exited with error: exit status 3\nRuntime.ExitError\n"],
        ),
    ],
)
def test_an_init_phase_that_fails_is_begun_again_and_reported_twice(
    pool: Pool, write: Write, line: str, kind: str, last: list[str]
) -> None:
    found = texts(run(pool, write(f"print('loading', flush=True)\n{line}\n")))

    plain = [text for text in found if not text.startswith(("[ERROR]", "[WARNING]"))]
    assert plain[0].startswith("INIT_START ")
    assert [plain[1], plain[3]] == ["loading\n", "loading\n"]
    failure = rf"\tStatus: error\tError Type: {kind}\n"
    for text, phase in zip((plain[2], plain[4]), ("init", "invoke"), strict=True):
        pattern = rf"INIT_REPORT Init Duration: \d+\.\d\d ms\tPhase: {phase}{failure}"
        assert re.fullmatch(pattern, text)
    assert plain[5] == "START RequestId: r-1 Version: $LATEST\n"
    assert plain[6:-2] == last
    assert plain[-2] == "END RequestId: r-1\n"
    assert "Init Duration" not in plain[-1]
    assert re.search(failure, plain[-1])
    errors = 0 if last else 2
    assert sum(text.startswith("[ERROR]") for text in found) == errors


def test_no_line_seems_older_than_the_one_before(pool: Pool, write: Write) -> None:
    spec = write(
        """
        import logging
        def handler(event, context):
            for number in range(50):
                print(number)
                logging.getLogger().error(number)
        """
    )

    times = [at for at, _ in run(pool, spec).log_lines]

    assert len(times) == 104
    assert times == sorted(times)


def test_the_output_of_a_killed_function_arrives(pool: Pool, write: Write) -> None:
    spec = write(
        "import os\ndef handler(event, context):\n    print('last words')\n    os.kill(os.getpid(), 9)\n"
    )

    assert "last words\n" in texts(run(pool, spec))


def test_a_flood_is_cut_and_says_so(pool: Pool, write: Write) -> None:
    spec = write(
        """
        import os
        def handler(event, context):
            for _ in range(100):
                os.write(1, (b"y" * 99 + b"\\n") * 1000)
            return "done"
        """,
    )

    outcome = run(pool, spec)

    assert outcome.payload == b'"done"'
    assert sum(len(text) for text in texts(outcome)) < 5_000_000
    assert any("not kept" in text for text in texts(outcome))


def test_an_endless_line_is_cut_into_events(pool: Pool, write: Write) -> None:
    spec = write("def handler(event, context): print('z' * 600_000)\n")

    pieces = [text for text in texts(run(pool, spec)) if text.startswith("z")]

    assert "".join(pieces) == "z" * 600_000 + "\n"
    assert max(len(piece) for piece in pieces) <= 262_144 - 26

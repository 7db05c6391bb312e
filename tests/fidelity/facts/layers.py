"""Layers of functions."""

from __future__ import annotations

from tests.fidelity.fact import DOCUMENTED, GUESSED, VERIFIED, Chapter, Fact

_API = "recorded from AWS, LocalStack snapshot test_lambda_api, December 2025"
_GUIDE = "Lambda developer guide"
_WIRE = "tests/wire/test_lambda_layers.py::"
_RUN = "tests/wire/test_lambda_layers_run.py::"

CHAPTER = Chapter(
    "Layers",
    (
        Fact(
            "A function's package and its layers have 262,144,000 bytes together; layers that are larger alone have a text of their own.",
            "AWS's answers in public issues, 2019 to 2026",
            DOCUMENTED,
            f"{_WIRE}test_layers_and_code_share_one_limit",
        ),
        Fact(
            "Layers are merged under /opt in the order in which a function lists them; later files win. /opt/python and its lib/pythonX.Y/site-packages are on the path, after the function's own files.",
            f'{_GUIDE}, "Managing Lambda dependencies with layers"; "Packaging your layer content"',
            DOCUMENTED,
            f"{_RUN}test_the_order_of_layers_decides",
            ours="only behind the wall: without the sandbox a function with layers does not start.",
        ),
        Fact(
            "CompatibleRuntimes and CompatibleArchitectures are shown as they were given, an empty list too, and not at all where they were not.",
            "recorded from AWS, LocalStack snapshot test_lambda_api, April 2024",
            VERIFIED,
            f"{_WIRE}test_an_empty_list_is_shown_and_one_that_was_not_given_is_not",
        ),
        Fact(
            "A function has at most five layers, one version of each, from its own region; the refusals have the recorded words.",
            _API,
            VERIFIED,
            f"{_WIRE}test_layers_that_cannot_be_are_refused",
        ),
        Fact(
            "A deleted version stays for the functions that have it, and its number is not given again.",
            f'{_GUIDE}, "Deleting layers"; {_API}',
            VERIFIED,
            f"{_WIRE}test_a_deleted_version_is_gone_but_its_number_and_its_functions_stay",
        ),
        Fact(
            "Another account has a version when its policy grants lambda:GetLayerVersion to it or to everybody.",
            f'{_GUIDE}, "Granting Lambda layer access to other accounts"',
            DOCUMENTED,
            f"{_WIRE}test_a_layer_is_shared_by_its_policy",
            ours="grants to organisations are refused.",
        ),
        Fact(
            "ListLayers and ListLayerVersions with a runtime or architecture leave out versions that do not name it.",
            "Lambda API reference, ListLayers",
            DOCUMENTED,
            f"{_WIRE}test_versions_are_counted_listed_and_found",
        ),
        Fact(
            "Publishing to another account's layer, or deleting from it, is denied with the words of a missing permission.",
            "as GetLayerVersion's recorded answer",
            GUESSED,
        ),
        Fact(
            "The unpacked sizes of a function and its layers may be 250 MB together.",
            "Lambda quotas",
            DOCUMENTED,
            ours="each package may have so much.",
        ),
    ),
)

"""A function's own page: designer, the panel of what is chosen in it, code and test.

Which panel is open lies in the address, so that every step works by links and forms alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict

from console.aws.errors import AwsError
from console.aws.scope import Scope
from console.pages import visitor
from console.pages.functions import blueprints, captured, frame, handlers, source, syntax
from console.pages.functions.syntax import Fault
from console.pages.refusals import Refusal
from console.pages.triggers import qualifiers
from console.pages.triggers.qualifiers import qualified
from functions.catalog import test_events
from functions.catalog.finding import Published
from functions.models import Function, Version
from triggers.mappings import drafts

_LANGUAGES = {
    "py": "python",
    "json": "json",
    "js": "javascript",
    "mjs": "javascript",
    "cjs": "javascript",
}
"""How the editor colours files, by the end of their name."""


MOST_FILES = 200
"""Files of a package that are listed beside the editor; the others are found by name."""


@dataclass(frozen=True, slots=True)
class Panel:
    """What stands under the designer: a template, what it shows, and the node it belongs to.

    `qualifier` is whose triggers the designer draws; empty for $LATEST.
    """

    template: str = ""
    chosen: str = ""
    qualifier: str = ""
    context: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Code:
    """The file in the editor, of what `runs`; that of a published version can only be read.

    `gone` is a version or alias that was asked for and is not there; `find` is what the files to
    list have in their names.
    """

    runs: Published
    files: list[str]
    name: str
    text: str | None
    refusal: Refusal | None = None
    gone: str = ""
    find: str = ""

    @property
    def version(self) -> str:
        """The number of the published version; empty for $LATEST."""
        return self.runs.version if isinstance(self.runs, Version) else ""

    @property
    def listed(self) -> list[str]:
        """The files that are listed: the first that were found, and the one in the editor."""
        first = self.found[:MOST_FILES]
        return first if self.name in first or self.name not in self.files else [*first, self.name]

    @property
    def found(self) -> list[str]:
        """The files that have what is to be found in their names; nothing is in every name."""
        wanted = self.find.lower()
        return [one for one in self.files if wanted in one.lower()]

    @property
    def is_long(self) -> bool:
        """Whether there are more files than are listed at once."""
        return len(self.files) > MOST_FILES

    @property
    def most(self) -> int:
        """How many files are listed at once."""
        return MOST_FILES

    @property
    def language(self) -> str:
        """Name the language that the editor colours the file in."""
        return _LANGUAGES.get(self.name.rpartition(".")[2], "plain")

    @property
    def fault(self) -> Fault | None:
        """Where the file cannot be read."""
        return syntax.check(self.name, self.text, self.runs.runtime) if self.text else None

    @property
    def unfound(self) -> str:
        """The module that the handler names and the package does not have."""
        return handlers.unfound_in(self.runs)

    @property
    def keeps(self) -> str:
        """How much of a file the editor shows."""
        return f"{source.LARGEST_TEXT // 1024} KB"


def page(
    request: HttpRequest,
    scope: Scope,
    function: Function,
    panel: Panel,
    *,
    code: Code | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show the function's page with `panel` open."""
    topic = f"designer:{qualified(function.name, panel.qualifier)}/{panel.chosen}"
    return frame.show(
        request,
        scope,
        function,
        "functions/show.html",
        tab="code",
        status=status,
        topic=topic,
        topics=[topic],
        qualifier=panel.qualifier,
        staged=drafts.listed(scope, function.name).count(),
        panel=panel.template,
        code=code or _code(scope, function, panel.qualifier, request.GET),
        events=test_events.visible(scope, function.name, visitor.of(request)),
        captured=captured.newest(scope, function),
        templates=blueprints.TEMPLATES,
        **(panel.context or {}),
    )


def _code(scope: Scope, function: Function, qualifier: str, asked: QueryDict) -> Code:
    """Open a file of what `qualifier` runs: $LATEST's to be changed, a version's to be read."""
    wanted, find = asked.get("file", ""), asked.get("find", "").strip()
    gone = ""
    try:
        shown = qualifiers.published(scope, function, qualifier)
    except AwsError:
        shown, gone = function, qualifier
    body = bytes(shown.code.body)
    files = source.names(body)
    name = wanted if wanted in files else files[0] if files else source.MAIN
    return Code(shown, files, name, source.read(body, name), gone=gone, find=find)

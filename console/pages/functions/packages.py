"""What the Code tab changes: the texts of files, which files there are, the whole package.

Every change is deployed at once, as UpdateFunctionCode; what is only typed stays in the browser.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from console.aws.errors import AwsError
from console.aws.scope import Scope
from console.pages import answer, place
from console.pages.aws import call
from console.pages.functions import handlers, listing, source, syntax
from console.pages.functions.overview import Code, Panel, page
from console.pages.functions.syntax import Fault
from console.pages.refusals import Refusal, explain
from console.pages.triggers import qualifiers
from functions.models import Function, Version

DEPLOYED = "The code of {} was deployed."
OVERTAKEN = (
    "The code was deployed elsewhere since this page was loaded, so yours was not. Deploy again to "
    "put yours over it, or load the page again to see what is there; what you typed stays here."
)
BESIDE = "code"
"""Marks messages that stand in the code's box, where the page is scrolled to."""


@require_POST
@listing.of_function
def deploy(request: HttpRequest, scope: Scope, function: Function) -> HttpResponse:
    """Put the texts of one or several files into the package that they were written for."""
    texts = _texts(request.POST)
    body = bytes(function.code.body)
    try:
        if request.POST.get("began", function.code_id) != function.code_id:
            raise AwsError("PreconditionFailedException", OVERTAKEN)
        if not texts:
            raise AwsError("InvalidParameterValueException", "No file was changed.")
        _update(scope, function.name, source.changed(body, texts))
    except AwsError as error:
        return _refused(request, scope, function, texts, explain(error))
    faults = _faults(texts, function.runtime)
    if request.headers.get("HX-Request"):
        function.refresh_from_db()
        shown = {"function": function, "faults": faults}
        shown["unfound"] = handlers.unfound_in(function)
        return render(request, "functions/deployed.html", shown)
    messages.success(request, DEPLOYED.format(function.name), extra_tags=BESIDE)
    return _show(function.name, next(iter(texts)))


@require_POST
def add(request: HttpRequest, name: str) -> HttpResponse:
    """Add an empty file."""
    file = request.POST.get("name", "").strip()

    def change(package: bytes) -> bytes:
        _check(file, package)
        return source.changed(package, {file: ""})

    return _changed(request, name, change, file, f"{file} was added.")


@require_POST
def rename(request: HttpRequest, name: str) -> HttpResponse:
    """Give a file another name."""
    file, to = request.POST.get("file", ""), request.POST.get("to", "").strip()

    def change(package: bytes) -> bytes:
        _check_there(file, package)
        _check(to, package)
        return source.renamed(package, file, to)

    return _changed(request, name, change, to, f"{file} is called {to} now.")


@require_POST
def remove(request: HttpRequest, name: str) -> HttpResponse:
    """Delete a file, unless it is the only one."""
    file = request.POST.get("file", "")

    def change(package: bytes) -> bytes:
        _check_there(file, package)
        if source.names(package) == [file]:
            raise AwsError("InvalidParameterValueException", "A package holds at least one file.")
        return source.changed(package, {file: None})

    return _changed(request, name, change, "", f"{file} was deleted.")


@require_POST
def upload(request: HttpRequest, name: str) -> HttpResponse:
    """Put a whole package in place of the one that is there."""
    sent = request.FILES.get("package")
    content = sent.read() if sent is not None else b""

    def change(_: bytes) -> bytes:
        if not content:
            raise AwsError("InvalidParameterValueException", "Choose a .zip file first.")
        return content

    return _changed(request, name, change, "", "The package was deployed.")


@require_GET
def download(request: HttpRequest, name: str) -> HttpResponse:
    """Give the package as a file: that of $LATEST, or of the version or alias `?qualifier=`."""
    scope, qualifier = place.scope(request), request.GET.get("qualifier", "")
    try:
        found = qualifiers.published(scope, listing.find(scope, name), qualifier)
    except AwsError as error:
        return listing.missing(request, error)
    file = HttpResponse(bytes(found.code.body), content_type="application/zip")
    called = f"{name}-{found.version}" if isinstance(found, Version) else name
    file["Content-Disposition"] = f'attachment; filename="{called}.zip"'
    return file


def _texts(posted: QueryDict) -> dict[str, str]:
    """Pair the posted files with their texts; nothing when the two do not go together."""
    files, texts = posted.getlist("file"), posted.getlist("text")
    return dict(zip(files, texts, strict=True)) if len(files) == len(texts) else {}


def _faults(texts: dict[str, str], runtime: str) -> list[Fault]:
    found = (syntax.check(file, text, runtime) for file, text in texts.items())
    return [fault for fault in found if fault is not None]


def _check(file: str, package: bytes) -> None:
    if said := source.complaint(file, package):
        raise AwsError("InvalidParameterValueException", said)


def _check_there(file: str, package: bytes) -> None:
    if file not in source.names(package):
        raise AwsError("InvalidParameterValueException", f"{file} is not there any more.")


def _changed(
    request: HttpRequest, name: str, change: Callable[[bytes], bytes], file: str, done: str
) -> HttpResponse:
    """Deploy a changed package and show `file` of it; say so, or why not."""
    scope = place.scope(request)
    try:
        function = listing.find(scope, name)
    except AwsError as error:
        return listing.missing(request, error)
    try:
        _update(scope, name, change(bytes(function.code.body)))
        messages.success(request, done, extra_tags=BESIDE)
    except AwsError as error:
        messages.error(request, f"{error.message} ({error.code})", extra_tags=BESIDE)
        file = request.POST.get("file", "")
    return _show(name, file)


def _update(scope: Scope, name: str, package: bytes) -> None:
    call(scope, "lambda", "UpdateFunctionCode", FunctionName=name, ZipFile=package)


def _refused(
    request: HttpRequest,
    scope: Scope,
    function: Function,
    texts: dict[str, str],
    refusal: Refusal,
) -> HttpResponse:
    if request.headers.get("HX-Request"):
        shown = {"function": function, "refusal": refusal}
        return render(request, "functions/deployed.html", shown, status=422)
    body = bytes(function.code.body)
    file, text = next(iter(texts.items()), (source.MAIN, source.read(body, source.MAIN)))
    code = Code(function, source.names(body), file, text, refusal)
    return page(request, scope, function, Panel(), code=code, status=422)


def _show(name: str, file: str) -> HttpResponse:
    query = f"?{urlencode({'file': file})}" if file else ""
    return answer.see(f"{reverse('function', args=[name])}{query}#code")

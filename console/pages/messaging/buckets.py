"""Pages of buckets: the list, making one, their objects to look into, download and delete."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from console.aws.errors import AwsError
from console.aws.scope import Scope
from console.pages import answer, ending, labels, lists, place
from console.pages.aws import call
from console.pages.forms.buckets import BucketForm, UploadForm
from console.pages.triggers import failures
from functions.messaging import buckets, listing, objects
from functions.messaging.listing import Search
from functions.models import StoredObject

MOST = 1000
A_PAGE = 200
PEEK = 256 * 1024
"""Bytes of an object that are shown."""


def trail(*more: tuple[str, str]) -> answer.Trail:
    """Begin the breadcrumbs of a page about a bucket."""
    return [(labels.text("bucket.list"), reverse("buckets")), *more]


def index(request: HttpRequest) -> HttpResponse:
    """List the buckets of this account and region; POST makes one."""
    scope = place.scope(request)
    form = BucketForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with form.refused_by_aws():
            where = scope.region if scope.region != "us-east-1" else ""
            wanted = {"LocationConstraint": where} if where else None
            name = form.cleaned_data["name"]
            call(scope, "s3", "CreateBucket", Bucket=name, CreateBucketConfiguration=wanted)
            return answer.see(reverse("bucket", args=[name]))
    counted = buckets.of(scope).annotate(
        count=Count("objects_in"), bytes=Sum("objects_in__size", default=0)
    )
    listed = lists.of_rows(request, "bucket.list", counted)
    return answer.page(
        request,
        "buckets/index.html",
        section="buckets",
        trail=trail(),
        status=422 if form.errors else 200,
        rows=listed.page,
        listed=listed,
        form=form,
    )


def show(request: HttpRequest, name: str) -> HttpResponse:
    """List the keys of a bucket below `?prefix=`, as folders and objects; POST puts one."""
    scope, prefix = place.scope(request), request.GET.get("prefix", "")
    try:
        bucket = buckets.find(scope, name)
    except AwsError as error:
        return _missing(request, error)
    form = UploadForm(request.POST or None, request.FILES or None, initial={"key": prefix})
    if request.method == "POST" and form.is_valid():
        with form.refused_by_aws():
            members = form.members()
            call(scope, "s3", "PutObject", Bucket=name, **members)
            messages.success(request, f"{members['Key']} is there.")
            return answer.see(_folder(name, members["Key"]))
    after = request.GET.get("after", "")
    leaf = listing.page(bucket, Search(prefix, "/"), after=after, count=A_PAGE)
    return answer.page(
        request,
        "buckets/show.html",
        section="buckets",
        trail=trail(*_steps(name, prefix)),
        status=422 if form.errors else 200,
        form=form,
        bucket=bucket,
        arn=buckets.arn_of(bucket),
        prefix=prefix,
        folders=[(one, one.removeprefix(prefix)) for one in leaf.prefixes],
        objects=[(one, one.key.removeprefix(prefix)) for one in leaf.rows],
        following=leaf.last if leaf.truncated else "",
    )


def show_object(request: HttpRequest, name: str) -> HttpResponse:
    """Show the object `?key=`; of a failure the records, and POST runs them again."""
    scope, key = place.scope(request), request.GET.get("key", "")
    try:
        row = _object(scope, name, key)
    except AwsError as error:
        return _missing(request, error)
    body = _text(row)
    result = failures.again(scope, body) if request.method == "POST" and body else None
    return answer.page(
        request,
        "buckets/object.html",
        section="buckets",
        trail=trail(*_steps(name, key)),
        bucket=name,
        object=row,
        body=body,
        told=failures.tell(scope, body) if body else None,
        result=result,
    )


@require_GET
def download(request: HttpRequest, name: str) -> HttpResponse:
    """Give the object `?key=` as a file."""
    key = request.GET.get("key", "")
    try:
        row = _object(place.scope(request), name, key)
    except AwsError as error:
        return _missing(request, error)
    file = HttpResponse(bytes(row.body), content_type="application/octet-stream")
    header = content_disposition_header(True, key.rpartition("/")[2] or key)
    file["Content-Disposition"] = header or "attachment"
    return file


@require_POST
def drop(request: HttpRequest, name: str) -> HttpResponse:
    """Delete the posted object."""
    key = request.POST.get("key", "")
    try:
        call(place.scope(request), "s3", "DeleteObject", Bucket=name, Key=key)
        messages.success(request, f"{key} was deleted.")
    except AwsError as error:
        messages.error(request, f"{error.message} ({error.code})")
    return answer.see(_folder(name, key))


def delete(request: HttpRequest, name: str) -> HttpResponse:
    """Ask, then delete a bucket that is empty."""
    here = reverse("bucket", args=[name])

    def run() -> str:
        call(place.scope(request), "s3", "DeleteBucket", Bucket=name)
        return f"Bucket {name} was deleted."

    return ending.ask(
        request,
        run,
        back=here,
        then=reverse("buckets"),
        section="buckets",
        trail=trail((name, here), (labels.text("bucket.delete"), "")),
        title=labels.text("bucket.delete"),
        question=f"Delete the bucket {name}?",
        consequence="It must be empty. Triggers that name it have nowhere to report to.",
        verb="bucket.delete",
    )


def _object(scope: Scope, name: str, key: str) -> StoredObject:
    return objects.find(buckets.find(scope, name), key)


def _text(row: StoredObject) -> str:
    """Read an object as text; nothing for what is none, or too large to show."""
    if row.size > PEEK:
        return ""
    try:
        return bytes(row.body).decode()
    except UnicodeDecodeError:
        return ""


def _folder(name: str, key: str) -> str:
    """Give the address of the list that a key stands in."""
    folder = key.rpartition("/")[0]
    query = f"?{urlencode({'prefix': f'{folder}/'})}" if folder else ""
    return f"{reverse('bucket', args=[name])}{query}"


def _steps(name: str, key: str) -> answer.Trail:
    """Lead from the bucket through the folders of a key."""
    here = reverse("bucket", args=[name])
    parts = [part for part in key.split("/") if part]
    if not parts:
        return [(name, "")]
    steps: answer.Trail = [(name, here)]
    for depth, part in enumerate(parts[:-1], 1):
        folder = "/".join(parts[:depth]) + "/"
        steps.append((part, f"{here}?{urlencode({'prefix': folder})}"))
    return [*steps, (parts[-1], "")]


def _missing(request: HttpRequest, error: AwsError) -> HttpResponse:
    return answer.refused(request, error, section="buckets", back=reverse("buckets"))

"""Moving a queue's dead letters: tasks started and cancelled, and how far the last ones came."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_POST

from console.aws.errors import AwsError
from console.aws.scope import Scope
from console.pages import answer, live, place
from console.pages.aws import call
from console.pages.forms.queues import RedriveForm
from console.pages.messaging import queue as pages
from functions.messaging import finding

SHOWN = 5


@require_POST
def redrive(request: HttpRequest, name: str) -> HttpResponse:
    """Start a task that moves dead letters back, or `cancel` the one with that handle."""
    scope = place.scope(request)
    try:
        queue = finding.find(scope, name)
    except AwsError as error:
        return pages.missing(request, error)
    form = RedriveForm(request.POST, queues=pages.others(scope, queue))
    if handle := request.POST.get("cancel"):
        _cancel(request, scope, handle)
        return answer.see(reverse("queue", args=[name]))
    if form.is_valid():
        with form.refused_by_aws():
            arn = finding.arn_of(scope, queue)
            call(scope, "sqs", "StartMessageMoveTask", SourceArn=arn, **form.members())
            return answer.see(f"{reverse('queue', args=[name])}#redrive")
    return pages.page(request, scope, queue, redriving=form)


@live.topic("moves")
def render(scope: Scope, name: str) -> str:
    """Render the newest tasks of a queue; nothing once it is gone."""
    queue = finding.of(scope).filter(name=name).first()
    if queue is None:
        return ""
    arn = finding.arn_of(scope, queue)
    found = call(scope, "sqs", "ListMessageMoveTasks", SourceArn=arn, MaxResults=SHOWN)
    return render_to_string("queues/moves.html", {"tasks": found["Results"]})


def _cancel(request: HttpRequest, scope: Scope, handle: str) -> None:
    try:
        said = call(scope, "sqs", "CancelMessageMoveTask", TaskHandle=handle)
    except AwsError as error:
        messages.error(request, f"{error.message} ({error.code})")
        return
    moved = said["ApproximateNumberOfMessagesMoved"]
    messages.success(request, f"The task was cancelled after {moved} of its messages had moved.")

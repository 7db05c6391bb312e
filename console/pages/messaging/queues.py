"""Pages of queues: the list, making one. One queue's own pages are `queue`'s business."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from console.pages import answer, labels, lists, place
from console.pages.aws import call
from console.pages.forms.queues import QueueForm
from functions.messaging import finding
from functions.models import Queue

MOST = 1000


@dataclass(frozen=True, slots=True)
class Row:
    """A queue as the list shows it."""

    queue: Queue
    tally: finding.Tally


def trail(*more: tuple[str, str]) -> answer.Trail:
    """Begin the breadcrumbs of a page about a queue."""
    return [(labels.text("queue.list"), reverse("queues")), *more]


def index(request: HttpRequest) -> HttpResponse:
    """List the queues of this account and region; POST makes one."""
    scope = place.scope(request)
    form = QueueForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with form.refused_by_aws():
            call(scope, "sqs", "CreateQueue", **form.members())
            return answer.see(reverse("queue", args=[form.cleaned_data["name"]]))
    listed = lists.of_rows(request, "queue.list", finding.of(scope))
    return answer.page(
        request,
        "queues/index.html",
        section="queues",
        trail=trail(),
        status=422 if form.errors else 200,
        rows=[Row(one, finding.tally(one)) for one in listed.page],
        listed=listed,
        form=form,
    )

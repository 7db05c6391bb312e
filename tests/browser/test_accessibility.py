"""axe-core finds nothing on any page, light and dark, wide and narrow."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from console.pages.functions import source
from tests.browser.conftest import PATIENCE_MS, Opened
from tests.browser.console import create_function, create_table, follow, node, press, put_item

pytestmark = pytest.mark.browser

ACCOUNT = "666666666666"
LAYER = source.pack("python/shared.py", "VAT = 25\n")
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
PAGES = (
    "/functions/",
    "/functions/create",
    "/functions/reader/",
    "/functions/reader/triggers/add?table=Orders",
    "/functions/reader/test",
    "/functions/reader/monitor",
    "/functions/reader/logs",
    "/functions/reader/configuration",
    "/functions/reader/configuration/triggers",
    "/functions/reader/configuration/permissions",
    "/functions/reader/configuration/environment",
    "/functions/reader/configuration/tags",
    "/functions/reader/configuration/concurrency",
    "/functions/reader/configuration/destinations",
    "/functions/reader/configuration/logging",
    "/functions/reader/configuration/asynchronous",
    "/functions/reader/configuration/url",
    "/functions/reader/aliases",
    "/functions/reader/aliases/live/",
    "/functions/reader/versions",
    "/functions/reader/versions/compare?before=1",
    "/functions/reader/delete",
    "/functions/reader/?qualifier=live",
    "/functions/reader/triggers/add?table=Payments&qualifier=live",
    "/functions/reader/?trigger=UUID",
    "/functions/reader/triggers/UUID/",
    "/functions/reader/triggers/UUID/?view=table",
    "/functions/reader/triggers/UUID/records/?q=nothing",
    "/functions/reader/triggers/UUID/records/SHARD/1/",
    "/layers/",
    "/layers/shared/",
    "/tables/",
    "/tables/create",
    "/tables/Orders/",
    "/tables/Orders/streams",
    "/tables/Payments/streams",
    "/tables/Orders/records",
    "/tables/Orders/indexes",
    "/tables/Orders/indexes/create",
    "/tables/Orders/monitor",
    "/tables/Orders/settings",
    "/tables/Orders/items/",
    "/tables/Orders/items/?mode=query&h=Z",
    "/tables/Orders/items/?mode=query",
    "/tables/Orders/items/?add=filter&f_name=note&f_type=S&f_op=between&f_value=a&f_high=z",
    "/tables/Orders/items/import",
    "/tables/Orders/load",
    "/tables/Orders/items/edit",
    "/tables/Orders/items/edit?view=json",
    "/tables/Orders/items/edit?view=dynamodb",
    '/tables/Orders/items/edit?key={"id":{"S":"A-1"}}',
    "/items/",
    "/partiql/",
    "/queues/",
    "/queues/failures/",
    "/queues/failures/purge",
    "/queues/failures/settings",
    "/queues/graves/",
    "/queues/failures/messages/MESSAGE/",
    "/topics/",
    "/topics/alarms/",
    "/buckets/",
    "/buckets/batches/",
    "/buckets/batches/object?key=order.json",
    "/logs/",
    "/logs/group?name=/aws/lambda/reader",
    "/roles/",
    "/roles/create",
    "/roles/reader-role/?actions=dynamodb:GetRecords+s3:GetObject&resource=*",
    "/roles/reader-role/inline",
    "/roles/reader-role/trust",
    "/policies/",
    "/policies/create",
    "/policies/policy?arn=arn:aws:iam::aws:policy/AdministratorAccess",
    "/users/",
    "/users/create",
    "/users/mika/",
    "/users/mika/inline",
    "/health/",
    "/search?q=r",
    "/tables/Orders/items/?mode=scan&run=1",
    "/functions/nobody/",
)


@pytest.fixture(scope="module")
def furnished(chromium: object, product: str) -> Iterator[dict[str, str]]:
    """Fill an account with one of everything; what the placeholders of PAGES stand for."""
    context = chromium.new_context(base_url=product)
    context.add_cookies(
        [{"name": "shardlight-place", "value": f"{ACCOUNT}/us-east-1", "url": product}]
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    create_table(page, "Orders")
    create_table(page, "Payments", stream=False)
    put_item(page, "Orders", "A-1")
    _fill_queues(page)
    page.goto("/layers/")
    page.get_by_label("Layer", exact=True).fill("shared")
    shared = {"name": "shared.zip", "mimeType": "application/zip", "buffer": LAYER}
    page.locator('input[type="file"]').set_input_files(shared)
    press(page, "layer.publish")
    page.goto("/users/create")
    page.get_by_label("User name").fill("mika")
    press(page, "user.create")
    page.goto("/topics/")
    page.get_by_label("New topic").fill("alarms")
    press(page, "topic.create")
    page.goto("/buckets/")
    page.get_by_label("New bucket").fill("batches")
    press(page, "bucket.create")
    order = {"name": "order.json", "mimeType": "application/json", "buffer": b'{"id": "A-1"}'}
    page.locator('input[type="file"]').set_input_files(order)
    press(page, "upload.put")
    create_function(page, "reader")
    page.goto("/functions/reader/versions")
    press(page, "version.publish")
    page.goto("/functions/reader/aliases")
    page.get_by_label("Name", exact=True).fill("live")
    page.get_by_label("Version", exact=True).select_option("1")
    press(page, "alias.create")
    for qualifier in ("live", ""):
        page.goto(f"/functions/reader/triggers/add?table=Orders&qualifier={qualifier}")
        page.locator('input[value="TRIM_HORIZON"]').check()
        press(page, "trigger.add")
        press(page, "designer.save")
    follow(node(page))
    uuid = page.url.partition("trigger=")[2].partition("#")[0]
    page.goto("/queues/failures/")
    message = page.locator("tr[id^='message-']").first.get_attribute("id") or ""
    page.goto(f"/functions/reader/triggers/{uuid}/")
    record = page.locator("a.cell").first.get_attribute("href") or ""
    yield {
        "UUID": uuid,
        "MESSAGE": message.removeprefix("message-"),
        "SHARD": record.split("/")[-3],
    }
    context.close()


def _fill_queues(page: Page) -> None:
    """Make a queue and its dead-letter queue, each with a message, and move one back."""
    page.goto("/queues/")
    page.get_by_label("New queue").fill("failures")
    press(page, "queue.create")
    _send(page, "failures")
    page.goto("/queues/")
    page.get_by_label("New queue").fill("graves")
    press(page, "queue.create")
    page.goto("/queues/failures/settings")
    page.get_by_label("Dead-letter queue").fill(f"arn:aws:sqs:us-east-1:{ACCOUNT}:graves")
    press(page, "queue.save")
    _send(page, "graves")
    page.goto("/queues/graves/")
    press(page, "queue.redrive")


def _send(page: Page, queue: str) -> None:
    page.goto(f"/queues/{queue}/")
    page.get_by_label("Message body").fill('{"hello": "you"}')
    press(page, "queue.send")


def _violations(page: Page) -> list[str]:
    """Run axe-core; one line for each element it finds fault with."""
    found = Axe().run(page, options=RULES).response["violations"]
    where = page.url.partition("127.0.0.1")[2]
    return [f"{where} {one['id']}: {at['html']}" for one in found for at in one["nodes"]]


@pytest.mark.parametrize("first", range(0, len(PAGES), 20))
@pytest.mark.parametrize("width", [1560, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(
    visit: Opened, furnished: dict[str, str], scheme: str, width: int, first: int
) -> None:
    page = visit(account=ACCOUNT, scheme=scheme, width=width)

    faults: list[str] = []
    for path in PAGES[first : first + 20]:
        for placeholder, value in furnished.items():
            path = path.replace(placeholder, value)
        page.goto(path)
        page.evaluate(
            "for (const more of document.querySelectorAll('details.more')) more.open = true"
        )
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            faults.append(f"{path} is wider than the screen")
        faults += _violations(page)

    assert not faults, "\n".join(faults)


def test_axe_finds_nothing_beside_refused_fields(visit: Opened, furnished: dict[str, str]) -> None:
    page = visit(account=ACCOUNT)
    page.goto("/functions/create")
    page.get_by_label("Function name").fill("not a name")
    press(page, "function.create")
    assert not _violations(page)

    page.goto("/functions/reader/triggers/add?table=Orders")
    press(page, "trigger.add")
    assert not _violations(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_way_through_the_designer(visit: Opened, scheme: str) -> None:
    page = visit(account=f"77777777777{len(scheme)}", scheme=scheme)
    create_table(page, "Orders")
    create_function(page, "reader")
    assert not _violations(page)

    page.goto("/functions/reader/triggers/add?table=Orders")
    press(page, "trigger.add")
    follow(node(page))
    assert not _violations(page)

    press(page, "test.run")
    page.locator("#result .result").wait_for()
    assert not _violations(page)

    follow(page.locator(".tied-on"))
    assert not _violations(page)
    page.goto("/nowhere")
    assert not _violations(page)


def test_axe_finds_nothing_in_an_open_dialog_and_menus(
    visit: Opened, furnished: dict[str, str]
) -> None:
    page = visit(account=ACCOUNT)
    page.goto("/functions/reader/")
    page.locator('[data-label="place.open"]').click()
    assert not _violations(page)
    page.keyboard.press("Escape")
    page.locator('[data-label="designer.add"]').click()
    assert not _violations(page)
    page.keyboard.press("Escape")
    press(page, "function.delete")
    page.locator("dialog h2").wait_for()
    assert not _violations(page)

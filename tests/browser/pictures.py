"""Takes README's pictures anew: `python -m tests.browser.pictures`. Starts the product, and ends it.

A bad order stalls a trigger and is given up; every picture shows a moment of that. No test.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect, sync_playwright

from console.pages.functions import source
from tests.browser.conftest import FLAGS, PATIENCE_MS, _chromium
from tests.browser.console import follow, node, press
from tests.product import RUNTIME, Product, eventually, running

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
WIDTH = 1560
ROLE = "orders-processor-role"
"""The role of the sample that a first start makes."""
SECOND = "totals"
CODE = """from decimal import Decimal


def lambda_handler(event, context):
    total = Decimal(0)
    for record in event["Records"]:
        item = record["dynamodb"].get("NewImage", {})
        total += Decimal(item["amount"]["N"])
    print("orders worth", total)
    return {"total": str(total)}
"""
PRICES = json.dumps({"currency": "EUR", "VAT": 25}, indent=2) + "\n"
SEND = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}
ORDERS = 24
BAD = 22
"""The order that has no amount."""


def take() -> None:
    """Take all pictures, in the order in which things happen."""
    with (
        tempfile.TemporaryDirectory() as data,
        running(Path(data)) as product,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=_chromium(), args=list(FLAGS))
        context = browser.new_context(
            base_url=product.console, color_scheme="light", reduced_motion="reduce"
        )
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        _furnish(product)
        _configured(page)
        _stalled(page, product)
        _functions(page)
        _given_up(page, product)
        _split(page, product)
        browser.close()


def _furnish(product: Product) -> None:
    product.client("sqs").create_queue(QueueName="orders-dlq")
    policy = json.dumps({"Version": "2012-10-17", "Statement": SEND})
    iam = product.client("iam")
    iam.put_role_policy(RoleName=ROLE, PolicyName="failures", PolicyDocument=policy)
    package = source.pack(source.MAIN, CODE)
    product.client("lambda").create_function(
        FunctionName=SECOND,
        Description="Adds up what orders are worth.",
        Runtime=RUNTIME,
        Role=iam.get_role(RoleName=ROLE)["Role"]["Arn"],
        Handler="lambda_function.lambda_handler",
        Code={"ZipFile": source.changed(package, {"prices.json": PRICES})},
    )
    product.client("lambda").get_waiter("function_active_v2").wait(FunctionName=SECOND)


def _configured(page: Page) -> None:
    page.set_viewport_size({"width": WIDTH, "height": 1605})
    page.goto(f"/functions/{SECOND}/triggers/add?table=Orders")
    page.locator('input[value="TRIM_HORIZON"]').check()
    page.get_by_label("Batch size").fill("8")
    press(page, "trigger.suggest")
    destination = page.get_by_label("On-failure destination")
    expect(destination).to_have_value(_arn("sqs", "orders-dlq"))
    page.evaluate("scrollTo(0, 0)")
    _save(page, "configure", 1605)
    press(page, "trigger.add")
    press(page, "designer.save")
    expect(node(page)).to_have_attribute("data-state", "Enabled")
    page.goto(f"/functions/{SECOND}/")
    _save(page, "saved", 640)


def _stalled(page: Page, product: Product) -> None:
    """Let orders wait until all are there, so that the bad one lies in the third batch of eight."""
    uuid = _mapping(product)["UUID"]
    _change(product, MaximumRetryAttempts=40, Enabled=False)
    for number in range(1, ORDERS + 1):
        _order(product, number)
    _change(product, Enabled=True)
    page.set_viewport_size({"width": WIDTH, "height": 860})
    page.goto(f"/functions/{SECOND}/triggers/{uuid}/")
    expect(page.get_by_text("attempt 7", exact=False).first).to_be_visible()
    _save(page, "shards", 860)


def _functions(page: Page) -> None:
    page.goto("/functions/")
    _save(page, "functions", 520)


def _given_up(page: Page, product: Product) -> None:
    """Give the bad order up, and replay it: in vain, for the code is what it was."""
    _change(product, MaximumRetryAttempts=5)
    awslambda = product.client("lambda")
    version = awslambda.publish_version(FunctionName=SECOND)["Version"]
    awslambda.create_alias(FunctionName=SECOND, Name="live", FunctionVersion=version)
    queue = product.client("sqs").get_queue_url(QueueName="orders-dlq")["QueueUrl"]
    eventually(lambda: _waiting(product, queue))
    page.goto("/queues/orders-dlq/")
    follow(page.locator('[data-label="queue.fetch"]').first)
    press(page, "failure.replay")
    _save(page, "failure", 860)
    page.goto(f"/functions/{SECOND}/")
    expect(page.locator("#designer")).to_contain_text("1 message")
    _save(page, "designer", 1000)


def _split(page: Page, product: Product) -> None:
    page.goto("/tables/Orders/streams")
    press(page, "stream.split")
    for number in range(ORDERS + 1, ORDERS + 13):
        _order(product, number)
    page.goto("/tables/Orders/streams")
    _save(page, "table", 900)
    page.goto('/tables/Orders/items/edit?key={"orderId":{"S":"A-17"}}')
    amount = page.get_by_label("Value 2", exact=True)
    amount.fill("175")
    amount.press("Tab")
    expect(page.locator("#ahead")).to_contain_text('{"N": "175"}')
    _save(page, "item", 1230)


def _save(page: Page, name: str, height: int) -> None:
    page.set_viewport_size({"width": WIDTH, "height": height})
    page.wait_for_timeout(400)  # the editor measures its lines, live parts come
    page.screenshot(path=IMAGES / f"{name}.png")


def _order(product: Product, number: int) -> None:
    item = {"orderId": {"S": f"A-{number}"}, "status": {"S": "PAID"}}
    if number != BAD:
        item["amount"] = {"N": str(29 + number * 10)}
    product.client("dynamodb").put_item(TableName="Orders", Item=item)


def _mapping(product: Product) -> dict[str, Any]:
    listed = product.client("lambda").list_event_source_mappings(FunctionName=SECOND)
    return dict(listed["EventSourceMappings"][0])


def _change(product: Product, **settings: Any) -> None:
    """Change the trigger, and wait until it is as it shall be."""
    uuid = _mapping(product)["UUID"]
    product.client("lambda").update_event_source_mapping(UUID=uuid, **settings)
    eventually(lambda: _mapping(product)["State"] in ("Enabled", "Disabled"))


def _waiting(product: Product, queue: str) -> bool:
    names = ["ApproximateNumberOfMessages"]
    got = product.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=names)
    return got["Attributes"][names[0]] != "0"


def _arn(service: str, name: str) -> str:
    return f"arn:aws:{service}:us-east-1:000000000000:{name}"


if __name__ == "__main__":
    take()

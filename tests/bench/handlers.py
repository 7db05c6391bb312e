"""The functions that are run: their code, zipped. What they print is what figures read."""

from __future__ import annotations

import io
import zipfile

LATENCY = """
import time

def handler(event, context):
    now = time.time_ns()
    for record in event["Records"]:
        print("bench", record["dynamodb"]["NewImage"]["n"]["N"], now)
"""
"""Prints the number of each record and when its first line ran (nanoseconds since the epoch)."""

COUNTING = """
def handler(event, context):
    print("bench", len(event["Records"]))
"""

ECHO = """
def handler(event, context):
    return event
"""

SDK = """
import boto3

client = boto3.client("dynamodb")

def handler(event, context):
    return event
"""

SLEEPING = """
import time

def handler(event, context):
    began = time.time_ns()
    seconds = event.get("sleep", 0)
    for record in event.get("Records", []):
        seconds = float(record["dynamodb"]["NewImage"]["sleep"]["N"])
    time.sleep(seconds)
    print("bench", seconds, began, time.time_ns())
"""
"""Sleeps as long as the event or its last record says; prints seconds, beginning and end."""


def package(code: str) -> bytes:
    """Zip `code` as the module `app`."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("app.py", code)
    return packed.getvalue()

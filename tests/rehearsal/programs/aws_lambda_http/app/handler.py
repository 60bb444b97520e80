from __future__ import annotations


def handle(event, context):
    return {"statusCode": 200}

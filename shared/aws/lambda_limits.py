"""What Lambda admits, for the settings that are checked before the engine starts."""

from __future__ import annotations

REQUESTS_PER_SECOND = 10
"""For each unit of concurrency, warm, reserved or the account's; calls shorter than 100 ms meet it before concurrency.

Above it provisioned concurrency spills over to cold copies, and what is reserved answers 429
(ReservedFunctionInvocationRateLimitExceeded): https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
"""

REQUESTS_PER_MINUTE = 60 * REQUESTS_PER_SECOND

ACCOUNT_CONCURRENCY = 1000
"""Concurrent executions of a region by default:
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""

UNRESERVED = 100
"""What must stay for functions without a reservation (PutFunctionConcurrency)."""


def most_reserved(account_concurrency: int) -> int:
    """The highest concurrency that one function can reserve in an account with this quota."""
    return account_concurrency - UNRESERVED

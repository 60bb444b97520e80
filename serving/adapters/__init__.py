"""One module per place that calls the model: each turns its platform's request into `service.answer` and back."""

from __future__ import annotations

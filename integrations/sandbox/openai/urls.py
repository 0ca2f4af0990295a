"""OpenAI's addresses under `/openai/v1`."""

from __future__ import annotations

from django.urls import path

from integrations.sandbox.gate import by_method
from integrations.sandbox.openai import responses_api as responses
from integrations.sandbox.openai.answers import OPEN_AI

urlpatterns = [
    path("v1/responses", by_method(OPEN_AI, POST=responses.create)),
    path("v1/responses/input_tokens", by_method(OPEN_AI, POST=responses.count)),
]

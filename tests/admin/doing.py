"""Acting as a person does: choose rows, confirm."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse


def list_of(model: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def page_of(obj: Any) -> str:
    return reverse(f"admin:{obj._meta.app_label}_{obj._meta.model_name}_change", args=[obj.pk])


def ask(client: Client, action: str, *chosen: Any, query: str = "", **more: Any) -> Any:
    """Run an action on the rows of its list: the page that asks for confirmation."""
    data = {"action": action, "_selected_action": [row.pk for row in chosen], "index": "0", **more}
    return client.post(list_of(type(chosen[0])) + query, data)


def confirm(client: Client, action: str, *chosen: Any, query: str = "", **given: Any) -> Any:
    """Confirm it, with what its form asks for."""
    data = {"action": action, "_selected_action": [row.pk for row in chosen], "confirmed": "1", **given}
    return client.post(list_of(type(chosen[0])) + query, data, follow=True)


def told(answer: Any) -> str:
    """What the person reads afterwards."""
    return " ".join(str(message) for message in answer.context["messages"])

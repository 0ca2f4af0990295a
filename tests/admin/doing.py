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


def form_of(client: Client, obj: Any) -> dict[str, Any]:
    """What the object's page would send back unchanged, its inlines with it."""
    context = client.get(page_of(obj)).context
    inlines = [each.formset for each in context["inline_admin_formsets"]]
    forms = [context["adminform"].form]
    for formset in inlines:
        forms += [formset.management_form, *(formset.forms if formset.can_delete or formset.min_num else [])]
    fields = [field for form in forms for field in form]
    values = {field.html_name: field.value() for field in fields}
    return {name: value for name, value in values.items() if value is not None and value is not False}


def saved(answer: Any) -> bool:
    """True after a save; where the form was refused the test fails with what it said."""
    if answer.status_code == 200:
        context = answer.context
        said = [str(context["errors"]), context["adminform"].form.errors.as_text()]
        raise AssertionError(" ".join(said))
    return bool(answer.status_code == 302)

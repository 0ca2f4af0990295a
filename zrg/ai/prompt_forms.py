"""Saying a prompt or a snippet differently."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from zrg.ai import overrides
from zrg.ai.forms import MODEL_ID
from zrg.ai.prompts import Prompt, Snippet

_TEXT = forms.Textarea(attrs={"class": "is-code", "rows": 18, "spellcheck": "false"})


class SnippetForm(forms.Form):
    """Checks that every variable is known and none of the default's is missing, naming them."""

    text = forms.CharField(label="Text", widget=_TEXT, max_length=overrides.LONGEST, required=False)
    note = forms.CharField(
        label="Why", max_length=200, required=False, help_text="Kept with the version, for whoever looks at it later."
    )

    def __init__(self, data: Any = None, *, of: Prompt | Snippet, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        self.of = of

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"].replace("\r\n", "\n").strip()
        if isinstance(self.of, Prompt):
            overrides.check_prompt(self.of, text)
        else:
            overrides.check_snippet(self.of, text)
        return text


class PromptForm(SnippetForm):
    model = forms.CharField(
        label="Model",
        max_length=80,
        required=False,
        help_text="For this prompt alone. Empty: the model of its task.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    effort = forms.ChoiceField(
        label="Effort",
        required=False,
        choices=[("", "Its own"), *((effort, effort) for effort in overrides.EFFORTS)],
        help_text="How long the model thinks; mapped to what the model knows.",
    )
    field_order = ["text", "model", "effort", "note"]

    def clean_model(self) -> str:
        model: str = self.cleaned_data["model"].strip()
        if model and not MODEL_ID.match(model):
            raise ValidationError("Model: this is not the id of a model, as in gpt-5.1.")
        return model

"""What people say of a workspace's AI: offer, voice, personas, models, limits. Each field with its line of help."""

from __future__ import annotations

import re
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.db import transaction

from zrg.ai import knowledge, personas
from zrg.ai.models import AiSettings, Persona
from zrg.web.forms import SWITCH
from zrg.workspaces.models import Workspace

MODEL_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,79}$")
_LONG = {"rows": 3}

V = TypeVar("V", Persona, AiSettings)

TASKS = {
    "strategy": ("Strategy", "Decides what an e-mail should achieve."),
    "draft": ("Drafts", "Writes e-mails, SMS and LinkedIn messages."),
    "verify": (
        "Verifier",
        "Checks facts, times, links and tone of a draft. Best another model than the one that writes.",
    ),
    "evaluate": ("Auto-send", "Says how sure it is that a draft may go without a person."),
    "classify": ("Sentiment", "Reads what a reply means."),
    "signature": ("Signatures", "Reads names, phones and links below a lead's e-mail."),
    "parse": ("Reading", "Reads small facts, such as what to remember of a lead."),
    "overseer": ("Booking", "Looks over a booking before it is made."),
    "qualification": ("Qualification", "Judges whether a lead fits."),
}


def web_address(url: str) -> str:
    """The address where it is one of the web. Raises ValidationError."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "." not in parts.hostname:
        raise forms.ValidationError("Give the address of a page, as in https://www.example.com.")
    return url


# ── Offer ──────────────────────────────────────────────────────────────────────
class OfferForm(forms.ModelForm):
    website_url = forms.URLField(
        label="Website",
        required=False,
        max_length=200,
        assume_scheme="https",
        help_text="Read and given to every draft first. It is read again when you press Refresh under Knowledge.",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )

    class Meta:
        model = AiSettings
        fields = ["company_name", "service_description", "ideal_customer_profile", "target_result"]
        labels = {
            "company_name": "Company",
            "service_description": "Offer",
            "ideal_customer_profile": "Ideal customer",
            "target_result": "Result",
        }
        help_texts = {
            "company_name": "Who the messages are from; {company} in greetings and signatures.",
            "service_description": "What you sell, to whom, at what price, and what is not included.",
            "ideal_customer_profile": "Who fits: size, industry, place, need; and who does not.",
            "target_result": "What customers get, in one line, as in “20 % fewer payroll errors”.",
        }
        widgets = {
            "service_description": forms.Textarea(attrs={"rows": 4}),
            "ideal_customer_profile": forms.Textarea(attrs=_LONG),
        }

    field_order = ["company_name", "website_url", "service_description", "ideal_customer_profile", "target_result"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("website_url", self.instance.website_url)

    def clean_website_url(self) -> str:
        url: str = self.cleaned_data["website_url"]
        return web_address(url) if url else ""

    @transaction.atomic
    def save(self, commit: bool = True) -> AiSettings:
        """With the primary website: a new address is read by a job."""
        saved: AiSettings = super().save(commit)
        knowledge.set_website(saved.workspace, self.cleaned_data["website_url"])
        return saved


# ── Voice ──────────────────────────────────────────────────────────────────────
class VoiceFields(forms.ModelForm):
    """The fields a persona and the settings share; variables are checked and named."""

    WITH_VARIABLES = ("greeting", "sms_greeting", "signature")

    def fields_as(self, row: V) -> V:
        """The row with what is typed, unchecked and unsaved: for the preview."""
        for name in _VOICE_FIELDS:
            setattr(row, name, str(self.data.get(name, "")))
        return row

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        for name in self.WITH_VARIABLES:
            unknown = personas.unknown_variables(given.get(name) or "")
            if unknown:
                known = ", ".join(f"{{{variable}}}" for variable in personas.VARIABLES)
                self.add_error(name, f"{self.fields[name].label}: {', '.join(unknown)} is unknown. Use {known}.")
        return given


_VOICE_FIELDS = ["persona_name", "tone", "greeting", "sms_greeting", "signature", "goals"]
_VOICE_LABELS = {
    "persona_name": "Written by",
    "tone": "Tone",
    "greeting": "Greeting",
    "sms_greeting": "SMS greeting",
    "signature": "Signature",
    "goals": "Goals",
}
_VOICE_HELP = {
    "persona_name": "The name under messages, as in “Nora Whitfield”; {persona_name} below.",
    "tone": "How it sounds, as in “friendly-professional” or “short and direct”.",
    "greeting": "How an e-mail begins, as in “Hi {first_name},”.",
    "sms_greeting": "How an SMS begins. Empty: the greeting.",
    "signature": "How an e-mail ends. May use {persona_name} and {company}.",
    "goals": "What a conversation should lead to, and what never to promise.",
}
_VOICE_WIDGETS = {"signature": forms.Textarea(attrs=_LONG), "goals": forms.Textarea(attrs=_LONG)}


class VoiceForm(VoiceFields):
    class Meta:
        model = AiSettings
        fields = _VOICE_FIELDS
        labels, help_texts, widgets = _VOICE_LABELS, _VOICE_HELP, _VOICE_WIDGETS


class PersonaForm(VoiceFields):
    class Meta:
        model = Persona
        fields = ["name", *_VOICE_FIELDS, "is_default"]
        labels = {**_VOICE_LABELS, "name": "Name", "is_default": "Default"}
        help_texts = {
            **_VOICE_HELP,
            "name": "What your team calls this persona; leads never see it.",
            "tone": "How it sounds. Empty: as the default persona.",
            "is_default": "Speaks wherever a campaign or sequence names no other.",
        }
        widgets = {**_VOICE_WIDGETS, "is_default": forms.CheckboxInput(attrs=SWITCH)}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.was_default = not self.instance._state.adding and self.instance.is_default

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"].strip()
        same = Persona.objects.filter(workspace=self.instance.workspace, name=name).exclude(pk=self.instance.pk)
        if same.exists():
            raise forms.ValidationError("A persona of this name is there already.")
        return name

    def _post_clean(self) -> None:
        """To become the default is a move, not a value: the one before would stand in its way."""
        wants = self.cleaned_data.get("is_default", False)
        self.cleaned_data["is_default"] = wants and self.was_default
        super()._post_clean()  # type: ignore[misc]
        self.cleaned_data["is_default"] = wants

    @transaction.atomic
    def save(self, commit: bool = True) -> Persona:
        """The default moves here where it was asked for."""
        saved: Persona = super().save(commit)
        if self.cleaned_data["is_default"]:
            personas.make_default(saved)
        return saved


# ── Models, limits ─────────────────────────────────────────────────────────────
class ModelsForm(forms.Form):
    """A model per task; empty is the installation's."""

    def __init__(self, data: Any = None, *, workspace: Workspace) -> None:
        super().__init__(data)
        self.settings = workspace.ai_settings
        for task, (label, help_text) in TASKS.items():
            self.fields[task] = forms.CharField(
                label=label,
                required=False,
                max_length=80,
                help_text=help_text,
                initial=self.settings.models_by_task.get(task, ""),
                widget=forms.TextInput(
                    attrs={"placeholder": settings.AI_MODELS[task], "list": "models", "autocomplete": "off"}
                ),
            )

    @property
    def known(self) -> list[str]:
        """What the fields offer: models in use here."""
        return sorted({*settings.AI_MODELS.values(), *settings.AI_FALLBACK_MODELS, *settings.AI_PRICES})

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        for task, (label, _) in TASKS.items():
            if given.get(task) and not MODEL_ID.match(given[task]):
                self.add_error(task, f"{label}: this is not the id of a model, as in gpt-5.1.")
        return given

    def save(self) -> None:
        self.settings.models_by_task = {task: self.cleaned_data[task] for task in TASKS if self.cleaned_data[task]}
        self.settings.save(update_fields=["models_by_task"])


class AutomationForm(forms.ModelForm):
    class Meta:
        model = AiSettings
        fields = ["classify_replies", "flag_uncertain_replies", "draft_replies", "remember_leads"]
        labels = {
            "classify_replies": "Read replies",
            "flag_uncertain_replies": "Mark uncertain replies",
            "draft_replies": "Write drafts",
            "remember_leads": "Remember leads",
        }
        help_texts = {
            "classify_replies": "Says what a reply means. Off: only rules do, such as opt-outs and out-of-office.",
            "flag_uncertain_replies": "Below a confidence of 0.6 a reply waits for a person, never auto-answered.",
            "draft_replies": "Has an answer ready for replies that want one.",
            "remember_leads": "Keeps objections, promises and constraints of each lead, for drafts and people.",
        }
        widgets = {name: forms.CheckboxInput(attrs=SWITCH) for name in fields}


class LimitsForm(forms.ModelForm):
    class Meta:
        model = AiSettings
        fields = ["monthly_budget_usd", "store_ai_text"]
        labels = {
            "monthly_budget_usd": "Monthly budget (US$)",
            "store_ai_text": "Keep what was asked and answered",
        }
        help_texts = {
            "monthly_budget_usd": "When it is reached, nothing is sent by itself; people go on. Empty: no limit.",
            "store_ai_text": "To look into what a model was told. Off: only numbers and costs are kept.",
        }
        widgets = {
            "store_ai_text": forms.CheckboxInput(attrs=SWITCH),
            "monthly_budget_usd": forms.NumberInput(attrs={"class": "short", "min": 0, "step": "0.01"}),
        }

    def clean_monthly_budget_usd(self) -> Any:
        budget = self.cleaned_data["monthly_budget_usd"]
        if budget is not None and budget < 0:
            raise forms.ValidationError("Monthly budget: give an amount from 0, or leave it empty.")
        return budget

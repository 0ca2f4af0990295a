"""What the composer sends back, read strictly: the shape here, whether it may happen in inbox.sending."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime

from django import forms

from leads.models import ChannelKind

_BETWEEN = re.compile(r"[\s,;]+")


class ReplyForm(forms.Form):
    channel = forms.ChoiceField(choices=ChannelKind.choices)
    text = forms.CharField(required=False, strip=False)
    to = forms.CharField(required=False, max_length=254)
    key = forms.UUIDField()
    version = forms.IntegerField(min_value=0)
    opened = forms.CharField()
    confirmed = forms.IntegerField(required=False)

    def clean_text(self) -> str:
        return self.cleaned_data["text"].replace("\r\n", "\n")

    def clean_opened(self) -> datetime:
        try:
            opened = datetime.fromisoformat(self.cleaned_data["opened"])
            if opened.tzinfo is None:
                raise ValueError("without a zone")
            return opened.astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise forms.ValidationError("Not a time with a zone.") from error

    @property
    def cc(self) -> list[str]:
        """Addresses of the chips, and of the plain field of a browser without JavaScript."""
        given = self.data.getlist("cc") if hasattr(self.data, "getlist") else []
        return list(dict.fromkeys(word for line in given for word in _BETWEEN.split(line) if word))

    @property
    def idempotency_key(self) -> str:
        """One per composer and content: a double click is one message, an edited text sent after "back" another."""
        data = self.cleaned_data
        content = "\x1f".join([data["channel"], data["to"], data["text"].strip(), *self.cc])
        return f"{data['key']}:{hashlib.sha256(content.encode()).hexdigest()[:16]}"


class ApprovalForm(ReplyForm):
    """The composer with a draft in it: what was seen is approved, or what a person made of it."""

    draft_version = forms.IntegerField(min_value=1)
    now = forms.BooleanField(required=False)


class AgainForm(forms.Form):
    """A wish for another draft; `key` makes it one however often it is sent."""

    key = forms.UUIDField()
    instruction = forms.CharField(required=False, max_length=500)
    channel = forms.ChoiceField(choices=[("", ""), *ChannelKind.choices], required=False)

"""Adding to what drafts may know: a text, a page, a file; and the questions drafts ask."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from zrg.ai import knowledge
from zrg.ai.forms import web_address
from zrg.ai.models import KnowledgeAsset, QualificationQuestion
from zrg.web.forms import SWITCH
from zrg.workspaces.models import Workspace

READABLE = (".txt", ".md", ".csv")
MOST_QUESTIONS = 30
MOST_ASSETS = 100


class AssetForm(forms.Form):
    """Common: a name; made for a workspace."""

    kind: KnowledgeAsset.Kind
    name = forms.CharField(max_length=200, help_text="How your team finds it again; drafts see it as the heading.")

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.workspace = workspace

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if KnowledgeAsset.objects.filter(workspace=self.workspace).count() >= MOST_ASSETS:
            raise forms.ValidationError(f"There are {MOST_ASSETS} assets already. Delete one you don't need.")
        return given

    def _kept(self, asset: KnowledgeAsset, text: str, field: str) -> bool:
        try:
            knowledge.keep_text(asset, text)
        except knowledge.Unsearchable as why:
            self.add_error(field, str(why))
            return False
        return True


class TextAssetForm(AssetForm):
    kind = KnowledgeAsset.Kind.TEXT
    content = forms.CharField(
        label="Text",
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Facts drafts may use: prices, terms, answers.",
    )

    def save(self) -> bool:
        """False, with the reason at its field, where it cannot be kept."""
        asset = KnowledgeAsset(workspace=self.workspace, kind=self.kind, name=self.cleaned_data["name"])
        return self._kept(asset, self.cleaned_data["content"], "content")


class PageAssetForm(AssetForm):
    kind = KnowledgeAsset.Kind.URL
    name = forms.CharField(max_length=200, required=False, help_text="Empty: the page's title.")
    url = forms.URLField(
        label="Address",
        max_length=1000,
        assume_scheme="https",
        help_text="A public page. It is read once, and again when you press Refresh.",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )
    field_order = ["url", "name"]

    def clean_url(self) -> str:
        return web_address(self.cleaned_data["url"])

    @transaction.atomic
    def save(self) -> bool:
        url = self.cleaned_data["url"]
        name = self.cleaned_data["name"] or url[:200]
        asset = KnowledgeAsset.objects.create(workspace=self.workspace, kind=self.kind, url=url, name=name)
        return knowledge.request_fetch(asset)


class FileAssetForm(AssetForm):
    kind = KnowledgeAsset.Kind.FILE
    name = forms.CharField(max_length=200, required=False, help_text="Empty: the file's name.")
    file = forms.FileField(
        help_text="Text, Markdown or CSV (.txt, .md, .csv) of at most 1 MB.",
        widget=forms.FileInput(attrs={"accept": ",".join(READABLE)}),
    )
    field_order = ["file", "name"]

    def clean_file(self) -> str:
        """Its text."""
        self.file_name = str(self.cleaned_data["file"].name)[:200]
        file: UploadedFile = self.cleaned_data["file"]
        if not (file.name or "").lower().endswith(READABLE):
            raise forms.ValidationError(f"File: “{file.name}” cannot be read. Use {', '.join(READABLE)}.")
        if (file.size or 0) > knowledge.MOST_BYTES:
            raise forms.ValidationError("File: it is larger than 1 MB. Keep what drafts need, or split it.")
        try:
            text = file.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise forms.ValidationError("File: this is not text in UTF-8. Save it as text and try again.") from None
        if not text.strip():
            raise forms.ValidationError("File: it is empty.")
        return text

    def save(self) -> bool:
        name = self.cleaned_data["name"] or self.file_name
        return self._kept(
            KnowledgeAsset(workspace=self.workspace, kind=self.kind, name=name), self.cleaned_data["file"], "file"
        )


NEW_ASSETS: dict[str, type[AssetForm]] = {"text": TextAssetForm, "url": PageAssetForm, "file": FileAssetForm}


class AssetEditForm(forms.ModelForm):
    """What is there already. The text of a page is its page's; another address has it read again."""

    url = forms.URLField(
        label="Address",
        max_length=1000,
        assume_scheme="https",
        help_text="A public page. A new address is read at once.",
        widget=forms.URLInput(),
    )

    class Meta:
        model = KnowledgeAsset
        fields = ["name", "url", "content", "active"]
        labels = {"content": "Text", "active": "In use"}
        help_texts = {
            "name": "How your team finds it again; drafts see it as the heading.",
            "content": "Facts drafts may use: prices, terms, answers.",
            "active": "Off: kept, but given to no draft.",
        }
        widgets = {
            "content": forms.Textarea(attrs={"rows": 16}),
            "active": forms.CheckboxInput(attrs=SWITCH),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.was_at = self.instance.url
        del self.fields["content" if knowledge.is_page(self.instance) else "url"]

    def clean_url(self) -> str:
        return web_address(self.cleaned_data["url"])

    def save(self, commit: bool = True) -> KnowledgeAsset | None:  # type: ignore[override]
        """None, with the reason at its field, where it cannot be kept."""
        asset: KnowledgeAsset = self.instance
        if not knowledge.is_page(asset):
            try:
                knowledge.keep_text(asset, self.cleaned_data["content"])
            except knowledge.Unsearchable as why:
                self.add_error("content", str(why))
                return None
            return asset
        if asset.kind == KnowledgeAsset.Kind.WEBSITE and asset.url != self.was_at:
            url, asset.url = asset.url, self.was_at
            asset.save(update_fields=["name", "active", "updated_at"])
            knowledge.set_website(asset.workspace, url)
            return asset
        asset.save(update_fields=["name", "url", "active", "updated_at"])
        if asset.url != self.was_at:
            knowledge.request_fetch(asset)
        return asset


# ── Questions ──────────────────────────────────────────────────────────────────
class QuestionForm(forms.ModelForm):
    class Meta:
        model = QualificationQuestion
        fields = ["text", "required", "active"]
        widgets = {"text": forms.TextInput(attrs={"aria-label": "Question"})}


# The questions of one workspace, in their order, and one place for a new one.
QuestionFormSet = forms.modelformset_factory(
    QualificationQuestion,
    form=QuestionForm,
    extra=1,
    can_delete=True,
    max_num=MOST_QUESTIONS,
    validate_max=True,
)

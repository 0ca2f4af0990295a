"""The tab "AI personality" of the settings, below /settings/."""

from django.urls import path

from zrg.ai.views import knowledge, personas, prompts, questions, sections

app_name = "ai"

_IN = "<uuid:workspace_id>/ai/"
_PERSONA = f"{_IN}personas/<uuid:persona_id>"
_ASSET = f"{_IN}knowledge/<uuid:asset_id>"
_PROMPT = f"{_IN}prompts/<str:prompt_key>"
_SNIPPET = f"{_IN}snippets/<str:snippet_key>"

urlpatterns = [
    path(f"{_IN}offer", sections.offer, name="offer"),
    path(f"{_IN}voice", sections.voice, name="voice"),
    path(f"{_IN}automation", sections.automation, name="automation"),
    path(f"{_IN}models", sections.models, name="models"),
    path(f"{_IN}limits", sections.limits, name="limits"),
    path(f"{_IN}spending", sections.show, {"key": "ai-spending"}, name="spending"),
    path(f"{_IN}questions", questions.listed, name="questions"),
    path(f"{_IN}personas", personas.listed, name="personas"),
    path(f"{_IN}personas/new", personas.new, name="persona_new"),
    path(f"{_IN}personas/preview", personas.preview, name="persona_preview"),
    path(_PERSONA, personas.edit, name="persona"),
    path(f"{_PERSONA}/default", personas.make_default, name="persona_default"),
    path(f"{_PERSONA}/delete", personas.delete, name="persona_delete"),
    path(f"{_IN}knowledge", knowledge.listed, name="knowledge"),
    path(_ASSET, knowledge.edit, name="asset"),
    path(f"{_ASSET}/refresh", knowledge.refresh, name="asset_refresh"),
    path(f"{_ASSET}/switch", knowledge.switch, name="asset_switch"),
    path(f"{_ASSET}/delete", knowledge.delete, name="asset_delete"),
    path(f"{_IN}prompts", sections.show, {"key": "ai-prompts"}, name="prompts"),
    path(f"{_IN}leads", prompts.leads, name="prompt_leads"),
    path(_PROMPT, prompts.edit, name="prompt"),
    path(f"{_PROMPT}/preview", prompts.preview, name="prompt_preview"),
    path(f"{_PROMPT}/revert", prompts.revert, name="prompt_revert"),
    path(f"{_PROMPT}/versions/<int:version>", prompts.activate, name="prompt_activate"),
    path(_SNIPPET, prompts.edit_snippet, name="snippet"),
    path(f"{_SNIPPET}/revert", prompts.revert_snippet, name="snippet_revert"),
    path(f"{_SNIPPET}/versions/<int:version>", prompts.activate_snippet, name="snippet_activate"),
]

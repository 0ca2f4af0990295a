"""What a browser calls itself, said so that its owner knows it again: "Chrome on Windows"."""

from __future__ import annotations

from django import template

register = template.Library()

# In this order: Edge and Opera call themselves Chrome as well, and Chrome calls itself Safari.
_BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox/": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
_SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS X": "Mac",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


@register.filter
def browser(user_agent: str) -> str:
    """`Chrome on Windows`; of a program that is no browser its own name, as it gave it."""
    name = next((told for sign, told in _BROWSERS.items() if sign in user_agent), "")
    system = next((told for sign, told in _SYSTEMS.items() if sign in user_agent), "")
    if name and system:
        return f"{name} on {system}"
    return name or user_agent[:60] or "Unknown"

"""What a draft may say besides what it was given: plain sentences that promise nothing, by language and occasion."""

from __future__ import annotations

import re

PHRASES: dict[str, dict[str, str]] = {
    "en": {
        "hello": "Hi {name},",
        "hello_all": "Hi,",
        "info": "Thanks for asking.",
        "info_about": "Thanks for asking about {topics}.",
        "ask_before_then": "Is there anything you would like to see before then?",
        "interested": "Glad this caught your interest.",
        "meeting": "Happy to talk it through.",
        "call": "Happy to call.",
        "follow_up": "Understood, now is not the moment.",
        "objection": "That is a fair point.",
        "neutral": "Thanks for getting back to me.",
        "unknown": "I would rather check that one than guess.",
        "times": "Would one of these work for you?",
        "link": "Or pick what suits you here: {url}",
        "ask_info": "Is that the part that matters most for you?",
        "ask_interested": "What would make this worth a closer look for you?",
        "ask_meeting": "Who else should be part of the conversation on your side?",
        "ask_call": "Is there anything you would like covered first?",
        "ask_follow_up": "When would be a better moment to pick this up again?",
        "ask_objection": "What would have to be different for this to make sense?",
        "ask_neutral": "Is this something you are looking at right now?",
    },
    "de": {
        "hello": "Hallo {name},",
        "hello_all": "Guten Tag,",
        "info": "Danke für die Frage.",
        "info_about": "Danke für die Frage zu {topics}.",
        "ask_before_then": "Gibt es etwas, das Sie bis dahin sehen möchten?",
        "interested": "Schön, dass das für Sie interessant klingt.",
        "meeting": "Gern sprechen wir darüber.",
        "call": "Gern rufe ich an.",
        "follow_up": "Verstanden, gerade passt es nicht.",
        "objection": "Das ist ein guter Einwand.",
        "neutral": "Danke für die Rückmeldung.",
        "unknown": "Das prüfe ich lieber, als zu raten.",
        "times": "Passt Ihnen einer dieser Termine?",
        "link": "Oder wählen Sie hier, was passt: {url}",
        "ask_info": "Ist das der Punkt, auf den es Ihnen ankommt?",
        "ask_interested": "Was müsste stimmen, damit sich ein genauerer Blick lohnt?",
        "ask_meeting": "Wer sollte auf Ihrer Seite dabei sein?",
        "ask_call": "Gibt es etwas, das ich vorab klären soll?",
        "ask_follow_up": "Wann passt es besser?",
        "ask_objection": "Was müsste anders sein, damit es für Sie sinnvoll ist?",
        "ask_neutral": "Ist das gerade ein Thema für Sie?",
    },
    "fr": {
        "hello": "Bonjour {name},",
        "hello_all": "Bonjour,",
        "info": "Merci pour votre question.",
        "info_about": "Merci pour votre question sur {topics}.",
        "ask_before_then": "Y a-t-il quelque chose que vous aimeriez voir avant ?",
        "interested": "Ravi que cela vous intéresse.",
        "meeting": "Avec plaisir, parlons-en.",
        "call": "Je vous appelle volontiers.",
        "follow_up": "Bien compris, ce n'est pas le moment.",
        "objection": "C'est une remarque juste.",
        "neutral": "Merci pour votre retour.",
        "unknown": "Je préfère vérifier ce point plutôt que de deviner.",
        "times": "L'un de ces créneaux vous convient-il ?",
        "link": "Ou choisissez ici ce qui vous convient : {url}",
        "ask_info": "Est-ce le point qui compte le plus pour vous ?",
        "ask_interested": "Qu'est-ce qui mériterait d'être regardé de plus près ?",
        "ask_meeting": "Qui d'autre devrait participer de votre côté ?",
        "ask_call": "Y a-t-il un sujet à préparer ?",
        "ask_follow_up": "Quel serait un meilleur moment pour en reparler ?",
        "ask_objection": "Que faudrait-il changer pour que cela ait du sens ?",
        "ask_neutral": "Est-ce un sujet pour vous en ce moment ?",
    },
    "es": {
        "hello": "Hola {name}:",
        "hello_all": "Hola:",
        "info": "Gracias por la pregunta.",
        "info_about": "Gracias por preguntar por {topics}.",
        "ask_before_then": "¿Hay algo que le gustaría ver antes?",
        "interested": "Me alegra que le interese.",
        "meeting": "Con mucho gusto lo hablamos.",
        "call": "Con gusto le llamo.",
        "follow_up": "Entendido, ahora no es el momento.",
        "objection": "Es una observación razonable.",
        "neutral": "Gracias por responder.",
        "unknown": "Prefiero comprobarlo antes que adivinar.",
        "times": "¿Le va bien alguno de estos horarios?",
        "link": "O elija aquí el que le convenga: {url}",
        "ask_info": "¿Es ese el punto que más le importa?",
        "ask_interested": "¿Qué haría que valiera la pena verlo más de cerca?",
        "ask_meeting": "¿Quién más debería participar por su parte?",
        "ask_call": "¿Hay algo que deba preparar antes?",
        "ask_follow_up": "¿Cuándo sería mejor momento para retomarlo?",
        "ask_objection": "¿Qué tendría que ser distinto para que tuviera sentido?",
        "ask_neutral": "¿Es un tema para usted en este momento?",
    },
}
# What a question is about: its words, and what we call it.
_TOPICS: tuple[tuple[re.Pattern[str], dict[str, str]], ...] = tuple(
    (re.compile(words, re.IGNORECASE), names)
    for words, names in (
        (
            r"pric|cost|how much|charge|preis|kost|combien|tarif|prix|cuánto|precio",
            {"en": "pricing", "de": "den Kosten", "fr": "les tarifs", "es": "los precios"},
        ),
        (
            r"integrat|connect (to|with)|work with|schnittstelle|anbind|intégr",
            {"en": "integrations", "de": "den Schnittstellen", "fr": "les intégrations", "es": "las integraciones"},
        ),
        (
            r"secur|gdpr|data protection|datenschutz|sécurité|seguridad",
            {"en": "security", "de": "der Sicherheit", "fr": "la sécurité", "es": "la seguridad"},
        ),
        (
            r"set.?up|onboard|implement|how long|einführung|mise en place|implantación",
            {"en": "getting started", "de": "der Einführung", "fr": "la mise en place", "es": "la puesta en marcha"},
        ),
        (
            r"reference|case stud|customers like|referenz|référence|casos",
            {"en": "references", "de": "Referenzen", "fr": "nos références", "es": "las referencias"},
        ),
        (
            r"contract|cancel|vertrag|kündig|contrat|contrato",
            {"en": "the contract", "de": "dem Vertrag", "fr": "le contrat", "es": "el contrato"},
        ),
        (r"support|help ?desk|soporte", {"en": "support", "de": "dem Support", "fr": "le support", "es": "el soporte"}),
    )
)
_AND = {"en": "and", "de": "und", "fr": "et", "es": "y"}
OCCASIONS = {
    "info_requested": "info",
    "interested": "interested",
    "meeting_requested": "meeting",
    "call_requested": "call",
    "follow_up": "follow_up",
    "objection": "objection",
}


def phrase(language: str, occasion: str, /, **values: str) -> str:
    """One sentence; English for a language that has none of its own here."""
    return PHRASES.get(language, PHRASES["en"])[occasion].format(**values)


def topics(text: str, language: str) -> str:
    """What is asked about, at most two things: “pricing and integrations”; empty where it is none of ours."""
    code = language if language in _AND else "en"
    found = [names[code] for words, names in _TOPICS if words.search(text)][:2]
    return f" {_AND[code]} ".join(found)

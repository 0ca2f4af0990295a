"""What leads write, by meaning, in seven languages (en, de, fr, es, it, nl, pt): the first meaning that fits."""

from __future__ import annotations

import re

_BLACKLIST = (
    r"unsubscribe|remove me|take me off|(do not|don't|never) (contact|e-?mail|write|message)( to)? (me|us)"
    r"|opt.?out|^stop\b"
    r"|abmelden|abbestellen|aus dem verteiler|keine (weiteren )?(mails|e-mails|nachrichten)"
    r"|désabonn|désinscri|ne plus (me|nous) (contacter|écrire)|retirez-moi"
    r"|darme de baja|dar de baja|no me (escriba|contacte)|elimíneme"
    r"|cancellami|cancellatemi|disiscriv|non (mi )?(contatt|scriv)"
    r"|uitschrijven|afmelden|geen (e-?)?mails meer"
    r"|descadastr|remova-me|não me (contate|escreva)|cancelar inscrição"
)
_AWAY = (
    r"out of (the )?office|on (annual|parental|maternity|paternity|sick) leave|on (vacation|holiday)|away (until"
    r"|from my)"
    r"|abwesen|nicht im büro|im urlaub|absent(e)? (du|jusqu)|en congé|hors du bureau"
    r"|fuera de la oficina|de vacaciones|fuori ufficio|in ferie|afwezig|met vakantie|niet op kantoor"
    r"|fora do escritório|de férias|ausente"
)
_AUTOMATED = (
    r"automatic(ally generated)? (reply|response|message)|auto-?reply|this is an automated|do not reply to this"
    r"|ticket (number|#)|has been received and|automatische antwort|réponse automatique|respuesta automática"
    r"|risposta automatica|automatisch antwoord|resposta automática"
)
_LATER = (
    r"not (right )?now|not before|not until|next (quarter|year|month)|try (me|us) (again )?in|circle back"
    r"|reach (back )?out "
    r"(again )?(in|after|next)|check back|get back to me (in|after|next)|later (this|in the) (year|quarter)"
    r"|ask (me )?again"
    r"|bad (time|timing)|revisit|in (a few|two|three|six|\d) months|next (spring|summer|fall|autumn|winter)"
    r"|(erst|wieder) (im|in|ab|nach) |nächste[ns]? (quartal|jahr|monat)|derzeit nicht|aktuell nicht|gerade nicht"
    r"|melden sie sich"
    r"|pas (pour l'instant|maintenant|avant)|le (mois|trimestre) prochain|l'année prochaine|recontacte|plus tard"
    r"|ahora no|más adelante|el próximo (mes|trimestre|año)|no antes de|vuelva a"
    r"|non adesso|non ora|più avanti|il prossimo (mese|trimestre|anno)|ricontatt"
    r"|niet nu|op dit moment niet|volgend(e)? (kwartaal|jaar|maand)|later (dit|in)"
    r"|agora não|mais tarde|no próximo (mês|trimestre|ano)|não antes de"
)
_NOT_INTERESTED = (
    r"not interested|no interest|no,? thank(s| you)|we('ll| will)? pass\b|i('ll| will)? pass\b|not a fit|not for us"
    r"|no need for|please don't|kein(e)? (interesse|bedarf)|nein,? danke|nicht interessiert"
    r"|pas intéressé|non merci|aucun intérêt|no (me|nos) interesa|no,? gracias|sin interés"
    r"|non (mi|ci) interessa|non (sono|siamo) interessat|no,? grazie|geen (interesse|behoefte)|nee,? (dank|bedankt)"
    r"|sem interesse|não (tenho|temos) interesse|não,? obrigad"
)
_OBJECTION = (
    r"too (expensive|pricey|costly|much)|no budget|budget is|already (use|have|work|signed)|under contract"
    r"|locked in|happy with"
    r"|what makes you different|why (would|should) (i|we)|(tried|used) .{0,40}(before|already)|not convinced"
    r"|sceptical|skeptical"
    r"|zu teuer|kein budget|haben (schon|bereits)|arbeiten (schon|bereits)|zufrieden mit"
    r"|trop cher|pas de budget|déjà (un|une|chez|sous)|muy caro|demasiado caro|sin presupuesto|ya (tenemos"
    r"|usamos|trabajamos)"
    r"|troppo (caro|costoso)|abbiamo già|usiamo già|te duur|geen budget|hebben al|gebruiken al"
    r"|muito caro|sem orçamento|já (temos|usamos)"
)
_CALL = (
    r"call me|give me a (call|ring)|ring me|phone me|(reach|get) me (at|on) (the |my )?(\+|\(?\d|cell|mobile"
    r"|phone|number)"
    r"|rufen sie mich|ruf mich|anrufen|appelez-moi|me joindre au|llám(e|a)me|mi chiami|chiamami|bel me|me ligue"
    r"|ligue-me"
)
_MEETING = (
    r"(let's|let us|can we|could we|happy to|glad to|open to( a| quick)*|free for( a)?|available for( a)?"
    r"|set up( a)?|schedule( a)?"
    r"|book( a)?|hop on( a)?|jump on( a)?|up for( a)?|have a|do a|a (short|quick))( \w+){0,3} (talk|chat|call"
    r"|meet|meeting|demo)\b"
    r"|let's (talk|meet|chat)|when (are you|can you|could we|works)|send (me )?(a few |some )?times|what times"
    r"|your calendar"
    r"|((monday|tuesday|wednesday|thursday|friday|tomorrow)\b.{0,40}(works|suits|is fine|at \d|is good))"
    r"|works for me|invite me|send (an|the|me an) invite"
    r"|termin|telefonieren wir|gerne (sprechen|telefonieren)|kennenlernen|rendez-vous|disponible (pour|mardi"
    r"|lundi|jeudi)"
    r"|échanger (la|mardi|jeudi|lundi)|reunión|reunirnos|agendar|incontr(o|arci)|appuntamento|riunione"
    r"|afspraak|afspreken|inplannen|reunião|marcar (uma|um)"
)
_INFO = (
    r"how much|pric(e|es|ing)|cost(s)?\b|what do you charge|more (info|information|details)|send (me |us "
    r"|over )?(more|some|the|a|your)"
    r"|tell me more|how (does|do|would|is|are)|do you (offer|support|work|have|integrate|cover)|does it|can (it"
    r"|you)|what (is|are|does|about)"
    r"|brochure|case stud|deck|references|was kostet|preis|mehr (infos|informationen|details)|wie (funktioniert"
    r"|läuft)|unterlagen"
    r"|combien|tarif|prix|plus d'(infos|informations)|comment (ça|fonctionne|cela)|cuánto|precio|más información"
    r"|cómo funciona"
    r"|quanto costa|prezz|maggiori informazioni|come funziona|wat kost|prijs|meer informatie|hoe werkt"
    r"|quanto custa|preço|mais informações|como funciona"
)
_INTERESTED = (
    r"\binterested|sounds (good|great|interesting)|tell me|i'm in|curious|keen|love to|would like to|looks (good"
    r"|interesting)|yes,? please"
    r"|go on|interess(iert|ant)|klingt (gut|interessant|spannend)|intéress|me interesa|suena bien|interessante"
    r"|mi interessa"
    r"|geïnteresseerd|klinkt (goed|interessant)|tenho interesse|parece (bom|interessante)|sure\b|absolutely"
)

# Meaning → its words and how sure one is of it.
MEANINGS: tuple[tuple[str, re.Pattern[str], float], ...] = tuple(
    (name, re.compile(words, re.IGNORECASE | re.MULTILINE), sure)
    for name, words, sure in (
        ("blacklist", _BLACKLIST, 0.98),
        ("out_of_office", _AWAY, 0.97),
        ("automated_reply", _AUTOMATED, 0.96),
        ("follow_up", _LATER, 0.91),
        ("not_interested", _NOT_INTERESTED, 0.95),
        ("call_requested", _CALL, 0.95),
        ("objection", _OBJECTION, 0.88),
        ("meeting_requested", _MEETING, 0.95),
        ("info_requested", _INFO, 0.94),
        ("interested", _INTERESTED, 0.92),
    )
)

_COMMON = {
    "de": r"\b(und|nicht|ich|wir|sie|ist|das|für|bitte|danke|mit)\b",
    "fr": r"\b(nous|vous|est|pas|pour|merci|avec|bonjour|les|une)\b",
    "es": r"\b(gracias|para|usted|nosotros|hola|por|está|los|una|el)\b",
    "it": r"\b(grazie|per|sono|siamo|buongiorno|non|che|della|il|ciao)\b",
    "nl": r"\b(het|een|niet|bedankt|voor|wij|graag|van|dat|ik)\b",
    "pt": r"\b(obrigad[oa]|para|não|você|olá|uma|com|está|os|nós)\b",
    "en": r"\b(the|and|you|we|is|for|to|of|please|thanks|not|it|me|a|i)\b",
}
_LANGUAGES = {code: re.compile(words, re.IGNORECASE) for code, words in _COMMON.items()}


def language_of(text: str) -> str:
    """The language most of its small words belong to; English where none does."""
    counts = {code: len(words.findall(text)) for code, words in _LANGUAGES.items()}
    best = max(counts, key=lambda code: (counts[code], code == "en"))
    return best if counts[best] else "en"


def meanings(text: str) -> list[tuple[str, float]]:
    """What the text may mean, the strongest first, each with how sure one is of it."""
    return [(name, sure) for name, words, sure in MEANINGS if words.search(text)]

"""Recognises what gateways and lawyers add to a mail: disclaimers, footers, banners. Pure.

All of them are judged from their first line on, so that a lead's sentence right above one, or one
that speaks of the same things, stays.
"""

import re

from inbox.quoting.parts import Line

SHORTEST_DISCLAIMER = 70
LONGEST_SEEN = 3000
LONGEST_FOOTER_LINE = 700
FOOTER_WITHIN = 120
MOST_FOOTER_LINES = 5

# One of these is enough in a paragraph that begins like a disclaimer and speaks of a message.
SURE = re.compile(
    r"intended (?:solely|only|exclusively)|intended recipients?|solely for the|received .{0,40}\bin error|"
    r"(?:strictly )?(?:confidential and|privileged|prohibited)|confidential\b|"
    r"vertraulich|irrtümlich|bestimmungsgemäß|unbefugt|"
    r"confidentiel|par erreur|confidencial|por error|por engano|destinad[oa] exclusiv|"
    r"riservat|per errore|uso esclusivo|vertrouwelijk|ten onrechte|abusievelijk|"
    r"poufn|omyłkow|konfidentiell|sekretess|av misstag|fortrolig|ved en (?:fejl|feil)|luottamuksel|"
    r"důvěrn|omylem|конфиденциальн|ошибочно|gizli|yanlışlıkla|機密|誤って|保密|机密|误收|기밀|"
    r"bizalmas|confidențial|εμπιστευτικ|дов(?:ірлив|ерительн)",
    re.I,
)
MESSAGE = re.compile(
    r"e-?mail|message|communication|transmission|attachment|nachricht|anhang|anhäng|mitteilung|"
    r"courriel|pièces? jointe|mensaje|correo|mensagem|messaggio|comunicazione|bericht|bijlage|"
    r"wiadomoś|meddeland|meddelels|melding|viesti|zpráv|сообщени|письм|повідомлен|mesaj|e-posta|"
    r"メール|邮件|郵件|메일|üzenet|μήνυμα|information|informazioni|información|informação|informações",
    re.I,
)
DISCLAIMER_START = re.compile(
    r"[\W_]{0,6}(?:(?:this|these|the) (?:e-?mail|message|communication|transmission|information|contents?|electronic|"
    r"document|attachment)|the (?:information|contents?)|if you (?:are not|have received|received|receive)|"
    r"(?:any )?(?:unauthori[sz]ed|views or opinions|dissemination)|e-?mail (?:disclaimer|confidentiality)|"
    r"(?:strictly |private and )?confidential\b.{0,30}[:.]|privileged|notice:|important[: ]|note: this|"
    r"(?:legal|confidentiality|privacy|important) (?:notice|disclaimer|note)|disclaimer|confidentiality\b.{0,20}[:.]?|"
    r"dies(?:e|er|es) (?:e-?mail|nachricht|mitteilung|mail)|der inhalt|die (?:information|in dieser|weitergabe)|"
    r"diese informationen|sollten sie|wenn sie (?:nicht|diese)|falls sie|rechtlicher hinweis|haftungsausschluss|"
    r"vertraulichkeit\w*|hinweis:|"
    r"ce (?:message|courriel|mail|courrier)|cet e-?mail|le contenu|les informations|si vous (?:avez reçu|n'êtes)|"
    r"avis de confidentialité|"
    r"este (?:mensaje|correo|e-?mail|comunicado)|esta (?:mensagem|comunicação|comunicación)|la información|"
    r"si (?:usted|ha recibido|no es)|se você|caso (?:você|tenha|não)|as informações|a informação|el contenido|"
    r"aviso (?:legal|de)|o conteúdo|"
    r"quest[oa] (?:messaggio|e-?mail|comunicazione)|le informazioni|il contenuto|ai sensi|qualora|avviso di|"
    r"dit (?:bericht|e-?mail)|deze (?:e-?mail|boodschap)|de (?:informatie|inhoud)|indien u|"
    r"(?:ta|niniejsza) wiadomość|treść|jeśli nie|jeżeli|klauzula|informacje zawarte|"
    r"denn[ae] (?:e-?mail|e-?post|mail|meddelelse|meldingen)|det(?:ta|te) (?:meddelande|e-?|mail)|"
    r"informationen i|om du|hvis du|tämä (?:viesti|sähköposti)|tato (?:zpráva|e-?mail)|tento e-?mail|"
    r"(?:данное|настоящее|это) (?:сообщение|письмо|электронное)|информация,|если вы|це повідомлення|"
    r"bu (?:e-?posta|mesaj|ileti|elektronik)|本メール|このメール|本電子|本邮件|此邮件|本郵件|이 메일|본 메일|"
    r"(?:ez|az|ezen) (?:üzenet|e-?mail|elektronikus)|acest (?:mesaj|e-?mail)|το παρόν|αυτό το)",
    re.I,
)
WEAK_START = re.compile(
    r"[\W_]{0,6}(?:(?:strictly |private and )?confidential\b|privileged|important|notice|note|hinweis)", re.I
)
HEADING = re.compile(
    r"\W{0,4}(?:(?:(?:legal|confidentiality|privacy|important) (?:notice|disclaimer|note)|disclaimer|"
    r"confidentiality|rechtlicher hinweis|haftungsausschluss|vertraulichkeitshinweis|avis de confidentialité|"
    r"aviso (?:legal|de confidencialidad|de confidencialidade)|avviso di riservatezza|klauzula poufności|"
    r"免責事項|免责声明)\W{0,3}|[-_=*—–]{2,})",
    re.I,
)
FOOTER = re.compile(
    r"(?:consider|think (?:of|about)) (?:the|our) (?:environment|planet).{0,60}\bprint|"
    r"(?:think|consider) before (?:you )?print|"
    r"umwelt.{0,80}druck|druck.{0,80}umwelt|environnement.{0,80}impri|impri.{0,80}(?:nécessaire|environnement)|"
    r"medio ?ambiente.{0,80}imprim|imprim.{0,80}(?:medio ?ambiente|meio ambiente|necesario)|"
    r"stampa.{0,80}ambiente|ambiente.{0,80}stampa|milieu.{0,80}(?:print|afdruk)|"
    r"miljø.{0,80}(?:print|udskriv|skriv)|miljön.{0,80}(?:skriv|print)|"
    r"(?:e-?mail|message) has been (?:checked|scanned) (?:for|by)|^\W*virus-?free\b|^\W*virenfrei|"
    r"(?:avast|avg|norton|kaspersky|eset|mcafee)\b.{0,30}antivirus|antivir\w* .{0,40}(?:avast|avg)|"
    r"^\W*(?:libre de virus|garanti sans virus|sans virus|privo di virus|livre de vírus|sem vírus)|"
    r"you received this message because you are subscribed|"
    r"^to unsubscribe from this group and stop receiving",
    re.I,
)
FOOTER_REST = re.compile(r"\W*(?:<?https?://\S+>?|www\.\S+)\W*")
BANNER = re.compile(
    r"\W{0,6}(?:caution|warning|attention|external|extern|externe|externer|achtung|vorsicht|warnung|"
    r"prudence|precaución|atención|advertencia|atenção|attenzione|let op|waarschuwing|uwaga|ostrzeżenie|"
    r"varning|advarsel|forsiktig|varoitus|upozornění|внимание|dikkat|注意|警告|外部|"
    r"you don'?t often get e-?mail|some people who received this message|"
    r"this (?:e-?mail|message) (?:originated|was sent|came|is) from (?:outside|an external)|"
    r"(?:diese|cet|este|questa|deze|ta|denna|denne|tato) .{0,25}(?:extern|außerhalb|extérieur|fuera|estern|buiten))",
    re.I,
)
BANNER_SAYS = re.compile(
    r"(?:originat\w+|sent|came|comes|coming|received|is|was)\s(?:directly )?(?:from )?(?:an? )?(?:outside|external)|"
    r"from (?:an )?(?:outside|external) (?:of |sender|source|organi[sz]ation|domain|address|the|your|our)|"
    r"\bexternal (?:e-?mail|message|sender)\b.{0,3}$|^\W*(?:caution|warning)\W+external (?:e-?mail|message|sender)\b|"
    r"(?:außerhalb|ausserhalb) (?:der|unserer|ihrer|des)|extern\w* (?:absender|e-?mail|quelle|nachricht)|"
    r"(?:de|à) l['’]extérieur|expéditeur (?:est )?externe|(?:e-?mail|message|courriel) externe|"
    r"fuera de (?:la|su|nuestra)|(?:remitente|correo|mensaje) externo|(?:fora|externo) (?:da|à) .{0,12}organização|"
    r"(?:remetente|e-?mail) externo|estern\w+ all|(?:mittente|messaggio) esterno|e-?mail esterna|"
    r"buiten (?:de|uw|onze|het)|externe (?:afzender|bron)|spoza|zewnętrzn\w+ (?:nadawc\w+|wiadomoś\w+)|"
    r"utanför|extern (?:avsändare|e-?post)|(?:uden for|udenfor|utenfor)|ekstern (?:afsender|avsender)|"
    r"ulkopuol\w+|mimo (?:organizaci|firmu|společnost)|внешн\w+|извне|dışından|harici|外部|社外|"
    r"why this is important|don'?t often get e-?mail",
    re.I,
)
FIRST_PERSON = re.compile(r"\b(?:I|I'm|we|we're|my|us|ich|wir|je|nous|yo|nosotros|io|noi|eu|nós|ik|wij)\b", re.I)
BANNER_GOES_ON = re.compile(
    r"\W{0,3}(?:please )?(?:do not|don'?t|never|be careful|be cautious|exercise caution|use caution|"
    r"think before|verify|"
    r"report|take care|when in doubt|klicken|öffnen|ne cliquez|no haga|não clique|non cliccare|klik niet)\b.{0,200}"
    r"(?:click|link|attachment|sender|suspicious|phishing|anh[aä]ng|lien|pièce|enlace|adjunto|anexo|allegat|bijlage)",
    re.I,
)
TAG = re.compile(
    r"[\[\(*{<\s]{1,4}(?:external|extern|externe|externer|esterno|externo|ext|caution)"
    r"(?: (?:e-?mail|sender|message|mail|absender))?[\]\)*}>\s:!]{1,4}|external (?:e-?mail|sender|message)\W{0,3}",
    re.I,
)
ENDS_SENTENCE = (".", "!", "?", "]", "*", ")", "。")
MOST_BANNER_LINES = 8
LONGEST_BANNER = 800


def notice_start(lines: list[Line], first: int, end: int) -> int:
    """Return where in the paragraph `first`…`end` a disclaimer or footer begins; `end` if none does.

    What begins there reaches to the end of the paragraph.
    """
    for number in range(first, end):
        if DISCLAIMER_START.match(lines[number].text[:120]) and _is_disclaimer(lines, number, end):
            return number
        if _is_footer(lines, number, end):
            return number
    return end


def is_heading(line: Line) -> bool:
    """True for a line that only announces a disclaimer, or a line drawn above it."""
    return bool(HEADING.fullmatch(line.text))


def banner_lines(lines: list[Line], first: int, after: int) -> int:
    """Return how many lines of the paragraph `first`…`after` are a gateway's banner."""
    if TAG.fullmatch(lines[first].text):
        end = _with_more(lines, first, first + 1, after)
        return end - first + (banner_lines(lines, end, after) if end < after else 0)
    if not BANNER.match(lines[first].text[:80]):
        return 0
    for count in range(1, min(after - first, MOST_BANNER_LINES) + 1):
        text = _joined(lines, first, first + count)
        if len(text) >= 20 and text.endswith(ENDS_SENTENCE) and _is_banner(text):
            return _with_more(lines, first, first + count, after) - first
    return 1 if after - first == 1 and _is_banner(lines[first].text) else 0


def _is_banner(text: str) -> bool:
    """True if a sentence that begins like a banner says where the mail came from, in nobody's voice."""
    return len(text) <= LONGEST_BANNER and bool(BANNER_SAYS.search(text)) and not FIRST_PERSON.search(text)


def _with_more(lines: list[Line], first: int, end: int, after: int) -> int:
    """Take the sentences about links and attachments that go on after a banner's first."""
    while end < after and end - first < MOST_BANNER_LINES and BANNER_GOES_ON.match(lines[end].text):
        end += 1
        while end < after and not lines[end - 1].text.endswith(ENDS_SENTENCE):
            end += 1
    return end


def _is_disclaimer(lines: list[Line], first: int, end: int) -> bool:
    paragraph = _joined(lines, first, end)[:LONGEST_SEEN]
    if len(paragraph) < SHORTEST_DISCLAIMER or "?" in paragraph:
        return False
    needed = 2 if WEAK_START.match(paragraph) else 1
    said = {match.group().casefold() for match in SURE.finditer(paragraph)}
    return len(said) >= needed and bool(MESSAGE.search(paragraph))


def _is_footer(lines: list[Line], first: int, end: int) -> bool:
    text = lines[first].text
    if end - first > MOST_FOOTER_LINES or len(text) > LONGEST_FOOTER_LINE or text.endswith("?"):
        return False
    if not FOOTER.search(text[:FOOTER_WITHIN]):
        return False
    return all(
        FOOTER.search(line.text) or FOOTER_REST.fullmatch(line.text) or len(line.text) <= 40
        for line in lines[first + 1 : end]
    )


def _joined(lines: list[Line], first: int, after: int) -> str:
    return " ".join(line.text for line in lines[first:after])

"""Recognises what machines add to a mail: device lines, disclaimers, gateway banners. Pure."""

import re

LONGEST_DEVICE_LINE = 110
SHORTEST_DISCLAIMER = 60
LINK = re.compile(r"[<(\[]?\bhttps?://[^\s>)\]]*[>)\]]?", re.I)

_DEVICES = (
    r"i-?phone|i-?pad|i-?pod|apple watch|iphonesta|ipadista|samsung|galaxy|android|blackberry|pixel|huawei|"
    r"xiaomi|redmi|oneplus|nokia|mobile|mobil\w*|handy|smartphone|cell ?phone|phone|telefon\w*|"
    r"téléphone|teléfono|telefono|telemóvel|celular|móvil|cellulare|tablet|handheld|windows|mac\b|"
    r"outlook|yahoo|gmail|gmx|web\.de|mail\.ru|yandex|почты?|proton ?mail|protonmail|superhuman|spark|"
    r"mailbutler|mailspring|front|missive|hey\b|aol|zoho|tutanota|tuta\b|fairemail|k-9|bluemail|"
    r"mail\b|メール|手机|手機|携帯|스마트폰|휴대폰|verizon|t-mobile|at&t|netease|网易|qq"
)
_SENT = (
    r"sent|get|gesendet|von|mit|diese nachricht wurde|versendet|envoyé|obtenir|télécharger|provenance|"
    r"enviado|enviada|obtener|inviato|ottieni|scarica|obter|obtenha|verzonden|verstuurd|download|"
    r"wysłano|wysłane|pobierz|skickat|skickades|skaffa|hämta|hent|sendt|få|lähetetty|hanki|odesláno|"
    r"odoslané|získat|stáhnout|отправлено|надіслано|gönderildi|küldve|elküldve|trimis|στάλθηκε|"
    r"dikirim|đã gửi|iphoneから|ipadから|發自|发自|從我的|나의|내|outlook"
)
DEVICE_LINE = re.compile(rf"\W{{0,3}}(?:{_SENT})(?!\w).{{0,60}}?(?:{_DEVICES}).{{0,60}}", re.I)
SENT_BY = re.compile(rf"\W{{0,3}}(?:{_SENT})(?!\w)", re.I)
DEVICE_LINE_CJK = re.compile(
    r"\W{0,3}(?:(?:发自|發自|从我的|從我的).{0,30}|.{0,30}(?:から送信|로부터 보냄|에서 보냄|에서 보냄))\s*"
)
# Turkish, Hungarian, Finnish, Japanese and others put the device first.
DEVICE_FIRST = re.compile(
    r"\W{0,3}(?:i-?phone|i-?pad|samsung|galaxy|outlook|android|yahoo)['’]?\w*\s.{0,40}"
    r"(?:gönderildi|küldve|lähetetty|edinin|beziehen|herunterladen|downloaden|letöltése|skickat)\W*",
    re.I,
)

_CONFIDENTIAL = (
    r"confidential\w*|privileged|intended (?:solely|only|recipient|for)|addressee|received (?:it|this) .{0,30}in error|"
    r"in error|unauthori[sz]ed|dissemination|disclosure|liability|virus\w*|legally|"
    r"vertraulich\w*|irrtümlich|bestimmungsgemäß\w*|unbefugt\w*|rechtlich geschützt\w*|empfänger|"
    r"confidentiel\w*|destinataire\w*|par erreur|usage exclusif|"
    r"confidencial\w*|destinatari[oa]s?|por error|exclusiv\w*|datos personales|"
    r"riservat\w*|per errore|regolamento ue|uso esclusivo|privacy|"
    r"por engano|uso não autorizado|privilegiad\w*|"
    r"vertrouwelijk\w*|geadresseerde|ten onrechte|abusievelijk|onbevoegd\w*|"
    r"poufn\w*|adresat\w*|omyłkow\w*|"
    r"konfidentiell\w*|sekretess\w*|av misstag|fortrolig\w*|ved en fejl|ved en feil|"
    r"luottamuksellinen\w*|vastaanottaja\w*|důvěrn\w*|omylem|adresát\w*|"
    r"конфиденциальн\w*|ошибочно|адресат\w*|gizli\w*|yanlışlıkla|alıcı\w*|"
    r"機密|誤って|保密|误收|收件人|기밀|bizalmas\w*|confidențial\w*|εμπιστευτικ\w*"
)
_MESSAGE = (
    r"e-?mails?|messages?|communication|transmission|attachments?|nachricht|anhäng\w*|mitteilung|"
    r"courriel|pièces? jointes?|mensaje|correo|mensagem|messaggio|comunicazione|bericht|bijlagen|"
    r"wiadomość|wiadomości|meddelande\w*|meddelelse\w*|melding\w*|viesti\w*|zpráv\w*|сообщени\w*|письм\w*|"
    r"mesaj\w*|e-posta\w*|メール|邮件|郵件|메일|üzenet\w*|μήνυμα\w*|information\w*|informazioni"
)
CONFIDENTIAL = re.compile(rf"(?<!\w)(?:{_CONFIDENTIAL})(?!\w)|機密|誤って|保密|误收|기밀", re.I)
MESSAGE = re.compile(rf"(?<!\w)(?:{_MESSAGE})(?!\w)|メール|邮件|郵件|메일", re.I)
DISCLAIMER_HEADING = re.compile(
    r"\W{0,4}(?:(?:legal |confidentiality |privacy |important )(?:notice|disclaimer|note)|disclaimer|"
    r"confidentiality|rechtlicher hinweis|haftungsausschluss|vertraulichkeitshinweis|"
    r"avis de confidentialité|aviso (?:legal|de confidencialidad)|avviso di riservatezza|"
    r"aviso de confidencialidade|klauzula poufności|免責事項|免责声明)\b.{0,40}",
    re.I,
)
FOOTER = re.compile(
    r"(?:consider|think (?:of|about)) (?:the|our) (?:environment|planet)|before (?:you )?print(?:ing)?\b|"
    r"umwelt.{0,60}(?:drucken|ausdruck)|(?:drucken|ausdruck).{0,60}umwelt|"
    r"environnement.{0,60}(?:imprimer|impression)|(?:imprimer|imprimez).{0,80}(?:nécessaire|environnement)|"
    r"medio ?ambiente.{0,80}imprim|imprim.{0,80}(?:medio ?ambiente|meio ambiente|necesario)|"
    r"(?:stampare|stampa).{0,60}ambiente|ambiente.{0,60}stampa|milieu.{0,60}(?:print|afdruk)|"
    r"miljø.{0,60}(?:print|udskriv|skriv)|miljön.{0,60}(?:skriv|print)|"
    r"checked for viruses by|virus-free\b|virenfrei|scanned (?:by|for) .{0,30}(?:virus|avast|avg|norton)|"
    r"avast antivirus|libre de virus|sans virus|senza virus|sem vírus|"
    r"you received this message because you are subscribed|"
    r"to unsubscribe from this group and stop receiving",
    re.I,
)
BANNER = re.compile(
    r"\W{0,6}(?:(?:caution|warning|attention|external|extern|externe|achtung|vorsicht|warnung|hinweis|"
    r"prudence|precaución|atención|advertencia|atenção|attenzione|let op|waarschuwing|uwaga|ostrzeżenie|"
    r"varning|advarsel|forsiktig|varoitus|upozornění|внимание|dikkat|注意|警告|"
    r"you don'?t often get e-?mail|some people who received this message|"
    r"this (?:e-?mail|message) (?:originated|was sent|came|is) from)\b|注意|警告|外部).*",
    re.I | re.S,
)
BANNER_SAYS = re.compile(
    r"(?:external|outside|extern\w*|ausserhalb|außerhalb|extérieur|fuera|esterna|esterno|buiten|"
    r"zewnątrz|zewnętrzn\w*|utanför|udenfor|utenfor|ulkopuol\w*|mimo|внешн\w*|dış|dışından|外部|社外)"
    r"(?:[\s\S]*?(?:e-?mail|messages?|sender|organi[sz]ation|company|links?|attachments?|absender|"
    r"organisation|nachricht|expéditeur|remitente|mittente|afzender|nadawc\w*|avsändare|afsender|"
    r"avsender|отправител\w*|gönderen|メール|邮件|発信|送信))|"
    r"(?:e-?mail|message|nachricht|mail|absender|sender)[\s\S]*?(?:external|outside|extern\w*|außerhalb)|"
    r"why this is important|don'?t often get e-?mail",
    re.I,
)
SHORT_BANNER = re.compile(
    r"[\[\(*{<\s]{1,4}(?:external|extern|externe|esterno|externo|ext)(?: (?:e-?mail|sender|message|mail))?[\]\)*}>\s:]{1,4}"
    r"|external (?:e-?mail|sender|message)\W{0,3}",
    re.I,
)


def is_device_line(text: str) -> bool:
    """True for "Sent from my iPhone", "Get Outlook for iOS" and their like, alone on a line."""
    plain = LINK.sub("", text).strip()
    if plain != text.strip() and SENT_BY.match(plain) and len(plain.split()) <= 6:
        return True
    text = plain
    if not 0 < len(text) <= LONGEST_DEVICE_LINE or text.endswith("?"):
        return False
    return any(p.fullmatch(text) for p in (DEVICE_LINE, DEVICE_LINE_CJK, DEVICE_FIRST))


def is_notice(paragraph: str) -> bool:
    """True for a disclaimer or a machine's footer: one paragraph, lines joined by blanks."""
    if FOOTER.search(paragraph) and len(paragraph) <= 600:
        return True
    if DISCLAIMER_HEADING.fullmatch(paragraph):
        return True
    if len(paragraph) < SHORTEST_DISCLAIMER:
        return False
    said = {match.group().casefold() for match in CONFIDENTIAL.finditer(paragraph[:3000])}
    if DISCLAIMER_HEADING.match(paragraph[:120]) and said:
        return True
    return len(said) >= 2 and bool(MESSAGE.search(paragraph[:3000]))


def is_banner(paragraph: str) -> bool:
    """True for what a gateway puts above a mail from outside."""
    if SHORT_BANNER.fullmatch(paragraph):
        return True
    if not 20 <= len(paragraph) <= 700 or not BANNER.match(paragraph[:60]):
        return False
    return bool(BANNER_SAYS.search(paragraph))

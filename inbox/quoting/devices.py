"""Recognises the line a mail client or telephone adds: "Sent from my iPhone". Pure.

Each language has its own turn of phrase, and the device must be named: "Sent you a mail
yesterday" and "Get me on my mobile" are the lead's.
"""

import re

LONGEST = 110
LINK = re.compile(r"[<(\[]?\bhttps?://[^\s>)\]]*[>)\]]?", re.I)

_DEVICE = (
    r"i-?phon\w*|i-?pad\w*|i-?pod\w*|apple watch|samsung\w*|galaxy|android\w*|blackberry\w*|google pixel|pixel|"
    r"huawei|xiaomi|redmi|oneplus|nokia|motorola|mobile|mobil\w*|handy|smartphone\w*|cell ?phone|phone|"
    r"telefon\w*|téléphone|teléfono|telefono|telemóvel|celular|móvil|cellulare|gsm|tablet\w*|handheld|"
    r"outlook\w*|gmail|gmx|web\.de|mail\.ru|yandex|яндекс\w*|почты|proton ?mail|superhuman|spark|typeapp|"
    r"mailbutler|mailspring|missive|aol|zoho|tutanota|tuta|fairemail|bluemail|thunderbird|airmail|canary|"
    r"windows\w*|mac(?:book)?|(?:yahoo|apple|samsung|fast|mac|web)[ !]?\s?mail|yahoo|mail (?:for|pour|für|para|"
    r"per|voor|för) \w+|"
    r"device|appareil|gerät|dispositivo|apparaat|手机|手機|携帯|스마트폰|휴대폰|телефон\w*|смартфон\w*|устройств\w*"
)
_SENT = (
    r"sent (?:from|via|with|using|by|on)(?: (?:my|the|a|an))?|"
    r"(?:diese (?:nachricht|e-?mail|mail) wurde )?(?:gesendet|versendet|verschickt) (?:von|mit|über|aus|"
    r"via)(?: (?:meinem|meiner|dem|der))?|"
    r"envoyé[es]? (?:de|depuis|à partir d[e'’]|via|avec|par)(?: (?:mon|ma|l'|un))?|provenance : courrier pour|"
    r"enviad[oa] (?:desde|con|a través de|de|do|da|pelo|via|através do|a partir d[oea])(?: (?:mi|meu|minha|el|"
    r"um|un))?|"
    r"inviat[oa] (?:da|dal|dalla|con|tramite|dall')(?: (?:mio|mia|il mio))?|"
    r"(?:verzonden|verstuurd) (?:vanaf|vanuit|met|via|van|door)(?: (?:mijn|een))?|"
    r"wysłan[eoay] (?:z|ze|za pomocą|przez)(?: (?:mojego|mojej))?|"
    r"skickat (?:från|med|via)(?: (?:min|mitt))?|skickades från(?: (?:min|mitt))?|"
    r"sendt (?:fra|med|via)(?: (?:min|mit|mitt))?|sendi (?:fra|med)|"
    r"lähetetty(?: (?:minun|laitteesta))?|saadetud|"
    r"odesláno (?:z|ze|pomocí|přes)(?: (?:mého|mé))?|odoslané (?:z|zo|pomocou)(?: môjho)?|"
    r"trimis (?:de pe|din|cu|de la)|poslano (?:z|s|iz)|изпратено от|"
    r"отправлено (?:с|со|из|от|через|при помощи)(?: (?:моего|моей|мобильной|мобильного))?|"
    r"надіслано (?:з|із|зі|через)(?: мого)?|"
    r"(?:στάλθηκε|εστάλη|αποστολή) από(?: το)?|dikirim dari|(?:đã )?(?:được )?gửi từ|"
    r"küldve (?:az?)?|l'application"
)
_GET = (
    r"get|obtenir|obtenez|télécharger|téléchargez|holen sie sich|laden sie|obtener|consigue|scarica|ottieni|"
    r"obter|obtenha|download|hanki|få|hent|skaffa|hämta|pobierz|získejte|získat|stáhnout|скачать|скачайте|"
    r"загрузить|получить|获取|取得|下載|下载"
)
_PLATFORM = r"(?:ios|android|mac|windows|iphone)"
# What may follow the device: nothing, an apology, a network, a promise of safety.
_REST = (
    r"[®™]?(?:\s[a-z]{0,3}\d+\w{0,3}\+?){0,2}(?:\W*|\s?[,;.(–—:-].{0,70}|['’]\w{1,8}\W*|"
    r"\s(?:on|for|with|over|using|via|secure|securely|please|sorry|smartphone|device|wireless|handheld|mobile|"
    r"tablet|network|phone|app|mail|e-?mail|pour|für|para|per|voor|för|til|dla|pro|sur|sul|auf|op|på|для|dla|za|"
    r"μου|saya|của|-ul|"
    r"[45]g|gesendet|versendet|発送|发送|發送|傳送|device\.)\b.{0,60})"
)
PATTERNS = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"\W{{0,3}}(?:{_SENT})\s?(?:[\w'’&*.,/®-]+\s){{0,4}}?(?:{_DEVICE}){_REST}",
        r"\W{0,3}(?:diese (?:nachricht|e-?mail|mail) wurde )?(?:von|mit) (?:meinem|meiner|mein|dem|"
        r"der)\b.{1,60} (?:gesendet|versendet|verschickt|geschrieben)\W*",
        rf"\W{{0,3}}(?:{_GET})\s.{{0,12}}outlook\s.{{1,16}}\s?{_PLATFORM}\W*",
        rf"\W{{0,3}}(?:{_GET})?\s?{_PLATFORM}.{{1,6}}outlook.{{0,14}}",
        rf"\W{{0,3}}outlook\s\w{{2,5}}\s{_PLATFORM}\s.{{3,20}}",
        r"\W{0,3}.{0,20}(?:iphone|ipad|samsung|galaxy|outlook|android|telefon|huawei)\S{0,12}\s?"
        r"(?:.{0,20}\s)?(?:gönderildi|küldve|küldött|lähetetty|から送信|에서 보냄|로부터 보냄|发送的?|發送)\W*",
        r"\W{0,3}(?:发自|發自|来自|來自|从我的|從我的|傳送自)\s?(?:我的)?\s?.{0,8}"
        r"(?:i-?phone|i-?pad|手机|手機|邮箱|郵件|outlook|android|安卓|华为|小米|三星|samsung).{0,10}",
        r"\W{0,3}envoyé depuis l['’]application .{1,30}",
        r"\W{0,3}yahoo mail: search, organi[sz]e, conquer\W*",
    )
)
SENT_BY = re.compile(rf"\W{{0,3}}(?:{_SENT})(?!\w)", re.I)
A_NUMBER = re.compile(r"\d(?:[\s().-]?\d){5}")


def is_device_line(text: str) -> bool:
    """True for "Sent from my iPhone", "Get Outlook for iOS" and their like, alone on a line."""
    plain = LINK.sub("", text).strip()
    if not 0 < len(plain) <= LONGEST or plain.endswith("?") or A_NUMBER.search(plain):
        return False
    if plain != text.strip() and SENT_BY.match(plain) and len(plain.split()) <= 6:
        return True
    return any(pattern.fullmatch(plain) for pattern in PATTERNS)

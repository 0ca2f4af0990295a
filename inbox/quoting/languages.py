"""Words by which mail clients introduce history, in the languages they are sold in. Tables only.

Sources: the clients themselves (Gmail, Outlook, Apple Mail, Thunderbird, Yahoo, Proton, GMX,
Mail.ru, Yandex, QQ, NetEase) as they write in each language.
"""

# Verbs of an attribution, as regular expressions on case-folded text.
WROTE = (
    r"wrote|writes|said|schrieb|geschrieben|schrieben|a écrit|ecrit|escribió|escribi[oó]|ha scritto|scrisse|"
    r"escreveu|schreef|geschreven|heeft geschreven|napisał\(a\)|napisała?|napisane przez|"
    r"napisana przez|pisze|skrev|skreiv|kirjoitti|napsal\(a\)|napsala?|napísal\(a\)|napísala?|"
    r"písze|írta|ezt írta|a scris|написал\(а\)|написала?|пишет|пише|пишуть|написав|написа|"
    r"έγραψε|yazdı|yazmış|şunu yazdı|şunları yazdı|写道|寫道|寫道|のメール|さんは書きました|"
    r"님이 작성|작성|님이 씀|đã viết|menulis|เขียนว่า|เขียน|كتب|كتبت|כתב|כתבה|"
    r"napisao/la je|napisala je|napisao je|je napisal|je oseba .{1,60} napisala|rašė|rakstīja|"
    r"kirjutas|skrifaði"
)
# Verbs after which the name of the writer follows.
NAME_FOLLOWS = r"schrieb|schrieben|schreef|skrev|skreiv|rašė|rakstīja|kirjutas|skrifaði|كتب|כתב"

# Words an attribution begins with (or a weekday, or a digit).
BEGINS = (
    r"on|at|am|in a message dated|le|el|il|il giorno|em|no dia|a|op|w dniu|dnia|den|dne|dňa|ma|στις|την|la|în|"
    r"pada|vào|в|у|на|el día|em data|zitat von|quoting|在|于|於|"
    r"בתאריך|ב-|في|wiadomość|v|u|tarihinde"
)
WEEKDAYS = (
    r"mon|tue|wed|thu|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday|"
    r"mo|di|mi|do|fr|sa|so|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|"
    r"lun|mar|mer|jeu|ven|sam|dim|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|"
    r"mié|jue|vie|sáb|dom|lunes|martes|miércoles|jueves|viernes|sábado|domingo|"
    r"gio|sab|lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica|"
    r"seg|ter|qua|qui|sex|segunda|terça|quarta|quinta|sexta|"
    r"ma|wo|vr|za|zo|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|"
    r"pon|wt|śr|czw|pt|sob|niedz|poniedziałek|wtorek|środa|czwartek|piątek|sobota|niedziela|"
    r"mån|tis|ons|tors|fre|lör|sön|man|tir|tor|lør|søn|"
    r"ti|ke|to|pe|la|su|maanantai|tiistai|keskiviikko|torstai|perjantai|lauantai|sunnuntai|"
    r"po|út|st|čt|pá|ne|ut|št|pi|pondělí|úterý|středa|čtvrtek|pátek|neděle|"
    r"h|k|sze|cs|p|szo|v|"
    r"пн|вт|ср|чт|пт|сб|вс|нд|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|"
    r"понеділок|вівторок|середа|четвер|п'ятниця|субота|неділя|"
    r"δευ|τρί|τετ|πέμ|παρ|σάβ|κυρ|mie|joi|vin|sâm|dum|mar|"
    r"pzt|sal|çar|per|cum|cmt|paz|周[一二三四五六日]|週[一二三四五六日]"
)

# Labels of a header block, by what they name.
FROM = (
    "from|von|送信元|寄件人|от кого|de|da|van|od|från|fra|lähettäjä|kimden|gönderen|"
    "差出人|送信者|发件人|發件人|寄件者|"
    "보낸 사람|보낸사람|발신|от|від|από|feladó|de la|expéditeur|absender|remitente|mittente|remetente|"
    "afzender|nadawca|avsändare|afsender|avsender|odesílatel|từ|dari|จาก|من|מאת|šalje|saatja"
)
SENT = (
    "sent|date|تم الإرسال|изпратено|أرسلت|message du|gesendet|datum|envoyé|envoyé le|enviado|enviado el|"
    "enviada em|enviado em|enviada|fecha|"
    "inviato|data|verzonden|wysłano|data wysłania|skickat|sendt|dato|lähetetty|päivämäärä|päiväys|"
    "gönderildi|gönderme tarihi|tarih|gönderilme tarihi|送信日時|送信日|日付|日時|发送时间|發送時間|发送日期|"
    "日期|时间|寄件日期|傳送時間|보낸 날짜|보낸날짜|날짜|отправлено|дата|odesláno|elküldve|dátum|küldve|"
    "trimis|στάλθηκε|εστάλη|ημερομηνία|надіслано|đã gửi|ngày|dikirim|tanggal|ส่ง|วันที่|تاريخ|נשלח|תאריך|"
    "odoslané|poslano|saadetud"
)
TO = (
    "to|an|до|à|a|para|aan|do|komu|till|til|vastaanottaja|kime|alıcı|宛先|收件人|收件者|받는 사람|받는사람|수신|"
    "кому|προς|címzett|către|destinataire|destinatario|destinatário|pro|đến|kepada|ถึง|إلى|אל|za|prima"
)
SUBJECT = (
    "subject|betreff|主旨|относно|zadeva|objet|sujet|asunto|oggetto|assunto|onderwerp|temat|ämne|emne|aihe|"
    "předmět|predmet|konu|"
    "件名|主题|主題|标题|제목|тема|θέμα|tárgy|subiect|chủ đề|subjek|perihal|เรื่อง|الموضوع|נושא|teema"
)
OTHER = (
    "cc|bcc|cci|kopie|copie|copie à|copia|cópia|kopia|kopio|bilgi|抄送|副本|참조|копия|копія|reply-to|reply to|"
    "antwort an|répondre à|importance|priority|priorität|wichtigkeit|attachments|anlagen|"
    "pièces jointes|datos adjuntos|bijlagen|categories|organization|resent-from|sender|dw|udw|kk|másolat"
)

# What stands between the dashes above a header block.
ORIGINAL = (
    r"original message|mail original|původní e-?mail|forwarded mail|original appointment|original e-?mail|"
    r"ursprüngliche nachricht|originalnachricht|"
    r"ursprüngliche e-?mail|message d'origine|message original|mensaje original|messaggio originale|"
    r"mensagem original|oorspronkelijk bericht|originele bericht|oryginalna wiadomość|"
    r"wiadomość oryginalna|ursprungligt meddelande|originalmeddelande|oprindelig meddelelse|"
    r"original meddelelse|opprinnelig melding|alkuperäinen viesti|původní zpráva|pôvodná správa|"
    r"исходное сообщение|оригинальное сообщение|оригінальне повідомлення|orijinal mesaj|özgün ileti|"
    r"原始邮件|原始郵件|元のメッセージ|元のメール|원본 메시지|원본 메일|eredeti üzenet|mesaj original|αρχικό μήνυμα"
)
FORWARDED = (
    r"forwarded message|forwarded by|forwarded e-?mail|weitergeleitete nachricht|"
    r"weitergeleiteten nachricht|weitergeleitet von|"
    r"message transféré|message transmis|mensaje reenviado|messaggio inoltrato|mensagem encaminhada|"
    r"mensagem reencaminhada|doorgestuurd bericht|przekazana wiadomość|wiadomość przekazana|"
    r"przekazanej wiadomości|vidarebefordrat meddelande|vidarebefordrat brev|videresendt meddelelse|"
    r"videresendt besked|videresendt melding|välitetty viesti|edelleenlähetetty viesti|"
    r"přeposlaná zpráva|пересылаемое сообщение|перенаправленное сообщение|"
    r"переслане повідомлення|iletilmiş mesaj|iletilen mesaj|yönlendirilmiş ileti|转发邮件|转发的邮件|"
    r"轉寄郵件|転送されたメッセージ|転送メッセージ|전달된 메시지|továbbított üzenet|mesaj redirecționat|"
    r"mesaj redirecţionat|προωθημένο μήνυμα"
)

# Lines by which help desks ask for answers on top.
ANSWER_ABOVE = (
    r"(?:please )?(?:type|write|enter)? ?your (?:reply|response|answer) above this line|"
    r"(?:please )?reply above this line(?: to .{1,40})?|bitte (?:antworten sie )?oberhalb dieser (?:zeile|"
    r"linie).{0,30}|"
    r"(?:merci de )?répond(?:re|ez) au[- ]dessus de cette ligne|"
    r"(?:por favor )?(?:responda|escriba su respuesta) (?:por )?encima de esta línea|"
    r"(?:typ|schrijf) uw antwoord boven deze regel"
)

# Closings of a letter: a short line that begins so.
CLOSINGS = (
    r"(?:with )?(?:best|kind|kindest|warm|warmest|many)?\s*(?:regards|wishes)|best|all the best|"
    r"cheers|thanks|thank you|many thanks|thanks and regards|sincerely|yours sincerely|yours truly|"
    r"yours|respectfully|cordially|take care|br|kr|rgds|"
    r"(?:mit )?(?:freundlichen|freundliche|besten|beste|herzlichen|herzliche|vielen|viele|liebe|lieben|"
    r"schöne|sonnige)\s+(?:grüßen|grüße|grüssen|grüsse|gruß|gruss|dank)|mfg|vg|lg|gruß|gruss|grüße|"
    r"mit freundlichem gruß|freundlicher gruß|hochachtungsvoll|danke|beste grüße|"
    r"(?:bien )?cordialement|bien à vous|bien à toi|salutations|meilleures salutations|"
    r"sincères salutations|cdlt|cdt|merci|bonne journée|"
    r"(?:un )?(?:cordial )?saludos?(?: cordial(?:es)?)?|atentamente|atte|gracias|un abrazo|"
    r"cordiali saluti|distinti saluti|saluti|un saluto|cordialmente|grazie|buona giornata|"
    r"atenciosamente|att|abraços|abraço|cumprimentos|melhores cumprimentos|com os melhores cumprimentos|"
    r"obrigad[oa]|met vriendelijke groeten?|vriendelijke groeten?|hartelijke groeten?|groet|groeten|mvg|"
    r"pozdrawiam|z poważaniem|z wyrazami szacunku|pozdrowienia|serdecznie pozdrawiam|dziękuję|"
    r"med vänlig hälsning|med vänliga hälsningar|vänliga hälsningar|vänligen|hälsningar|mvh|"
    r"med venlig hilsen|venlig hilsen|hilsen|med vennlig hilsen|vennlig hilsen|de bedste hilsner|vh|"
    r"ystävällisin terveisin|terveisin|yst\. terv|kiitos|"
    r"s pozdravem|s přátelským pozdravem|hezký den|děkuji|s pozdravom|"
    r"с уважением|с наилучшими пожеланиями|всего доброго|спасибо|з повагою|"
    r"saygılarımla|saygılarımızla|iyi çalışmalar|sevgiler|teşekkürler|selamlar|"
    r"με εκτίμηση|φιλικά|ευχαριστώ|üdvözlettel|tisztelettel|köszönettel|cu stimă|mulțumesc|cu respect|"
    r"よろしくお願いいたします|敬具|此致|祝好|顺祝商祺|谢谢|감사합니다|드림|trân trọng|salam|hormat kami"
)

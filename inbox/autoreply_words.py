# ruff: noqa: E501  (word tables read best one entry to a line)
"""The phrases of automatic answers in nine languages, matched against folded text (lower case, no accents)."""

import re


def _any(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(phrases))


AUTOMATIC_TITLE = _any(
    r"^\W*(?:auto(?:matic|mated)?[- ]?(?:reply|response|answer|antwort|svar)|auto ?: |automatische antwort|antwort automatisch|abwesenheit)",
    r"^\W*(?:reponse automatique|message d'absence|message automatique|respuesta automatica|risposta automatica|resposta automatica)",
    r"^\W*(?:automatisch antwoord|automatyczna odpowiedz|odpowiedz automatyczna|autosvar|automatiskt svar|automatisk besked)",
)
ABSENT_TITLE = _any(
    r"^\W*(?:out of (?:the )?office|ooo\b|out of town|on (?:vacation|leave|holiday)|away from (?:the|my)|vacation (?:reply|responder))",
    r"^\W*(?:abwesenheit|ich bin (?:nicht|im urlaub)|nicht im buro|urlaub\b|absence|absent|en conges?|fuera de la oficina|ausencia|ausente|de vacaciones)",
    r"^\W*(?:fuori (?:ufficio|sede)|assenza|in ferie|fora do escritorio|ausencia|de ferias|afwezig|niet aanwezig|nieobecn|poza biurem|franvaro|ej pa kontoret|pa semester)",
)
# Present or future only: who *was* away is back and writes.
ABSENT = _any(
    r"\b(?:i am|i'm|im|i will be|i'll be|we are|we're|am|is|will be|currently|be)(?: [\w']+){0,3} (?:out of (?:the |my |our )?office|out of town|ooo|away (?:from|until|on|for|this|next)|off (?:work|sick|until)|on (?:[\w-]+ ){0,2}(?:leave|vacation|vacations|holiday|holidays|pto|sabbatical|trip)|annual leave|travell?ing|out (?:on|until|from|through|sick|of office))",
    r"(?:^|[.!] ?|thank you for your (?:e-?mail|message)[.,!]? )(?:currently )?(?:out of (?:the )?office|on (?:annual |maternity |parental )?leave)\b",
    r"(?:limited|no|intermittent|sporadic) access to (?:my )?(?:e-?mails?|inbox)|office (?:is|will be) closed|my out[- ]of[- ]office",
    r"\b(?:bin|befinde|werde|sind|wir haben)\b[^.!?]{0,60}?(?:nicht im (?:buro|haus|hause|office|dienst)|nicht (?:am platz|erreichbar)|abwesend|(?:im|in) (?:urlaub|elternzeit|mutterschutz|den ferien)|ausser haus|auf (?:dienst|geschafts)?reisen?|krankgeschrieben)",
    r"(?:ab|erst) (?:dem |am )?[\d.]{2,10}[^.!?]{0,20}wieder (?:fur sie da|im buro|erreichbar|zuruck)|(?:buro|betrieb|betriebsferien)[^.!?]{0,30}geschlossen|e-?mails? (?:werden|wird) nicht (?:weitergeleitet|gelesen)",
    r"\b(?:je suis|je serai|suis|serai|actuellement|nous sommes)\b[^.!?]{0,40}?(?:absente?s?\b|en conges?|en vacances|en deplacement|en arret|hors du bureau|indisponible)|absente?(?: du bureau)? (?:jusqu|du|du bureau)|en conges? (?:jusqu|maternite|parental)|je serai de retour",
    r"\b(?:estoy|estare|me encuentro|me encontrare|estamos|encuentro)\b[^.!?]{0,40}?(?:fuera de (?:la )?oficina|de vacaciones|ausente|de baja|de viaje|de permiso|fuera del despacho)|estare de vuelta",
    r"\b(?:sono|saro|siamo|mi trovo)\b(?! stat)[^.!?]{0,40}?(?:fuori (?:ufficio|sede|dall)|in ferie|assente|in vacanza|in maternita|in congedo|in trasferta|in malattia)|saro di ritorno|uffici[^.!?]{0,20}chius",
    r"\b(?:estou|estarei|encontro-me|encontro|estamos)\b[^.!?]{0,40}?(?:fora do escritorio|de ferias|em ferias|ausente|em viagem|de licenca|em licenca|fora da empresa)|estarei de volta",
    r"\b(?:ik ben|ben ik|ben|ik zal|zijn wij)\b[^.!?]{0,40}?(?:afwezig|niet aanwezig|niet bereikbaar|op vakantie|met vakantie|buiten (?:het )?kantoor|met (?:\w+)?verlof|niet op kantoor)",
    r"\b(?:jestem|bede|przebywam|nie ma mnie)\b[^.!?]{0,40}?(?:poza biurem|nieobecn|na urlopie|na zwolnieniu|w biurze|w delegacji)",
    r"\b(?:jag ar|ar|kommer att vara)\b[^.!?]{0,40}?(?:inte pa (?:kontoret|plats)|borta|pa semester|ledig|foraldraledig|pa tjansteresa|franvarande|bortrest)",
)
AUTOMATIC = _any(
    r"this is an? (?:auto|automated|automatic|automatically generated) ?-?(?:reply|response|message|e-?mail|notification|acknowledge?ment)?",
    r"(?:please )?(?:do not|don't) (?:reply|respond) (?:directly )?to this (?:automated |automatic )?(?:e-?mail|message|address)|(?:mailbox|inbox|address|account) is (?:not|no longer|un) ?(?:being )?monitored|unmonitored (?:mailbox|inbox|address)",
    r"(?:ticket|case|request|reference|incident) ?(?:#|no\.?|number|id|nr\.?) ?:? ?\[?#?[a-z]{0,6}-?\d{3,}|has been (?:received and|logged|assigned|created) (?:ticket|case|a ticket)|##-? ?please type your reply|your (?:\w+ )?(?:ticket|case|request|reference|incident) (?:number|id|no\.?) is\b",
    r"(?:verify|confirm|prove) (?:that )?(?:you are (?:(?:a )?(?:real )?(?:human|person)|not an? (?:spammer|robot|bot|machine))|your (?:e-?mail|address|message)[^.]{0,60}(?:deliver|inbox|recipient|sender))|to (?:ensure|have) your message (?:is )?delivered|challenge[- ]response|spamarrest|boxbe",
    r"your message (?:to: .{0,300}?)?(?:was|has been) (?:read|displayed|opened|deleted)(?: without being read)? on",
    r"dies(?:e)? (?:ist|e-?mail|nachricht)(?: \w+){0,2} automati|automatisch (?:generiert|erstellt|erzeugt|versendet)e?|(?:nicht|keine) (?:auf|antwort)[^.]{0,20}diese (?:e-?mail|nachricht)(?: zu)? ?antwort",
    r"(?:ceci est|il s'agit d'un) (?:un )?(?:message|courriel|mail|e-mail) (?:genere )?automatique|(?:merci de )?ne pas repondre a ce (?:message|courriel|mail)|reponse automatique",
    r"(?:este es|esto es) un (?:mensaje|correo) automatico|(?:no|por favor,? no) responda a este (?:correo|mensaje)|respuesta automatica",
    r"questo e un messaggio automatico|(?:si prega di )?non rispondere a quest[ao] (?:e-?mail|messaggio)|risposta automatica",
    r"esta e uma (?:mensagem|resposta) automatica|(?:por favor,? )?nao responda a est[ae] (?:e-?mail|mensagem)|resposta automatica",
    r"dit is een (?:automatisch|geautomatiseerd)|to jest (?:wiadomosc|odpowiedz) automatyczna|wiadomosc wygenerowana automatycznie|prosze nie odpowiadac na te wiadomosc|detta ar ett (?:automatiskt|autogenererat)|svara inte pa detta (?:mejl|mail|meddelande)",
)
# Acknowledgements a company's address sends to everybody.
RECEIPT = _any(
    r"(?:we have|we've|we) received your (?:e-?mail|message|request|enquiry|inquiry|query|application)|your (?:e-?mail|message|request|enquiry|inquiry|application) has been received",
    r"(?:thank you|thanks) for (?:contacting|reaching out to|your (?:enquiry|inquiry) to|getting in touch with) (?:\S+ ){1,6}?[^.]{0,80}(?:we will|we'll|our team|a member|someone|one of our|within \d|as soon as)",
    r"(?:we|our team) (?:aim|will|endeavou?r|strive)(?: to)? (?:respond|reply|answer|get back|be in touch)[^.]{0,40}(?:within|business|working|24|48)",
    r"(?:ihre|deine) (?:e-?mail|nachricht|anfrage) (?:ist|wurde)[^.]{0,30}(?:eingegangen|erhalten|empfangen)|wir haben ihre (?:e-?mail|nachricht|anfrage) erhalten",
    r"(?:nous avons bien recu|bien recu) votre (?:message|demande|courriel|mail)|hemos recibido (?:su|tu) (?:mensaje|correo|solicitud|consulta)|abbiamo ricevuto (?:la (?:sua|tua|vostra) )?(?:mail|email|richiesta|messaggio)|recebemos (?:o )?(?:seu|sua|a sua) (?:mensagem|e-?mail|contato|pedido|solicitacao)",
    r"we hebben (?:uw|je) (?:bericht|e-?mail|aanvraag) ontvangen|otrzymalismy (?:twoja|panstwa|pana) (?:wiadomosc|zgloszenie)|vi har (?:tagit emot|mottagit) (?:ditt|er) (?:mejl|meddelande|arende)",
)
NEWSLETTER = _any(
    r"unsubscribe|view (?:this )?(?:e-?mail )?in (?:your )?browser|manage (?:your )?preferences|abbestellen|abmelden|desabonner|desinscrire|darse de baja|disiscriv|cancellarsi|descadastr|cancelar a (?:inscricao|assinatura)|uitschrijven|wypisac|avregistrera"
)
# Asks, offers, agrees: a person talking.
TALKS = _any(
    r"\?|\blet's\b|\blet us\b|\bcan we\b|\bworks (?:for me|well|best)\b|happy to (?:chat|talk|meet|connect|discuss|hear)|interested|sounds (?:good|great|interesting)|\byes\b|send (?:me|over)|tell me more|(?:talk|speak|chat|meet) (?:then|after|when|next|on|the week)|(?:reach out|follow up|ping me|try me|email me|write me|contact me|get in touch|check back|circle back)(?: \w+){0,2} (?:after|when|then|in|next|once|on my return)|not interested|no thanks",
    r"(?:rufen|schreiben|melden) sie (?:mich|mir|sich)[^.]{0,20}(?:danach|dann|wieder|ab|im)|lassen sie uns|\bgerne? (?:danach|dann|im|ab|ein)|interess|klingt (?:gut|spannend)|passt (?:mir|gut)",
    r"rappelez|recontactez|parlons|ca m'interesse|volontiers|avec plaisir|hablemos|llameme|escribame (?:cuando|en|a la)|me interesa|suena bien|sentiamoci|risentiamoci|mi interessa|volentieri|parliamone|vamos falar|me chame|tenho interesse|pode ser|laten we|bel me|lijkt me|porozmawiajmy|chetnie|zadzwon|lat oss|ring mig|garna",
)
# What only notices say.
NOTICE = _any(
    r"thank you for your (?:e-?mail|message)|thanks for your (?:e-?mail|message)|limited access|no access|urgent|immediate (?:assistance|attention)|in my absence|during my absence|up?on my return|when i return|as soon as (?:possible|i)|will (?:respond|reply|get back|answer)",
    r"vielen dank fur ihre (?:e-?mail|nachricht)|dringend|in meiner abwesenheit|wahrend meiner abwesenheit|nicht weitergeleitet|vertretung|nach meiner ruckkehr",
    r"merci (?:de|pour) votre (?:message|mail|courriel)|urgen[ct]|en mon absence|a mon retour|gracias por su (?:mensaje|correo)|en mi ausencia|a mi regreso|grazie per (?:il|la|aver)|in mia assenza|al mio rientro|obrigado pel[oa]|na minha ausencia|no meu regresso",
    r"bedankt voor (?:uw|je)|dringende|bij afwezigheid|tijdens mijn afwezigheid|dziekuje za (?:wiadomosc|maila)|pilnych|tack for ditt|bradskande",
)

_MONTH = (
    r"(?:jan\w*|feb\w*|f[ée]v\w*|m(?:ar|är|ae?r|rz|aa)\w*|apr\w*|avr\w*|abr\w*|ma[iyjg]\w{0,4}|jun\w*|juin|giu\w*|jul\w*|juil\w*|lug\w*|aug\w*|ao[uû]t|ago\w*|sep\w*|set\w*|okt\w*|oct\w*|ott\w*|out\w*"
    r"|nov\w*|de[zcs]\w*|d[ée]c\w*|dic\w*|ene\w*|gen\w*|stycz\w*|lut\w*|kwie\w*|czerw\w*|lip\w*|sierp\w*|wrze\w*|pa[zź]dz\w*|list\w*|grud\w*)"
)
_WEEKDAY = (
    r"(?:mon|tues?|wednes|thurs?|fri|satur|sun)day|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|lundi|mardi|mercredi|jeudi|vendredi|lunes|martes|mi[ée]rcoles|jueves|viernes"
    r"|luned[iì]|marted[iì]|mercoled[iì]|gioved[iì]|venerd[iì]|segunda(?:-feira)?|ter[cç]a(?:-feira)?|quarta(?:-feira)?|quinta(?:-feira)?|sexta(?:-feira)?|maandag|dinsdag|woensdag|donderdag|vrijdag"
    r"|poniedzia[lł]\w*|wtor\w*|[sś]rod\w*|czwart\w*|pi[aą]t\w*|m[aå]ndag|tisdag|onsdag|torsdag|fredag"
)
_YEAR = r"(?:,? (?:de |del |of )?\d{4})?"
_DAY = rf"(?:\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}[./-]\d{{1,2}}(?:[./-]\d{{2,4}})?\.?|\d{{1,2}}(?:st|nd|rd|th|er|º|°|\.)? (?:of |de |di |den )?{_MONTH}{_YEAR}|{_MONTH}\.? \d{{1,2}}(?:st|nd|rd|th)?{_YEAR})"
_DATE = (
    rf"(?P<date>(?:(?:{_WEEKDAY}),? (?:the |den |dem |le |el |il |dia |de )?)?{_DAY}|(?:next |kommenden |n[aä]chsten |pr[oó]ximo )?(?:{_WEEKDAY})"
    r"|next (?:week|month)|n[aä]chste(?:r|n)? woche|la semaine prochaine|la pr[oó]xima semana|la prossima settimana|semana que vem|volgende week|n[aä]sta vecka)"
)
BACK = re.compile(
    r"(?:\bback (?:in (?:the )?office |at work |at my desk |online )?(?:again )?(?:on |by )?(?:the )?|\breturn(?:ing)? (?:to (?:the )?(?:office|work) )?(?:on |by )?(?:the )?|\bwieder (?:am |ab |zum )?(?:dem )?|\bab (?:dem )?|\bzur[uü]ck (?:am |ab )?(?:dem )?"
    r"|de retour (?:[aà] partir )?(?:le |du |ce |au bureau le )?|[aà] partir d[eu]l? |\bregres(?:o|ar[eé]|so) (?:el |em |no |a |na )?(?:dia |d[ií]a )?|\bvuel(?:vo|ta) (?:el |a partir del )?|\brientr(?:o|er[oò]) (?:il |in ufficio (?:il )?)?|di ritorno (?:il )?"
    r"|\bretorn(?:o|arei) (?:em |no |na |dia )?(?:dia )?|de volta (?:em |no |na |a )?(?:dia )?|\bterug (?:op )?|\bvanaf |\bwracam |\btillbaka (?:den |p[aå] )?|\b[aå]ter (?:den |p[aå] )?)"
    + _DATE,
    re.IGNORECASE,
)
UNTIL = re.compile(
    r"(?:\buntil (?:and including |the end of )?(?:the )?|\btill (?:och med )?(?:the |den )?|\bthrough (?:the )?|\bthru |\bbis (?:zum |einschlie(?:ß|ss)lich |inkl\. )?(?:den )?|jusqu['’]?(?:au |[aà] |ce )(?:le )?|\bhasta (?:el )?(?:d[ií]a )?|\bfino (?:al |all['’]|a )?"
    r"|\bat[eé] (?:ao? |o |[aà] )?(?:dia )?|\btot (?:en met )?|\bt/m |\bdo (?:dnia )?|\bt\.?o\.?m\.? )" + _DATE,
    re.IGNORECASE,
)

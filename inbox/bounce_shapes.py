# ruff: noqa: E501  (word tables read best one entry to a line)
"""The shapes of delivery reports: who sends them, what they are titled, what they say, where they end.

`REPORT_SUBJECT`, `REPORT_WORDS` and what follows are matched against folded text (lower case, no accents).
"""

import re

DAEMON = re.compile(
    r"^(?:mailer[-_.]?daemon|mail[-_.]?daemon|mdaemon|microsoftexchange[0-9a-f]{8,}|mail[-_.]?delivery[-_.]?(?:system|subsystem)?|bounces?|ndr)"
    r"(?:[+._-][^@]*)?(?:@|$)"
)
NOBODY = ("mailer-daemon", "mailer_daemon", "mailerdaemon", "microsoftexchange")  # no person writes as these
POSTMASTER = re.compile(
    r"^(?:postmaster|mailadmin|mail-?admin|noreply|no-reply|complaints|abuse|root|mailscanner|symantec\S*)(?:[+._-][^@]*)?@"
)
ANSWERED = re.compile(r"^\s*(?:re|fwd?|aw|wg|tr|rv|i|enc|antw|sv|vs|odp|pd)\s*:")
REPORT_SUBJECT = re.compile(
    r"^\W*(?:undeliver(?:able|ed)|non[- ]?deliver|not deliver|delivery (?:status notification|failure|failed|has failed|delayed|incomplete|report|error)"
    r"|failed (?:delivery|mail)|failure notice|failure delivery|mail (?:delivery (?:failed|failure|system|subsystem|error)|system error|could not)|returned mail|return(?:ed)? to sender"
    r"|message (?:not delivered|blocked|delivery|undeliver|could not)|could not (?:send|deliver)|couldn't deliver|unable to deliver|delayed (?:mail|delivery)|delivery delay|warning: (?:could not|message)|bounced? (?:mail|message|email)"
    r"|address not found|rejected:|blocked:|\[?delivery failure"
    r"|unzustellbar|nicht zugestellt|nicht zustellbar|verzogert|zustellung (?:fehlgeschlagen|verzogert)|nachricht (?:konnte )?nicht|mailzustellung"
    r"|non remis|non distribu|echec de (?:la )?(?:remise|distribution)|message non|remise (?:differee|retardee)|retarde"
    r"|no se (?:puede|pudo|ha podido) entregar|no entregad|no entregable|error (?:de|en la) entrega|mensaje no|fallo (?:de|en la) entrega|retrasad"
    r"|non recapit|mancat[ao] (?:recapito|consegna)|impossibile recapitare|mancata|ritardat"
    r"|nao entreg|nao e possivel entregar|nao foi possivel entregar|falha (?:na|de) entrega|mensagem nao|devolvid|atrasad"
    r"|onbestelbaar|niet bezorgd|vertraagd|niedostarcz|niedorecz|nie mozna dostarczyc|nie dostarczono|opoznion"
    r"|olevererbar|kunde inte leverer|gar inte att leverera|ej leverer|fordrojd|oleverbar)"
)
REPORT_WORDS = re.compile(
    r"this is the mail (?:system|delivery)|i'm afraid i wasn't able to deliver|message (?:that )?you sent could not be delivered|could not be delivered to (?:one or more|all)"
    r"|(?:your )?message (?:to \S+ )?(?:wasn't|was not|couldn't be|could not be|can't be|cannot be|has not been|hasn't been|has been delayed|was rejected|has been blocked|is being delayed)"
    r"|delivery (?:to the following|has failed|failed|of the following|attempts|has been delayed)|following (?:addresses|recipients?|message).{0,60}(?:fail|error|not|problem)|remote (?:host|server) (?:said|returned|replied)|the response (?:from the remote server )?was|permanent (?:fatal )?errors?|transcript of session|undeliverable|generating server|reporting-mta|automatically (?:generated|created) by (?:mail delivery|the mail)|mail delivery (?:system|subsystem|software)"
    r"|address (?:couldn't be|not) found|an error occurred while trying to deliver|we (?:were unable|weren't able|couldn't) (?:to )?deliver|unable to deliver|delivery failure|returned to sender|sending it back"
    r"|(?:konnte|kann) nicht (?:zugestellt|ubermittelt)|nicht zugestellt werden|wurde nicht (?:zugestellt|gefunden)|fehler bei der zustellung"
    r"|n'a pas (?:pu )?etre (?:remis|distribue|envoye)|n'a pas ete remis|impossible de remettre|echec de la remise|n'ont pas pu"
    r"|no se (?:ha podido|pudo|puede) entregar|no se ha entregado|no (?:ha sido|fue) entregad|error al entregar"
    r"|non (?:e stato|puo essere|e stata) (?:possibile )?(?:recapitat|consegnat|inviat)|impossibile (?:recapitare|consegnare)|mancato recapito|non e stato possibile"
    r"|nao (?:foi|pode ser|foi possivel) (?:entreg|ser entregue)|nao foi entregue|falha na entrega"
    r"|kon(?:den)? niet (?:worden )?(?:bezorgd|afgeleverd)|niet (?:worden )?bezorgd|nie (?:mogla|moze|zostala|mozna) .{0,20}dostarcz|kunde inte levereras|gick inte att leverera"
)
FIELDS = re.compile(
    r"^(?:final-recipient|original-recipient|diagnostic-code|reporting-mta|action|status|x-postfix-queue-id)[ \t]*:",
    re.M,
)
DELIVERED = re.compile(r"^action[ \t]*:[ \t]*(?:deliver(?:ed|able)|relayed|expanded)", re.M)
FAILED = re.compile(r"^action[ \t]*:[ \t]*(?:failed|delayed)", re.M)
DELAYED = re.compile(
    r"^action[ \t]*:[ \t]*delayed|delivery status notification \(delay\)|still (?:being )?(?:retried|trying|try)|will (?:continue|keep) (?:to )?(?:try|retry|be retried|trying)"
    r"|has been delayed|no action is required on your part|delivery (?:is|has been)? ?delayed|you do not need to resend|delayed mail|will be retried|message delayed"
    r"|verzogert:|retarde :|retrasado:|ritardato:|atrasado:|vertraagd:",
    re.M,
)
GAVE_UP = re.compile(
    r"^action[ \t]*:[ \t]*failed|\(failure\)|retry time(?:out)? ?(?:out )?exceeded|giving up|gave up|given up", re.M
)
# From here on the report repeats our own mail, whose words must not decide.
OUR_MAIL = re.compile(
    r"^[ \t\-_=*]*(?:this is a copy of (?:the|your) message|copy of (?:the|your) (?:original )?message|message headers follow|below this line is a copy).*$"
    r"|^[ \t\-_=*]*(?:the )?(?:original|returned|undelivered) message (?:headers|follows|text)\b.*$"
    r"|^-{2,} ?(?:original|returned|ursprungliche|mensaje|message d'origine).*$"
    r"|^content-type: (?:message/rfc822|text/rfc822-headers).*$|^content-description: (?:undelivered message|undeliverable message).*$",
    re.M,
)
REFUSAL = re.compile(
    r"^(?:diagnostic-code|remote-mta-reply)[ \t]*:.{0,600}(?:\n[ \t]+.{0,300}){0,6}"
    r"|(?:said|returned|replied|response was|responded with|error(?: message)?)[ ]?:?.{0,300}(?:\n.{0,200}){0,3}"
    r"|^.{0,120}\b[45]\d\d[ #-].{0,400}(?:\n[ \t]*[45]\d\d[ -].{0,300}){0,6}",
    re.M,
)
BOOKKEEPING = re.compile(
    r"^(?:x-[\w-]+|arrival-date|reporting-mta|received|date|message-id|last-attempt-date|will-retry-until)[ \t]*:.*$",
    re.M,
)
CODE = r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)"
CODE_AFTER_REPLY = re.compile(rf"\b[45]\d\d[ -]+#?{CODE}")
CODE_FIELD = re.compile(rf"^status[ \t]*:[ \t]*{CODE}", re.M)
CODE_ANYWHERE = re.compile(rf"#?{CODE}")
REPLY = re.compile(r"(?<![\d.#-])([45]\d\d)(?=[ -][\d#a-z<(\"'])")
ADDRESS = r"<?([\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6})>?"
RECIPIENT_FIELD = re.compile(
    rf"^(?:final|original)-recipient[ \t]*:[ \t]*(?:[\w-]+[ \t]*;)?[ \t]*{ADDRESS}", re.I | re.M
)
NAMED = re.compile(
    rf"(?:message to|delivered to|delivering to|deliver to|recipients?:?|address(?:es)?:?|following (?:address|recipient)\S*|destinataires?|empfanger|zugestellt|an|to|a|para)(?:[ \t:]+|[ \t:]*\n)\s{{0,4}}{ADDRESS}",
    re.I,
)
BEFORE_REASON = re.compile(
    rf"^[ \t]*{ADDRESS}[ \t]*(?::|$|\(|\.\.\.|,? (?:host|was|could|couldn't|invalid))", re.I | re.M
)
ANY_ADDRESS = re.compile(ADDRESS)

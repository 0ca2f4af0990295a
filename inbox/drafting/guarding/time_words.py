"""Words for times and dates in nine languages, folded (lower case, no accents), as alternatives for patterns."""

# One to twenty-four, and the minutes people say.
HOURS_BY_LANGUAGE = {
    "en": "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
    "eighteen|nineteen|twenty",
    "de": "ein|eins|zwei|drei|vier|funf|fuenf|sechs|sieben|acht|neun|zehn|elf|zwolf|zwoelf|dreizehn|vierzehn|funfzehn|"
    "sechzehn|siebzehn|achtzehn|neunzehn|zwanzig",
    "fr": "une|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|dix-sept|dix-huit|"
    "dix-neuf|vingt",
    "es": "una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince|dieciseis|diecisiete|"
    "dieciocho|diecinueve|veinte",
    "it": "una|due|tre|quattro|cinque|sei|sette|otto|nove|dieci|undici|dodici|tredici|quattordici|quindici|sedici|"
    "diciassette|diciotto|diciannove|venti",
    "nl": "een|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|dertien|veertien|vijftien|zestien|zeventien|"
    "achttien|negentien|twintig",
    "pt": "uma|duas|tres|quatro|cinco|seis|sete|oito|nove|dez|onze|doze|treze|catorze|quinze|dezasseis|dezesseis|"
    "dezessete|dezoito|dezenove|vinte",
    "sv": "ett|tva|tre|fyra|fem|sex|sju|atta|nio|tio|elva|tolv|tretton|fjorton|femton|sexton|sjutton|arton|nitton|"
    "tjugo",
    "pl": "pierwszej|drugiej|trzeciej|czwartej|piatej|szostej|siodmej|osmej|dziewiatej|dziesiatej|jedenastej|dwunastej|"
    "trzynastej|czternastej|pietnastej|szesnastej|siedemnastej|osiemnastej|dziewietnastej|dwudziestej",
}
NUMBERS = "|".join(
    sorted({word for words in HOURS_BY_LANGUAGE.values() for word in words.split("|")}, key=len, reverse=True)
)

WEEKDAYS = (
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?|wendsday|wensday|thrusday|tuseday|"
    r"(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag)\w{0,12}|"
    r"(?:lun|mar|mercre|jeu|vendre|same)dis?|dimanches?|"
    r"lunes|martes|miercoles|jueves|viernes|sabados?|domingos?|"
    r"(?:lun|mart|mercol|giov|vener)edi|mercoledi|giovedi|venerdi|lunedi|martedi|sabat[oi]|domenic(?:a|he)|"
    r"(?:maan|dins|woens|donder|vrij|zater|zon)dag\w{0,12}|"
    r"(?:segunda|terca|quarta|quinta|sexta)s?[\s-]{0,4}feiras?|"
    r"(?:na|nas|nesta|nessa|proxima|ate|desta) (?:segunda|terca|quarta|quinta|sexta)s?(?! (?:reuniao|fase|etapa|"
    r"versao|vez|parte))|"
    r"(?:man|tis|tirs|ons|tors|fre|lor|son)dag(?:en|ar|s)?\w{0,12}|"
    r"poniedzial\w{1,4}|wtor(?:ek|ku|ki|kiem)|srod(?:a|e|y|ami)|srodzie|czwart(?:ek|ku|ki|kiem)|piat(?:ek|ku|ki|kiem)|"
    r"sobot(?:a|e|y|nie)?|niedziel(?:a|e|i)"
)
_SHORT_EN = r"(?:mon|tues?|weds?|thurs?|thu|fri|sat|sun)"
_SHORT_DE = r"(?:mo|di|mi|do|fr|sa|so)"
_SHORT = r"(?:lun|mar|mer|jeu|ven|sam|dim|mie|jue|vie|gio|seg|ter|qua|qui|sex|pon|wt|sr|czw|pt|man|tis|ons|tor|fre|lor)"
SHORT_WEEKDAYS = (
    rf"(?:on|this|next|by|until|or) {_SHORT_EN}(?![\w'])|{_SHORT_EN}[.,]?\s?(?:the )?\d|(?:tues|weds|thurs|"
    rf"thu)(?![\w'])|"
    rf"{_SHORT_EN}\s?[/&-]\s?{_SHORT_EN}(?!\w)|{_SHORT_EN}[.,]? (?:at|works?|morning|afternoon|evening|noon|"
    rf"would work)(?!\w)|"
    rf"{_SHORT_DE}[.,]{{1,2}}\s?(?:den )?\d{{1,2}}[.:]|{_SHORT_DE} (?:den )?\d{{1,2}}[.:]\d|(?:am|bis|kommenden|"
    rf"nachsten) {_SHORT_DE}(?:\.|(?!\w))(?= ?[,.?!)]|$| um| oder)|"
    rf"{_SHORT}[.,]{{0,2}} ?\d{{1,2}}(?:[.:/h]| )"
)

TOMORROW = (
    r"tomorrow|tommorow|tomorow|tommorrow|tmrw|2moro|ubermorgen|uebermorgen|"
    r"(?<!guten )(?<!gute )(?<!jeden )(?<!god )(?<!goede )morgen(?:nachmittag|mittag|abend|ochtend|middag|avond)?|"
    r"apres-demain|demain|pasado manana|(?<!cada )(?<!por la )(?<!una )manana|dopodomani|domani|domattina|overmorgen|"
    r"depois de amanha|amanha|i ?morgon|(?:i )?overmorgon|"
    r"pojutrze|jutro|jutra"
)
TODAY = (
    r"tonight|this (?:morning|afternoon|evening)|(?:later|earlier|free|available|call|talk|meet|chat|speak|connect|"
    r"over|until|by|for) today|"
    r"today (?:at|around|after|before|between|or|by|until)|"
    r"heute (?:noch|abend|nachmittag|mittag|vormittag|fruh|um|ab|gegen|oder)|(?:telefonieren|sprechen|treffen|"
    r"noch) heute|"
    r"ce (?:soir|matin|midi)|cet apres-midi|aujourd'hui (?:a|vers|apres|avant|ou|meme)|"
    r"esta (?:tarde|noche|manana|noite|manha)|hoy (?:a|mismo|por|sobre|o)(?= )|hoje (?:a|as|mesmo|ainda|ou)(?= )|"
    r"stasera|stamattina|stanotte|questo pomeriggio|questa (?:mattina|sera)|oggi (?:alle|stesso|pomeriggio|o)(?= )|"
    r"van(?:middag|avond|ochtend|morgen|nacht)|vandaag (?:om|nog|of|rond)|ikvall|i (?:eftermiddag|kvall|natt)|"
    r"idag (?:kl|vid|eller)|i dag (?:kl|vid|eller)|"
    r"dzisiaj (?:o|po|wieczorem|lub)|dzis (?:o|po|wieczorem|lub)|(?:end of (?:the )?(?:business )?day|eod|cob|eow|"
    r"close of business)"
)

MONTHS = (
    r"january|february|march|april|may|june|july|august|september|october|november|december|"
    r"jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec|"
    r"januar|janner|februar|marz|maerz|mai|juni|juli|oktober|dezember|okt|dez|"
    r"janvier|fevrier|mars|avril|juin|juillet|aout|septembre|octobre|novembre|decembre|janv|fevr|fev|avr|juil|"
    r"enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|setiembre|octubre|noviembre|diciembre|ene|abr|dic|"
    r"gennaio|febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre|giu|lug|ott|"
    r"januari|februari|maart|mei|augustus|mrt|augusti|maj|"
    r"janeiro|fevereiro|marco|maio|junho|julho|setembro|outubro|novembro|dezembro|"
    r"stycz\w{1,5}|lut(?:y|ego|ym)|marzec|marca|marcu|kwie\w{1,5}|maja|maju|czerw\w{1,5}|lip(?:iec|ca|cu)|sierp\w{1,5}|"
    r"wrzes\w{1,5}|pazdzier\w{1,6}|listopad\w{0,3}|grud\w{1,4}"
)
ORDINALS = (
    r"first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|\w{3,7}teenth|twentieth|"
    r"twenty[- ]\w{5,7}|thirtieth|thirty[- ]first|\w{0,16}(?:erst|zweit|dritt|viert|funft|sechst|siebt|siebent|acht|"
    r"neunt|"
    r"zehnt|elft|zwolft|zigst)en?|tredje|forsta|fjarde|femte|\w{3,20}ego"
)
NOON = (
    r"noon|mid[- ]?day|midnight|mittags?|mitternacht|midi|minuit|mediodia|medianoche|mezzogiorno|mezzanotte|"
    r"meio[- ]dia|"
    r"meia[- ]noite|middernacht|(?<!goede)(?<!na)middag|midnatt|poludnie|poludniu|polnoc"
)
ZONES = r"(?:[ecmp][sd]?t|gmt|utc|cest|cet|bst|ist|jst|aest|mez|mesz|hora|heure|uhr|uur|time)"

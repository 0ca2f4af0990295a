from inbox.optout.grammar import Language
LANGUAGE = Language(code="es", rules=(), bare="xxxx", polite="xxxx", signoff="xxxx", greeting="xxxx", me="xxxx", negators="xxxx", through="xxxx")

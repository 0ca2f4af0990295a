"""One module per language; each holds nothing but words and rules."""

from inbox.optout.languages import de, en, es, fr, it, nl, pl, pt, sv

LANGUAGES = (
    en.LANGUAGE,
    de.LANGUAGE,
    fr.LANGUAGE,
    es.LANGUAGE,
    it.LANGUAGE,
    pt.LANGUAGE,
    nl.LANGUAGE,
    pl.LANGUAGE,
    sv.LANGUAGE,
)

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

# Letters that are no others with an accent, and signs of typographers, each before what people type for it.
COMMON = "øo łl đd ðd ıi ’' –-"
RARE = "ħh ŧt ŋn ƒf ɓb ɗd ɖd ƙk ɛe əe ɔo ɣg ƴy ɨi ʉu ςσ ‘' ʼ' ʹ' ′' ‐- ‒- —- ―- −- ⁄/ “\" ”\" „\" «\" »\""
MARKS = r"\u00ad\u00b7\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0640\u064b-\u065f\u0670\u200b-\u200f\u2060\ufeff"
DIGITS, ASIDE = "0123456789", r"\x01\x02\x03\x04\x05\x06\x07\x08\x0e\x0f"


def typed_as(pairs):
    """The two lists of `translate`."""
    return "', '".join("".join(pair[place] for pair in pairs.split()).replace("'", "''") for place in (0, 1))


# What becomes of a text with more than ASCII in it (ADR 12 says why this is not unaccent). It ends in ASCII; most texts are
# there after the first step:
# 1. Letters and marks apart, then the marks away: combining accents, vowel points of Hebrew and Arabic, what has no width,
#    the point within a Catalan word. A ´ by itself is meant as an apostrophe.
# 2. What is COMMON is looked for before what is RARE: `translate` compares every character with every one of its list.
# 3. What is left is of another script: byte by byte a backslash and three letters nobody types. Trigrams are made of what
#    the database's locale calls a letter, and that is ASCII only where LC_CTYPE is C, as in ours: a Cyrillic or Chinese
#    word would be looked for by reading every lead. Digits step aside meanwhile, being what `encode` writes bytes in.
LETTERS = rf"""
CREATE OR REPLACE FUNCTION leads_folded_letters(said text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 100 AS $$
BEGIN
  said := lower(regexp_replace(normalize(replace(said, '´', ''''), NFKD), '[{MARKS}]', '', 'g'));
  IF octet_length(said) > length(said) THEN
    said := replace(replace(replace(translate(said, '{typed_as(COMMON)}'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe');
  END IF;
  IF octet_length(said) > length(said) AND said ~ '[þ{RARE[::3]}]' THEN
    said := replace(translate(said, '{typed_as(RARE)}'), 'þ', 'th');
  END IF;
  IF octet_length(said) > length(said) THEN
    said := encode(convert_to(translate(said, '{DIGITS}', E'{ASIDE}'), 'UTF8'), 'escape');
    said := replace(translate(said, E'01234567{ASIDE}', 'qxzjkvwy{DIGITS}'), '\\', '\');
  END IF;
  RETURN said;
END $$
"""

# ASCII, as nearly all text is, is put into lower case within the statement, without a call.
FOLDED = """
CREATE OR REPLACE FUNCTION leads_folded(said text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN octet_length(said) = length(said) THEN lower(said COLLATE "C") ELSE leads_folded_letters(said) END
"""


class Migration(migrations.Migration):
    """Accents don't count in a search (1): the folding, and a column that the database fills from now on."""

    dependencies = [
        ('leads', '0008_merges_undone'),
    ]

    operations = [
        migrations.RunSQL(LETTERS, "DROP FUNCTION leads_folded_letters(text)"),
        migrations.RunSQL(FOLDED, "DROP FUNCTION leads_folded(text)"),
        migrations.AddField(
            model_name='lead',
            name='folded_text',
            field=models.TextField(editable=False, help_text='The search text without accents, where that is another. Written by the database (trigger `fold`).', null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='lead',
            trigger=pgtrigger.compiler.Trigger(name='fold', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (octet_length(NEW."first_name" || \' \' || NEW."last_name" || \' \' || NEW."email" || \' \' || NEW."phone" || \' \' || NEW."company") > length(NEW."first_name" || \' \' || NEW."last_name" || \' \' || NEW."email" || \' \' || NEW."phone" || \' \' || NEW."company") OR NEW."folded_text" IS NOT NULL)', func='NEW."folded_text" := NULLIF(leads_folded(NEW."first_name" || \' \' || NEW."last_name" || \' \' || NEW."email" || \' \' || NEW."phone" || \' \' || NEW."company"), lower(NEW."first_name" || \' \' || NEW."last_name" || \' \' || NEW."email" || \' \' || NEW."phone" || \' \' || NEW."company")); RETURN NEW;', hash='57c00dfc6342465eab40baf8820d6e354efee7e7', operation='INSERT OR UPDATE OF "first_name", "last_name", "email", "phone", "company"', pgid='pgtrigger_fold_7206d', table='leads_lead', when='BEFORE')),
        ),
    ]

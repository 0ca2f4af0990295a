import django.contrib.postgres.indexes
import django.db.models.functions.comparison
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

import leads.models.folding

# Naming a column is enough: the trigger does the rest. Locked in order of the ids, as whoever locks several leads does.
FILL = """
WITH next AS (
  SELECT id FROM leads_lead WHERE id > %s AND octet_length(search_text) > length(search_text) AND folded_text IS NULL
   ORDER BY id LIMIT %s FOR UPDATE
)
UPDATE leads_lead SET first_name = first_name FROM next WHERE leads_lead.id = next.id RETURNING leads_lead.id
"""

STATISTICS = "CREATE STATISTICS IF NOT EXISTS {}_search_words ON ({}) FROM {}"


def fill(apps, schema_editor, at_once=500):
    """Fold the leads that were there before, a few at a time, so that nobody waits for their locks for long."""
    last = "00000000-0000-0000-0000-000000000000"
    with schema_editor.connection.cursor() as cursor:
        while last:
            cursor.execute(FILL, [last, at_once])
            last = max((row[0] for row in cursor.fetchall()), default=None)


class Migration(migrations.Migration):
    """Accents don't count in a search (2): the leads there are, and the indexes, built while everybody works (no table is
    rewritten, none is locked for longer than a moment). Interrupted, it can be run again. The version before still runs on
    it; only its searches, whose indexes go at the end, read all leads until it is replaced."""

    atomic = False
    dependencies = [
        ('leads', '0009_folded_text'),
        ('workspaces', '0001_initial'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        # What an interrupted run began.
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS lead_search_folded", migrations.RunSQL.noop),
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS alternate_search_folded", migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name='lead',
            index=django.contrib.postgres.indexes.GinIndex(models.F('workspace'), django.contrib.postgres.indexes.OpClass(django.db.models.functions.comparison.Coalesce('folded_text', 'search_text'), name='gin_trgm_ops'), condition=models.Q(('merged_into', None)), name='lead_search_folded'),
        ),
        AddIndexConcurrently(
            model_name='leadidentity',
            index=django.contrib.postgres.indexes.GinIndex(models.F('workspace'), django.contrib.postgres.indexes.OpClass(leads.models.folding.Folded('value'), name='gin_trgm_ops'), condition=models.Q(('kind__in', ['email', 'phone']), ('primary', False)), name='alternate_search_folded'),
        ),
        # How common a word is. The indexes, being partial, don't tell the planner: it would take every word for a rare one
        # and sort a million hits for a page of thirty.
        migrations.RunSQL(STATISTICS.format("lead", "coalesce(folded_text, search_text)", "leads_lead"), "DROP STATISTICS lead_search_words"),
        migrations.RunSQL(STATISTICS.format("alternate", "leads_folded(value)", "leads_leadidentity"), "DROP STATISTICS alternate_search_words"),
        migrations.RunSQL("ANALYZE leads_lead", migrations.RunSQL.noop),
        migrations.RunSQL("ANALYZE leads_leadidentity", migrations.RunSQL.noop),
        RemoveIndexConcurrently(model_name='lead', name='lead_search'),
        RemoveIndexConcurrently(model_name='leadidentity', name='alternate_search'),
    ]

"""EmailBison's accounts so far: the one a workspace is connected with, else the last one it was. Their numbers stand as
they are, so their namespace is the empty one."""

from django.db import migrations

_KEEP = """
INSERT INTO integrations_account (workspace_id, provider, host, external_id, namespace, first_seen)
SELECT DISTINCT ON (account.workspace_id) account.workspace_id, 'emailbison', account.host, account.external_id, '', now()
  FROM (SELECT workspace_id, host, external_id, provider, 0 AS gone, 0 AS at FROM integrations_connection
        UNION ALL
        SELECT workspace_id, host, external_id, provider, 1, pgh_id FROM integrations_connectionevent) AS account
  JOIN workspaces_workspace AS workspace ON workspace.id = account.workspace_id
 WHERE account.provider = 'emailbison' AND account.external_id <> ''
 ORDER BY account.workspace_id, account.gone, account.at DESC
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):

    dependencies = [
        ('integrations', '0008_accounts'),
    ]

    operations = [
        migrations.RunSQL(_KEEP, migrations.RunSQL.noop),
    ]

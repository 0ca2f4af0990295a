import datetime
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    """All that went before in one: each table is made whole, so Django does not work its models out hundreds of times."""

    replaces = [
        ('notifications', '0001_initial'),
        ('notifications', '0002_initial'),
        ('notifications', '0003_health_alerts'),
    ]

    initial = True

    dependencies = [
        ('integrations', '0001_squashed_0006_account_within_its_host'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('workspaces', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='HealthAlert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(help_text='Its name for people.', max_length=40)),
                ('reason', models.CharField(max_length=500)),
                ('failed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('recovered_at', models.DateTimeField(blank=True, null=True)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('sending', 'Being told'), ('told', 'Told'), ('unknown', 'Perhaps told'), ('skipped', 'Not wanted'), ('failed', 'Not told')], default='waiting', max_length=8)),
                ('due_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('asked_at', models.DateTimeField(blank=True, help_text='When the message left, or was about to.', null=True)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('note', models.CharField(blank=True, help_text='Why it was not told.', max_length=300)),
                ('connection', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='integrations.connection')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state__in', ['waiting', 'sending'])), fields=['due_at'], name='health_alerts_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'sending', 'told', 'unknown', 'skipped', 'failed'])), name='health_alert_has_a_known_state')],
            },
        ),
        migrations.CreateModel(
            name='NotificationSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slack_alerts', models.BooleanField(default=True)),
                ('email_digest', models.BooleanField(default=True)),
                ('emails', models.JSONField(blank=True, default=list)),
                ('phones', models.JSONField(blank=True, default=list)),
                ('slack_channel_ids', models.JSONField(blank=True, default=list)),
                ('daily_digest_time', models.TimeField(default=datetime.time(9, 0))),
                ('rules', models.JSONField(blank=True, default=list)),
                ('workspace', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='notification_settings', to='workspaces.workspace')),
            ],
            options={
                'verbose_name_plural': 'notification settings',
            },
        ),
        migrations.CreateModel(
            name='NotificationSettingsEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('slack_alerts', models.BooleanField(default=True)),
                ('email_digest', models.BooleanField(default=True)),
                ('emails', models.JSONField(blank=True, default=list)),
                ('phones', models.JSONField(blank=True, default=list)),
                ('slack_channel_ids', models.JSONField(blank=True, default=list)),
                ('daily_digest_time', models.TimeField(default=datetime.time(9, 0))),
                ('rules', models.JSONField(blank=True, default=list)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='notifications.notificationsettings')),
                ('workspace', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='workspaces.workspace')),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='notificationsettings',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "notifications_notificationsettingsevent" ("daily_digest_time", "email_digest", "emails", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phones", "rules", "slack_alerts", "slack_channel_ids", "workspace_id") VALUES (NEW."daily_digest_time", NEW."email_digest", NEW."emails", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phones", NEW."rules", NEW."slack_alerts", NEW."slack_channel_ids", NEW."workspace_id"); RETURN NULL;', hash='2db270499f937683fbb21270188f93a94e66834b', operation='INSERT', pgid='pgtrigger_insert_insert_b3010', table='notifications_notificationsettings', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='notificationsettings',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "notifications_notificationsettingsevent" ("daily_digest_time", "email_digest", "emails", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phones", "rules", "slack_alerts", "slack_channel_ids", "workspace_id") VALUES (NEW."daily_digest_time", NEW."email_digest", NEW."emails", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phones", NEW."rules", NEW."slack_alerts", NEW."slack_channel_ids", NEW."workspace_id"); RETURN NULL;', hash='4701f78091fb51e18419deb4c8d7b8b12376ea81', operation='UPDATE', pgid='pgtrigger_update_update_b5bf4', table='notifications_notificationsettings', when='AFTER')),
        ),
    ]

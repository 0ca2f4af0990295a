import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import integrations.credentials
import integrations.models
import pgtrigger.compiler
import pgtrigger.migrations
import zrg.lib.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    """All that went before in one: each table is made whole, so Django does not work its models out hundreds of times."""

    replaces = [
        ('integrations', '0001_initial'),
        ('integrations', '0002_initial'),
        ('integrations', '0003_connection_alerted_at'),
        ('integrations', '0004_webhook_events_of_a_run'),
        ('integrations', '0005_connection_checked_and_told'),
        ('integrations', '0006_account_within_its_host'),
    ]

    initial = True

    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
        ('workspaces', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Connection',
            fields=[
                ('id', models.UUIDField(default=zrg.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('provider', models.CharField(choices=[('emailbison', 'EmailBison'), ('smartlead', 'SmartLead'), ('instantly', 'Instantly'), ('ghl', 'GoHighLevel'), ('unipile', 'LinkedIn (Unipile)'), ('calendly', 'Calendly'), ('slack', 'Slack'), ('resend', 'Resend'), ('clay', 'Clay')], max_length=16)),
                ('external_id', models.CharField(blank=True, help_text="The account's id there: GHL location, EmailBison workspace, Unipile account. Routes webhooks.", max_length=120)),
                ('host', models.CharField(blank=True, help_text="EmailBison only: the instance's host.", max_length=253)),
                ('credentials', integrations.credentials.SealedField(blank=True, default=dict, editable=False)),
                ('config', models.JSONField(blank=True, default=dict)),
                ('webhook_token', models.CharField(default=integrations.models.new_webhook_token, editable=False, max_length=64, unique=True)),
                ('status', models.CharField(choices=[('unchecked', 'Not checked yet'), ('ok', 'Healthy'), ('failing', 'Failing'), ('disconnected', 'Disconnected')], default='unchecked', max_length=12)),
                ('last_success_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('last_error_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('last_error', models.CharField(blank=True, editable=False, max_length=500)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='connections', to='workspaces.workspace')),
                ('alerted_at', models.DateTimeField(blank=True, editable=False, help_text='When its people were last told of a failure: once in 24 h.', null=True)),
                ('account_told_at', models.DateTimeField(blank=True, editable=False, help_text="Arrival of the provider's latest word about the account.", null=True)),
                ('checked_at', models.DateTimeField(blank=True, editable=False, help_text='When it was last tested.', null=True)),
            ],
            options={
                'ordering': ['workspace', 'provider'],
                'constraints': [models.UniqueConstraint(fields=('workspace', 'provider'), name='one_connection_per_workspace_and_provider'), models.UniqueConstraint(condition=models.Q(('provider__in', ('emailbison', 'smartlead', 'instantly'))), fields=('workspace',), name='one_email_platform_per_workspace', violation_error_message='A workspace has at most one e-mail platform. Remove the other one first.'), models.CheckConstraint(condition=models.Q(('provider__in', ['emailbison', 'smartlead', 'instantly', 'ghl', 'unipile', 'calendly', 'slack', 'resend', 'clay'])), name='connection_to_a_known_provider'), models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('provider', 'external_id', 'host'), name='a_provider_account_belongs_to_one_workspace', violation_error_message='Another workspace is connected to this account already.')],
            },
        ),
        migrations.CreateModel(
            name='ConnectionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=zrg.lib.ids.uuid7, editable=False, serialize=False)),
                ('provider', models.CharField(choices=[('emailbison', 'EmailBison'), ('smartlead', 'SmartLead'), ('instantly', 'Instantly'), ('ghl', 'GoHighLevel'), ('unipile', 'LinkedIn (Unipile)'), ('calendly', 'Calendly'), ('slack', 'Slack'), ('resend', 'Resend'), ('clay', 'Clay')], max_length=16)),
                ('external_id', models.CharField(blank=True, help_text="The account's id there: GHL location, EmailBison workspace, Unipile account. Routes webhooks.", max_length=120)),
                ('host', models.CharField(blank=True, help_text="EmailBison only: the instance's host.", max_length=253)),
                ('config', models.JSONField(blank=True, default=dict)),
                ('status', models.CharField(choices=[('unchecked', 'Not checked yet'), ('ok', 'Healthy'), ('failing', 'Failing'), ('disconnected', 'Disconnected')], default='unchecked', max_length=12)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='integrations.connection')),
                ('workspace', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='workspaces.workspace')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='EmailBisonHost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('host', models.CharField(help_text='Host name only, as in send.agency.example.', max_length=253, unique=True, validators=[django.core.validators.RegexValidator('^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$', 'Give the host name only, in small letters, as in send.agency.example: no https://, no path, no port.')])),
                ('note', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'verbose_name': 'EmailBison host',
                'ordering': ['host'],
            },
        ),
        migrations.CreateModel(
            name='IgnoredDeliveries',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(choices=[('emailbison', 'EmailBison'), ('smartlead', 'SmartLead'), ('instantly', 'Instantly'), ('ghl', 'GoHighLevel'), ('unipile', 'LinkedIn (Unipile)'), ('calendly', 'Calendly'), ('slack', 'Slack'), ('resend', 'Resend'), ('clay', 'Clay')], max_length=16)),
                ('reason', models.CharField(max_length=60)),
                ('count', models.PositiveIntegerField(default=0)),
                ('last_at', models.DateTimeField()),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ignored_deliveries', to='workspaces.workspace')),
            ],
            options={
                'verbose_name_plural': 'ignored deliveries',
                'constraints': [models.UniqueConstraint(fields=('workspace', 'provider', 'reason'), name='one_counter_per_reason')],
            },
        ),
        migrations.CreateModel(
            name='WebhookEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('PENDING', 'Pending'), ('RUNNING', 'Running'), ('SUCCEEDED', 'Succeeded'), ('FAILED', 'Failed'), ('CANCELLED', 'Cancelled')], default='PENDING', max_length=9)),
                ('lane', models.SmallIntegerField(choices=[(0, 'Replies and people'), (1, 'Bursts')], default=0)),
                ('dedupe_key', models.CharField(max_length=400)),
                ('run_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('max_attempts', models.PositiveSmallIntegerField(default=5)),
                ('waits', models.PositiveSmallIntegerField(default=0, help_text='Reschedules that cost no attempt (rate limits).')),
                ('waiting_since', models.DateTimeField(blank=True, null=True)),
                ('locked_at', models.DateTimeField(blank=True, null=True)),
                ('locked_by', models.CharField(blank=True, max_length=120)),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('last_error', models.TextField(blank=True)),
                ('correlation_id', models.CharField(blank=True, max_length=64)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('updated_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('provider', models.CharField(choices=[('emailbison', 'EmailBison'), ('smartlead', 'SmartLead'), ('instantly', 'Instantly'), ('ghl', 'GoHighLevel'), ('unipile', 'LinkedIn (Unipile)'), ('calendly', 'Calendly'), ('slack', 'Slack'), ('resend', 'Resend'), ('clay', 'Clay')], max_length=16)),
                ('event_type', models.CharField(max_length=60)),
                ('payload', models.JSONField(null=True)),
                ('received_at', models.DateTimeField()),
                ('lead_id', models.UUIDField(blank=True, null=True)),
                ('reason', models.CharField(blank=True, help_text='Why nothing was done, where nothing was.', max_length=200)),
                ('connection', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='integrations.connection')),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('status', 'PENDING')), fields=['lane', 'workspace', 'run_at', 'id'], name='webhook_events_due'), models.Index(condition=models.Q(('status', 'RUNNING')), fields=['locked_at'], name='webhook_events_running'), models.Index(condition=models.Q(('status', 'FAILED')), fields=['-finished_at'], name='webhook_events_failed'), models.Index(condition=models.Q(('lead_id__isnull', False)), fields=['lead_id'], name='webhook_events_of_lead'), models.Index(fields=['-received_at'], name='webhook_events_newest'), models.Index(fields=['workspace', '-received_at'], name='webhook_events_of_workspace'), models.Index(condition=models.Q(('payload__isnull', False), ('status', 'SUCCEEDED')), fields=['finished_at'], name='webhook_events_to_blank'), models.Index(condition=models.Q(('correlation_id', ''), _negated=True), fields=['correlation_id'], name='webhook_events_of_a_run')],
                'constraints': [models.UniqueConstraint(fields=('dedupe_key',), name='a_delivery_is_kept_once')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='connection',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "integrations_connectionevent" ("config", "created_at", "external_id", "host", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "provider", "status", "workspace_id") VALUES (NEW."config", NEW."created_at", NEW."external_id", NEW."host", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."provider", NEW."status", NEW."workspace_id"); RETURN NULL;', hash='3f80e559684e88a031fef81ee2228548adc9ba65', operation='INSERT', pgid='pgtrigger_insert_insert_f4081', table='integrations_connection', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='connection',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."config" IS DISTINCT FROM (NEW."config") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."external_id" IS DISTINCT FROM (NEW."external_id") OR OLD."host" IS DISTINCT FROM (NEW."host") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."provider" IS DISTINCT FROM (NEW."provider") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."workspace_id" IS DISTINCT FROM (NEW."workspace_id"))', func='INSERT INTO "integrations_connectionevent" ("config", "created_at", "external_id", "host", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "provider", "status", "workspace_id") VALUES (NEW."config", NEW."created_at", NEW."external_id", NEW."host", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."provider", NEW."status", NEW."workspace_id"); RETURN NULL;', hash='f51688da4592b957d10524c47414702010338553', operation='UPDATE', pgid='pgtrigger_update_update_2868f', table='integrations_connection', when='AFTER')),
        ),
    ]

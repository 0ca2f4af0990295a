import django.db.models.deletion
import django.utils.timezone
import followups.models
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """All that went before in one: each table is made whole, so Django does not work its models out hundreds of times."""

    replaces = [
        ('followups', '0001_initial'),
        ('followups', '0002_initial'),
    ]

    initial = True

    dependencies = [
        ('leads', '0001_squashed_0007_auto_send_review_index'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('workspaces', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FollowUpSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('business_hours', models.JSONField(default=followups.models.office_hours)),
                ('followups_paused_until', models.DateTimeField(blank=True, null=True)),
                ('airtable_mode', models.BooleanField(default=False)),
                ('auto_start_rules', models.JSONField(blank=True, default=dict)),
                ('workspace', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='followup_settings', to='workspaces.workspace')),
            ],
            options={
                'verbose_name_plural': 'follow-up settings',
            },
        ),
        migrations.CreateModel(
            name='FollowUpSettingsEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('business_hours', models.JSONField(default=followups.models.office_hours)),
                ('followups_paused_until', models.DateTimeField(blank=True, null=True)),
                ('airtable_mode', models.BooleanField(default=False)),
                ('auto_start_rules', models.JSONField(blank=True, default=dict)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='followups.followupsettings')),
                ('workspace', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='workspaces.workspace')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('type', models.CharField(max_length=40)),
                ('text', models.CharField(max_length=300)),
                ('due', models.DateTimeField(default=django.utils.timezone.now)),
                ('status', models.CharField(choices=[('open', 'Open'), ('done', 'Done')], default='open', max_length=5)),
                ('suggested_message', models.TextField(blank=True)),
                ('dedupe_key', models.CharField(max_length=200)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('done_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('lead', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tasks', to='leads.lead')),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('status', 'open')), fields=['workspace', 'due'], name='open_tasks_by_due')],
                'constraints': [models.UniqueConstraint(fields=('workspace', 'dedupe_key'), name='a_task_is_made_once')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='followupsettings',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "followups_followupsettingsevent" ("airtable_mode", "auto_start_rules", "business_hours", "followups_paused_until", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "workspace_id") VALUES (NEW."airtable_mode", NEW."auto_start_rules", NEW."business_hours", NEW."followups_paused_until", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."workspace_id"); RETURN NULL;', hash='a795233c3e87e7f1274c6ee302232e1c75e5e0ce', operation='INSERT', pgid='pgtrigger_insert_insert_bd29e', table='followups_followupsettings', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='followupsettings',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "followups_followupsettingsevent" ("airtable_mode", "auto_start_rules", "business_hours", "followups_paused_until", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "workspace_id") VALUES (NEW."airtable_mode", NEW."auto_start_rules", NEW."business_hours", NEW."followups_paused_until", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."workspace_id"); RETURN NULL;', hash='5d2ab999198fb46f366373d213f00a80f3fea4a4', operation='UPDATE', pgid='pgtrigger_update_update_d810f', table='followups_followupsettings', when='AFTER')),
        ),
    ]

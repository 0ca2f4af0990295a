import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    """All that went before in one: each table is made whole, so Django does not work its models out hundreds of times."""

    replaces = [
        ('booking', '0001_initial'),
        ('booking', '0002_initial'),
    ]

    initial = True

    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
        ('workspaces', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='BookingSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(choices=[('GHL', 'GoHighLevel'), ('CALENDLY', 'Calendly')], default='GHL', max_length=8)),
                ('calendly_qualification_link', models.URLField(blank=True)),
                ('calendly_qualification_uri', models.URLField(blank=True)),
                ('calendly_direct_book_link', models.URLField(blank=True)),
                ('calendly_direct_book_uri', models.URLField(blank=True)),
                ('ghl_qualification_calendar_id', models.CharField(blank=True, max_length=120)),
                ('ghl_direct_book_calendar_id', models.CharField(blank=True, max_length=120)),
                ('meeting_duration_minutes', models.PositiveSmallIntegerField(default=30)),
                ('auto_book_meetings', models.BooleanField(default=False)),
                ('create_lead_from_booking', models.BooleanField(default=True)),
                ('booking_qualification_check_enabled', models.BooleanField(default=False)),
                ('qualification_shadow_mode', models.BooleanField(default=False)),
                ('qualification_criteria', models.TextField(blank=True)),
                ('disqualification_message', models.TextField(blank=True)),
                ('workspace', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='booking_settings', to='workspaces.workspace')),
            ],
            options={
                'verbose_name_plural': 'booking settings',
            },
        ),
        migrations.CreateModel(
            name='BookingSettingsEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('provider', models.CharField(choices=[('GHL', 'GoHighLevel'), ('CALENDLY', 'Calendly')], default='GHL', max_length=8)),
                ('calendly_qualification_link', models.URLField(blank=True)),
                ('calendly_qualification_uri', models.URLField(blank=True)),
                ('calendly_direct_book_link', models.URLField(blank=True)),
                ('calendly_direct_book_uri', models.URLField(blank=True)),
                ('ghl_qualification_calendar_id', models.CharField(blank=True, max_length=120)),
                ('ghl_direct_book_calendar_id', models.CharField(blank=True, max_length=120)),
                ('meeting_duration_minutes', models.PositiveSmallIntegerField(default=30)),
                ('auto_book_meetings', models.BooleanField(default=False)),
                ('create_lead_from_booking', models.BooleanField(default=True)),
                ('booking_qualification_check_enabled', models.BooleanField(default=False)),
                ('qualification_shadow_mode', models.BooleanField(default=False)),
                ('qualification_criteria', models.TextField(blank=True)),
                ('disqualification_message', models.TextField(blank=True)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='booking.bookingsettings')),
                ('workspace', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='workspaces.workspace')),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='bookingsettings',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "booking_bookingsettingsevent" ("auto_book_meetings", "booking_qualification_check_enabled", "calendly_direct_book_link", "calendly_direct_book_uri", "calendly_qualification_link", "calendly_qualification_uri", "create_lead_from_booking", "disqualification_message", "ghl_direct_book_calendar_id", "ghl_qualification_calendar_id", "id", "meeting_duration_minutes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "provider", "qualification_criteria", "qualification_shadow_mode", "workspace_id") VALUES (NEW."auto_book_meetings", NEW."booking_qualification_check_enabled", NEW."calendly_direct_book_link", NEW."calendly_direct_book_uri", NEW."calendly_qualification_link", NEW."calendly_qualification_uri", NEW."create_lead_from_booking", NEW."disqualification_message", NEW."ghl_direct_book_calendar_id", NEW."ghl_qualification_calendar_id", NEW."id", NEW."meeting_duration_minutes", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."provider", NEW."qualification_criteria", NEW."qualification_shadow_mode", NEW."workspace_id"); RETURN NULL;', hash='f3fcf2219282daf2b48897eb5bb5dc5d3541b372', operation='INSERT', pgid='pgtrigger_insert_insert_19339', table='booking_bookingsettings', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='bookingsettings',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "booking_bookingsettingsevent" ("auto_book_meetings", "booking_qualification_check_enabled", "calendly_direct_book_link", "calendly_direct_book_uri", "calendly_qualification_link", "calendly_qualification_uri", "create_lead_from_booking", "disqualification_message", "ghl_direct_book_calendar_id", "ghl_qualification_calendar_id", "id", "meeting_duration_minutes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "provider", "qualification_criteria", "qualification_shadow_mode", "workspace_id") VALUES (NEW."auto_book_meetings", NEW."booking_qualification_check_enabled", NEW."calendly_direct_book_link", NEW."calendly_direct_book_uri", NEW."calendly_qualification_link", NEW."calendly_qualification_uri", NEW."create_lead_from_booking", NEW."disqualification_message", NEW."ghl_direct_book_calendar_id", NEW."ghl_qualification_calendar_id", NEW."id", NEW."meeting_duration_minutes", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."provider", NEW."qualification_criteria", NEW."qualification_shadow_mode", NEW."workspace_id"); RETURN NULL;', hash='d84f9f4ee3f38e976f6be182a26080f88cd69fd2', operation='UPDATE', pgid='pgtrigger_update_update_b0a33', table='booking_bookingsettings', when='AFTER')),
        ),
    ]

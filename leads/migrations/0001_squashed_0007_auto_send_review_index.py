from django.contrib.postgres.operations import BtreeGinExtension, TrigramExtension
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
import zrg.lib.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """All that went before in one: each table is made whole, so Django does not work its models out hundreds of times."""

    replaces = [
        ('leads', '0001_extensions'),
        ('leads', '0002_initial'),
        ('leads', '0003_initial'),
        ('leads', '0004_ai_ground'),
        ('leads', '0005_campaign_history'),
        ('leads', '0006_draft_rollup'),
        ('leads', '0007_auto_send_review_index'),
    ]

    initial = True

    dependencies = [
        ('ai', '0001_squashed_0005_budgetalert'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('workspaces', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        TrigramExtension(),
        BtreeGinExtension(),
        migrations.CreateModel(
            name='AssignmentSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('round_robin_enabled', models.BooleanField(default=False, verbose_name='round robin')),
                ('round_robin_email_only', models.BooleanField(default=False, verbose_name='e-mail only')),
                ('sequence', models.JSONField(blank=True, default=list, help_text="Setters' ids in order; duplicates are weights. Empty: all active setters.")),
                ('last_index', models.IntegerField(default=-1)),
                ('workspace', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='assignment_settings', to='workspaces.workspace')),
            ],
            options={
                'verbose_name_plural': 'assignment settings',
            },
        ),
        migrations.CreateModel(
            name='AssignmentSettingsEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('round_robin_enabled', models.BooleanField(default=False, verbose_name='round robin')),
                ('round_robin_email_only', models.BooleanField(default=False, verbose_name='e-mail only')),
                ('sequence', models.JSONField(blank=True, default=list, help_text="Setters' ids in order; duplicates are weights. Empty: all active setters.")),
                ('last_index', models.IntegerField(default=-1)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='leads.assignmentsettings')),
                ('workspace', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='workspaces.workspace')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Campaign',
            fields=[
                ('id', models.UUIDField(default=zrg.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('provider', models.CharField(choices=[('emailbison', 'EmailBison'), ('smartlead', 'SmartLead'), ('instantly', 'Instantly'), ('ghl_sms', 'GoHighLevel SMS')], max_length=12)),
                ('external_id', models.CharField(max_length=160)),
                ('name', models.CharField(blank=True, max_length=300)),
                ('response_mode', models.CharField(choices=[('SETTER_MANAGED', 'Setter managed'), ('AI_AUTO_SEND', 'AI auto-send')], default='SETTER_MANAGED', max_length=16)),
                ('auto_send_threshold', models.FloatField(default=0.9)),
                ('auto_send_delay_min_s', models.PositiveIntegerField(default=180, verbose_name='shortest delay (s)')),
                ('auto_send_delay_max_s', models.PositiveIntegerField(default=420, verbose_name='longest delay (s)')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='campaigns', to='workspaces.workspace')),
                ('persona', models.ForeignKey(blank=True, help_text="Empty: the workspace's default.", null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='ai.persona')),
            ],
            options={
                'ordering': ['name', 'id'],
                'constraints': [models.UniqueConstraint(fields=('workspace', 'provider', 'external_id'), name='one_campaign_per_platform_and_id'), models.CheckConstraint(condition=models.Q(('auto_send_threshold__gte', 0), ('auto_send_threshold__lte', 1)), name='auto_send_threshold_between_0_and_1', violation_error_message='The threshold is a number from 0 to 1.'), models.CheckConstraint(condition=models.Q(('auto_send_delay_min_s__lte', models.F('auto_send_delay_max_s'))), name='shortest_delay_not_above_longest', violation_error_message='The shortest delay must not be longer than the longest.')],
            },
        ),
        migrations.CreateModel(
            name='CampaignEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=zrg.lib.ids.uuid7, editable=False, serialize=False)),
                ('provider', models.CharField(choices=[('emailbison', 'EmailBison'), ('smartlead', 'SmartLead'), ('instantly', 'Instantly'), ('ghl_sms', 'GoHighLevel SMS')], max_length=12)),
                ('external_id', models.CharField(max_length=160)),
                ('name', models.CharField(blank=True, max_length=300)),
                ('response_mode', models.CharField(choices=[('SETTER_MANAGED', 'Setter managed'), ('AI_AUTO_SEND', 'AI auto-send')], default='SETTER_MANAGED', max_length=16)),
                ('auto_send_threshold', models.FloatField(default=0.9)),
                ('auto_send_delay_min_s', models.PositiveIntegerField(default=180, verbose_name='shortest delay (s)')),
                ('auto_send_delay_max_s', models.PositiveIntegerField(default=420, verbose_name='longest delay (s)')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('persona', models.ForeignKey(blank=True, db_constraint=False, help_text="Empty: the workspace's default.", null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='ai.persona')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='leads.campaign')),
                ('workspace', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='workspaces.workspace')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Lead',
            fields=[
                ('id', models.UUIDField(default=zrg.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('first_name', models.CharField(blank=True, max_length=120)),
                ('last_name', models.CharField(blank=True, max_length=120)),
                ('email', models.CharField(blank=True, max_length=254)),
                ('phone', models.CharField(blank=True, max_length=32)),
                ('linkedin_url', models.CharField(blank=True, max_length=300, verbose_name='LinkedIn profile')),
                ('title', models.CharField(blank=True, max_length=200)),
                ('company', models.CharField(blank=True, max_length=200)),
                ('website', models.CharField(blank=True, max_length=300)),
                ('state', models.CharField(blank=True, max_length=80)),
                ('industry', models.CharField(blank=True, max_length=120)),
                ('headcount', models.CharField(blank=True, max_length=40, verbose_name='head count')),
                ('timezone', models.CharField(blank=True, max_length=64)),
                ('status', models.CharField(choices=[('new', 'New'), ('qualified', 'Qualified'), ('meeting_requested', 'Meeting requested'), ('meeting_booked', 'Meeting booked'), ('not_interested', 'Not interested'), ('unqualified', 'Unqualified'), ('blacklisted', 'Blacklisted')], default='new', max_length=20)),
                ('tag', models.CharField(choices=[('new', 'New'), ('neutral', 'Neutral'), ('interested', 'Interested'), ('meeting_requested', 'Meeting requested'), ('call_requested', 'Call requested'), ('information_requested', 'Information requested'), ('meeting_booked', 'Meeting booked'), ('follow_up', 'Follow up'), ('objection', 'Objection'), ('not_interested', 'Not interested'), ('out_of_office', 'Out of office'), ('automated_reply', 'Automated reply'), ('blacklist', 'Blacklist'), ('snoozed', 'Snoozed')], default='new', max_length=24)),
                ('unclassified', models.BooleanField(default=False)),
                ('blacklist_reason', models.CharField(blank=True, max_length=40)),
                ('assigned_at', models.DateTimeField(blank=True, null=True)),
                ('snoozed_until', models.DateTimeField(blank=True, null=True)),
                ('enrichment', models.CharField(choices=[('none', 'None'), ('not_needed', 'Not needed'), ('pending', 'Pending'), ('sent', 'Sent'), ('enriched', 'Enriched'), ('not_found', 'Not found'), ('failed', 'Failed')], default='none', max_length=10)),
                ('auto_reply', models.BooleanField(default=False)),
                ('auto_reply_set_by_person', models.BooleanField(default=False)),
                ('auto_follow_up', models.BooleanField(default=False)),
                ('auto_book', models.BooleanField(default=True)),
                ('current_replier_email', models.CharField(blank=True, max_length=254)),
                ('current_replier_name', models.CharField(blank=True, max_length=200)),
                ('current_replier_since', models.DateTimeField(blank=True, null=True)),
                ('last_message_at', models.DateTimeField(blank=True, null=True)),
                ('last_message_direction', models.CharField(blank=True, choices=[('in', 'Inbound'), ('out', 'Outbound')], max_length=3)),
                ('last_message_channel', models.CharField(blank=True, choices=[('email', 'E-mail'), ('sms', 'SMS'), ('linkedin', 'LinkedIn')], max_length=8)),
                ('last_message_by', models.CharField(blank=True, max_length=120)),
                ('last_inbound_at', models.DateTimeField(blank=True, null=True)),
                ('last_reply_at', models.DateTimeField(blank=True, help_text='Last inbound message a person wrote.', null=True)),
                ('last_email_reply_at', models.DateTimeField(blank=True, help_text='Last inbound e-mail: who replies.', null=True)),
                ('last_outbound_at', models.DateTimeField(blank=True, null=True)),
                ('preview', models.CharField(blank=True, max_length=160)),
                ('has_email', models.BooleanField(default=False)),
                ('has_sms', models.BooleanField(default=False)),
                ('has_linkedin', models.BooleanField(default=False)),
                ('is_unread', models.BooleanField(default=False)),
                ('needs_reply', models.BooleanField(default=False)),
                ('send_failed', models.BooleanField(default=False)),
                ('thread_version', models.PositiveIntegerField(default=0, help_text='Counts the messages: approvals carry it.')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('search_text', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Lower(django.db.models.functions.text.Concat('first_name', models.Value(' '), 'last_name', models.Value(' '), 'email', models.Value(' '), 'phone', models.Value(' '), 'company')), output_field=models.TextField())),
                ('assignee', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='assigned_leads', to=settings.AUTH_USER_MODEL)),
                ('campaign', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='leads', to='leads.campaign')),
                ('merged_into', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tombstones', to='leads.lead')),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='leads', to='workspaces.workspace')),
                ('tag_confidence', models.FloatField(blank=True, help_text='Of the model; empty where a rule or person set it.', null=True)),
                ('tag_is_uncertain', models.BooleanField(default=False, help_text='Confidence below 0.6: marked, never auto-sent.')),
                ('tag_reason', models.CharField(blank=True, max_length=500)),
                ('draft_confidence', models.FloatField(blank=True, help_text='Of the auto-send decision.', null=True)),
                ('draft_send_at', models.DateTimeField(blank=True, help_text='When it sends itself.', null=True)),
                ('draft_state', models.CharField(blank=True, choices=[('waits', 'Waits for a person'), ('review', 'Auto-send wants a person to look'), ('scheduled', 'Sends itself')], help_text='Of the pending draft.', max_length=9)),
            ],
            options={
                'indexes': [models.Index(models.F('workspace'), models.OrderBy(models.F('last_message_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('last_message_at__isnull', False), ('merged_into', None)), name='inbox_all'), models.Index(models.F('workspace'), models.OrderBy(models.F('last_message_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('merged_into', None), ('needs_reply', True)), name='inbox_needs_reply'), models.Index(models.F('workspace'), models.F('assignee'), models.OrderBy(models.F('last_message_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('last_message_at__isnull', False), ('merged_into', None)), name='inbox_by_assignee'), models.Index(models.F('workspace'), models.F('status'), models.OrderBy(models.F('last_message_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('last_message_at__isnull', False), ('merged_into', None)), name='inbox_by_status'), models.Index(models.F('workspace'), models.OrderBy(models.F('last_message_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('has_sms', True), ('merged_into', None)), name='inbox_sms'), models.Index(models.F('workspace'), models.OrderBy(models.F('last_message_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('has_linkedin', True), ('merged_into', None)), name='inbox_linkedin'), models.Index(models.F('workspace'), models.OrderBy(models.F('last_message_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('is_unread', True), ('merged_into', None)), name='inbox_unread'), django.contrib.postgres.indexes.GinIndex(models.F('workspace'), django.contrib.postgres.indexes.OpClass('search_text', name='gin_trgm_ops'), condition=models.Q(('merged_into', None)), name='lead_search'), models.Index(models.F('workspace'), models.OrderBy(models.F('last_message_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('merged_into', None), models.Q(('draft_state', ''), _negated=True)), name='inbox_drafts'), models.Index(models.F('workspace'), models.OrderBy(models.F('last_message_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('draft_state', 'review'), ('merged_into', None)), name='inbox_review')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['new', 'qualified', 'meeting_requested', 'meeting_booked', 'not_interested', 'unqualified', 'blacklisted'])), name='lead_has_a_known_status'), models.CheckConstraint(condition=models.Q(('tag__in', ['new', 'neutral', 'interested', 'meeting_requested', 'call_requested', 'information_requested', 'meeting_booked', 'follow_up', 'objection', 'not_interested', 'out_of_office', 'automated_reply', 'blacklist', 'snoozed'])), name='lead_has_a_known_tag'), models.CheckConstraint(condition=models.Q(('merged_into', models.F('id')), _negated=True), name='lead_not_merged_into_itself')],
            },
        ),
        migrations.CreateModel(
            name='AssignmentEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(choices=[('round_robin', 'Round robin'), ('manual', 'By hand'), ('backfill', 'Backfill'), ('import', 'Import')], max_length=11)),
                ('channel', models.CharField(blank=True, choices=[('email', 'E-mail'), ('sms', 'SMS'), ('linkedin', 'LinkedIn')], max_length=8)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('to', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
                ('lead', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='assignments', to='leads.lead')),
            ],
            options={
                'indexes': [models.Index(fields=['workspace', '-created_at'], name='assignments_of_workspace'), models.Index(fields=['lead', '-created_at'], name='assignments_of_lead')],
            },
        ),
        migrations.CreateModel(
            name='LeadIdentity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('ghl_contact', 'GHL contact'), ('emailbison_lead', 'EmailBison lead'), ('smartlead_lead', 'SmartLead lead'), ('instantly_lead', 'Instantly lead'), ('linkedin_member', 'LinkedIn member'), ('linkedin_url', 'LinkedIn profile'), ('email', 'E-mail'), ('phone', 'Phone')], max_length=16)),
                ('value', models.CharField(max_length=320)),
                ('primary', models.BooleanField(default=False)),
                ('source', models.CharField(max_length=40)),
                ('confidence', models.FloatField(default=1.0)),
                ('first_seen', models.DateTimeField(default=django.utils.timezone.now)),
                ('verified_at', models.DateTimeField(blank=True, null=True)),
                ('lead', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='identities', to='leads.lead')),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
            ],
            options={
                'verbose_name_plural': 'lead identities',
                'indexes': [django.contrib.postgres.indexes.GinIndex(models.F('workspace'), django.contrib.postgres.indexes.OpClass('value', name='gin_trgm_ops'), condition=models.Q(('primary', False)), name='alternate_search')],
                'constraints': [models.UniqueConstraint(fields=('workspace', 'kind', 'value'), name='a_name_belongs_to_one_lead'), models.UniqueConstraint(condition=models.Q(('primary', True)), fields=('lead', 'kind'), name='one_primary_per_kind'), models.CheckConstraint(condition=models.Q(('kind__in', ['ghl_contact', 'emailbison_lead', 'smartlead_lead', 'instantly_lead', 'linkedin_member', 'linkedin_url', 'email', 'phone'])), name='identity_of_a_known_kind')],
            },
        ),
        migrations.CreateModel(
            name='LeadStatusTagAssigneeMergedIntoSnoozedUntilEmailPhoneEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('status', models.CharField(choices=[('new', 'New'), ('qualified', 'Qualified'), ('meeting_requested', 'Meeting requested'), ('meeting_booked', 'Meeting booked'), ('not_interested', 'Not interested'), ('unqualified', 'Unqualified'), ('blacklisted', 'Blacklisted')], default='new', max_length=20)),
                ('tag', models.CharField(choices=[('new', 'New'), ('neutral', 'Neutral'), ('interested', 'Interested'), ('meeting_requested', 'Meeting requested'), ('call_requested', 'Call requested'), ('information_requested', 'Information requested'), ('meeting_booked', 'Meeting booked'), ('follow_up', 'Follow up'), ('objection', 'Objection'), ('not_interested', 'Not interested'), ('out_of_office', 'Out of office'), ('automated_reply', 'Automated reply'), ('blacklist', 'Blacklist'), ('snoozed', 'Snoozed')], default='new', max_length=24)),
                ('snoozed_until', models.DateTimeField(blank=True, null=True)),
                ('email', models.CharField(blank=True, max_length=254)),
                ('phone', models.CharField(blank=True, max_length=32)),
                ('assignee', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('merged_into', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='leads.lead')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='status_tag_assignee_merged_into_snoozed_until_email_phone_events', to='leads.lead')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('id', models.UUIDField(default=zrg.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('record', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('loser', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='merges_lost', to='leads.lead')),
                ('survivor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='merges_won', to='leads.lead')),
                ('undone_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
            ],
            options={
                'ordering': ['-created_at'],
            },
        ),
        migrations.CreateModel(
            name='MergeSuggestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=300)),
                ('status', models.CharField(choices=[('open', 'Open'), ('merged', 'Merged'), ('dismissed', 'Dismissed')], default='open', max_length=9)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('lead', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='merge_suggestions', to='leads.lead')),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='merge_suggestions_other', to='leads.lead')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('lead', 'other'), name='a_pair_is_suggested_once'), models.CheckConstraint(condition=models.Q(('lead', models.F('other')), _negated=True), name='a_lead_is_not_merged_with_itself')],
            },
        ),
        migrations.CreateModel(
            name='PrivacySettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message_retention_days', models.PositiveIntegerField(blank=True, help_text='Empty: keep.', null=True)),
                ('ai_retention_days', models.PositiveIntegerField(default=30, verbose_name='AI retention days')),
                ('workspace', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='privacy_settings', to='workspaces.workspace')),
            ],
            options={
                'verbose_name_plural': 'privacy settings',
            },
        ),
        migrations.CreateModel(
            name='PrivacySettingsEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('message_retention_days', models.PositiveIntegerField(blank=True, help_text='Empty: keep.', null=True)),
                ('ai_retention_days', models.PositiveIntegerField(default=30, verbose_name='AI retention days')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='leads.privacysettings')),
                ('workspace', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='workspaces.workspace')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SoftBounce',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.CharField(max_length=320)),
                ('dedupe_key', models.CharField(max_length=400)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('workspace', 'address', 'dedupe_key'), name='a_soft_bounce_counts_once')],
            },
        ),
        migrations.CreateModel(
            name='SuppressionEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('family', models.CharField(choices=[('email', 'E-mail'), ('sms', 'SMS'), ('linkedin', 'LinkedIn')], max_length=8)),
                ('value', models.CharField(max_length=320)),
                ('reason', models.CharField(choices=[('opt_out', 'Opted out'), ('sms_stop', 'SMS STOP'), ('bounce', 'Dead address'), ('manual', 'By a person')], max_length=8)),
                ('evidence', models.CharField(blank=True, max_length=300)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('lifted_at', models.DateTimeField(blank=True, null=True)),
                ('lift_reason', models.CharField(blank=True, max_length=300)),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('lead', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='suppressions', to='leads.lead')),
                ('lifted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
            ],
            options={
                'verbose_name_plural': 'suppression entries',
                'constraints': [models.UniqueConstraint(condition=models.Q(('lifted_at', None)), fields=('workspace', 'family', 'value'), name='one_standing_suppression_per_name'), models.CheckConstraint(condition=models.Q(('lifted_at', None), models.Q(('lift_reason', ''), _negated=True), _connector='OR'), name='a_lifted_suppression_says_why')],
            },
        ),
        migrations.CreateModel(
            name='TimelineEvent',
            fields=[
                ('id', models.UUIDField(default=zrg.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('kind', models.CharField(max_length=40)),
                ('text', models.CharField(max_length=300)),
                ('why', models.CharField(blank=True, max_length=500)),
                ('did', models.CharField(blank=True, max_length=500)),
                ('setting', models.CharField(blank=True, max_length=200)),
                ('tone', models.CharField(choices=[('plain', 'Plain'), ('ok', 'Good'), ('warn', 'Waits for a person'), ('danger', 'Failed or lost'), ('ai', 'By the machine')], default='plain', max_length=6)),
                ('run_id', models.CharField(blank=True, help_text='The run (correlation id) that did it.', max_length=64)),
                ('dedupe_key', models.CharField(blank=True, max_length=200)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('lead', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='timeline', to='leads.lead')),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
            ],
            options={
                'indexes': [models.Index(fields=['lead', 'at'], name='timeline_of_lead')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('dedupe_key', ''), _negated=True), fields=('lead', 'dedupe_key'), name='a_timeline_event_is_told_once')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='assignmentsettings',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "leads_assignmentsettingsevent" ("id", "last_index", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "round_robin_email_only", "round_robin_enabled", "sequence", "workspace_id") VALUES (NEW."id", NEW."last_index", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."round_robin_email_only", NEW."round_robin_enabled", NEW."sequence", NEW."workspace_id"); RETURN NULL;', hash='6c3c9a045eccf250b6aa5911cb46b1650683baee', operation='INSERT', pgid='pgtrigger_insert_insert_90af1', table='leads_assignmentsettings', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='assignmentsettings',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "leads_assignmentsettingsevent" ("id", "last_index", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "round_robin_email_only", "round_robin_enabled", "sequence", "workspace_id") VALUES (NEW."id", NEW."last_index", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."round_robin_email_only", NEW."round_robin_enabled", NEW."sequence", NEW."workspace_id"); RETURN NULL;', hash='071b639cc0d7f8c1ab1d59a92420b2b831bfba98', operation='UPDATE', pgid='pgtrigger_update_update_78711', table='leads_assignmentsettings', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='campaign',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "leads_campaignevent" ("auto_send_delay_max_s", "auto_send_delay_min_s", "auto_send_threshold", "created_at", "external_id", "id", "name", "persona_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "provider", "response_mode", "workspace_id") VALUES (NEW."auto_send_delay_max_s", NEW."auto_send_delay_min_s", NEW."auto_send_threshold", NEW."created_at", NEW."external_id", NEW."id", NEW."name", NEW."persona_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."provider", NEW."response_mode", NEW."workspace_id"); RETURN NULL;', hash='a473882bc08b6299412645e84177ad16bd3e1b87', operation='INSERT', pgid='pgtrigger_insert_insert_eb8c8', table='leads_campaign', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='campaign',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "leads_campaignevent" ("auto_send_delay_max_s", "auto_send_delay_min_s", "auto_send_threshold", "created_at", "external_id", "id", "name", "persona_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "provider", "response_mode", "workspace_id") VALUES (NEW."auto_send_delay_max_s", NEW."auto_send_delay_min_s", NEW."auto_send_threshold", NEW."created_at", NEW."external_id", NEW."id", NEW."name", NEW."persona_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."provider", NEW."response_mode", NEW."workspace_id"); RETURN NULL;', hash='9ef08955a9939ce6f12be9b5deafbc5215652ddf', operation='UPDATE', pgid='pgtrigger_update_update_19c2a', table='leads_campaign', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='lead',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."assignee_id" IS DISTINCT FROM (NEW."assignee_id") OR OLD."merged_into_id" IS DISTINCT FROM (NEW."merged_into_id") OR OLD."snoozed_until" IS DISTINCT FROM (NEW."snoozed_until") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."tag" IS DISTINCT FROM (NEW."tag"))', func='INSERT INTO "leads_leadstatustagassigneemergedintosnoozeduntilemailphonef0e2" ("assignee_id", "email", "merged_into_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "snoozed_until", "status", "tag") VALUES (NEW."assignee_id", NEW."email", NEW."merged_into_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone", NEW."snoozed_until", NEW."status", NEW."tag"); RETURN NULL;', hash='3d44910bb65352f71ed14d839cea7e19b16c9bb6', operation='UPDATE', pgid='pgtrigger_update_update_17f2d', table='leads_lead', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='privacysettings',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "leads_privacysettingsevent" ("ai_retention_days", "id", "message_retention_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "workspace_id") VALUES (NEW."ai_retention_days", NEW."id", NEW."message_retention_days", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."workspace_id"); RETURN NULL;', hash='c128764e287ea979805a007905ba8258eb267fee', operation='INSERT', pgid='pgtrigger_insert_insert_e48c8', table='leads_privacysettings', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='privacysettings',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "leads_privacysettingsevent" ("ai_retention_days", "id", "message_retention_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "workspace_id") VALUES (NEW."ai_retention_days", NEW."id", NEW."message_retention_days", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."workspace_id"); RETURN NULL;', hash='e8703cba261d5eaaa9e489161aae7057872be6f3', operation='UPDATE', pgid='pgtrigger_update_update_d120e', table='leads_privacysettings', when='AFTER')),
        ),
    ]

from django.contrib.postgres.operations import BtreeGinExtension, TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    """Search over names, e-mails and phones: trigrams inside one workspace."""

    dependencies = []
    operations = [TrigramExtension(), BtreeGinExtension()]

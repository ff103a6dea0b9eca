"""The group every active member of staff belongs to, and the first epoch."""

from django.db import migrations

from goettingen_ecm.access.everyone import GROUP_NAME


def create(apps, schema_editor):
    apps.get_model("auth", "Group").objects.get_or_create(name=GROUP_NAME)
    apps.get_model("access", "AccessEpoch").objects.create()


def remove(apps, schema_editor):
    apps.get_model("access", "AccessEpoch").objects.all().delete()
    apps.get_model("auth", "Group").objects.filter(name=GROUP_NAME).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [migrations.RunPython(create, remove)]

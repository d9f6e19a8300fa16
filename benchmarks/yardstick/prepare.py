"""Makes the yardstick's tables and slots with room enough; prints the ids of the slots."""

import os
import sys

import django
from django.core.management import call_command


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.yardstick.settings"
    django.setup()
    call_command("migrate", run_syncdb=True, verbosity=0)
    from benchmarks.yardstick.models import Slot

    slots = Slot.objects.bulk_create(Slot(capacity=20_000) for _ in range(int(sys.argv[1])))
    print(*(slot.pk for slot in slots))


if __name__ == "__main__":
    main()

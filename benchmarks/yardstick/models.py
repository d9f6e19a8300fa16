"""The smallest tables that a booking needs: the other side of P1."""

from django.db import models


class Slot(models.Model):
    capacity = models.IntegerField()
    booked = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(booked__lte=models.F("capacity")), name="yardstick_slot_fits"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Booking(models.Model):
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT)
    name = models.CharField(max_length=150)
    phone = models.CharField(max_length=20)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Outbox(models.Model):
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT)
    address = models.CharField(max_length=254)
    due_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.address

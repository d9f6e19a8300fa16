"""A minimal project around django-appointment; runs in a virtual environment of its own."""

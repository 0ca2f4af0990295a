"""`manage.py doctor`: what is wrong with this installation, and how to put it right (spec 13)."""

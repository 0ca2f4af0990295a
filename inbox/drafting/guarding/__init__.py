"""What a draft may not contain, by subject. Pure: no Django, no database, no clock.

The door is `inbox.drafting.guards`.
"""

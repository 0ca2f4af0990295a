"""The providers' side of every contract, over real HTTP: state, webhooks and faults on demand (spec 15).

For development and tests only. It shares no code and no database with the product: what it knows about a provider it
knows from that provider's contract, so that a misreading in an adapter isn't repeated here.
"""

"""ZRG on one machine: the services it needs and its own processes, for development, demo and tests.

`python -m zrg.local up` runs everything, `run -- COMMAND` runs one command beside it (see `__main__`).
Nothing here is used in production (docker/ is), and nothing here imports Django or an app of ours.
"""

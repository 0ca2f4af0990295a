"""The demo of a fresh machine: two workspaces, their people, and conversations that really passed through the sandbox.

Never in production. Nothing of the product imports this package; `manage.py demo` does."""

"""What the demo tells about itself (`manage.py demo --json`, and every start of `make up`)."""

from __future__ import annotations

import pytest

from integrations import account_fields
from integrations.models import Connection
from zrg.demo import cast, staging
from zrg.workspaces.models import User, Workspace


@pytest.mark.parametrize("provider", account_fields.FIELDS)
def test_whatever_somebody_connected_meanwhile_is_told(alice: User, provider: str) -> None:
    """A start that cannot describe itself stops everything it started."""
    workspace = Workspace.objects.create(name=cast.HARBOR.name, owner=alice)
    connection = Connection.objects.create(workspace=workspace, provider=provider)
    (told,) = staging.describe()["workspaces"][0]["connections"]
    assert told["provider"] == provider
    assert told["webhook_url"].endswith(connection.webhook_token) is (provider != "slack")

"""Ops staff of each kind, signed in."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from tests.conftest import person
from zrg.workspaces.models import User


@pytest.fixture
def olga(db: None) -> User:
    """A superuser."""
    return person("Olga Operator", is_staff=True, is_superuser=True)


def _in_group(name: str, group: str) -> User:
    user = person(name, is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    return user


@pytest.fixture
def otto(db: None) -> User:
    """In the group Ops."""
    return _in_group("Otto Ops", "Ops")


@pytest.fixture
def susi(db: None) -> User:
    """In the group Support."""
    return _in_group("Susi Support", "Support")


@pytest.fixture
def erik(db: None) -> User:
    """In the group Engineering."""
    return _in_group("Erik Engineer", "Engineering")


@pytest.fixture
def desk(client: Client, olga: User) -> Client:
    """The admin, opened by the superuser."""
    client.force_login(olga)
    return client

"""Slack: an agency's own Slack workspace, in which ZRG's bot writes and people click."""

"""Logs, alerts and the dashboard."""

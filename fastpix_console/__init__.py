"""Composition root: settings, addresses, processes. It knows everyone; nobody imports it."""

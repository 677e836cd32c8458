"""Addresses of the events area."""

from django.urls import URLPattern

app_name = "events"
urlpatterns: list[URLPattern] = []

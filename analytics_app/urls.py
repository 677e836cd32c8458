"""Addresses of the analytics area."""

from django.urls import URLPattern

app_name = "analytics"
urlpatterns: list[URLPattern] = []

"""Addresses of search and the public API."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []

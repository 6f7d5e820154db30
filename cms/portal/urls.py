"""The honouree's own pages."""

from django.urls import path

from cms.portal import views

urlpatterns = [
    path("", views.own_file, name="portal"),
    path("start/", views.start, name="portal_start"),
    path("ask/", views.ask, name="portal_ask"),
    path("copy/", views.copy, name="portal_copy"),
    path("requests/<uuid:pk>/back/", views.take_back, name="portal_take_back"),
    path("requests/<uuid:pk>/paper/", views.paper, name="portal_paper"),
]

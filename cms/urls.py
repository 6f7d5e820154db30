"""Addresses. The public ones never change: they are printed on certificates and shared."""

from django.conf import settings
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from cms.pages import views
from search import urls as search_urls

urlpatterns = [
    path("console/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("console/", include(wagtailadmin_urls)),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("papers/", include(wagtaildocs_urls)),
    path("", include(search_urls)),
    re_path(r"^uploads/(?P<path>images/.+)$", views.rendition, name="rendition"),
    path("honourees/<slug:slug>/", views.honouree, name="honouree"),
    path("", include(wagtail_urls)),
]

handler403 = "cms.pages.views.forbidden"
handler404 = "cms.pages.views.not_found"

assert settings.MEDIA_URL == "/uploads/"

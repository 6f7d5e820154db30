"""Addresses. The public ones never change: they are printed on certificates and shared."""

from django.conf import settings
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from cms.pages import sitemaps, views
from search import urls as search_urls

urlpatterns = [
    path("console/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("console/", include(wagtailadmin_urls)),
    path("accounts/", include("allauth.urls")),
    path("language/<slug:code>/", views.language, name="language"),
    path("my/", include("cms.portal.urls")),
    path("papers/", include(wagtaildocs_urls)),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemaps/pages.xml", sitemaps.pages, name="sitemap_pages"),
    path("sitemaps/honourees-<int:section>.xml", sitemaps.honourees, name="sitemap_honourees"),
    path("", include(search_urls)),
    re_path(r"^uploads/(?P<path>images/.+)$", views.rendition, name="rendition"),
    path("honourees/", views.directory, name="directory"),
    path("honourees/<slug:slug>/", views.honouree, name="honouree"),
    path("", include(wagtail_urls)),
]

handler400 = "cms.pages.views.bad_request"
handler403 = "cms.pages.views.forbidden"
handler404 = "cms.pages.views.not_found"

assert settings.MEDIA_URL == "/uploads/"

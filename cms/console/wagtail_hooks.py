"""Addresses, menu, styles and front of the console."""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.models import Page

from cms.console import accounts, file_list, files, holders, honours, imports, private, statistics, trail, units
from cms.console.chooser import chooser
from cms.console.duplicate_urls import duplicate_addresses
from cms.console.home import FrontPanel
from cms.console.life_urls import life_addresses
from cms.pages.rules import may_edit, may_review
from registry.duplicates.rules import may_see_duplicates
from registry.holders.rules import may_read_requests
from registry.organisations.rules import may_enter_console, may_manage_accounts, may_read_audit
from registry.statistics.rules import may_read_statistics

P = ParamSpec("P")
R = TypeVar("R")


class RoleMenuItem(MenuItem):
    """A menu item for those whom a rule admits."""

    def __init__(self, *args: Any, rule: Callable[[Any], bool], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rule = rule

    def is_shown(self, request: HttpRequest) -> bool:
        """Ask the rule."""
        return self.rule(request.user)


def hook(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """`hooks.register` with types: Wagtail ships none."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        hooks.register(name, function)
        return function

    return decorate


@hook("register_admin_urls")
def addresses() -> list[URLPattern]:
    """The console's own screens."""
    return [
        path("people/", file_list.FileList.as_view(), name="console_people"),
        path("collectives/", file_list.CollectiveList.as_view(), name="console_collectives"),
        path("files/add/<str:kind>/", files.FileAdd.as_view(), name="console_file_add"),
        path("files/<int:pk>/", files.FileScreen.as_view(), name="console_file"),
        path("files/<int:pk>/change/", files.FileChange.as_view(), name="console_file_change"),
        path("files/<int:pk>/withhold/", files.FileWithhold.as_view(), name="console_file_withhold"),
        path("files/<int:pk>/portrait/", files.FilePortrait.as_view(), name="console_portrait"),
        path("files/<int:pk>/portrait/remove/", files.FilePortraitRemove.as_view(), name="console_portrait_remove"),
        path("files/<int:pk>/close/", files.FileClose.as_view(), name="console_file_close"),
        path("files/<int:pk>/private/", private.Private.as_view(), name="console_private"),
        path("files/<int:pk>/private/change/", private.PrivateChange.as_view(), name="console_private_change"),
        path("files/<int:pk>/private/copy/", private.PrivateCopy.as_view(), name="console_private_copy"),
        path("files/<int:pk>/private/erase/", private.PrivateErase.as_view(), name="console_private_erase"),
        path("files/<int:pk>/account/", holders.Account.as_view(), name="console_holder"),
        path("files/<int:pk>/account/end/", holders.AccountEnd.as_view(), name="console_holder_end"),
        path("find/", private.Find.as_view(), name="console_find"),
        path("requests/", holders.RequestList.as_view(), name="console_requests"),
        path("requests/<uuid:pk>/", holders.Request.as_view(), name="console_request"),
        path("requests/<uuid:pk>/paper/", holders.Paper.as_view(), name="console_request_paper"),
        path("files/<int:pk>/confer/", honours.Confer.as_view(), name="console_confer"),
        *life_addresses(),
        *duplicate_addresses(),
        path("honours/", honours.HonourList.as_view(), name="console_honours"),
        path("honours/<int:pk>/correct/", honours.Correct.as_view(), name="console_correct"),
        path("honours/<int:pk>/remove/", honours.Remove.as_view(), name="console_remove"),
        path("honours/<int:pk>/revoke/", honours.ProposeRevocation.as_view(), name="console_revoke"),
        path("honours/<int:pk>/revoke/confirm/", honours.ConfirmRevocation.as_view(), name="console_revoke_confirm"),
        path("honours/<int:pk>/revoke/withdraw/", honours.WithdrawRevocation.as_view(), name="console_revoke_withdraw"),
        path("statistics/", statistics.Statistics.as_view(), name="console_statistics"),
        path("titles/", honours.TitleList.as_view(), name="console_titles"),
        path("titles/add/", honours.TitleChange.as_view(), name="console_title_add"),
        path("titles/<int:pk>/", honours.TitleChange.as_view(), name="console_title"),
        path("units/", units.UnitList.as_view(), name="console_units"),
        path("units/add/", units.UnitAdd.as_view(), name="console_unit_add"),
        path("units/<int:pk>/", units.UnitScreen.as_view(), name="console_unit"),
        path("units/<int:pk>/change/", units.UnitChange.as_view(), name="console_unit_change"),
        path("units/<int:pk>/merge/", units.UnitMerge.as_view(), name="console_unit_merge"),
        path("unions/", units.UnionTree.as_view(), name="console_unions"),
        path("imports/", imports.BatchList.as_view(), name="console_imports"),
        path("imports/add/", imports.BatchAdd.as_view(), name="console_import_add"),
        path("imports/template/", imports.Template.as_view(), name="console_import_template"),
        path("imports/<int:pk>/", imports.Batch.as_view(), name="console_import"),
        path("imports/<int:pk>/report/", imports.BatchReport.as_view(), name="console_import_report"),
        path("imports/<int:pk>/corrections/", imports.BatchCorrections.as_view(), name="console_import_corrections"),
        path("imports/<int:pk>/undo/", imports.BatchUndo.as_view(), name="console_import_undo"),
        path("audit/", trail.Trail.as_view(), name="console_audit"),
        path("audit/<int:pk>/", trail.Entry.as_view(), name="console_entry"),
        path("audit/verify/", trail.Verify.as_view(), name="console_verify"),
        path("accounts/", accounts.AccountList.as_view(), name="console_accounts"),
        path("accounts/add/", accounts.AccountAdd.as_view(), name="console_account_add"),
        path("accounts/<int:pk>/", accounts.Account.as_view(), name="console_account"),
        path("accounts/<int:pk>/appoint/", accounts.Appoint.as_view(), name="console_appoint"),
        path("accounts/<int:pk>/password/", accounts.NewPassword.as_view(), name="console_account_password"),
        path("accounts/<int:pk>/reveal/", private.AllowReveal.as_view(), name="console_account_reveal"),
        path("accounts/<int:pk>/switch/", accounts.Switch.as_view(), name="console_account_switch"),
        path("appointments/<int:pk>/end/", accounts.Dismiss.as_view(), name="console_dismiss"),
    ]


def _register(label: Any, name: str, icon: str, order: int, rule: Callable[[Any], bool]) -> None:
    @hook("register_admin_menu_item")
    def item() -> RoleMenuItem:
        return RoleMenuItem(label, reverse(name), name=name, icon_name=icon, order=order, rule=rule)


for _order, (_label, _name, _icon, _rule) in enumerate(
    (
        (_("Imports"), "console_imports", "download", may_enter_console),
        (_("People"), "console_people", "user", may_enter_console),
        (_("Collectives"), "console_collectives", "group", may_enter_console),
        (_("Honours"), "console_honours", "success", may_enter_console),
        (_("Possible duplicates"), "console_duplicates", "copy", may_see_duplicates),
        (_("Statistics"), "console_statistics", "table", may_read_statistics),
        (_("Award titles"), "console_titles", "tag", may_enter_console),
        (_("Units"), "console_units", "home", may_enter_console),
        (_("Union tree"), "console_unions", "site", may_enter_console),
        (_("Requests"), "console_requests", "mail", may_read_requests),
        (_("Audit trail"), "console_audit", "history", may_read_audit),
        (_("Accounts"), "console_accounts", "lock", may_manage_accounts),
    ),
    start=10,
):
    _register(_label, _name, _icon, _order, _rule)


@hook("register_admin_viewset")
def file_chooser() -> Any:
    """The chooser of files for page editors."""
    return chooser


@hook("insert_global_admin_css")
def styles() -> SafeString:
    """Tokens first, then the console's own pieces."""
    return format_html_join(
        "", '<link rel="stylesheet" href="{}">', ((static(f"cms/css/{name}.css"),) for name in ("tokens", "console"))
    )


@hook("construct_homepage_panels")
def front(request: HttpRequest, panels: list[Any]) -> None:
    """Put what waits in front; Wagtail's own panels about pages stay below."""
    panels.insert(0, FrontPanel())


@hook("construct_homepage_summary_items")
def no_summary(request: HttpRequest, items: list[Any]) -> None:
    """The numbers are in the front panel."""
    items.clear()


@hook("construct_settings_menu")
def tidy_settings(request: HttpRequest, items: list[Any]) -> None:
    """Accounts are kept by appointment, not in Wagtail's users and groups."""
    items[:] = [item for item in items if item.name not in ("users", "groups")]


@hook("construct_main_menu")
def tidy_main(request: HttpRequest, items: list[Any]) -> None:
    """The help menu speaks of Wagtail only."""
    items[:] = [item for item in items if item.name != "help"]


def keep_to_the_subtree(request: HttpRequest, page: Any, *_others: Any) -> None:
    """A story is edited, moved or copied only by those who may see the file it is about."""
    if not may_edit(request.user, page):
        raise PermissionDenied


def keep_the_public_site(request: HttpRequest, page: Any, *_others: Any) -> None:
    """What the public sees is changed by reviewers of the file's subtree; what is about no file, by those of the top."""
    keep_to_the_subtree(request, page)
    if not may_review(request.user, page):
        raise PermissionDenied


for _moment in ("edit", "delete", "move", "copy", "convert_alias"):
    hook(f"before_{_moment}_page")(keep_to_the_subtree)
for _moment in ("publish", "unpublish"):
    hook(f"before_{_moment}_page")(keep_the_public_site)


@hook("before_bulk_action")
def keep_bulk_to_the_subtree(request: HttpRequest, action_type: str, objects: list[Any], action: Any) -> None:
    """The same for many pages at once."""
    keep = keep_the_public_site if action_type in ("publish", "unpublish") else keep_to_the_subtree
    for one in objects:
        if isinstance(one, Page):
            keep(request, one)

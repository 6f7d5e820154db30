"""The lists of people and of collectives."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.console.base import Column, ListScreen
from cms.console.filters import FileFilter
from registry.honours.models import Conferral
from registry.honours.queries import level_label
from registry.organisations.regions import region_prefix
from registry.organisations.rules import may_enter_console
from registry.people.enums import Kind
from registry.people.lookup import named
from registry.people.models import Honouree
from registry.people.rules import may_open_file

PLURALS = {Kind.INDIVIDUAL: gettext_lazy("People"), Kind.COLLECTIVE: gettext_lazy("Collectives")}


def file_url(file: Any) -> str:
    """The address of a file's screen."""
    return reverse("console_file", args=[file.pk])


def list_url(kind: str) -> str:
    """The address of the list of a kind."""
    return reverse("console_people" if kind == Kind.INDIVIDUAL else "console_collectives")


PERSONAL = gettext_lazy("Post")


def of_union(chosen: dict[str, Any], prefix: str = "") -> Q:
    """Keep what the chosen union keeps, with all below it or itself only."""
    if "reach" in chosen:
        return Q(**{f"{prefix}union": chosen["union"]})
    return Q(**{f"{prefix}union__path__startswith": chosen["union"].path})


def in_region(code: str, prefix: str = "") -> Q:
    """Keep what lies in a region: a county by its code, a wider one by the beginning of the codes in it."""
    beginning = region_prefix(code)
    return Q(**{f"{prefix}region": code} if beginning == code else {f"{prefix}region__code__startswith": beginning})


# Whatever is withheld isn't public: said as well, so that the index of the few that aren't serves both.
PUBLICITY: dict[str, dict[str, Any]] = {
    "yes": {"is_public": True},
    "withheld": {"withheld": True, "is_public": False},
    "none": {"withheld": False, "is_public": False},
}


class FileList(ListScreen):
    """The files of the user's subtree."""

    kind: str = Kind.INDIVIDUAL
    header_icon = "user"
    filter_form = FileFilter
    default_order = ("pinyin_key", "pk")
    orders = (
        ("pinyin_key", gettext_lazy("by pinyin")),
        ("stroke_key", gettext_lazy("by strokes")),
        ("-latest_year", gettext_lazy("latest honour first")),
        ("-highest_rank", gettext_lazy("highest honour first")),
    )
    columns: Sequence[Column] = (
        Column(gettext_lazy("Name"), lambda file: file.name, "pinyin_key", file_url),
        Column(gettext_lazy("Sex"), lambda file: file.get_sex_display(), short=True),
        Column(gettext_lazy("Unit"), lambda file: file.unit_name),
        Column(PERSONAL, lambda file: file.position),
        Column(gettext_lazy("Highest honour"), lambda file: file.headline),
        Column(gettext_lazy("Level"), lambda file: level_label(file.highest_rank), "highest_rank", short=True),
        Column(gettext_lazy("Latest honour"), lambda file: file.latest_year or "", "latest_year", short=True),
        Column(gettext_lazy("Honours"), lambda file: file.honour_count, "honour_count", short=True),
        Column(gettext_lazy("Region"), lambda file: file.region or "", short=True),
        Column(gettext_lazy("Keeping union"), lambda file: file.union),
        Column(
            gettext_lazy("Public"),
            lambda file: _("withheld") if file.withheld else _("yes") if file.is_public else _("no"),
            short=True,
        ),
    )

    def allowed(self) -> bool:
        """Everybody with an appointment sees the own subtree."""
        return may_enter_console(self.request.user)

    def get_page_title(self) -> str:
        """People, or collectives."""
        return str(PLURALS[Kind(self.kind)])

    @property
    def export_name(self) -> str:  # type: ignore[override]
        """Named by kind."""
        return self.kind

    @property
    def actions(self) -> list[tuple[str, str]]:  # type: ignore[override]
        """What registry officers can do here."""
        if not may_open_file(self.request.user):
            return []
        return [
            (_("Open a file"), reverse("console_file_add", args=[self.kind])),
            (_("Import a list"), reverse("console_import_add")),
            (_("Find by number"), reverse("console_find")),
        ]

    def filter_arguments(self) -> dict[str, Any]:
        """The filter offers the own subtree's unions and regions."""
        return {"user": self.request.user, "kind": self.kind}

    def rows(self) -> QuerySet[Any]:
        """The kind's files in the subtree."""
        found: QuerySet[Any] = (
            Honouree.objects.visible_to(self.request.user).filter(kind=self.kind).select_related("region", "union")
        )
        return found

    def narrow(self, rows: QuerySet[Any], chosen: dict[str, Any]) -> QuerySet[Any]:
        """By word, honour, place, union, publicity. A revoked honour doesn't count, as everywhere else."""
        if word := chosen.get("q"):
            rows = named(rows, word)
        if "figure" in chosen:
            rows = rows.filter(pk__in=chosen["figure"].rows())
        honour = {name: chosen[name] for name in ("level", "title", "year") if name in chosen}
        if honour:
            rows = rows.filter(Exists(Conferral._base.filter(honouree=OuterRef("pk"), is_revoked=False, **honour)))
        if "union" in chosen:
            rows = rows.filter(of_union(chosen))
        if "region" in chosen:
            rows = rows.filter(in_region(chosen["region"].code))
        rows = rows.filter(**{name: chosen[name] for name in ("sex", "ethnicity") if name in chosen})
        return rows.filter(**PUBLICITY[chosen["public"]]) if "public" in chosen else rows


class CollectiveList(FileList):
    """The collectives of the user's subtree."""

    kind = Kind.COLLECTIVE
    header_icon = "group"
    columns = (
        Column(gettext_lazy("Name of the collective"), lambda file: file.name, "pinyin_key", file_url),
        *(column for column in FileList.columns[2:] if column.label != PERSONAL),
    )

"""What the public, the index and the lists read of files and honours. Only public facts leave through here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from registry.fields import partial_date_label
from registry.honours.enums import LEVEL_OF_RANK, Level
from registry.honours.models import Conferral
from registry.organisations.regions import region_prefix
from registry.people.enums import NameKind
from registry.people.models import Honouree, OtherName, Post, Source
from registry.prepared import Prepared
from registry.text.pinyin import surname

ORDERS: dict[str, tuple[str, ...]] = {
    "year": ("-latest_year", "-pk"),
    "pinyin": ("pinyin_key", "pk"),
    "stroke": ("stroke_key", "pk"),
}
NAMES_AT_ONCE = 25
BESIDE = 3
NONE_HAS = "\ue000"


@dataclass(frozen=True)
class HonoureeCard:
    """What a list shows of one file."""

    pk: int
    slug: str
    url: str
    kind: str
    name: str
    aliases: list[str]
    sex_label: str
    unit: str
    position: str
    region: str
    headline_title: str
    headline_level_label: str
    headline_year: int | None
    honour_count: int
    surname: str
    portrait: Any = None
    summary: str = ""
    is_published_story: bool = False


@dataclass(frozen=True)
class HonourLine:
    """One honour in force, as the public reads it."""

    title: str
    level_label: str
    treatment_label: str
    year: int | None
    year_inferred: bool
    date_label: str
    conferred_by: str
    document_number: str
    certificate_number: str
    unit: str
    position: str
    note: str
    browse_url: str


@dataclass(frozen=True)
class PostLine:
    """One post, as the public reads it. `seen_label` is the year of a list that names it, where no dates are known."""

    unit: str
    position: str
    from_label: str
    to_label: str
    seen_label: str = ""


@dataclass(frozen=True)
class PublicProfile(HonoureeCard):
    """Everything public about one person or collective."""

    former_names: list[str] = field(default_factory=list)
    known_as: list[str] = field(default_factory=list)
    sex: str = ""
    ethnicity: str = ""
    born: str = ""
    died: str = ""
    native_place: str = ""
    political_status: str = ""
    education: str = ""
    identity_class: str = ""
    head: str = ""
    posts: list[PostLine] = field(default_factory=list)
    honours: list[HonourLine] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    union_name: str = ""
    same_unit: list[HonoureeCard] = field(default_factory=list)
    same_year: list[HonoureeCard] = field(default_factory=list)
    same_region: list[HonoureeCard] = field(default_factory=list)


@dataclass(frozen=True)
class Filters:
    """What a visitor narrowed the list to; empty means everything."""

    year: str = ""
    level: str = ""
    title: str = ""
    region: str = ""
    industry: str = ""
    kind: str = ""

    def chosen(self) -> dict[str, str]:
        """Return the non-empty filters."""
        return {name: value for name, value in vars(self).items() if value}


def public_honourees() -> QuerySet[Honouree]:
    """Files that the public may see."""
    found: QuerySet[Honouree] = Honouree.objects.everywhere("public facts only").filter(is_public=True)
    return found


def cards_query(files: QuerySet[Honouree] | None = None) -> QuerySet[Honouree]:
    """Add what a card needs, without a query per row."""
    return (public_honourees() if files is None else files).select_related("region")


def filtered(filters: Filters, files: QuerySet[Honouree] | None = None) -> QuerySet[Honouree]:
    """Narrow public files. Year, level and title must hold of one and the same honour."""
    found = public_honourees() if files is None else files
    if filters.kind:
        found = found.filter(kind=filters.kind)
    if filters.region:
        found = found.filter(region__code__startswith=region_prefix(filters.region))
    if filters.industry:
        found = found.filter(industry=filters.industry)
    honour: dict[str, Any] = {}
    if filters.year:
        honour["year"] = (
            int(filters.year) if filters.year.isascii() and filters.year.isdigit() and len(filters.year) <= 4 else -1
        )
    if filters.level:
        honour["level"] = filters.level
    if filters.title:
        honour["title__code"] = filters.title
    if honour:
        found = found.filter(Exists(Conferral._base.filter(honouree=OuterRef("pk"), is_revoked=False, **honour)))
    return found


def cards(files: Iterable[Honouree]) -> list[HonoureeCard]:
    """Make the cards of files fetched by `cards_query`; their other names take one query for each `NAMES_AT_ONCE` files."""
    files = list(files)
    names: dict[int, list[OtherName]] = {file.pk: [] for file in files}
    for other in _NAMES_OF(files=list(names)):
        names[other.honouree_id].append(other)
    return [HonoureeCard(**_card_facts(file, names[file.pk])) for file in files]


def public_profile(slug: str) -> PublicProfile | None:
    """Everything public about the file at an address; None when there is no such file, or none that the public may see."""
    file = public_file(slug)
    return profile_of(file) if file else None


def public_file(slug: str) -> Honouree | None:
    """Return the file at an address, if the public may see it, for `profile_of` and `beside`."""
    return next(iter(_FILE_AT(slug=slug)), None)


def profile_of(file: Honouree) -> PublicProfile:
    """Everything public about a file fetched by `public_file`."""
    names = _NAMES_OF(files=[file.pk])
    return PublicProfile(
        **_card_facts(file, names),
        former_names=[other.name for other in names if other.kind == NameKind.FORMER],
        known_as=[other.name for other in names if other.kind == NameKind.KNOWN_AS],
        sex=file.get_sex_display() if file.sex else "",
        ethnicity=str(file.ethnicity or ""),
        born=partial_date_label(file.born),
        died=partial_date_label(file.died),
        native_place=file.native_place,
        political_status=str(file.political_status or ""),
        education=file.get_education_display() if file.education else "",
        identity_class=file.get_identity_class_display() if file.identity_class else "",
        head=file.head,
        posts=[_post_line(post) for post in _POSTS_OF(file=file.pk)],
        honours=[honour_line(conferral) for conferral in _IN_FORCE_OF(file=file.pk)],
        sources=[source.title for source in _SOURCES_OF(file=file.pk)],
        union_name=file.union.name,
    )


def beside(file: Honouree) -> list[Honouree]:
    """Return up to `BESIDE` public files each of the same unit, the same latest year and the same region, latest honour first."""
    # Where this file says nothing, values that no file has.
    return _BESIDE(
        file=file.pk,
        unit_name=file.unit_name or NONE_HAS,
        latest_year=file.latest_year or -1,
        region=file.region_id or NONE_HAS,
    )


def _build_beside(file: int, **same: Any) -> QuerySet[Honouree]:
    others = public_honourees().exclude(pk=file).order_by("-latest_year", "-pk")
    wanted = Q()
    for fact, value in same.items():
        wanted |= Q(pk__in=others.filter(**{fact: value}).values("pk")[:BESIDE])
    return cards_query().filter(wanted).order_by("-latest_year", "-pk")


def _build_in_force(file: int) -> QuerySet[Conferral]:
    return Conferral._base.filter(is_revoked=False, honouree=file).select_related("title").order_by("year", "pk")


_FILE_AT = Prepared(
    lambda slug: (
        public_honourees()
        .filter(slug=slug)
        .select_related("region", "ethnicity", "political_status", "union")
        .order_by()
    ),
    slug=str,
)
_NAMES_OF = Prepared(lambda files: OtherName.objects.filter(honouree__in=files), files=NAMES_AT_ONCE)
_POSTS_OF = Prepared(lambda file: Post.objects.filter(honouree=file), file=int)
_SOURCES_OF = Prepared(lambda file: Source.objects.filter(honouree=file), file=int)
_IN_FORCE_OF = Prepared(_build_in_force, file=int)
_BESIDE = Prepared(_build_beside, file=int, unit_name=str, latest_year=int, region=str)


def honour_line(conferral: Conferral) -> HonourLine:
    """Make the public line of one honour."""
    return HonourLine(
        title=conferral.title.name,
        level_label=conferral.get_level_display(),
        # Said only where it tells something: a treatment equal to the level goes without saying.
        treatment_label=conferral.get_treatment_level_display() if conferral.treatment_level != conferral.level else "",
        year=conferral.year,
        year_inferred=conferral.year_inferred,
        date_label=partial_date_label(conferral.granted_on) if len(conferral.granted_on) > 4 else "",
        conferred_by=conferral.conferred_by,
        document_number=conferral.document_number,
        certificate_number=conferral.certificate_number,
        unit=conferral.unit_name,
        position=conferral.position,
        note="",
        browse_url=f"/honourees/?title={conferral.title.code}",
    )


def level_label(rank: int) -> str:
    """Write a level's rank for readers."""
    level = LEVEL_OF_RANK.get(rank, "")
    return str(Level(level).label) if level else ""


def surname_of(name: str, kind: str) -> str:
    """What the seal shows when there is no portrait: the surname, or a collective's first character."""
    letters = [character for character in name if character.isalnum()]
    return surname(name) if kind == "individual" else "".join(letters[:1])


def _card_facts(file: Honouree, names: Iterable[OtherName]) -> dict[str, Any]:
    return {
        "pk": file.pk,
        "slug": file.slug,
        "url": file.get_absolute_url(),
        "kind": file.kind,
        "name": file.name,
        "aliases": [other.name for other in names if other.kind == NameKind.KNOWN_AS],
        "sex_label": _("female") if file.sex == "female" else "",
        "unit": file.unit_name if file.unit_name != file.name else "",
        "position": file.position,
        "region": file.region.name if file.region else "",
        "headline_title": file.headline,
        "headline_level_label": level_label(file.highest_rank),
        "headline_year": file.headline_year,
        "honour_count": file.honour_count,
        "surname": surname_of(file.name, file.kind),
    }


def _post_line(post: Any) -> PostLine:
    since, until = partial_date_label(post.since), partial_date_label(post.until)
    seen = partial_date_label(str(post.seen_in)) if post.seen_in and not (since or until) else ""
    return PostLine(post.unit_name, post.position, since, until, seen)


def honours_of(file: Honouree) -> Sequence[Conferral]:
    """All honours of a file, revoked ones too, for the console."""
    return list(
        Conferral._base.filter(honouree=file).select_related("title", "region", "revocation").order_by("-year", "-pk")
    )

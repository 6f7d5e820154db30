"""A figure in words, for the list that shows the rows behind it."""

from datetime import date

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from registry.organisations.models import UnionNode
from registry.statistics.axes import Axis, Grouping, Scope
from registry.statistics.dimensions import UNKNOWN, Dimension
from registry.statistics.queries import Figure


def words_of(figure: Figure) -> str:
    """Say where and when is counted and within which facts: `宁夏总工会 · 层级：国家级 · 截至2024年5月1日`."""
    names = dict(UnionNode.objects.filter(pk__in=(figure.node, figure.under, figure.at)).values_list("pk", "name"))
    parts = [names[figure.node]] if figure.node in names else []
    kept = figure.under or figure.at
    if kept and kept in names:
        line = _("%(union)s itself") if figure.at else "%(union)s"
        parts.append(_("%(fact)s: %(value)s") % {"fact": Dimension.UNION.label, "value": line % {"union": names[kept]}})
    if figure.outside:
        parts.append(_("kept by other unions"))
    for name, low, high in figure.ranges:
        parts.append(_("%(fact)s: %(value)s") % {"fact": Dimension(name).label, "value": _value(name, low, high)})
    if day := day_of(figure):
        parts.append(_("as of %(day)s") % {"day": date_format(day, "DATE_FORMAT")})
    return " · ".join(parts)


def day_of(figure: Figure) -> date | None:
    """Return the past day of a figure; None for now, or for a number that is no day."""
    try:
        return date(figure.day // 10_000, figure.day // 100 % 100, figure.day % 100) if figure.day else None
    except ValueError:
        return None


def _value(name: str, low: int, high: int) -> str:
    if name == Dimension.BORN and low > UNKNOWN:
        if low == 1:
            return _("born in %(year)d or before") % {"year": high}
        if high == 9999:
            return _("born in %(year)d or later") % {"year": low}
        return _("born from %(low)d to %(high)d") % {"low": low, "high": high}
    if name == Dimension.YEAR and low != high:
        return _("%(low)d to %(high)d") % {"low": low, "high": high}
    axis = Axis.AGE if name == Dimension.BORN else Axis(name)
    return Grouping(axis, scope=Scope(()), day=timezone.localdate()).lines([low], all_lines=False)[0].label

"""What a row would do: the file it belongs to, the honour it gives, the facts it changes. Nothing is written here."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from registry.honours.models import Conferral, HonourTitle
from registry.honours.rules import may_edit_titles
from registry.intake.book import Book
from registry.intake.enums import Choice, RowStatus
from registry.intake.facts import level_label
from registry.intake.matching import DOUBT, SURE, Candidate, Score, score
from registry.intake.models import IntakeRow
from registry.intake.private import facts_in, label_of
from registry.intake.resources import HONOURS, table_of
from registry.organisations.models import UnionNode
from registry.organisations.rules import paths_of, sees_everything
from registry.people.models import Honouree
from registry.people.rules import may_edit_file
from registry.secrets.fields import DOTS

PLACE_FACTS = frozenset({"unit_name", "position", "region"})
OF_NUMBER = Score(100, ("number",))


@dataclass
class Plan:
    """What one row would do."""

    status: str
    file: Honouree | None = None
    follows: int | None = None
    union: UnionNode | None = None
    title: HonourTitle | None = None
    conferral: Conferral | None = None
    differences: list[dict[str, Any]] = field(default_factory=list)
    messages: list[dict[str, str]] = field(default_factory=list)
    proposals: list[dict[str, Any]] = field(default_factory=list)
    # Private facts that a file that is there takes from the row, by name. A new file takes all, but a phone that somebody else has.
    private: list[str] = field(default_factory=list)
    phone_taken: bool = False

    def say(self, level: str, column: str, text: str, code: str) -> None:
        """Add a remark."""
        self.messages.append({"level": level, "column": column, "text": text, "code": code})


def plan_row(row: IntakeRow, book: Book) -> Plan:
    """Plan one row; rows must come in their order, so that later ones find the files that earlier ones open."""
    facts = row.data
    plan = Plan(status=RowStatus.NEW)
    if row.choice == Choice.SKIP:
        return Plan(status=RowStatus.REFUSED)
    if any(message["level"] == "error" and not message.get("planned") for message in row.messages):
        return Plan(status=RowStatus.REFUSED)
    if row.asks:
        return Plan(status=RowStatus.DOUBTFUL)
    _place(plan, facts, book)
    _title(plan, facts, book)
    if plan.status == RowStatus.REFUSED:
        return plan
    _whose(plan, row, book)
    if plan.status in (RowStatus.DOUBTFUL, RowStatus.REFUSED):
        return plan
    if plan.file is not None:
        _compare(plan, row, book)
    elif plan.follows is None:
        book.add(candidate_of(row))
    if row.private is not None:
        _private(plan, row, book)
    return plan


def candidate_of(row: IntakeRow) -> Candidate:
    """The row as something to compare with."""
    facts = row.data
    return Candidate(
        kind=facts["kind"],
        name=facts["name"],
        row=row.number,
        sex=facts["sex"],
        ethnicity=facts["ethnicity"],
        born=facts["born"],
        region=facts["region_code"],
        unit=facts["unit"],
        units={facts["unit_key"]} - {""},
        honours={(facts["title_key"], facts["year"])},
        sources={facts["source"]} - {""},
        number=row.identity_digest or "",
    )


def _refuse(plan: Plan, column: str, text: str, code: str) -> None:
    plan.status = RowStatus.REFUSED
    plan.say("error", column, text, code)


def _place(plan: Plan, facts: dict[str, Any], book: Book) -> None:
    node = book.node_for(facts["unit_region_code"] or facts["region_code"])
    plan.union = node if node and node.path.startswith(book.union.path) else book.union
    if node and not node.path.startswith(book.union.path) and not book.union.path.startswith(node.path):
        text = _("“%(region)s” is outside your union's area. Ask the federation above to import this row.")
        _refuse(plan, "region", text % {"region": facts["region"] or node.name}, "outside_area")


def _title(plan: Plan, facts: dict[str, Any], book: Book) -> None:
    plan.title = book.titles.get(facts["title_key"])
    if plan.title:
        facts["title_key"] = plan.title.name_key
        allowed = plan.title.for_individuals if facts["kind"] == "individual" else plan.title.for_collectives
        if not allowed:
            plan.say("warning", "title", _("So far this title isn't given to this kind of holder."), "unusual_holder")
        if plan.title.is_ambiguous:
            plan.say("warning", "title", _("The source doesn't say which of two titles it is."), "ambiguous_title")
    elif not facts["level"]:
        _refuse(
            plan,
            "level",
            _("The level of this title isn't known. Give the level, or add the title first."),
            "level_unknown",
        )
    elif not may_edit_titles(book.actor):
        _refuse(
            plan,
            "title",
            _("This award title isn't in the register. Ask the federation to add it first."),
            "title_unknown",
        )
    else:
        plan.say("info", "title", _("This award title is new and will be added."), "new_title")


def _whose(plan: Plan, row: IntakeRow, book: Book) -> None:
    me = candidate_of(row)
    namesakes = book.candidates.get((me.kind, row.data["name_key"]), [])
    holder = book.numbers.get(me.number)
    if holder is not None and not _by_number(plan, row, holder, holder in namesakes, book):
        return
    scored: list[tuple[Score, Candidate]] = [(OF_NUMBER, holder)] if holder else []
    for candidate in namesakes if holder is None else ():
        found = score(me, candidate)
        if found is not None:
            scored.append((found, candidate))
    scored.sort(key=lambda pair: (-pair[0].points, pair[1].pk or 0, pair[1].row or 0))
    chosen = _chosen(row, scored)
    if row.choice == Choice.NEW:
        return
    if chosen is None and scored:
        top = scored[0][0].points
        rivals = [pair for pair in scored if pair[0].points >= SURE]
        if top >= SURE and (len(rivals) == 1 or rivals[0][0].points > rivals[1][0].points):
            chosen = scored[0][1]
        elif top >= DOUBT:
            plan.status = RowStatus.DOUBTFUL
            _propose(plan, [pair for pair in scored if pair[0].points >= DOUBT], book)
            return
    if chosen is None:
        return
    if chosen.pk is not None and not may_edit_file(book.actor, book.files[chosen.pk]):
        plan.status = RowStatus.DOUBTFUL
        _kept_elsewhere(plan)
        return
    # What this row says of the holder helps the batch's other rows about the same one.
    chosen.units |= me.units
    if chosen.pk is None:
        plan.follows = chosen.row
        chosen.honours |= me.honours
        chosen.sex, chosen.ethnicity = chosen.sex or me.sex, chosen.ethnicity or me.ethnicity
        chosen.born = max(chosen.born, me.born, key=len)
        return
    plan.file = book.files[chosen.pk]


def _by_number(plan: Plan, row: IntakeRow, holder: Candidate, same_name: bool, book: Book) -> bool:
    """Say whether the row is the holder's of its identity number: of the same name it is; of another name somebody must look."""
    if row.choice == Choice.NEW:
        text = _(
            "Another file holds this identity number, and one person has one file. "
            "Say that it is the same, or correct the number in the list."
        )
        _refuse(plan, "identity_number", text, "number_taken")
        return False
    if same_name or (row.choice == Choice.MATCH and row.match_id == holder.pk):
        return True
    plan.status = RowStatus.DOUBTFUL
    if holder.pk is not None and not _shown(holder, book):
        _kept_elsewhere(plan)
        return False
    _propose(plan, [(OF_NUMBER, holder)], book, say=False)
    text = _(
        "The file “%(name)s” holds this identity number, under another name. "
        "Say whether it is the same person; if not, correct the number in the list."
    )
    plan.say("warning", "identity_number", text % {"name": holder.name}, "number_other_name")
    return False


def _chosen(row: IntakeRow, scored: list[tuple[Score, Candidate]]) -> Candidate | None:
    if row.match_id:
        # Settled by a clerk, or found by the check before: the commit keeps to it while it still is plausible.
        least = 0 if row.choice == Choice.MATCH else DOUBT
        return next((one for found, one in scored if one.pk == row.match_id and found.points >= least), None)
    return scored[0][1] if scored and row.choice == Choice.MATCH else None


def _shown(candidate: Candidate, book: Book) -> bool:
    return sees_everything(book.actor) or any(
        own.startswith(path) for own in candidate.paths for path in paths_of(book.actor)
    )


def _kept_elsewhere(plan: Plan) -> None:
    plan.say(
        "warning", "name", _("A file with this name is kept by another union. Ask the federation."), "kept_elsewhere"
    )


def _propose(plan: Plan, scored: list[tuple[Score, Candidate]], book: Book, *, say: bool = True) -> None:
    for found, candidate in scored[:5]:
        if candidate.pk is not None and not _shown(candidate, book):
            _kept_elsewhere(plan)
            continue
        plan.proposals.append(
            {
                "file": candidate.pk,
                "row": candidate.row,
                "name": candidate.name,
                "unit": candidate.unit,
                "born": candidate.born,
                "score": found.points,
                "reasons": list(found.reasons),
            }
        )
    if plan.proposals and say:
        text = _("There is somebody of this name already; say whether it is the same.")
        plan.say("warning", "name", text, "doubtful")


def _compare(plan: Plan, row: IntakeRow, book: Book) -> None:
    file = plan.file
    if file is None:
        return
    table = table_of(file.kind)
    had, given = table.cells(file), table.given(row.data)
    for name in table.compared:
        _compare_fact(plan, row, file, name, had[name], given[name])
    _drop_old_post(plan, had, given)
    plan.conferral = _held(book.held[file.pk], plan.title, row.data)
    if plan.conferral is None:
        _compare_ambiguous(plan, book.held[file.pk], row.data)
        new = " ".join(str(part) for part in (row.data["title"], row.data["year"]) if part)
        plan.differences.append({"field": "honour", "label": _("honour"), "old": "", "new": new, "applied": True})
    else:
        _compare_honour(plan, row.data)
    _settle_status(plan)


def _settle_status(plan: Plan) -> None:
    plan.status = RowStatus.CHANGED if any(one["applied"] for one in plan.differences) else RowStatus.SAME


def _private(plan: Plan, row: IntakeRow, book: Book) -> None:
    """Which private facts the file takes: what it doesn't have yet. What it has is never overwritten, and nothing is said of the values."""
    owner = plan.file.pk if plan.file is not None else -(plan.follows or row.number)
    if row.phone_digest and book.phones.setdefault(row.phone_digest, owner) != owner:
        plan.phone_taken = True
        text = _("Somebody else has this phone number already; it was left out. Ask for the person's own.")
        plan.say("warning", "phone", text, "phone_taken")
    if plan.file is None:
        return
    held = book.private.get(plan.file.pk)
    for name, text in facts_in(row).items():
        if name == "phone" and plan.phone_taken:
            continue
        if held is None or not getattr(held, name):
            plan.private.append(name)
            plan.differences.append(
                {"field": f"private.{name}", "label": label_of(name), "old": "", "new": DOTS, "applied": True}
            )
        elif name != "identity_number" and held.plain(name) != text:
            said = _("%(label)s: the file has another one, which stays. Compare both.")
            plan.say("warning", name, said % {"label": label_of(name)}, "private_conflict")
    _settle_status(plan)


def _drop_old_post(plan: Plan, old: dict[str, str], new: dict[str, str]) -> None:
    """A new unit without a post: the post at the old unit isn't held there."""
    moved = any(one["field"] == "unit_name" and one["old"] and one["applied"] for one in plan.differences)
    if moved and old["position"] and not new["position"]:
        label = str(Honouree._meta.get_field("position").verbose_name)
        plan.differences.append(
            {"field": "position", "label": label, "old": old["position"], "new": "", "applied": True}
        )


def _compare_ambiguous(plan: Plan, held: list[Conferral], facts: dict[str, Any]) -> None:
    """The same year's honour may be the same one, where one source doesn't say which of two titles it was."""
    title = plan.title
    for conferral in held:
        other = conferral.title
        if title is None or conferral.year != facts["year"] or title.is_ambiguous == other.is_ambiguous:
            continue
        wide, narrow = (title, other) if title.is_ambiguous else (other, title)
        if narrow.name in wide.name:
            text = _("The file already has “%(title)s” of that year; it may be the same honour.")
            plan.say("warning", "title", text % {"title": other.name}, "perhaps_same_honour")


def _compare_fact(plan: Plan, row: IntakeRow, file: Honouree, name: str, old: str, new: str) -> None:
    if not new or new == old or (name in ("born", "died") and old.startswith(new)):
        return
    later = (row.data["year"] or 0) > file.latest_year
    finer = name in ("born", "died") and bool(old) and new.startswith(old)
    applied = not old or finer or row.choice == Choice.MATCH or (name in PLACE_FACTS and later)
    if name in PLACE_FACTS and not applied:
        return
    label = str(Honouree._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    plan.differences.append({"field": name, "label": label, "old": old, "new": new, "applied": applied})
    if not applied:
        text = _("%(label)s: the file says “%(old)s”, the list says “%(new)s”; the file's stays.")
        plan.say("warning", name, text % {"label": label, "old": old, "new": new}, "conflict")


def _held(held: list[Conferral], title: HonourTitle | None, facts: dict[str, Any]) -> Conferral | None:
    mine = [conferral for conferral in held if title is not None and conferral.title_id == title.pk]
    exact = [conferral for conferral in mine if conferral.year == facts["year"]]
    if exact:
        return exact[0]
    loose = [conferral for conferral in mine if conferral.year is None or facts["year"] is None]
    return loose[0] if loose else None


def honour_values(facts: dict[str, Any]) -> dict[str, Any]:
    """The honour's facts that a row gives."""
    return {
        "treatment_level": facts["treatment"],
        "granted_on": facts["granted_on"],
        "document_number": facts["document_number"],
        "certificate_number": facts["certificate_number"],
        "source": facts["source"],
        "note": facts["note"],
    }


def _compare_honour(plan: Plan, facts: dict[str, Any]) -> None:
    conferral = plan.conferral
    if conferral is None:
        return
    changed: list[tuple[str, Any, Any]] = []
    if facts["year"] and conferral.year is None:
        changed.append(("year", "", facts["year"]))
    if conferral.year_inferred and facts["year"] and not facts["year_inferred"]:
        changed.append(("year_inferred", True, False))
    had, given = HONOURS.cells(conferral), HONOURS.given(facts)
    changed += [(name, "", given[name]) for name in honour_values(facts) if given[name] and not had[name]]
    for name, old, new in changed:
        label = str(Conferral._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
        plan.differences.append({"field": f"honour.{name}", "label": label, "old": old, "new": new, "applied": True})
    if facts["level"] and facts["level"] != conferral.level:
        text = _("The register has this honour at %(old)s, the list says %(new)s; the register's stays.")
        words = {"old": level_label(conferral.level), "new": level_label(facts["level"])}
        plan.say("warning", "level", text % words, "level_conflict")


def fact(facts: dict[str, Any], name: str) -> str:
    """A row's fact under the file's name for it."""
    return str(facts[{"unit_name": "unit", "region": "region_code"}.get(name, name)] or "")

"""The account of the person whom a file is about, and what that person asks to have put right."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.console.base import Column, FormScreen, ListScreen, Screen
from cms.console.file_list import file_url
from cms.console.files import OfFile
from cms.console.filters import with_blank
from cms.console.forms import ReasonForm
from cms.portal.views import handed_out
from registry.holders import actions
from registry.holders.enums import Fact, RequestState
from registry.holders.models import CorrectionRequest
from registry.holders.rules import may_answer, may_invite, may_read_requests, may_unbind
from registry.people.private import PrivateFacts


class Account(OfFile):
    """Whether the person has an account; make a code, take it back, end the account."""

    template_name = "console/holder.html"
    page_title = gettext_lazy("The person's own account")
    header_icon = "user"

    def allowed(self) -> bool:
        """The registry officer of a person's file."""
        return self.file.is_person and may_unbind(self.request.user, self.file)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Make a code, shown this once, or take it back."""
        code = ""
        if "end" in request.POST:
            actions.take_back_invitation(self.file, actor=request.user)  # type: ignore[arg-type]
            messages.success(request, _("The code is worthless now."))
            return redirect("console_holder", self.file.pk)
        if may_invite(request.user, self.file) and not hasattr(self.file, "own_account"):
            code = actions.invite(self.file, actor=request.user)  # type: ignore[arg-type]
        answer = self.render_to_response(self.get_context_data(code=code))
        answer["Cache-Control"] = "no-store"
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Account, code, requests."""
        return {
            **super().get_context_data(**kwargs),
            "file": self.file,
            "binding": getattr(self.file, "own_account", None),
            "invitation": getattr(self.file, "invitation", None),
            "may_invite": may_invite(self.request.user, self.file),
            "code": kwargs.get("code", ""),
            "address": self.request.build_absolute_uri(reverse("portal_start")),
        }


class AccountEnd(OfFile, FormScreen):
    """Part account and file."""

    page_title = gettext_lazy("End the person's account")
    form_class = ReasonForm
    submit = gettext_lazy("End the account")
    danger = True
    success = gettext_lazy("The account doesn't open this file any more.")

    def allowed(self) -> bool:
        """The registry officer, while there is an account."""
        return hasattr(self.file, "own_account") and may_unbind(self.request.user, self.file)

    def act(self, clean: dict[str, Any]) -> str:
        """End it."""
        actions.unbind(self.file, actor=self.request.user, reason=clean["reason"])  # type: ignore[arg-type]
        return reverse("console_holder", args=[self.file.pk])


class RequestFilter(forms.Form):
    """Narrow the requests."""

    state = forms.ChoiceField(label=gettext_lazy("State"), choices=with_blank(RequestState.choices), required=False)
    fact = forms.ChoiceField(label=gettext_lazy("What is wrong"), choices=with_blank(Fact.choices), required=False)
    q = forms.CharField(label=gettext_lazy("Name"), required=False)


class RequestList(ListScreen):
    """What honourees ask to have put right."""

    page_title = gettext_lazy("Requests for corrections")
    header_icon = "mail"
    export_name = "requests"
    filter_form = RequestFilter
    default_order = ("-asked_at", "-pk")
    empty = gettext_lazy("No honouree has asked for anything.")
    columns = (
        Column(
            gettext_lazy("Name"),
            lambda row: row.honouree.name,
            "",
            lambda row: reverse("console_request", args=[row.pk]),
        ),
        Column(gettext_lazy("What is wrong"), lambda row: row.get_fact_display()),
        Column(gettext_lazy("Keeping union"), lambda row: row.honouree.union),
        Column(gettext_lazy("Asked"), lambda row: row.asked_at, "asked_at", short=True),
        Column(gettext_lazy("State"), lambda row: row.get_state_display(), short=True),
        Column(gettext_lazy("Answered by"), lambda row: row.answered_by or ""),
    )

    def allowed(self) -> bool:
        """Registry officers."""
        return may_read_requests(self.request.user)

    def rows(self) -> QuerySet[Any]:
        """Those of the own subtree."""
        found: QuerySet[Any] = CorrectionRequest.objects.visible_to(self.request.user)
        return found.select_related("honouree__union", "answered_by")

    def narrow(self, rows: QuerySet[Any], chosen: dict[str, Any]) -> QuerySet[Any]:
        """By state, fact, name."""
        if word := chosen.get("q"):
            rows = rows.filter(honouree__name__contains=word)
        return rows.filter(**{name: chosen[name] for name in ("state", "fact") if name in chosen})


class AnswerForm(forms.Form):
    """Accepted or not, and what the asker reads."""

    accepted = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=(("yes", gettext_lazy("it is put right")), ("no", gettext_lazy("it stays as it is"))),
        widget=forms.RadioSelect,
    )
    text = forms.CharField(label=gettext_lazy("Reply"), max_length=1000, widget=forms.Textarea({"rows": 3}))


class OfRequest(Screen):
    """A screen about one request."""

    @cached_property
    def asked(self) -> CorrectionRequest:
        """The request, or 404 outside the subtree."""
        rows = CorrectionRequest.objects.visible_to(self.request.user).select_related(
            "honouree__union", "honouree__industry_union", "answered_by"
        )
        found: CorrectionRequest = get_object_or_404(rows, pk=self.kwargs["pk"])
        return found

    def allowed(self) -> bool:
        """Registry officers of the subtree."""
        return may_read_requests(self.request.user) and bool(self.asked)


class Request(OfRequest, FormScreen):
    """One request, with the answer's form while it waits."""

    template_name = "console/request.html"
    header_icon = "mail"
    form_class = AnswerForm
    submit = gettext_lazy("Send the reply")
    success = gettext_lazy("The answer stands in the person's file.")
    crumbs = ((gettext_lazy("Requests for corrections"), "../"),)

    def get_page_title(self) -> str:
        """Whose and what."""
        return str(self.asked)

    def act(self, clean: dict[str, Any]) -> str:
        """Answer."""
        actions.answer(self.asked, actor=self.request.user, accepted=clean["accepted"] == "yes", text=clean["text"])  # type: ignore[arg-type]
        return reverse("console_request", args=[self.asked.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What was asked; a private value stays masked."""
        asked = self.asked
        wanted = asked.wanted
        if asked.is_private:
            field: Any = PrivateFacts._meta.get_field(asked.fact)
            shown = field.mask(wanted.reveal()) if wanted else ""
        else:
            shown = wanted.reveal() if wanted else ""
        return {
            **super().get_context_data(**kwargs),
            "asked": asked,
            "shown": shown,
            "file_url": file_url(asked.honouree),
            "may_answer": may_answer(self.request.user, asked),
        }


class Paper(OfRequest):
    """The attached paper."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        """Hand it out."""
        return handed_out(self.asked)

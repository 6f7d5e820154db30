"""The honouree's own file: what stands in it, who looked at the private part, and what should be put right."""

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cms.forms import show_refusal
from cms.portal.forms import AskForm, NewAccountForm, StartForm
from cms.private_facts import LABELS, copy_file
from registry.holders import actions
from registry.holders.models import Binding, CorrectionRequest
from registry.holders.papers import TYPES
from registry.holders.queries import looks_at, requests_of
from registry.holders.rules import own_binding
from registry.honours.queries import profile_of
from registry.organisations.rules import may_enter_console
from registry.people.private import PrivateFacts

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
TRIES, TRIES_SECONDS = 10, 600


def _own(request: HttpRequest) -> Binding:
    binding = own_binding(request.user)
    if binding is None:
        raise PermissionDenied
    return binding


@never_cache
@login_required
@require_GET
def own_file(request: HttpRequest) -> HttpResponse:
    """The own file; who has none yet is asked for the code, and officers are sent to the console."""
    binding = own_binding(request.user)
    if binding is None:
        return redirect("wagtailadmin_home" if may_enter_console(request.user) else "portal_start")
    file = binding.honouree
    held = PrivateFacts._base.filter(honouree=file).first()
    return render(
        request,
        "portal/own_file.html",
        {
            "file": file,
            "profile": profile_of(file),
            "private": [(LABELS[name], text) for name, text in (held.masked() if held else {}).items()],
            "looks": [
                (look, "、".join(str(LABELS.get(name, name)) for name in look.facts if name)) for look in looks_at(file)
            ],
            "requests": list(requests_of(file)),
        },
    )


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Type the code that the union handed over: it opens an account, or binds the one signed in."""
    if own_binding(request.user):
        return redirect("portal")
    known = request.user.is_authenticated
    form_class = StartForm if known else NewAccountForm
    form = form_class(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if _too_many(request):
            form.add_error(None, _("Too many attempts. Wait ten minutes and try again."))
            return render(request, "portal/start.html", {"form": form, "known": known}, status=429)
        clean = form.cleaned_data
        try:
            if known:
                actions.bind(clean["code"], user=request.user)  # type: ignore[arg-type]
            else:
                user = actions.register(
                    clean["code"], username=clean["username"], password=clean["password"], email=clean["email"]
                )
                login(request, user, backend=BACKEND)
        except ValidationError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("This is your file."))
            return redirect("portal")
    status = 422 if request.method == "POST" else 200
    return render(request, "portal/start.html", {"form": form, "known": known}, status=status)


@never_cache
@login_required
@sensitive_post_parameters("wanted")
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask to have something put right."""
    _own(request)
    form = AskForm(request.POST or None, request.FILES or None, initial={"fact": request.GET.get("fact", "")})
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask(request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except ValidationError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("Your request is with your union. The answer will stand here."))
            return redirect("portal")
    return render(request, "portal/ask.html", {"form": form}, status=422 if request.method == "POST" else 200)


@login_required
@require_POST
def take_back(request: HttpRequest, pk: str) -> HttpResponse:
    """Take a request back."""
    asked = get_object_or_404(CorrectionRequest._base, pk=pk, asked_by=request.user)
    try:
        actions.take_back(asked, user=request.user)  # type: ignore[arg-type]
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("Your request is taken back."))
    return redirect("portal")


@never_cache
@login_required
@require_GET
def paper(request: HttpRequest, pk: str) -> HttpResponseBase:
    """The paper of an own request."""
    return handed_out(get_object_or_404(CorrectionRequest._base, pk=pk, asked_by=request.user))


def handed_out(asked: CorrectionRequest) -> HttpResponseBase:
    """Hand a request's paper out as a download: it is never shown in our pages."""
    if not asked.paper or not asked.paper.name:
        raise Http404
    try:
        content = asked.paper.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    ending = asked.paper.name.rpartition(".")[2]
    response = FileResponse(content, as_attachment=True, filename=f"{asked.pk}.{ending}", content_type=TYPES[ending])
    response["X-Content-Type-Options"] = "nosniff"
    return response


@never_cache
@login_required
@require_POST
def copy(request: HttpRequest) -> HttpResponse:
    """The own private facts, in plain, as a file; taking it is in the history like every look."""
    binding = _own(request)
    facts = actions.own_copy(request.user)  # type: ignore[arg-type]
    return copy_file(binding.honouree.name, facts, name="my-file")


def _too_many(request: HttpRequest) -> bool:
    """Count the codes tried from one address: a code can't be guessed in a lifetime, and nobody shall try."""
    key = f"portal:tries:{request.META.get('REMOTE_ADDR', '')}"
    cache.add(key, 0, TRIES_SECONDS)
    try:
        return cache.incr(key) > TRIES
    except ValueError:
        return False

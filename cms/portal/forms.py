"""The forms of the honouree's own pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from registry.holders.actions import LONGEST
from registry.holders.enums import Fact


class StartForm(forms.Form):
    """A code from the union, and for whoever isn't signed in, a new account."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=_("Twelve letters and digits that your union gave you on paper."),
        widget=forms.TextInput(
            {"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


class NewAccountForm(StartForm):
    """The code and the account it is to open."""

    username = forms.CharField(
        label=_("User name"),
        min_length=3,
        max_length=40,
        help_text=_("3 to 40 letters, digits, dots or hyphens; you sign in with it."),
        widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=_("Password"),
        help_text=_("At least 8 characters; three or four words are easy to remember."),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        help_text=_("If you want to sign in by a code sent to you, without the password."),
        widget=forms.EmailInput({"autocomplete": "email"}),
    )


class AskForm(forms.Form):
    """What is wrong, what it should say, and a paper."""

    fact = forms.ChoiceField(label=_("What is wrong"), choices=[("", "—"), *Fact.choices])
    wanted = forms.CharField(
        label=_("What it should say"),
        max_length=LONGEST,
        help_text=_("Stored encrypted; only the officers of your file see it."),
        widget=forms.Textarea({"rows": 3}),
    )
    paper = forms.FileField(
        label=_("Paper"),
        required=False,
        help_text=_("A PDF or a photograph of the certificate, at most 10 MB."),
        widget=forms.FileInput({"accept": ".pdf,.jpg,.jpeg,.png"}),
    )

"""What forms share, whichever side of the site they stand on."""

from django import forms
from django.core.exceptions import ValidationError


def show_refusal(form: forms.Form, refusal: ValidationError) -> None:
    """Show an action's refusal at the fields it is about."""
    if not hasattr(refusal, "error_dict"):
        form.add_error(None, refusal)
        return
    for name, errors in refusal.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)

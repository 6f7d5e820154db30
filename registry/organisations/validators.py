"""Checks that warn."""

from django.utils.translation import gettext as _
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError as Failed


def credit_code_warning(code: str) -> str:
    """Say what is odd about a unified social credit code (GB 32100-2015), or return "".

    Always a warning: early pilot codes are valid and fail the check digit.
    """
    if not code:
        return ""
    try:
        uscc.validate(code)
    except Failed:
        return _(
            "The credit code's check digit doesn't fit. Compare it with the licence; early codes may fail and still be right."
        )
    return ""

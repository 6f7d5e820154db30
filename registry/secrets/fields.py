"""Model fields for what nobody may read in passing: a text that is only stored sealed, and its blind index."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import FieldError, ValidationError
from django.db import models
from django.db.models.lookups import Exact, StartsWith
from django.db.models.query_utils import DeferredAttribute
from django.utils.translation import gettext as _

from registry.secrets.sealing import PATTERN, CannotOpen, key_id_of, key_id_of_digest, seal, unseal
from registry.secrets.uses import BLIND, note_use

DOTS = "•••"
DIGEST_LENGTH = 64


def mask_all(text: str) -> str:
    """Show nothing of it."""
    return DOTS if text else ""


class Sealed:
    """A secret as Python sees it: cipher text and place. No print, log, pickle or JSON of it shows the plaintext; `reveal()` does."""

    __slots__ = ("cipher", "place", "_mask")

    def __init__(self, cipher: str, place: str = "", mask: Callable[[str], str] = mask_all) -> None:
        self.cipher = cipher
        self.place = place
        self._mask = mask

    def reveal(self) -> str:
        """Return the plaintext; raises `CannotOpen`. Whoever shows it to somebody asks the rules and writes the trail first."""
        if not self.place:
            raise CannotOpen(self.key_id, "a value without its row", "read it from an object")
        return unseal(self.cipher, self.place)

    @property
    def masked(self) -> str:
        """What a screen may show; raises `CannotOpen`."""
        return self._mask(self.reveal())

    @property
    def key_id(self) -> str:
        """The key it is under."""
        return key_id_of(self.cipher)

    def __str__(self) -> str:
        return DOTS

    def __repr__(self) -> str:
        return f"<Sealed {self.key_id}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and other.cipher == self.cipher

    def __hash__(self) -> int:
        return hash(self.cipher)

    def __reduce__(self) -> tuple[type["Sealed"], tuple[str, str, Callable[[str], str]]]:
        return Sealed, (self.cipher, self.place, self._mask)


class _Bound(DeferredAttribute):
    """Seals what is assigned, for the row it is assigned to, and tells what is read which row it is read from."""

    field: "EncryptedTextField"

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        value = super().__get__(instance, cls)
        if isinstance(value, Sealed):
            return Sealed(value.cipher, self.field.place_in(instance), self.field.mask)
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        if isinstance(value, str):
            value = Sealed(seal(value, self.field.place_in(instance))) if value else None
        elif not (value is None or isinstance(value, Sealed) or hasattr(value, "resolve_expression")):
            raise TypeError(f"{self.field.name}: a secret is text")
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text that only its cipher text is stored of. Assigning a `str` seals it at once, reading gives a `Sealed` or None.

    `row` names the attribute that tells rows apart for ever (the row's own UUID): a cipher text copied to another row, or to another field,
    doesn't open. Declare that attribute before this field, so that it is set first. `mask` makes what screens show. The database can answer
    `isnull` only; equality is the business of a `BlindIndexField` beside it.
    """

    descriptor_class = _Bound
    description = "Encrypted text"

    def __init__(self, *args: Any, row: str = "pk", mask: Callable[[str], str] = mask_all, **kwargs: Any) -> None:
        self.row = row
        self.mask = mask
        super().__init__(*args, **{**kwargs, "null": True, "blank": True})

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """Leave out what the table doesn't know of."""
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("null", "blank"):
            kwargs.pop(fixed, None)
        return name, path, list(args), kwargs

    def place_in(self, instance: Any) -> str:
        """Name the field and the row: `people.privatefacts.phone:<uuid>`. Raises `ValueError` for a row without its id."""
        row = getattr(instance, self.row)
        if row in (None, ""):
            raise ValueError(f"{self.name}: a secret can be sealed only for a row that has its {self.row}")
        return f"{self.model._meta.label_lower}.{self.name}:{row}"

    def from_db_value(self, value: str | None, *_args: Any) -> Sealed | None:
        """Wrap the stored text; the row binds it when it is read."""
        return None if value is None else Sealed(value)

    def to_python(self, value: Any) -> Sealed | None:
        """Accept a `Sealed` and, from fixtures, a stored cipher text."""
        if value is None or isinstance(value, Sealed):
            return value
        if isinstance(value, str) and PATTERN.fullmatch(value):
            return Sealed(value)
        raise ValidationError(_("This is not an encrypted value."))

    def get_prep_value(self, value: Any) -> Any:
        """Let nothing but cipher text through to the database."""
        if isinstance(value, Sealed):
            if not PATTERN.fullmatch(value.cipher):
                raise ValueError(f"{self.name}: not a cipher text")
            return value.cipher
        if value is None or hasattr(value, "resolve_expression"):
            return value
        raise TypeError(f"{self.name}: plaintext can't be stored; assign it to the object's attribute, which seals it")

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Remember, beside the data, that the key is in use."""
        if isinstance(value, Sealed):
            note_use(value.key_id, connection.alias)
        return super().get_db_prep_save(value, connection)

    def value_to_string(self, obj: Any) -> str:
        """Serialise the cipher text; only the same row can open it again."""
        value = self.value_from_object(obj)
        return value.cipher if isinstance(value, Sealed) else ""

    def get_lookup(self, lookup_name: str) -> Any:
        """Refuse to compare what is encrypted differently every time."""
        if lookup_name not in ("isnull", "cipher", "under"):
            raise FieldError(
                f"{self.name} is encrypted: the database can't answer '{lookup_name}'; use isnull, or the blind index beside it"
            )
        return super().get_lookup(lookup_name)

    def formfield(self, *_args: Any, **_kwargs: Any) -> None:
        """Take part in no model form: a form would print the value back."""
        return


class _Stored:
    """A lookup whose right side is stored text, not a secret."""

    operator = ""

    def get_rhs_op(self, connection: Any, rhs: str) -> str:
        """Compare like the built-in lookup it stands for."""
        return str(connection.operators[self.operator] % rhs)

    def get_prep_lookup(self) -> str:
        """Take the text as it is."""
        value: Any = self.rhs  # type: ignore[attr-defined]
        return value.cipher if isinstance(value, Sealed) else str(value)


@EncryptedTextField.register_lookup
class CipherIs(_Stored, Exact):
    """`phone__cipher=sealed`: still the very cipher text that was read. For compare-and-swap."""

    lookup_name = "cipher"
    operator = "exact"


@EncryptedTextField.register_lookup
class Under(_Stored, StartsWith):
    """`phone__under="1.aes.k1."`: sealed with this suite and key."""

    lookup_name = "under"
    operator = "startswith"


class BlindIndexField(models.CharField):  # type: ignore[type-arg]
    """The keyed digest of an encrypted field, for look-ups and uniqueness. `of` names that field, `kind` what is digested.

    The model fills it with `sealing.digest(kind, normalised)`; `canonical` turns the stored plaintext into the normal form, for
    `rotate_keys`.
    """

    def __init__(
        self,
        *args: Any,
        of: str = "",
        kind: str = "",
        canonical: Callable[[str], str] = str,
        **kwargs: Any,
    ) -> None:
        self.of = of
        self.kind = kind
        self.canonical = canonical
        fixed = {"max_length": DIGEST_LENGTH, "null": True, "blank": True, "editable": False}
        super().__init__(*args, **{**kwargs, **fixed})

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """Leave out what is always so, and what the table doesn't know of."""
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("max_length", "null", "blank", "editable"):
            kwargs.pop(fixed, None)
        return name, path, list(args), kwargs

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Remember, beside the data, that the key is in use."""
        if isinstance(value, str) and value:
            note_use(key_id_of_digest(value), connection.alias, BLIND)
        return super().get_db_prep_save(value, connection)

"""Two officers at once, on a database that lets them."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from registry.audit.queries import verify_chain
from registry.duplicates.finding import find_all
from registry.duplicates.merging import merge_files
from registry.duplicates.models import Merge
from registry.people.models import Honouree
from tests.registry.conftest import Federation

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def at_once(*steps: Callable[[], Any]) -> list[Any]:
    """Run the steps in threads of their own, beginning together; return what each gave or raised."""
    gate = threading.Barrier(len(steps))
    answers: list[Any] = [None] * len(steps)

    def run(place: int, step: Callable[[], Any]) -> None:
        gate.wait()
        try:
            answers[place] = step()
        except Exception as error:
            answers[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, step)) for place, step in enumerate(steps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


@pytest.mark.parametrize("turned", [False, True])
def test_two_officers_merge_the_same_pair(
    turned: bool, pair: tuple[Honouree, Honouree], federation: Federation
) -> None:
    find_all()
    first, second = pair
    other = (second, first) if turned else (first, second)
    answers = at_once(
        lambda: merge_files(first, second, actor=federation.registrar, reason="同一人"),
        lambda: merge_files(*other, actor=federation.second, reason="同一人"),
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["Merge", "ValidationError"], answers
    refusal = next(answer for answer in answers if isinstance(answer, ValidationError))
    assert refusal.messages
    assert Merge._base.count() == 1 and Honouree._base.count() == 1
    assert Honouree._base.get().conferrals.count() == 3
    assert verify_chain() is None


def test_a_triangle_is_merged_from_three_sides(
    pair: tuple[Honouree, Honouree], federation: Federation, open_person: Any
) -> None:
    first, second = pair
    third = open_person("单雨晴")
    merges = ((first, second), (second, third), (third, first))
    answers = at_once(
        *(
            lambda keep=keep, gone=gone: merge_files(keep, gone, actor=federation.registrar, reason="同一人")
            for keep, gone in merges
        )
    )
    assert all(isinstance(answer, Merge | ValidationError) for answer in answers), answers
    done = [answer for answer in answers if isinstance(answer, Merge)]
    assert Honouree._base.count() == 3 - len(done) and done
    assert verify_chain() is None

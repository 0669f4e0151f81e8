"""An objection is heard within its days, and ends with an answer, the household's own word, or a new appraisal."""

from datetime import date, timedelta

import pytest
from django.utils.translation import override

from anju.accounts.models import User
from anju.appraisals import rules
from anju.appraisals.actions import objecting
from anju.appraisals.actions.appraising import withdraw
from anju.appraisals.models import HouseGrade, Objection
from anju.appraisals.tests.conftest import TODAY, Submit, refused

ON = date(2020, 6, 5)


@pytest.fixture
def objection(give: Submit, collector: User) -> Objection:
    """The household objects to D."""
    return objecting.receive(
        appraisal=give("d", on=ON), raised_by="周德海", reason="裂缝是抹灰层的", by=collector, on=ON + timedelta(days=1)
    )


def test_an_objection_is_taken_within_its_days_and_once(give: Submit, objection: Objection, collector: User, stranger: User) -> None:
    paper = objection.appraisal
    paper.refresh_from_db()
    assert (paper.acknowledged, paper.acknowledged_on) == ("objected", ON + timedelta(days=1))

    def again(**more: object) -> Objection:
        given = {"appraisal": paper, "raised_by": "周德海", "reason": "不服", "by": collector, "on": TODAY}
        return objecting.receive(**{**given, **more})

    refused(rules.OBJECTION, again)
    refused(rules.OBJECTION, lambda: again(reason=" "))
    refused(rules.ROLE, lambda: again(by=stranger))
    refused(rules.DAY, lambda: again(on=ON - timedelta(days=1)))
    old = give("c", on=date(2020, 5, 1), household=None)
    assert old.state == "superseded"
    refused(rules.STATE, lambda: again(appraisal=old))
    objecting.withdraw(objection=objection, reason="看过现场，认可了", by=collector)
    late = give("d", on=date(2020, 6, 9))
    assert again(appraisal=late).state == "open"


def test_after_the_last_day_it_is_too_late(give: Submit, collector: User) -> None:
    paper = give("d", on=date(2020, 5, 1))
    said = refused(
        rules.OBJECTION,
        lambda: objecting.receive(
            appraisal=paper, raised_by="周德海", reason="不服", by=collector, on=paper.objection_until + timedelta(days=1)
        ),
    )
    assert str(paper.objection_until) in said
    assert objecting.receive(appraisal=paper, raised_by="周德海", reason="不服", by=collector, on=paper.objection_until).pk


def test_the_result_is_maintained_with_an_answer(objection: Objection, clerk: User, collector: User) -> None:
    refused(rules.ROLE, lambda: objecting.maintain(objection=objection, answer="复查属实", by=collector))
    refused(rules.REASON, lambda: objecting.maintain(objection=objection, answer=" ", by=clerk))
    refused(rules.DAY, lambda: objecting.maintain(objection=objection, answer="复查属实", by=clerk, on=ON))
    done = objecting.maintain(objection=objection, answer="现场复查，承重墙裂缝贯通，维持 D 级", by=clerk)
    assert (done.state, done.answered_on, done.answered_by) == ("rejected", TODAY, clerk)
    refused(rules.OBJECTION, lambda: objecting.maintain(objection=objection, answer="再答", by=clerk))


def test_an_objection_is_settled_by_the_papers_that_are_left(give: Submit, objection: Objection, appraiser: User, clerk: User) -> None:
    second, third = give("c", on=date(2020, 6, 8), trigger="objection"), give("b", on=TODAY)
    withdraw(appraisal=second, by=clerk, reason="量错了房屋")
    objection.refresh_from_db()
    assert (objection.state, objection.reappraisal, objection.answered_on) == ("reappraised", third, TODAY)
    assert (third.number in objection.answer, objection.answered_by) == (True, appraiser)
    withdraw(appraisal=third, by=clerk, reason="量错了房屋")
    objection.refresh_from_db()
    assert (objection.state, objection.reappraisal, objection.answered_by) == ("open", None, None)


def test_what_is_written_down_is_in_the_language_of_the_place(give: Submit, objection: Objection) -> None:
    with override("en"):
        give("c", on=TODAY)
    objection.refresh_from_db()
    assert objection.answer.startswith("重新鉴定为 C 级")


def test_a_new_appraisal_settles_it_and_a_withdrawn_one_opens_it_again(give: Submit, objection: Objection, clerk: User) -> None:
    refused(rules.OBJECTION, lambda: withdraw(appraisal=objection.appraisal, by=clerk, reason="鉴定有误"))
    early = give("b", on=date(2020, 5, 1))
    objection.refresh_from_db()
    assert objection.state == "open", early.number
    second = give("c", on=TODAY, trigger="objection")
    objection.refresh_from_db()
    assert (objection.state, objection.reappraisal, objection.answered_on) == ("reappraised", second, TODAY)
    assert second.number in objection.answer
    assert HouseGrade.objects.open().get().grade == "C"
    withdraw(appraisal=second, by=clerk, reason="量错了房屋")
    objection.refresh_from_db()
    assert (objection.state, objection.reappraisal, objection.answer) == ("open", None, "")
    assert HouseGrade.objects.open().get().grade == "D"

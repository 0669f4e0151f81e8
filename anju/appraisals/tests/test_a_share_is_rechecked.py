"""A share of an appraiser's work is drawn, the same by the same seed, and looked at again by another; how often it differs is told."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from math import ceil

import pytest
from django.db import transaction
from django.urls import reverse

from anju.accounts.models import User
from anju.accounts.scope import actor_of
from anju.appraisals import rules
from anju.appraisals.actions import appraising, rechecking
from anju.appraisals.models import Appraisal, RecheckItem, RecheckLot
from anju.appraisals.queries import rechecks as queries
from anju.appraisals.queries.rechecks import Tally
from anju.appraisals.tests.conftest import COUNTY, TODAY, Submit, house_of, person, refused
from anju.exports.kinds import kind_of
from anju.registry import actions as registry
from anju.registry.models import Household
from anju.registry.staging import Enrolment
from anju.rosters.tests import county
from anju.trail.acting import acting
from anju.web import worklist
from tests.desk import body, signed_in

SINCE = date(2020, 6, 1)
Draw = Callable[..., RecheckLot]


@pytest.fixture
def second_pair(places: None) -> User:
    """Another appraiser of the county."""
    return person("王磊", "appraiser", COUNTY)


@pytest.fixture
def papers(give: Submit, households: list[Household], clerk: User) -> list[Appraisal]:
    """Twelve papers of 石岩 in June, and one of May."""
    rows = [
        Enrolment(place, f"t:more{place}", f"农户{place}", households[0].area[:12], f"m{place}", "小官村4组", sex="1", relation="02")
        for place in range(11, 20)
    ]
    registry.enrol(rows=rows, on=date(2019, 1, 1), by=clerk, source="t:more")
    known = {one.pk for one in households}
    for household in Household.objects.exclude(pk__in=known):
        registry.record_dwelling(
            household=household, kind="own", on=date(2019, 1, 1), by=clerk, state={"structure": "brick_timber", "storeys": 1}
        )
    everybody = list(Household.objects.order_by("number"))
    give(household=everybody[0], on=date(2020, 5, 20))
    return [give(household=one, on=date(2020, 6, 2)) for one in everybody]


@pytest.fixture
def draw(papers: list[Appraisal], appraiser: User, clerk: User) -> Draw:
    """Draws from June's papers of 石岩."""

    def drawn(**more: object) -> RecheckLot:
        given: dict[str, object] = {"appraiser": appraiser, "area": COUNTY, "since": SINCE, "until": TODAY, "by": clerk}
        return rechecking.draw(**{**given, **more})  # type: ignore[arg-type]

    return drawn


def numbers(lot: RecheckLot) -> set[str]:
    return set(lot.items.values_list("appraisal__number", flat=True))


def test_the_same_seed_draws_the_same_and_the_share_is_kept(draw: Draw, papers: list[Appraisal]) -> None:
    seen: set[frozenset[str]] = set()
    for seed in ("a", "b", "c", "随机数"):
        for share in ("0.01", "0.25", "0.5", "1"):
            again = []
            for _time in range(2):
                with transaction.atomic():
                    lot = draw(seed=seed, share=Decimal(share))
                    again.append(numbers(lot))
                    transaction.set_rollback(True)
            assert again[0] == again[1], (seed, share)
            assert len(again[0]) == max(1, ceil(len(papers) * float(share)))
            assert lot.worked == len(papers)
            seen.add(frozenset(again[0]))
    assert len(seen) > 6, "another seed draws others"


def test_policy_says_the_share_and_nothing_is_drawn_twice(draw: Draw, papers: list[Appraisal], clerk: User) -> None:
    lot = draw()
    assert (lot.share, lot.worked, lot.items.count()) == (Decimal("0.05"), 12, 1)
    rest = draw(share=Decimal(1))
    assert rest.items.count() == 11
    assert not numbers(lot) & numbers(rest)
    assert "没有可抽取" in refused(rules.RECHECK, draw)
    rechecking.void(lot=rest, by=clerk, reason="抽错时间段")
    assert draw(share=Decimal(1)).items.count() == 11
    assert "2020-05-20" not in {one.on.isoformat() for one in Appraisal.objects.filter(rechecks__isnull=False)}


def test_who_may_draw_and_from_what(draw: Draw, papers: list[Appraisal], clerk: User, stranger: User, second_pair: User) -> None:
    refused(rules.ROLE, lambda: draw(by=second_pair))
    refused(rules.ROLE, lambda: draw(area=county.OTHER_COUNTY))
    refused(rules.ROLE, lambda: draw(by=person("邻县经办", "county_clerk", county.OTHER_COUNTY)))
    refused(rules.ANOTHER, lambda: draw(appraiser=clerk))
    refused(rules.DAY, lambda: draw(until=date(2020, 6, 11)))
    refused(rules.DAY, lambda: draw(since=date(2020, 6, 9), until=SINCE))
    refused(rules.RECHECK, lambda: draw(share=Decimal(0)))
    refused(rules.RECHECK, lambda: draw(share=Decimal("1.01")))
    refused(rules.RECHECK, lambda: draw(appraiser=stranger))
    appraising.withdraw(appraisal=papers[0], by=clerk, reason="填错")
    assert papers[0].number not in numbers(draw(share=Decimal(1)))


def test_the_second_look_is_anothers_and_differs_only_by_a_new_appraisal(
    draw: Draw, give: Submit, clerk: User, second_pair: User, stranger: User
) -> None:
    lot = draw(share=Decimal(1))
    one, two, three = lot.items.select_related("appraisal").order_by("id")[:3]
    refused(rules.ANOTHER, lambda: rechecking.settle(item=one, by=lot.appraiser, same=True))
    refused(rules.ROLE, lambda: rechecking.settle(item=one, by=stranger, same=True))
    refused(rules.DAY, lambda: rechecking.settle(item=one, by=second_pair, same=True, on=date(2020, 6, 1)))
    refused(rules.SECOND, lambda: rechecking.settle(item=one, by=second_pair, same=False, note="墙裂"))
    rechecking.settle(item=one, by=second_pair, same=True)
    assert "已于" in refused(rules.RECHECK, lambda: rechecking.settle(item=one, by=clerk, same=True))
    own = give("d", household=two.appraisal.household, trigger="recheck")
    refused(rules.ANOTHER, lambda: rechecking.settle(item=two, by=second_pair, same=False, second=own, note="墙裂"))
    new = give("d", household=three.appraisal.household, trigger="recheck", by=second_pair)
    refused(rules.SECOND, lambda: rechecking.settle(item=three, by=second_pair, same=True, second=new))
    refused(rules.SECOND, lambda: rechecking.settle(item=three, by=second_pair, same=False, second=new, note=" "))
    refused(rules.SECOND, lambda: rechecking.settle(item=two, by=second_pair, same=False, second=new, note="墙裂"))
    refused(rules.DAY, lambda: rechecking.settle(item=three, by=second_pair, same=False, second=new, note="墙裂", on=date(2020, 6, 5)))
    settled = rechecking.settle(item=three, by=second_pair, same=False, second=new, note="承重墙有贯通裂缝")
    assert (settled.same, settled.second, settled.done_on, settled.settled_by) == (False, new, TODAY, second_pair)
    three.appraisal.refresh_from_db()
    assert three.appraisal.superseded_by == new
    assert "已有复核结果" in refused(rules.RECHECK, lambda: rechecking.void(lot=lot, by=clerk, reason="重抽"))
    (told,) = queries.people(clerk, COUNTY)
    assert (told.name, told.tally) == ("石岩", Tally(drawn=12, open=10, settled=2, same=1, different=1))
    appraising.withdraw(appraisal=new, by=clerk, reason="量错")
    assert RecheckItem.objects.get(pk=three.pk).same is None, "what it had settled waits again"
    assert new.state == Appraisal.State.VALID, "as the page had read it before it was voided"
    refused(rules.STATE, lambda: rechecking.settle(item=three, by=second_pair, same=False, second=new, note="承重墙有贯通裂缝"))


def test_a_voided_lot_and_a_withdrawn_paper_take_no_result(draw: Draw, clerk: User, appraiser: User, second_pair: User) -> None:
    lot = draw(share=Decimal("0.1"))
    first, other = lot.items.order_by("id")
    refused(rules.REASON, lambda: rechecking.void(lot=lot, by=clerk, reason=" "))
    refused(rules.ROLE, lambda: rechecking.void(lot=lot, by=second_pair, reason="重抽"))
    appraising.withdraw(appraisal=first.appraisal, by=clerk, reason="填错")
    refused(rules.STATE, lambda: rechecking.settle(item=first, by=second_pair, same=True))
    assert queries.waiting(second_pair, COUNTY).count() == 1
    assert queries.waiting(appraiser, COUNTY).count() == 0
    rechecking.void(lot=lot, by=clerk, reason="抽错时间段")
    refused(rules.RECHECK, lambda: rechecking.settle(item=other, by=second_pair, same=True))
    refused(rules.RECHECK, lambda: rechecking.void(lot=lot, by=clerk, reason="再作废"))
    assert queries.waiting(second_pair, COUNTY).count() == 0


def test_pages_from_the_draw_to_the_share_that_differs(
    papers: list[Appraisal], clerk: User, second_pair: User, stranger: User, give: Submit
) -> None:
    appraiser = papers[0].by
    assert appraiser is not None
    client, url = signed_in(clerk), reverse("appraisals:recheck-new")
    form = body(client.get(url))
    assert 'value="5"' in form
    assert "本系统默认" in form
    given = {"appraiser": appraiser.pk, "since": "2020-06-08", "until": "2020-06-01", "share": "25", "seed": "彰武六月"}
    wrong = client.post(url, given)
    assert wrong.status_code == 422
    assert "早于开始日期" in body(wrong)
    assert "彰武六月" in body(wrong)
    made = client.post(url, {**given, "since": "2020-06-01", "until": "2020-06-10"})
    lot = RecheckLot.objects.get()
    page = reverse("appraisals:recheck", args=[lot.pk])
    assert made.headers["Location"] == page
    assert signed_in(second_pair).get(url).status_code == 403
    one, two, _three = lot.items.select_related("appraisal__household").order_by("id")

    def at(item: RecheckItem) -> str:
        return reverse("appraisals:recheck-settle", args=[lot.pk, item.pk])

    own = signed_in(appraiser)
    assert [line["act"] for line in own.get(page).context["lines"]] == [False] * 3
    assert "这是您自己的鉴定" in body(own.get(at(one)))
    assert "登记复核结果" not in body(own.get(at(one)))
    assert "不能复核自己" in body(own.post(at(one), {"same": "yes", "on": "2020-06-10"}))
    assert signed_in(stranger).get(page).status_code == signed_in(stranger).get(at(one)).status_code == 404
    other = signed_in(second_pair)
    assert [line["act"] for line in other.get(page).context["lines"]] == [True] * 3
    assert other.post(at(one), {"same": "yes", "on": "2020-06-10"}).headers["Location"] == page
    unfounded = other.post(at(two), {"same": "no", "on": "2020-06-10", "note": "后墙裂"})
    assert unfounded.status_code == 422
    assert "后墙裂" in body(unfounded)
    fill = (
        reverse("appraisals:fill", args=[two.appraisal.household.number]) + f"?house={house_of(two.appraisal.household).pk}&trigger=recheck"
    )
    assert fill.replace("&", "&amp;") in body(unfounded)
    assert '<option value="recheck" selected>' in body(other.get(fill))
    new = give("d", household=two.appraisal.household, trigger="recheck", by=second_pair)
    assert new.number in body(other.get(at(two)))
    assert other.post(at(two), {"same": "no", "on": "2020-06-10", "note": "后墙裂"}).status_code == 302
    listed = client.get(reverse("appraisals:rechecks"))
    assert [line["tally"] for line in listed.context["lines"]] == [Tally(drawn=3, open=1, settled=2, same=1, different=1)]
    assert "50.0%" in body(listed)
    assert client.get(listed.context["lines"][0]["worked_url"]).context["page"].total == lot.worked
    for state, many in (("", 3), ("settled", 2), ("different", 1), ("open", 1)):
        for address in (page, reverse("appraisals:recheck-items") + f"?appraiser={appraiser.pk}"):
            rows = client.get(f"{address}{'&' if '?' in address else '?'}state={state}")
            assert rows.context["page"].total == len(rows.context["lines"]) == many, (address, state)
    refused_void = client.post(reverse("appraisals:recheck-void", args=[lot.pk]), {"reason": "重抽"})
    assert refused_void.status_code == 422
    assert "已有复核结果" in body(refused_void)


def test_it_waits_on_the_first_page_and_leaves_as_a_file(draw: Draw, clerk: User, appraiser: User, second_pair: User) -> None:
    lot = draw(share=Decimal("0.25"))
    with acting(actor_of(second_pair)):
        lines = [item for group in worklist.groups(second_pair, COUNTY, TODAY) for item in group.items if item.title == "抽查复核待办"]
    assert [item.count for item in lines] == [3]
    assert signed_in(second_pair).get(lines[0].url).context["page"].total == 3
    with acting(actor_of(appraiser)):
        assert "抽查复核待办" not in [item.title for group in worklist.groups(appraiser, COUNTY, TODAY) for item in group.items]
    item = lot.items.order_by("id")[0]
    rechecking.settle(item=item, by=second_pair, same=True, note="到户看过")
    with acting(actor_of(clerk)):
        made = kind_of("appraisals.rechecks").make({"lot": lot.pk, "state": "settled"}, clerk, False)
        rows = [dict(zip(made.headings, row, strict=True)) for row in made.rows]
    assert [(row["鉴定报告"], row["复核结果"], row["复核人"], row["说明"]) for row in rows] == [
        (item.appraisal.number, "一致", second_pair.name, "到户看过")
    ]


def test_lots_are_filtered_and_leave_as_a_file(draw: Draw, clerk: User, appraiser: User, second_pair: User, stranger: User) -> None:
    client, url = signed_in(clerk), reverse("appraisals:rechecks")
    half = draw(share=Decimal("0.5"), seed="一")
    gone = draw(share=Decimal("0.2"), seed="二")
    whole = draw(share=Decimal("0.1"), seed="三")
    rechecking.void(lot=gone, by=clerk, reason="抽错时间段")
    for item in whole.items.all():
        rechecking.settle(item=item, by=second_pair, same=True)
    for state, lots in (
        ("", [whole, gone, half]),
        ("open", [half]),
        ("settled", [whole]),
        ("voided", [gone]),
        ("还行", [whole, gone, half]),
    ):
        page = client.get(f"{url}?state={state}&appraiser={appraiser.pk}")
        assert [line["row"] for line in page.context["lines"]] == lots, state
        assert page.context["page"].total == len(lots)
        with acting(actor_of(clerk)):
            made = kind_of("appraisals.recheck_lots").make({"state": state, "appraiser": str(appraiser.pk)}, clerk, False)
            rows = [dict(zip(made.headings, row, strict=True)) for row in made.rows]
        assert [row["随机数"] for row in rows] == [one.seed for one in lots]
        assert made.total == len(lots)
    assert [(row["状态"], row["抽取"], row["已复核"], row["作废的理由"]) for row in rows] == [
        ("已复核", 2, 2, ""),
        ("已作废", 3, 0, "抽错时间段"),
        ("待复核", 6, 0, ""),
    ]
    assert client.get(f"{url}?appraiser={clerk.pk}").context["lines"] == []
    figures = client.get(url).context["figures"]
    assert [one["value"] for one in figures] == [8, 6, 2, 0]
    for one in figures:
        assert client.get(one["url"]).context["page"].total == one["value"], one["label"]
    assert "其中可由您复核 6 份" in figures[1]["under"]
    assert client.get(reverse("appraisals:recheck-items") + "?area=210922109").context["page"].total == 8
    assert signed_in(stranger).get(url).context["lines"] == []


def test_an_empty_page_says_how_it_begins(places: None, clerk: User) -> None:
    client = signed_in(clerk)
    page = body(client.get(reverse("appraisals:rechecks")))
    assert "随机抽取" in page
    assert reverse("appraisals:recheck-new") in page
    assert "还没有抽取" in body(client.get(reverse("appraisals:recheck-items")))


def test_both_looks_stand_beside_each_other(draw: Draw, give: Submit, clerk: User, second_pair: User) -> None:
    lot = draw(share=Decimal(1))
    item = lot.items.select_related("appraisal__household").order_by("id")[0]
    url = reverse("appraisals:recheck-settle", args=[lot.pk, item.pk])
    viewer = signed_in(person("看的人", "city_viewer", "2109"))
    alone = viewer.get(url)
    assert alone.status_code == 200
    assert "登记复核结果" not in body(alone), "who doesn't appraise reads"
    assert {line["differs"] for line in alone.context["lines"]} == {False}
    give("d", household=item.appraisal.household, trigger="recheck", by=second_pair)
    lines = signed_in(clerk).get(url).context["lines"]
    assert [(line["title"], line["first"]["level"], line["second"]["level"]) for line in lines if line["differs"]] == [("承重墙", "a", "d")]
    refused_post = viewer.post(url, {"same": "yes", "on": "2020-06-10"})
    assert refused_post.status_code == 422
    assert "不能填报房屋鉴定" in body(refused_post)

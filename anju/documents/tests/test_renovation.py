"""The papers of a renovation: what each must say, what it refuses, blanks where nothing is known, nothing off the page."""

import dataclasses
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pypdfium2
import pytest

from anju.documents import Document, Money, pdf
from anju.documents.housing.parts import Household
from anju.documents.renovation import AGREEMENT, APPLICATION, ARCHIVE, COMMITMENT, PLAN, REVIEW, samples
from anju.documents.renovation.application import Application
from anju.documents.renovation.archive_cover import CHECKLIST, Item, Section, archive_number, completeness
from anju.documents.renovation.household_plan import Band, Design, HouseholdPlan
from anju.documents.renovation.parts import OldHouse, Share
from anju.documents.tests.echo import pages
from anju.documents.tests.test_pages import off_the_page
from anju.vocabulary.method import DISPOSALS

KINDS = (APPLICATION, REVIEW, PLAN, AGREEMENT, COMMITMENT, ARCHIVE)
_SENTENCE = "屋面漏雨，檩条腐朽，后墙开裂。"
_HOSTILE = '#panic(1) $x$ *b* ]#read("/etc/passwd")[ "\\ <end-of-sheet> @n'
_CHOSEN = ("grade", "methods", "modes", "meetings", "old_house_ways")  # codes, not texts

Path = tuple[str | int, ...]


def texts(data: Any, path: Path = ()) -> Iterator[tuple[Path, bool]]:
    """Where texts stand in a paper's data, and whether each is a short line; of a row of many only the first and the last."""
    if isinstance(data, tuple):
        for at in sorted({0, len(data) - 1} if data else ()):
            if isinstance(data[at], str):
                yield (*path, at), False
            else:
                yield from texts(data[at], (*path, at))
    elif dataclasses.is_dataclass(data) and not isinstance(data, Money):
        for each in dataclasses.fields(data):
            value = getattr(data, each.name)
            if isinstance(value, str) and each.name not in _CHOSEN:
                yield (*path, each.name), "longest" in each.metadata
            elif each.init and each.name not in _CHOSEN:
                yield from texts(value, (*path, each.name))


def put(data: Any, path: Path, value: object) -> Any:
    """The same data with another value there."""
    first, *rest = path
    if isinstance(data, tuple):
        assert isinstance(first, int)
        return (*data[:first], put(data[first], tuple(rest), value) if rest else value, *data[first + 1 :])
    assert isinstance(first, str)
    return replace(data, **{first: put(getattr(data, first), tuple(rest), value) if rest else value})


def _named(each: object) -> str:
    return each.key if isinstance(each, Document) else str(each)


@pytest.mark.parametrize("kind", KINDS, ids=_named)
def test_long_texts_everywhere_stay_on_the_pages(kind: Document) -> None:
    data = kind.sample()
    places = [path for path, line in texts(data) if not line]
    for path in places:
        data = put(data, path, _SENTENCE * 60)
    made = pdf(kind, data)
    assert off_the_page(made) == []
    # An address that is the household's too is said once.
    assert "".join(pages(made)).count(_SENTENCE[:6]) >= (len(places) - 1) * 55


@pytest.mark.parametrize("kind", KINDS, ids=_named)
def test_the_longest_lines_all_at_once_stay_on_the_pages(kind: Document) -> None:
    data = kind.sample()
    for path, line in texts(data):
        if line:
            data = put(data, path, "柳" * 30)
    assert off_the_page(pdf(kind, data)) == []


@pytest.mark.parametrize("kind", KINDS, ids=_named)
def test_what_looks_like_a_template_stays_text_wherever_it_stands(kind: Document) -> None:
    data = kind.sample()
    places = list(texts(data))
    for path, _ in places:
        data = put(data, path, _HOSTILE)
    shown = "".join(pages(pdf(kind, data)))
    assert shown.count("#panic(1)$x$*b*]#read") >= len(places) * 0.8


@pytest.mark.parametrize(
    ("kind", "count"), [(APPLICATION, 2), (REVIEW, 1), (PLAN, 2), (AGREEMENT, 2), (COMMITMENT, 1), (ARCHIVE, 3)], ids=_named
)
def test_an_ordinary_paper_takes_the_pages_it_should(kind: Document, count: int) -> None:
    assert len(pages(pdf(kind, kind.sample()))) == count


_BARE = Household(name="姜望远", address="清河县柳溪镇石门村")
_ON = date(2019, 3, 15)


def test_an_application_of_which_little_is_known_is_a_form_to_fill_in() -> None:
    bare = Application(
        number="",
        organisation="清河县住房和城乡建设局",
        year=2019,
        household=_BARE,
        old_house=OldHouse(grade="D"),
        words="",
        applied_on=_ON,
    )
    shown = "".join(pages(pdf(APPLICATION, bare)))
    assert "None" not in shown
    assert "✓" not in shown
    for department in ("住房城乡建设", "乡村振兴", "民政", "残联"):
        assert department in shown
    assert "补助金额：元人民币（大写）" in shown


@pytest.mark.parametrize("members", [0, 14])
def test_the_front_of_an_application_ends_with_the_village(members: int) -> None:
    data = samples.application()
    front, back, *more = pages(pdf(APPLICATION, replace(data, members=data.members[:1] * members)))
    assert more == []
    assert "表决结果：同意30票，反对0票，弃权1票" in front
    assert "负责人：董长河" in front
    assert back.index("罗清泉") < back.index("沈砚") < back.index("贰万陆仟元整") < back.index("贺川")


def test_the_county_s_approval_says_the_amount_in_figures_and_in_capitals() -> None:
    back = pages(pdf(APPLICATION, samples.application()))[1]
    assert "补助金额：26,000.00元人民币（大写）贰万陆仟元整" in back
    assert "□✓原址拆除重建" in back
    assert "□✓统建" in back
    assert "批准面积：48m2" in back


def test_a_method_of_the_place_s_own_is_ticked_too() -> None:
    data = samples.application()
    own = replace(data, approval=replace(data.approval, method="整村搬迁"))
    assert "□兜底帮建□✓整村搬迁" in pages(pdf(APPLICATION, own))[1]


def test_a_review_with_many_households_repeats_its_headings_and_ends_signed() -> None:
    data = samples.village_review()
    shown = pages(pdf(REVIEW, replace(data, households=data.households * 10, photos=data.photos * 3, signers=data.signers * 3)))
    assert len(shown) > 3
    assert all("农户类别" in page for page in shown[:3])
    assert "以上共评议70户，记录经宣读无误" in shown[-1]
    assert "到会率86.1%" in shown[0]


def test_more_votes_than_people_are_refused() -> None:
    data = samples.village_review()
    with pytest.raises(ValueError, match="多于到会的 31 人"):
        replace(data, households=(replace(data.households[0], votes_for=31, against=1),))


def test_a_plan_adds_up_and_warns_of_debt() -> None:
    plan = samples.household_plan()
    assert plan.total == Money(4200000)
    assert plan.owed == Money(1000000)
    assert "提醒线15,000.00元：未超过" in "".join(pages(pdf(PLAN, plan)))
    heavy = replace(plan, own=(*plan.own, Share(name="借款", amount=Money(500001))))
    assert "提醒线15,000.00元：超过提醒线" in "".join(pages(pdf(PLAN, heavy)))


def test_a_plan_says_whether_the_area_lies_in_the_band() -> None:
    plan = samples.household_plan()
    assert "在范围内下限40m2，上限60m2" in "".join(pages(pdf(PLAN, plan)))
    with pytest.raises(ValueError, match="理由"):
        replace(plan, design=replace(plan.design, main=Decimal(61)))
    shown = "".join(pages(pdf(PLAN, replace(plan, design=replace(plan.design, main=Decimal(61), outside_band="原有基础利用")))))
    assert "超出范围" in shown
    assert "理由：原有基础利用" in shown
    assert not replace(plan, design=Design(main=Decimal(9), band=Band(least=None, most=None, rule=""))).outside


def test_a_plan_s_signatures_stand_under_what_is_signed() -> None:
    plan = samples.household_plan()
    for times in (0, 6, 30):
        last = pages(pdf(PLAN, replace(plan, steps=plan.steps[:1] * times, note=_SENTENCE * times)))[-1]
        assert "姜望远：原址拆除重建（统建），主房48m2，资金合计42,000.00元，农户承担10,000.00元" in last
        assert "户主（签名、按印）" in last


def test_a_plan_of_which_little_is_known_has_rows_to_fill_in() -> None:
    bare = HouseholdPlan(
        number="柳溪方案〔2019〕42 号",
        organisation="清河县柳溪镇人民政府",
        planned_on=_ON,
        household=_BARE,
        old_house=OldHouse(grade="无房"),
        method="",
        mode="",
        design=Design(),
        own=(Share(name="自筹"),),
    )
    shown = "".join(pages(pdf(PLAN, bare)))
    assert bare.total is None
    assert "None" not in shown
    assert "✓" not in shown


def test_an_agreement_of_three_names_the_builder_and_the_consents() -> None:
    shown = "".join(pages(pdf(AGREEMENT, samples.agreement())))
    for said in (
        "三方协议",
        "清河县恒固农房施工队",
        "□✓同意□不同意将补助款直接付给丙方",
        "一式4份：甲方执2份，乙方执1份，丙方执1份",
        "30日内拆除旧房",
        "备案号清协备〔2019〕0126",
        "人民币（大写）贰万陆仟元整",
    ):
        assert said in shown


def test_an_agreement_of_two_never_speaks_of_a_builder() -> None:
    two = replace(
        samples.agreement(),
        builder=None,
        consent_to_pay_builder=None,
        consent_to_publish=False,
        pays=(),
        copies=(("甲方", 2), ("乙方", 1)),
        warranty="",
    )
    shown = "".join(pages(pdf(AGREEMENT, two)))
    assert "两方协议" in shown
    assert "丙方" not in shown
    assert "三方" not in shown
    assert "□同意□✓不同意将乙方户主姓名" in shown
    assert "一次付清" in shown


def test_an_agreement_whose_payments_do_not_come_to_the_subsidy_is_refused() -> None:
    data = samples.agreement()
    with pytest.raises(ValueError, match=r"合计 18,200\.00 元，不等于补助 26,000\.00 元"):
        replace(data, pays=data.pays[:2])
    with pytest.raises(ValueError, match="没有施工方"):
        replace(data, builder=None)


def test_the_clauses_of_many_agreements_in_one_file_are_each_counted_from_one() -> None:
    data = samples.agreement()
    both = pages(pdf(AGREEMENT, data))
    assert sum(page.count("第一条") for page in both) == 1
    assert "第九条争议和生效" in both[-1]
    assert "第十条争议和生效" in pages(pdf(AGREEMENT, replace(data, further="屋顶用红瓦。")))[-1]


def test_a_repair_is_not_asked_what_a_new_house_is() -> None:
    new = samples.agreement()
    two = replace(new, method="维修加固", mode="统改", pays=())
    shown = "".join(pages(pdf(AGREEMENT, two))) + "".join(pages(pdf(COMMITMENT, samples.commitment())))
    for said in ("主房建筑面积不超过", "面积上限", "基础", "主体完工", "主体和竣工", "上部结构", "建房", "或者没有住房"):
        assert said not in shown, said
    assert "竣工时各方到场检查" in shown
    assert "按批准的方式维修加固" in shown
    shown = "".join(pages(pdf(AGREEMENT, replace(two, method=new.method, mode=new.mode))))
    assert "主房建筑面积不超过60平方米" in shown
    assert "基础、主体和竣工三个环节" in shown
    assert "请用本地的砖" in "".join(pages(pdf(AGREEMENT, replace(two, quality=("请用本地的砖",)))))
    assert "面积上限" in "".join(pages(pdf(COMMITMENT, replace(samples.commitment(), method="原址拆除重建", mode="自建"))))


def test_who_was_helped_before_and_lost_the_house_can_sign_the_agreement() -> None:
    assert "没有领取过同类住房补助（因灾返危重新改造的除外）" in "".join(pages(pdf(AGREEMENT, samples.agreement())))


def test_a_plan_ticks_what_the_vocabulary_calls_what_becomes_of_the_old_house() -> None:
    shown = "".join(pages(pdf(PLAN, replace(samples.household_plan(), old_house_afterwards=DISPOSALS["untouched"]))))
    assert "□✓未处理" in shown
    assert "不涉及" not in shown


def test_two_telephone_numbers_stay_in_their_cell() -> None:
    plan = samples.household_plan()
    made = pdf(PLAN, replace(plan, household=replace(plan.household, phone="13900000041、13900000042")))
    with pypdfium2.PdfDocument(made) as read:
        page = read[0]
        text = page.get_textpage()
        at, count = text.search("139").get_next()
        boxes = [text.get_charbox(each) for each in range(at, at + count + 21)]
        assert max(right for _, _, right, _ in boxes) < page.get_width() - 18 * 72 / 25.4


@pytest.mark.parametrize("times", [1, 6])
def test_a_commitment_is_signed_under_its_last_sentence(times: int) -> None:
    data = samples.commitment()
    last = pages(pdf(COMMITMENT, replace(data, promises=data.promises * times, further="不占用耕地。")))[-1]
    assert "以上承诺如有违反" in last
    assert "承诺人（签名、按印）" in last


def test_an_archive_s_number_and_completeness() -> None:
    assert archive_number("柳溪镇", 2020, 7) == "〔柳溪镇〕危改字〔2020〕07号"
    assert archive_number("柳溪镇", 2020, 123) == "〔柳溪镇〕危改字〔2020〕123号"
    assert len(CHECKLIST) == 19
    there, lacking, extra = Item(name="甲", present=True), Item(name="乙"), Item(name="丙", required=False)
    assert completeness((there, extra)) == 100
    assert completeness((there,) * 199 + (lacking,)) == 99
    assert completeness((lacking, replace(extra, present=True))) == 0
    assert completeness((extra,)) == 100


def test_a_case_s_contents_stay_on_one_page_where_it_can_hold_them() -> None:
    cover = samples.archive_cover()
    shown = pages(pdf(ARCHIVE, cover))
    assert [page.count("齐全率：") for page in shown[1:]] == [1, 1]
    assert "缺8项" in shown[2]
    assert "第2卷" in shown[2]
    long = Section(number="1", title="很多", items=tuple(Item(name=f"材料{at}号") for at in range(150)))
    made = pdf(ARCHIVE, replace(cover, sections=(long,)))
    assert off_the_page(made) == []
    shown_at_length = "".join(pages(made))
    assert all(f"材料{at}号" in shown_at_length for at in range(150))


def test_money_is_whole_fen_on_paper() -> None:
    assert [Money(each).figures for each in (0, 5, 100, 123456789)] == ["0.00", "0.05", "1.00", "1,234,567.89"]
    with pytest.raises(ValueError, match="没有大写"):
        Money(-1)

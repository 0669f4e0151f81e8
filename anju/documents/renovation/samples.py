"""Made-up data for each paper of a renovation: one household's road, nobody's name, number or house."""

from datetime import date
from decimal import Decimal

from anju.documents.housing.parts import Household, Photo
from anju.documents.housing.samples import drawing
from anju.documents.renovation.agreement import Agreement, Filing
from anju.documents.renovation.application import Application, Approval, Assembly, JointCheck, Member
from anju.documents.renovation.archive_cover import CHECKLIST, ArchiveCover, Item, Section, archive_number
from anju.documents.renovation.commitment import Commitment
from anju.documents.renovation.household_plan import (
    Band,
    Design,
    HouseholdPlan,
    Linked,
    Meanwhile,
    Responsible,
    Step,
)
from anju.documents.renovation.parts import OldHouse, Opinion, Party, Share
from anju.documents.renovation.photo_sheet import PhotoGroup, PhotoSheet
from anju.documents.renovation.posted_notice import PostedNotice
from anju.documents.renovation.village_review import Discussed, VillageReview
from anju.documents.values import Money

_COUNTY = "清河县住房和城乡建设局"
_TOWNSHIP = "清河县柳溪镇人民政府"
_PLACE = "清河县柳溪镇石门村第一村民组 5 号"
_NUMBER = archive_number("柳溪镇", 2019, 41)
_DRAWING = "《清河县农房设计图集》B-03 型（48 平方米）"

_HOUSEHOLD = Household(
    name="姜望远",
    address=_PLACE,
    id_number="2199**********2037",
    phone="139****0041",
    categories=("建档立卡贫困户",),
    members=3,
    number="219921104203-0041",
)
_OLD = OldHouse(
    grade="D",
    address=_PLACE,
    year_built=1979,
    structure="土木",
    storeys=1,
    area=Decimal("58.60"),
    report_number="清住建鉴〔2019〕柳溪 0107 号",
    appraised_on=date(2019, 3, 12),
    only_house=True,
    damage="后墙开裂外倾，屋架支座移位，屋面局部塌陷。",
)
_BUILDER = Party(
    name="清河县恒固农房施工队",
    paper="92219921MA0*****7K",
    represented_by="郝立柱（乡村建设工匠证 清匠〔2018〕0063 号）",
    phone="136****0118",
    address="清河县柳溪镇东街 12 号",
)
_PAYS = (
    Share(name="基础完工，到场查看合格", percent=Decimal(20), amount=Money(520000)),
    Share(name="主体完工，到场查看合格", percent=Decimal(50), amount=Money(1300000)),
    Share(name="竣工验收合格", percent=Decimal(30), amount=Money(780000), note="验收合格之日起 30 日内"),
)


def application() -> Application:
    """A household of three whose earth and timber house is D; approved to the end."""
    return Application(
        number=_NUMBER,
        organisation=_COUNTY,
        year=2019,
        household=_HOUSEHOLD,
        sex="男",
        ethnic="汉族",
        born=date(1958, 7, 21),
        members=(
            Member(name="姜望远", relation="户主", sex="男", born=date(1958, 7, 21), id_number="2199**********2037", note="腿脚不便"),
            Member(name="高秀禾", relation="配偶", sex="女", born=date(1961, 2, 4), id_number="2199**********4126", note="慢性病"),
            Member(name="姜小麦", relation="孙女", sex="女", born=date(2009, 11, 30), note="在校"),
        ),
        old_house=_OLD,
        words=(
            "现住房建于上世纪七十年代末，土墙开裂、屋顶漏雨，经鉴定为 D 级，家中无力自行翻建，也没有别的住房。"
            "申请列入今年的危房改造，拆除旧房，在原址建 48 平方米的新房。"
        ),
        applied_on=date(2019, 3, 15),
        wished_method="原址拆除重建",
        wished_mode="统建",
        assembly=Assembly(
            met_on=date(2019, 3, 20),
            expected=36,
            attended=31,
            votes_for=30,
            against=0,
            abstained=1,
            posted_from=date(2019, 3, 21),
            posted_until=date(2019, 3, 27),
            objections="公示期内没有收到异议",
        ),
        village=Opinion(agreed=True, words="情况属实，评议通过，同意上报。", person="董长河", on=date(2019, 3, 28)),
        visited_on=date(2019, 4, 1),
        township=Opinion(agreed=True, words="入户核实无误，镇公示栏公示七日没有异议，同意上报。", person="罗清泉", on=date(2019, 4, 10)),
        checks=(
            JointCheck(department="住房城乡建设", result="D 级，未享受过危房改造补助", person="沈砚", on=date(2019, 4, 15)),
            JointCheck(department="乡村振兴（扶贫）", result="建档立卡贫困户，2014 年识别", person="梁穗", on=date(2019, 4, 16)),
            JointCheck(department="民政", result="不在低保、特困名册", person="范知秋", on=date(2019, 4, 16)),
            JointCheck(department="残联", result="家庭成员没有残疾人证", person="乔一诺", on=date(2019, 4, 17)),
        ),
        approval=Approval(
            opinion=Opinion(agreed=True, words="列入 2019 年度改造计划。", person="贺川", on=date(2019, 4, 22)),
            method="原址拆除重建",
            mode="统建",
            area=Decimal(48),
            subsidy=Money(2600000),
            standard="清河县 2019 年补助标准：D 级重建，三人户",
            number="清危改批〔2019〕18 号",
        ),
    )


def village_review() -> VillageReview:
    """A meeting of villagers' representatives about seven households."""
    rows = (
        ("姜望远", "第一村民组", "建档立卡贫困户", "D", 30, 0, 1, "同意上报"),
        ("秦守田", "第三村民组", "建档立卡贫困户、低保户", "D", 31, 0, 0, "同意上报"),
        ("卢翠兰", "第二村民组", "分散供养特困人员", "D", 31, 0, 0, "同意上报，列为兜底帮建"),
        ("段有福", "第二村民组", "低保户", "C", 29, 1, 1, "同意上报"),
        ("康玉梅", "第四村民组", "贫困残疾人家庭", "C", 30, 0, 1, "同意上报"),
        ("邵满仓", "第四村民组", "低保户", "无房", 28, 0, 3, "同意上报"),
        ("柴建业", "第三村民组", "低保户", "C", 4, 25, 2, "不同意：在镇上另有住房"),
    )
    return VillageReview(
        number="石门评〔2019〕2 号",
        village="清河县柳溪镇石门村村民委员会",
        meeting="村民代表会议",
        met_on=date(2019, 3, 20),
        hours="14:00—16:30",
        place="石门村党群服务中心二楼会议室",
        chair="董长河",
        recorder="尹桂芳",
        expected=36,
        attended=31,
        guests=("驻村第一书记 周砚青", "柳溪镇村镇建设办公室 丁一舟"),
        topic="评议 2019 年度农村危房改造申请户",
        rule="应到代表三分之二以上到会有效；到会代表过半数同意为通过",
        course="主持人宣读了申请条件和各户的鉴定等级。代表逐户发言，有三名代表反映柴建业在镇上另有一处楼房，本人当场承认。随后逐户举手表决，由监票人当场计票。",
        households=tuple(
            Discussed(name=name, place=place, category=category, grade=grade, votes_for=yes, against=no, abstained=none, result=result)
            for name, place, category, grade, yes, no, none, result in rows
        ),
        resolution="六户通过评议，自 3 月 21 日起在村务公开栏公示七日；柴建业户不予上报，由村委会当面说明理由。",
        photos=(Photo(picture=drawing(480, 300), caption="评议会现场　2019年3月20日 15:10"),),
        signers=("董长河", "尹桂芳", "姜广田", "苏明礼", "秦树声", "方巧云", "", "", "", "", "", ""),
    )


def household_plan() -> HouseholdPlan:
    """How the household of three comes to 48 m² and owes little."""
    return HouseholdPlan(
        number="柳溪方案〔2019〕41 号",
        organisation=_TOWNSHIP,
        planned_on=date(2019, 4, 25),
        household=_HOUSEHOLD,
        old_house=_OLD,
        method="原址拆除重建",
        mode="统建",
        design=Design(
            drawing=_DRAWING,
            drawing_number="QH-B03-2019",
            structure="砖混",
            storeys=1,
            main=Decimal(48),
            auxiliary=Decimal(12),
            band=Band(least=Decimal(40), most=Decimal(60), rule="3 人户主房控制在 40 至 60 平方米，厨房、厕所和农具房另计"),
            works=("旧房拆除清运", "条形基础", "砖墙和构造柱、圈梁", "预制板屋面和防水", "门窗、散水、室内电路"),
        ),
        linked=Linked(
            toilet="三格化粪池水冲厕所",
            consent=True,
            accessibility=("入户坡道", "厕所扶手"),
            animals="羊圈移到院外东侧，与住房相距 15 米",
            others="院内排水沟接村道边沟",
        ),
        meanwhile=Meanwhile(way="投亲靠友", place="本村第二村民组 11 号（女儿家）", since=date(2019, 5, 1), until=date(2019, 9, 25)),
        subsidies=(
            Share(name="中央补助", amount=Money(1400000)),
            Share(name="省级补助", amount=Money(600000)),
            Share(name="县级补助", amount=Money(600000)),
        ),
        own=(
            Share(name="自筹", amount=Money(700000), note="存款和女儿资助"),
            Share(name="贷款", amount=Money(300000), note="镇信用社，两年，财政贴息"),
        ),
        others=(
            Share(name="社会捐助", amount=Money(200000), note="县商会建材券"),
            Share(name="投工投劳折款", amount=Money(400000), note="40 个工日"),
        ),
        warning=Money(1500000),
        warning_rule="自筹和借贷合计不超过上年家庭纯收入",
        labour="户主的侄子姜连成和邻居苏明礼两家帮工，拆旧房、挖基槽、运砖。",
        help="驻村工作队联系建材，县里统一送到户。",
        old_house_afterwards="拆除",
        old_house_by=date(2019, 5, 10),
        steps=(
            Step(name="签订协议", due=date(2019, 4, 30), before=148, person="丁一舟"),
            Step(name="拆旧、开工", due=date(2019, 5, 10), before=138, person="郝立柱"),
            Step(name="基础完工", due=date(2019, 6, 5), before=112, person="郝立柱"),
            Step(name="主体完工", due=date(2019, 8, 10), before=46, person="郝立柱"),
            Step(name="竣工", due=date(2019, 9, 15), before=10, person="郝立柱"),
            Step(name="验收、入住", due=date(2019, 9, 25), before=0, person="丁一舟"),
        ),
        responsible=(
            Responsible(duty="包户干部", name="丁一舟", office="柳溪镇村镇建设办公室", phone="0999-210****"),
            Responsible(duty="村级责任人", name="董长河", office="石门村村民委员会"),
            Responsible(duty="技术指导", name="沈砚", office=_COUNTY),
            Responsible(duty="施工负责人", name="郝立柱", office="清河县恒固农房施工队"),
        ),
    )


def agreement() -> Agreement:
    """Three parties: the township, the household, the team that builds."""
    return Agreement(
        number="柳溪协〔2019〕41 号",
        drawn_on=date(2019, 4, 30),
        township=Party(name=_TOWNSHIP, represented_by="罗清泉", phone="0999-210****", address="清河县柳溪镇中心路 1 号"),
        household=Party(name="姜望远", paper="2199**********2037", phone="139****0041", address=_PLACE),
        builder=_BUILDER,
        old_house=_OLD,
        site="原宅基地（柳溪镇石门村第一村民组 5 号）",
        method="原址拆除重建",
        mode="统建",
        most_area=Decimal(60),
        structure="砖混，单层",
        drawing=_DRAWING,
        subsidy=Money(2600000),
        price=Money(3800000),
        pays=_PAYS,
        pay_days=30,
        starts_on=date(2019, 5, 10),
        finishes_on=date(2019, 9, 15),
        warranty="屋面防水五年，其余部分两年；保修期内的质量问题由丙方在接到通知后七日内上门修好。",
        vacated_within=30,
        consent_to_publish=True,
        consent_to_pay_builder=True,
        disputes="先由石门村人民调解委员会调解；调解不成的，向清河县人民法院起诉。",
        copies=(("甲方", 2), ("乙方", 1), ("丙方", 1)),
        filing=Filing(with_whom=_COUNTY, number="清协备〔2019〕0126", on=date(2019, 5, 6)),
        witness="石门村村民委员会　董长河",
    )


def commitment() -> Commitment:
    """A household that strengthens its C house with a trained craftsman."""
    return Commitment(
        number="柳溪诺〔2019〕17 号",
        addressee=_TOWNSHIP,
        drawn_on=date(2019, 5, 6),
        household=Household(
            name="段有福",
            address="清河县柳溪镇石门村第二村民组 18 号",
            id_number="2199**********3015",
            phone="137****0018",
            categories=("低保户",),
            members=2,
        ),
        old_house=OldHouse(
            grade="C",
            address="清河县柳溪镇石门村第二村民组 18 号",
            structure="砖木",
            area=Decimal("72.50"),
            report_number="清住建鉴〔2019〕柳溪 0121 号",
            appraised_on=date(2019, 3, 14),
        ),
        site="清河县柳溪镇石门村第二村民组 18 号",
        method="维修加固",
        mode="自改",
        drawing="《清河县农房加固图集》J-02 钢筋网砂浆面层",
        starts_on=date(2019, 5, 20),
        finishes_on=date(2019, 7, 31),
        trained_on=date(2019, 4, 18),
        craftsmen=(Party(name="毛石根", paper="清匠〔2018〕0071 号", phone="135****0071"),),
        witness="石门村村民委员会　尹桂芳",
    )


def archive_cover() -> ArchiveCover:
    """A household with two cases: the first closed, the second under way."""
    pages = 4
    closed = []
    for at, name in enumerate(CHECKLIST):
        present = at not in (13, 18)
        length = (2, 1, 3, 1, 1, 1, 2, 2, 2, 2, 1, 5, 4, 1, 2, 1, 1, 3, 1)[at]
        electronic = present and at != 5
        closed.append(
            Item(
                name=name,
                required=at not in (5, 13, 18),
                present=present,
                paper=present and at != 17,
                electronic=electronic,
                pages=(pages, pages + length - 1) if electronic else None,
                note="统建，材料由县里集中送检" if at == 13 else "",
            )
        )
        pages += length if electronic else 0
    open_items = tuple(
        Item(
            name=name,
            required=at in (0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 14, 15, 16, 17),
            present=at in (0, 1, 2, 3, 4, 6, 7, 8),
            paper=at in (0, 1, 2),
            electronic=at in (0, 1, 2, 3, 4, 6, 7, 8),
            pages=(pages + at, pages + at) if at in (0, 1, 2, 3, 4) else None,
        )
        for at, name in enumerate(CHECKLIST)
    )
    return ArchiveCover(
        number=_NUMBER,
        organisation=_COUNTY,
        household=_HOUSEHOLD,
        village="柳溪镇石门村",
        made_on=date(2026, 3, 2),
        kept_at="县住房和城乡建设局档案室 3 柜 12 盒；镇村镇建设办公室留存一份",
        keeper="尹桂芳",
        reviewer="沈砚",
        retention="长期",
        sections=(
            Section(
                number=_NUMBER,
                title="2019 年　原址拆除重建（统建）",
                items=tuple(closed),
                approved_on=date(2019, 4, 22),
                accepted_on=date(2019, 10, 18),
                closed_on=date(2019, 11, 12),
            ),
            Section(
                number=archive_number("柳溪镇", 2025, 6),
                title="2025 年　因灾受损维修加固（自改）",
                items=open_items,
                approved_on=date(2025, 11, 20),
            ),
        ),
        sheets=47,
    )


def posted_notice() -> PostedNotice:
    """A village's notice of one household, with the board at both ends."""
    return PostedNotice(
        number="GS-2019-0321",
        title="石门村 2019 年农村危房改造对象公示",
        kind="对象评议结果",
        organisation=_TOWNSHIP,
        place="柳溪镇石门村",
        posted_on=date(2019, 3, 21),
        until=date(2019, 3, 27),
        days=7,
        columns=("户主", "对象类别", "房屋等级", "结果"),
        rows=(("姜*远", "建档立卡贫困户", "D 级", "拟纳入改造"),),
        hotline="0999-210****",
        boards=("公示栏", "网站"),
        outcome="无异议",
        ended_on=date(2019, 3, 28),
        photos=(
            Photo(picture=drawing(480, 360), caption="张贴　2019年3月21日"),
            Photo(picture=drawing(480, 360), caption="期满　2019年3月27日"),
        ),
        left_out=6,
    )


def photo_sheet() -> PhotoSheet:
    """Before, during and after of one household."""
    groups = (("改造前", ("房屋正面",)), ("改造中", ("改造中 基础", "改造中 主体")), ("改造后", ("改造后 全景", "改造后 室内")))
    return PhotoSheet(
        number=_NUMBER,
        title="改造前、改造中、改造后照片",
        organisation=_COUNTY,
        household="姜望远",
        address=_PLACE,
        made_on=date(2019, 9, 15),
        groups=tuple(
            PhotoGroup(
                title=title,
                photos=tuple(Photo(picture=drawing(480, 360), caption=f"{shown}　2019年5月　距房屋 12 米") for shown in kinds),
            )
            for title, kinds in groups
        ),
    )

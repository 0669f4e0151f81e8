"""Made-up data for each paper: nobody's name, number or house."""

import struct
import zlib
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

from anju.documents.housing.appraisal_report import (
    Acknowledgement,
    AppraisalReport,
    Component,
    DangerPoint,
    Measure,
    Site,
)
from anju.documents.housing.parts import House, Household, Objection, Photo, Signatory, Standard
from anju.documents.housing.posted_result import PostedResult
from anju.documents.housing.result_letter import ResultLetter
from anju.documents.housing.safety_plate import SafetyPlate
from anju.documents.housing.verification_sheet import Interview, Present, VerificationSheet
from anju.documents.values import Code, Picture

_GUIDE = Standard(title="农村住房安全性鉴定技术导则", number="建村函〔2019〕200号", valid_from=date(2019, 11, 28))
_COUNTY = "清河县住房和城乡建设局"
_PLACE = "清河县柳溪镇石门村第三村民组 27 号"
_PUBLIC = "https://anju.example/p/"
_D = "承重结构已不能满足安全使用要求，房屋整体出现险情，构成整幢危房。"


def drawing(width: int, height: int, sky: tuple[int, int, int] = (214, 226, 236)) -> Picture:
    """A picture of a plain house as PNG, in any shape: stands for a photo where there is none."""
    rows = []
    for y in range(height):
        row = bytearray(b"\x00")
        for x in range(width):
            u, v = x / width, y / height
            roof = 0.30 <= v < 0.48 and abs(u - 0.5) < 0.12 + (v - 0.30) * 1.6
            wall = 0.48 <= v < 0.80 and abs(u - 0.5) < 0.34
            door = 0.58 <= v < 0.80 and abs(u - 0.5) < 0.055
            window = 0.56 <= v < 0.68 and 0.13 < abs(u - 0.5) < 0.24
            ground = v >= 0.80
            row += bytes(
                (92, 74, 60)
                if door
                else (120, 144, 160)
                if window
                else (205, 186, 158)
                if wall
                else (112, 92, 88)
                if roof
                else (150, 160, 128)
                if ground
                else sky
            )
        rows.append(bytes(row))
    return Picture(
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + _chunk(b"IDAT", zlib.compress(b"".join(rows), 6))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


_HOUSEHOLD = Household(
    name="秦守田",
    address=_PLACE,
    id_number="2199**********1014",
    phone="138****0027",
    categories=("建档立卡贫困户", "低保户"),
    members=4,
    number="219921104203-0027",
)


def appraisal_report() -> AppraisalReport:
    """An earth and timber house that came out D."""
    return AppraisalReport(
        number="清住建鉴〔2020〕柳溪 0316 号",
        organisation=_COUNTY,
        kind="鉴定",
        organiser="县住房和城乡建设局集中组织",
        round="2020 年住房安全“回头看”",
        trigger="疑似危房",
        household=_HOUSEHOLD,
        house=House(
            address=_PLACE,
            year_built=1984,
            structure="土木",
            storeys=1,
            bays=3,
            area=Decimal("62.40"),
            walls=(("前墙", "砖"), ("后墙", "土坯"), ("山墙", "土坯"), ("内横墙", "土坯")),
            roof_shape="双坡",
            roof_frame="木屋架+檩条",
            roof_cover=("小青瓦",),
            seismic_intensity="7 度",
            use="自住，唯一住房",
            number="F-219921104203-0027-1",
        ),
        standard=_GUIDE,
        inspected_on=date(2020, 6, 8),
        issued_on=date(2020, 6, 10),
        site=Site(safe=True, note="场地平整，周边 50 米内无陡坎、冲沟和高压线。"),
        components=(
            Component(
                name="地基基础",
                level="b",
                criteria="基础埋深略浅，有轻微不均匀沉降。",
                dangers=(DangerPoint(found="东北角基础轻微下沉", measured="墙体裂缝宽 2 mm", limit="10 mm", exceeds=False),),
            ),
            Component(
                name="承重墙",
                level="d",
                criteria="墙体严重开裂，部分严重歪斜，局部倒塌或有倒塌危险。",
                dangers=(
                    DangerPoint(found="后墙竖向贯通裂缝", measured="宽 14 mm，长 2.3 m", limit="宽 2 mm，长 1/2 层高", exceeds=True),
                    DangerPoint(found="西山墙外倾", measured="倾斜 2.1 %", limit="0.7 %", exceeds=True),
                ),
                note="后墙与内横墙交接处脱闪。",
            ),
            Component(
                name="木柱、梁、檩",
                level="c",
                criteria="明显腐朽、虫蛀；跨中明显下挠或有横向裂缝，纵向干缩裂缝深度超过木材直径的 1/4。",
                dangers=(DangerPoint(found="第二榀檩条跨中下挠", measured="L₀/98", limit="L₀/120", exceeds=True),),
            ),
            Component(name="木屋架", level="c", criteria="明显腐朽，下弦跨中有横向裂缝，支座移位。", note="西侧屋架支座外移约 20 mm。"),
            Component(name="屋面", level="c", criteria="屋面局部塌陷，瓦片大面积松动。"),
        ),
        whole_level="d",
        whole_note="房屋整体向西北方向倾斜，屋脊明显下挠。",
        protection="完全不具备防灾措施",
        measures=(
            Measure(hazard="地震（7 度）", measure="圈梁或配筋砖带", there=False),
            Measure(hazard="地震（7 度）", measure="墙体转角及交接处拉结", there=False),
            Measure(hazard="暴雨", measure="散水和排水沟", there=True, note="前檐有，后檐无"),
        ),
        computed="D",
        grade="D",
        meaning=_D,
        advice="拆除重建",
        advice_note="立即搬离危险房屋，过渡期由村委会安排到村幸福院居住。",
        photos=(
            Photo(picture=drawing(320, 240), caption="正面全景（2020年6月8日）"),
            Photo(picture=drawing(240, 320, (226, 222, 210)), caption="后墙竖向贯通裂缝"),
            Photo(picture=drawing(320, 240, (222, 216, 224)), caption="西山墙外倾"),
            Photo(picture=drawing(320, 180, (210, 222, 218)), caption="屋面塌陷处"),
        ),
        appraisers=(
            Signatory(name="周砚青", office="县农村房屋鉴定组", certificate="农房鉴 2019-0417"),
            Signatory(name="马长庚", office="柳溪镇村镇建设办公室", certificate="农房鉴 2019-0533"),
        ),
        reviewer=Signatory(name="顾怀安", office="县住房和城乡建设局村镇建设股"),
        acknowledgement=Acknowledgement(),
        objection=Objection(
            until=date(2020, 6, 25), to="清河县住房和城乡建设局村镇建设股", phone="0499-6620016", address="清河县城关镇建设路 8 号"
        ),
        public=Code(_PUBLIC + "r/7QF3K9"),
    )


def posted_result() -> PostedResult:
    """The sign at the same house, in what may be public."""
    return PostedResult(
        number="清住建示〔2020〕柳溪 0316 号",
        organisation=_COUNTY,
        householder="秦*田",
        place="柳溪镇石门村第三村民组",
        grade="D",
        meaning=_D,
        standard="农村住房安全性鉴定技术导则（建村函〔2019〕200号）",
        appraised_on=date(2020, 6, 8),
        appraised_by="县农村房屋鉴定组",
        posted_on=date(2020, 6, 10),
        posted_until=date(2020, 6, 25),
        objection=Objection(until=date(2020, 6, 25), to="清河县住房和城乡建设局村镇建设股", phone="0499-6620016"),
        advice="建议拆除重建",
        warning="危险房屋　禁止居住",
        public=Code(_PUBLIC + "s/7QF3K9"),
    )


def safety_plate() -> SafetyPlate:
    """The plate of a renovated house."""
    return SafetyPlate(
        number="清安认〔2020〕0271 号",
        organisation=_COUNTY,
        householder="姜*远",
        place="清河县柳溪镇石门村第一村民组",
        grade="A",
        ground="改造验收合格",
        standard="农村住房安全性鉴定技术导则（建村函〔2019〕200号）",
        appraised_by="县农村房屋鉴定组",
        appraised_on=date(2020, 6, 2),
        issued_on=date(2020, 6, 9),
        public=Code(_PUBLIC + "p/2M8XW4"),
    )


def verification_sheet() -> VerificationSheet:
    """A household housed safely since its house was renovated."""
    return VerificationSheet(
        number="HY-219921104203-0041",
        organisation="清河县脱贫攻坚住房安全有保障核验工作专班",
        village="清河县 柳溪镇 石门村",
        round="2020 年脱贫攻坚住房安全有保障核验",
        verified_on=date(2020, 6, 10),
        household=Household(
            name="姜望远",
            address="清河县柳溪镇石门村第一村民组 5 号",
            id_number="2199**********2037",
            phone="139****0041",
            categories=("建档立卡贫困户",),
            members=3,
            number="219921104203-0041",
        ),
        category="改造安全",
        way="农村危房改造",
        present=Present(
            address="清河县柳溪镇石门村第一村民组 5 号",
            lives_here=True,
            structure="砖混",
            grade="A",
            seen_at=datetime(2020, 6, 10, 9, 24, tzinfo=timezone(timedelta(hours=8))),
            place="东经 121.67031°，北纬 42.02183°",
        ),
        grounds=(
            ("改造档案", "柳溪危改字〔2019〕41号，原址拆除重建，48 平方米"),
            ("竣工验收", "2019年10月18日县级验收合格"),
            ("改造后等级", "A 级，清住建鉴〔2019〕柳溪 0288 号（2019年10月18日）"),
        ),
        proofs=("农户档案复印件", "竣工验收表", "安全认定牌 清安认〔2019〕0188 号"),
        interview=Interview(
            informant="姜望远",
            relation="户主",
            answers=(("现在是否住在这里", "是，全家常住"), ("是否还有别的住房", "没有"), ("对住房安全是否满意", "满意")),
        ),
        photo=Photo(picture=drawing(320, 240), caption="现住房与户主　2020年6月10日 09:24"),
        verifiers=(
            Signatory(name="", office="村党支部书记"),
            Signatory(name="", office="驻村第一书记"),
            Signatory(name="周砚青", office="核验人员"),
        ),
    )


def result_letter() -> ResultLetter:
    """The letter that goes with the report."""
    return ResultLetter(
        number="清住建告〔2020〕柳溪 0316 号",
        organisation=_COUNTY,
        addressee="秦守田",
        place=_PLACE,
        report_number="清住建鉴〔2020〕柳溪 0316 号",
        standard="《农村住房安全性鉴定技术导则》（建村函〔2019〕200号）",
        appraised_by="县农村房屋鉴定组",
        appraised_on=date(2020, 6, 8),
        grade="D",
        meaning=_D,
        advice="拆除重建",
        objection=Objection(
            until=date(2020, 6, 25), to="清河县住房和城乡建设局村镇建设股", phone="0499-6620016", address="清河县城关镇建设路 8 号"
        ),
        issued_on=date(2020, 6, 10),
        next_steps=(
            "该房屋已属危险房屋，请立即停止居住。没有其他安全住处的，请告知村委会，由镇、村安排过渡住处。",
            "您户属于农村危房改造对象类别的，可以向村委会申请农村危房改造补助；也可以选择集体公租房、租赁、投亲靠友等方式。",
        ),
        contact="柳溪镇村镇建设办公室　0499-6630207",
    )

"""DECLARED: the papers of house safety. Their owners fill the dataclasses; what they hold is shown as it is, masking is the owner's."""

from pathlib import Path

from anju.documents.declaration import Document, declare
from anju.documents.housing import samples
from anju.documents.housing.appraisal_report import AppraisalReport
from anju.documents.housing.posted_result import PostedResult
from anju.documents.housing.result_letter import ResultLetter
from anju.documents.housing.safety_plate import SafetyPlate
from anju.documents.housing.verification_sheet import VerificationSheet

__all__ = ["LETTER", "PLATE", "REPORT", "SHEET", "SIGN"]

_HERE = Path(__file__).parent

REPORT = declare(
    Document(
        key="appraisal_report",
        title="农村住房安全性鉴定报告",
        title_en="Safety appraisal report of a rural house",
        template=_HERE / "appraisal_report.typ",
        data=AppraisalReport,
        dated="issued_on",
        why="每一处经鉴定的住房都有一份编号的报告，由农户签认，并印明提出异议的最后日期",
        source="S0-32；2.1.2 农村住房安全性鉴定表；3.7",
        sample=samples.appraisal_report,
    )
)

SIGN = declare(
    Document(
        key="posted_result",
        title="农村住房安全性鉴定结果公示牌",
        title_en="Sign of a posted appraisal result",
        template=_HERE / "posted_result.typ",
        data=PostedResult,
        dated="posted_on",
        why="鉴定结果在房屋处挂牌公示，任何等级都挂；与安全认定牌是两种牌",
        source="S4-13；S0-33；2.10",
        sample=samples.posted_result,
    )
)

PLATE = declare(
    Document(
        key="safety_plate",
        title="农村住房安全认定牌",
        title_en="Safety certification plate",
        template=_HERE / "safety_plate.typ",
        data=SafetyPlate,
        dated="issued_on",
        why="只挂在达到安全标准的住房上：鉴定为 A、B 级，或改造后验收合格",
        source="S0-33；S0-55；2.13（全国没有统一样式）",
        sample=samples.safety_plate,
    )
)

SHEET = declare(
    Document(
        key="verification_sheet",
        title="住房安全有保障核验表",
        title_en="Verification sheet of housing safety",
        template=_HERE / "verification_sheet.typ",
        data=VerificationSheet,
        dated="verified_on",
        why="逐村逐户核验，一户一表，写明结论、依据、现住房照片和入户访谈",
        source="S2-08…S2-11；2.9；3.23（全国没有统一样式）",
        sample=samples.verification_sheet,
    )
)

LETTER = declare(
    Document(
        key="result_letter",
        title="农村住房安全性鉴定结果告知书",
        title_en="Letter telling a household its appraisal result",
        template=_HERE / "result_letter.typ",
        data=ResultLetter,
        dated="issued_on",
        why="把鉴定结果、理由和提出异议的办法、期限书面告知农户，附送达回执",
        source="S1-11；2.13 异议与重新鉴定",
        sample=samples.result_letter,
    )
)

"""DECLARED: the papers of a renovation, from the application to the household's archive. Their owners fill the dataclasses and mask."""

from pathlib import Path

from anju.documents.declaration import Document, declare
from anju.documents.renovation import samples
from anju.documents.renovation.agreement import Agreement
from anju.documents.renovation.application import Application
from anju.documents.renovation.archive_cover import ArchiveCover
from anju.documents.renovation.commitment import Commitment
from anju.documents.renovation.household_plan import HouseholdPlan
from anju.documents.renovation.photo_sheet import PhotoSheet
from anju.documents.renovation.posted_notice import PostedNotice
from anju.documents.renovation.village_review import VillageReview

__all__ = ["AGREEMENT", "APPLICATION", "ARCHIVE", "COMMITMENT", "NOTICE", "PHOTOS", "PLAN", "REVIEW"]

_HERE = Path(__file__).parent

APPLICATION = declare(
    Document(
        key="application",
        title="农村危房改造申请审批表",
        title_en="Application and approval of a renovation",
        template=_HERE / "application.typ",
        data=Application,
        dated="applied_on",
        why="一户一表，从农户申请、村评议、乡镇审核、部门联审到县级审批，各级意见、票数和补助金额写在一处",
        source="S0-22；2.7；2.8 第 1 项（全国没有统一样式）",
        sample=samples.application,
    )
)

REVIEW = declare(
    Document(
        key="village_review",
        title="村民（代表）会议评议记录",
        title_en="Record of a village review meeting",
        template=_HERE / "village_review.typ",
        data=VillageReview,
        dated="met_on",
        why="谁到会、评了哪些户、每户几票、结果如何，附会议照片，由到会的人签名",
        source="2.7；2.8 第 9 项",
        sample=samples.village_review,
    )
)

PLAN = declare(
    Document(
        key="household_plan",
        title="农村危房改造一户一方案",
        title_en="Renovation plan of one household",
        template=_HERE / "household_plan.typ",
        data=HouseholdPlan,
        dated="planned_on",
        why="一户一方案：怎样改、建多大、钱从哪里来、会不会因建房负债、建房期间住在哪里、每一步哪天完成",
        source="S0-36、S0-38…S0-43；2.3；3.8",
        sample=samples.household_plan,
    )
)

AGREEMENT = declare(
    Document(
        key="agreement",
        title="农村危房改造协议",
        title_en="Renovation agreement of two or three parties",
        template=_HERE / "agreement.typ",
        data=Agreement,
        dated="drawn_on",
        why="乡镇、农户和施工方三方（自建的两方）约定方式、面积、工期、质量、分次付款和旧房处置，并备案",
        source="S2-26、S2-27；2.7；3.13",
        sample=samples.agreement,
    )
)

COMMITMENT = declare(
    Document(
        key="commitment",
        title="农村危房改造自建承诺书",
        title_en="Commitment letter of a household that builds itself",
        template=_HERE / "commitment.typ",
        data=Commitment,
        dated="drawn_on",
        why="自己建房的农户对质量、安全、面积和旧房作出书面承诺，写明请了哪些受过培训的工匠",
        source="2.6；2.7；3.13",
        sample=samples.commitment,
    )
)

ARCHIVE = declare(
    Document(
        key="archive_cover",
        title="农户档案封面和目录",
        title_en="Cover and contents of a household's archive",
        template=_HERE / "archive_cover.typ",
        data=ArchiveCover,
        dated="made_on",
        why="一户一档、批准一户建档一户：封面写明档号和齐全率，目录逐项写明应有、已有和页码",
        source="2.8；3.25；〔乡镇〕危改字〔年度〕NN号",
        sample=samples.archive_cover,
    )
)

NOTICE = declare(
    Document(
        key="posted_notice",
        title="公示存档",
        title_en="A notice as it hung, for the archive",
        template=_HERE / "posted_notice.typ",
        data=PostedNotice,
        dated="posted_on",
        why="公示贴出时的内容、天数、公示栏照片和结果，存进农户档案",
        source="2.8 第 10 项；2.10",
        sample=samples.posted_notice,
    )
)

PHOTOS = declare(
    Document(
        key="photo_sheet",
        title="改造前、改造中、改造后照片",
        title_en="Photos before, during and after",
        template=_HERE / "photo_sheet.typ",
        data=PhotoSheet,
        dated="made_on",
        why="改造前、中、后的照片各写明拍的是什么、哪天拍的、离房屋多远；签字材料的照片也这样成页",
        source="2.8 第 18 项；3.10；S2-17",
        sample=samples.photo_sheet,
    )
)

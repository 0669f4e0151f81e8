"""Lists and what was decided on them."""

from typing import Any

from django.utils.translation import gettext_lazy as _

COLUMNS: dict[str, dict[str, Any]] = {
    "rosters_batch": {
        "owner": _("报送部门"), "category": _("对象类别"), "as_of": _("数据截至"), "previous_id": _("上一版名单"), "mapping_id": _("表头对应"),
        "recognition": _("表头识别"), "enrols": _("新户入册"), "message": _("消息"), "last_sheet": _("读到的工作表"), "last_row": _("读到的行"),
        "rows_total": _("行数"), "rows_clean": _("无误的行"), "rows_noted": _("有提醒的行"), "rows_faulty": _("有错的行"),
        "places_unresolved": _("认不出的地方"), "faults": _("错误汇总"), "received_by_id": _("收下人"), "received_at": _("收下时间"),
        "read_at": _("读完时间"), "locked_at": _("锁定时间"),
    },
    "rosters_batchrow": {
        "placed": _("地方已认出"), "place": _("原写的地方"), "name": _("姓名"), "id_text": _("原写的证件号"), "household": _("名单上的户号"),
        "head_name": _("户主姓名"), "cert_no": _("证号"), "extra": _("其他列"), "findings": _("核对意见"),
    },
    "rosters_columnmapping": {
        "fingerprint": _("表头的摘要"), "headings": _("表头"),
    },
    "rosters_decision": {
        "effects": _("引起的改动"), "size": _("条数"), "undone_by_id": _("撤销人"), "undone_at": _("撤销时间"),
    },
    "rosters_letter": {
        "serial": _("序号"), "number": _("文号"), "office": _("发往部门"), "addressee": _("收件单位"), "sender": _("发件单位"), "on": _("发函日期"),
        "answer_by": _("答复期限"), "kinds": _("差异种类"), "body": _("正文"), "attachment_id": _("附件"), "answer_file_id": _("答复文件"),
        "written_by_id": _("拟函人"), "written_at": _("拟函时间"), "answered_at": _("答复时间"),
    },
    "rosters_letterrow": {
        "letter_id": _("退回函"), "ordinal": _("序号"), "mismatch_id": _("差异"), "question": _("核实什么"), "answer": _("答复"),
        "answer_note": _("答复说明"), "answered_by_id": _("答复人"), "answered_at": _("答复时间"),
    },
    "rosters_locksignature": {
        "office": _("会签部门"), "by_id": _("会签人"), "at": _("会签时间"),
    },
    "rosters_match": {
        "other_row_id": _("另一份名单的行"), "passed": _("比对步骤"), "score": _("把握"), "evidence": _("逐项比较"), "pattern": _("依据的组合"),
        "changes": _("要改的内容"),
    },
    "rosters_matchrun": {
        "other_id": _("另一份名单"), "stage": _("阶段"), "current": _("现行的一次"), "flow": _("各步结果"), "summary": _("汇总"), "applied": _("写入情况"),
        "started_by_id": _("提出人"),
    },
    "rosters_mismatch": {
        "kind": _("差异种类"), "match_id": _("比对结果"), "subject": _("差在哪里"), "listed": _("名单上"), "held": _("登记库里"), "detail": _("明细"),
        "disposition": _("处置"), "handled_by_id": _("处理人"), "handled_at": _("处理时间"),
    },
    "rosters_rowcells": {
        "sealed": _("原样单元格（密文）"), "key_number": _("密钥号"),
    },
}  # fmt: skip

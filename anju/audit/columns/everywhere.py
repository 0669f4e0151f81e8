"""Columns that mean the same wherever they stand."""

from typing import Any

from django.utils.translation import gettext_lazy as _

COLUMNS: dict[str, Any] = {
    "id": _("主键"), "area": _("地方"), "seat": _("办理人所在层级"), "name": _("名称"), "number": _("编号"), "kind": _("种类"), "title": _("标题"),
    "reason": _("理由"), "note": _("说明"), "source": _("来源"), "at": _("时间"), "on": _("日期"), "by": _("经办人"), "by_id": _("经办人"),
    "office": _("单位"), "state": _("状态"), "status": _("状态"), "valid_from": _("起"), "valid_to": _("止"), "recorded_at": _("录入时间"),
    "recorded_by": _("录入人"), "superseded_at": _("被更新的时间"), "created_at": _("建立时间"), "created_by_id": _("建立人"),
    "started_at": _("开始时间"), "finished_at": _("结束时间"), "seconds": _("用时（秒）"), "user_id": _("账号"), "household_id": _("农户"),
    "person_id": _("人员"), "dwelling_id": _("房屋"), "category_id": _("对象类别"), "division_id": _("区划"), "batch_id": _("名单"),
    "run_id": _("比对"), "job_id": _("后台任务"), "file_id": _("文件"), "decision_id": _("判定或处理"), "change_id": _("区划变更"),
    "row_id": _("名单的行"), "reverses_id": _("撤销的是哪一项"), "document": _("文号"), "year": _("年度"), "sha256": _("文件摘要"),
    "size": _("大小（字节）"), "address": _("住址"), "phone": _("电话"), "sex": _("性别"), "birth_date": _("出生日期"),
    "birth_precision": _("出生日期准到"), "relation": _("与户主关系"), "id_number": _("证件号"), "id_conflict": _("证件号有冲突"), "ethnic": _("民族"),
    "disability_kind": _("残疾类别"), "disability_level": _("残疾等级"), "disability_cert": _("残疾证号"), "alive": _("健在"),
    "death_date": _("死亡日期"), "sheet": _("工作表"), "row": _("行号"), "outcome": _("结果"), "verdict": _("判定"), "explanation": _("依据"),
    "applied": _("已写入登记库"), "layout": _("版式"), "columns": _("列"), "rows": _("行数"), "full": _("含完整号码"), "grant": _("身份"),
    "mismatch_kind": _("差异种类"), "client_id": _("手机端的编号"), "captured_at": _("现场记录的时间"), "device": _("设备"), "album_id": _("相册"),
    "appraisal_id": _("鉴定"), "as_of": _("数据截至"), "message": _("消息"), "last_sheet": _("读到的工作表"), "last_row": _("读到的行"),
    "rows_total": _("行数"), "rows_noted": _("有提醒的行"), "faults": _("错误汇总"), "read_at": _("读完时间"), "recognition": _("表头识别"),
    "findings": _("核对意见"), "sealed": _("原样单元格（密文）"), "key_number": _("密钥号"), "since": _("从"), "until": _("到"), "detail": _("明细"),
    "level": _("层级"), "category": _("类别"), "county": _("编号时的县"), "last": _("最后的序号"), "due": _("期限"), "starts_on": _("开始日期"),
    "ends_on": _("结束日期"), "office_id": _("单位"), "organiser_id": _("组织单位"), "opened_at": _("开始时间"), "opened_by_id": _("开始人"),
    "closed_at": _("结束时间"), "closed_on": _("结束日期"), "closed_by_id": _("结束人"), "received_at": _("收到时间"), "received_on": _("收到日期"),
    "received_by_id": _("收到人"), "answered_on": _("答复日期"), "answered_by_id": _("答复人"), "answered_at": _("答复时间"), "answer": _("答复"),
    "withdrawn_at": _("撤下时间"), "withdrawn_on": _("撤下日期"), "withdrawn_by_id": _("撤下人"), "withdrawn_why": _("撤下的理由"),
    "posted_by_id": _("张贴人"), "posted_at": _("张贴时间"), "posted_on": _("张贴日期"), "grade": _("等级"), "result": _("结果"),
    "route": _("保障途径"), "lives_here": _("有人居住"), "way": _("方式"), "locked_at": _("锁定时间"), "made_at": _("编制时间"), "made_by_id": _("编制人"),
    "lng": _("经度"), "lat": _("纬度"), "place": _("地点"), "categories": _("对象类别"),
}  # fmt: skip

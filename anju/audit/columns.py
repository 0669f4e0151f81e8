"""Columns as the office calls them: what was changed is told by its name, never by the table's own. A column without a word fails a test."""

from typing import Any

from django.utils.translation import gettext_lazy as _

# What a column of this name means wherever it stands …
_EVERYWHERE: dict[str, Any] = {
    "id": _("主键"),
    "area": _("地方"),
    "seat": _("办理人所在层级"),
    "name": _("名称"),
    "number": _("编号"),
    "kind": _("种类"),
    "title": _("标题"),
    "reason": _("理由"),
    "note": _("说明"),
    "source": _("来源"),
    "at": _("时间"),
    "on": _("日期"),
    "by": _("经办人"),
    "by_id": _("经办人"),
    "office": _("单位"),
    "state": _("状态"),
    "status": _("状态"),
    "valid_from": _("起"),
    "valid_to": _("止"),
    "recorded_at": _("录入时间"),
    "recorded_by": _("录入人"),
    "superseded_at": _("被更新的时间"),
    "created_at": _("建立时间"),
    "created_by_id": _("建立人"),
    "started_at": _("开始时间"),
    "finished_at": _("结束时间"),
    "seconds": _("用时（秒）"),
    "user_id": _("账号"),
    "household_id": _("农户"),
    "person_id": _("人员"),
    "dwelling_id": _("房屋"),
    "category_id": _("对象类别"),
    "division_id": _("区划"),
    "batch_id": _("名单"),
    "run_id": _("比对"),
    "job_id": _("后台任务"),
    "file_id": _("文件"),
    "decision_id": _("判定或处理"),
    "change_id": _("区划变更"),
    "row_id": _("名单的行"),
    "reverses_id": _("撤销的是哪一项"),
    "document": _("文号"),
    "year": _("年度"),
    "sha256": _("文件摘要"),
    "size": _("大小（字节）"),
    "address": _("住址"),
    "phone": _("电话"),
    "sex": _("性别"),
    "birth_date": _("出生日期"),
    "birth_precision": _("出生日期准到"),
    "relation": _("与户主关系"),
    "id_number": _("证件号"),
    "id_conflict": _("证件号有冲突"),
    "ethnic": _("民族"),
    "disability_kind": _("残疾类别"),
    "disability_level": _("残疾等级"),
    "disability_cert": _("残疾证号"),
    "alive": _("健在"),
    "death_date": _("死亡日期"),
    "sheet": _("工作表"),
    "row": _("行号"),
    "outcome": _("结果"),
    "verdict": _("判定"),
    "explanation": _("依据"),
    "applied": _("已写入登记库"),
    "layout": _("版式"),
    "columns": _("列"),
    "rows": _("行数"),
    "full": _("含完整号码"),
    "grant": _("身份"),
    "mismatch_kind": _("差异种类"),
}

# … and where it means something of its own.
_OF_TABLE: dict[str, dict[str, Any]] = {
    "accounts_grant": {
        "role": _("角色"), "given_by_id": _("授权人"), "given_at": _("授权时间"), "reason": _("依据或理由"), "ended_by_id": _("收回人"),
        "ended_at": _("收回时间"), "ended_why": _("收回的理由"),
    },
    "accounts_namedrecord": {"grant_id": _("授权"), "key": _("对象编号")},
    "accounts_organisation": {"name": _("机构名称"), "kind": _("机构类别"), "parent_id": _("上级机构")},
    "accounts_passwordstate": {"changed_at": _("改密码的时间"), "must_change": _("下次登录须改密码")},
    "accounts_pastpassword": {"encoded": _("密码（单向加密）")},
    "accounts_recoverycode": {"digest": _("备用码的摘要"), "used_at": _("用掉的时间")},
    "accounts_secondfactor": {"secret": _("手机验证的密钥"), "confirmed_at": _("绑定时间"), "last_step": _("最近用过的一步")},
    "accounts_signin": {
        "login_digest": _("用户名的摘要"), "address": _("来自"), "agent": _("设备"), "second_factor": _("用了手机验证"),
        "ended_at": _("退出时间"), "ended": _("怎样退出"),
    },
    "accounts_user": {
        "password": _("密码"), "last_login": _("上次登录"), "login": _("用户名"), "name": _("姓名"), "organisation_id": _("机构"),
        "is_active": _("在用"),
    },
    "clock_businessday": {"only": _("唯一的一行"), "day": _("业务日期")},
    "divisions_division": {
        "code": _("区划代码"), "parent_id": _("上级区划"), "level": _("层级"), "short_name": _("简称"), "full_name": _("全称"),
        "core": _("名称的主干"), "pinyin": _("拼音"), "initials": _("拼音首字母"), "number": _("排序号"), "urban_rural": _("城乡分类"),
        "state_on": _("状态日期"), "opened_by_id": _("由哪次变更设立"), "closed_by_id": _("由哪次变更撤销"),
    },
    "divisions_divisionchange": {},
    "divisions_divisionload": {"prefixes": _("装入的范围"), "added": _("新增个数")},
    "divisions_divisiontag": {"tag": _("标签")},
    "divisions_formername": {"name": _("曾用名"), "until": _("用到哪天")},
    "divisions_recoded": {
        "table": _("改码的表"), "column": _("改码的列"), "old": _("旧代码"), "new": _("新代码"), "keys": _("改码的行"), "size": _("行数"),
    },
    "divisions_seismicintensity": {"intensity": _("设防烈度"), "design_group": _("设计地震分组")},
    "divisions_succession": {"old_id": _("原区划"), "new_id": _("现区划"), "named": _("沿用名称")},
    "evidence_storedfile": {"name": _("文件名"), "media_type": _("文件类型")},
    "exports_download": {"export_id": _("导出"), "address": _("来自")},
    "exports_export": {
        "kind": _("导出的内容"), "filters": _("筛选条件"), "reason": _("用途"), "mark": _("标记"), "requested_by_id": _("申请人"),
        "right_id": _("在哪项授权下"), "requested_at": _("申请时间"), "needs_approval": _("须他人审批"), "decided_by_id": _("审批人"),
        "decided_at": _("审批时间"), "decision_reason": _("审批意见"), "as_is": _("原件照发"), "file_name": _("文件名"),
        "file_size": _("大小（字节）"), "ready_at": _("文件备好"), "expires_at": _("文件保留到"),
    },
    "exports_reveal": {"subject": _("看的是"), "url": _("在哪一页"), "numbers": _("号码数")},
    "jobs_job": {
        "kind": _("任务种类"), "done": _("已办"), "total": _("共有"), "message": _("消息"), "arguments": _("参数"), "result": _("结果"),
        "grant": _("在哪项授权下"), "cancel_requested": _("已要求取消"), "created_by_id": _("提出人"), "created_at": _("提出时间"),
    },
    "masks_maskchoice": {"policy": _("脱敏规则"), "chosen_by_id": _("设定人"), "chosen_at": _("设定时间")},
    "registry_belonging": {},
    "registry_category": {
        "code": _("类别代码"), "name": _("类别名称"), "short": _("简称"), "name_en": _("英文名称"), "owner": _("主管部门"),
        "scope": _("按户还是按人"), "primary_order": _("主类别的次序"), "province": _("限于哪个省"),
    },
    "registry_change": {"detail": _("明细"), "main_id": _("属于哪次变更")},
    "registry_datedflag": {"flag": _("标记")},
    "registry_dwelling": {"number": _("房屋编号"), "replaces_id": _("替代哪处房屋")},
    "registry_dwellingstate": {
        "lng": _("经度"), "lat": _("纬度"), "coordinates": _("坐标系"), "is_only": _("唯一住房"), "homestead_no": _("宅基地证号"),
        "year_built": _("建造年份"), "structure": _("结构"), "storeys": _("层数"), "bays": _("开间数"), "main_area": _("主房面积（㎡）"),
        "auxiliary_area": _("附房面积（㎡）"), "more": _("其他情况"),
    },
    "registry_formerparticulars": {"name": _("姓名")},
    "registry_household": {
        "number": _("户编号"), "groups": _("对象类别"), "opened_on": _("立户日期"), "closed_on": _("销户日期"), "merged_into_id": _("并入哪户"),
    },
    "registry_membership": {},
    "registry_numberseries": {"village": _("村"), "last": _("最后的序号")},
    "registry_occupancy": {"kind": _("居住方式")},
    "registry_pastsupport": {"kind": _("补助项目"), "amount": _("金额（分）")},
    "registry_person": {"name": _("姓名")},
    "registry_registration": {"ending": _("怎样销户"), "merged_into_id": _("并入哪户")},
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
    "rosters_columnmapping": {"fingerprint": _("表头的摘要"), "headings": _("表头")},
    "rosters_decision": {"effects": _("引起的改动"), "size": _("条数"), "undone_by_id": _("撤销人"), "undone_at": _("撤销时间")},
    "rosters_letter": {
        "serial": _("序号"), "number": _("文号"), "office": _("发往部门"), "addressee": _("收件单位"), "sender": _("发件单位"),
        "on": _("发函日期"), "answer_by": _("答复期限"), "kinds": _("差异种类"), "body": _("正文"), "attachment_id": _("附件"),
        "answer_file_id": _("答复文件"), "written_by_id": _("拟函人"), "written_at": _("拟函时间"), "answered_at": _("答复时间"),
    },
    "rosters_letterrow": {
        "letter_id": _("退回函"), "ordinal": _("序号"), "mismatch_id": _("差异"), "question": _("核实什么"), "answer": _("答复"),
        "answer_note": _("答复说明"), "answered_by_id": _("答复人"), "answered_at": _("答复时间"),
    },
    "rosters_locksignature": {"office": _("会签部门"), "by_id": _("会签人"), "at": _("会签时间")},
    "rosters_match": {
        "other_row_id": _("另一份名单的行"), "passed": _("比对步骤"), "score": _("把握"), "evidence": _("逐项比较"), "pattern": _("依据的组合"),
        "changes": _("要改的内容"),
    },
    "rosters_matchrun": {
        "other_id": _("另一份名单"), "stage": _("阶段"), "current": _("现行的一次"), "flow": _("各步结果"), "summary": _("汇总"),
        "applied": _("写入情况"), "started_by_id": _("提出人"),
    },
    "rosters_mismatch": {
        "kind": _("差异种类"), "match_id": _("比对结果"), "subject": _("差在哪里"), "listed": _("名单上"), "held": _("登记库里"),
        "detail": _("明细"), "disposition": _("处置"), "handled_by_id": _("处理人"), "handled_at": _("处理时间"),
    },
    "rosters_rowcells": {"sealed": _("原样单元格（密文）"), "key_number": _("密钥号")},
    "trail_archived": {
        "first": _("从第几号"), "last": _("到第几号"), "before": _("之前的哈希"), "hash": _("链尾哈希"), "earliest": _("最早一条"),
        "latest": _("最晚一条"), "name": _("文件名"),
    },
    "trail_restoration": {
        "archive": _("备份的编号"), "name": _("备份文件"), "taken_at": _("备份时间"), "former_end": _("恢复前的链尾"), "found_end": _("备份里的链尾"),
        "common": _("共有到第几号"), "lost": _("不在这里的条数"),
    },
}  # fmt: skip


def word(table: str, column: str) -> str:
    """A table's column as the office calls it; the column's own name where a later version took the column away."""
    return str(_OF_TABLE.get(table, {}).get(column) or _EVERYWHERE.get(column) or column)


def words(table: str, columns: list[str] | None) -> list[str]:
    """Several."""
    return [word(table, column) for column in columns or ()]

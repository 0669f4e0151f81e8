"""Examples for the gallery page: every component in every state, with invented people."""

import json
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from anju import clock


def _square(code: str, x: float, y: float, wide: float, high: float) -> dict[str, Any]:
    ring = [[x, y], [x + wide, y], [x + wide, y + high], [x, y + high], [x, y]]
    return {"type": "Feature", "properties": {"code": code}, "geometry": {"type": "Polygon", "coordinates": [ring]}}


# Invented areas: the gallery needs no data.
SHAPES = json.dumps(
    {
        "type": "FeatureCollection",
        "features": [
            _square("a", 121.0, 42.0, 0.6, 0.35), _square("b", 121.6, 42.0, 0.5, 0.35),
            _square("c", 121.0, 42.35, 0.4, 0.3), _square("d", 121.4, 42.35, 0.7, 0.3),
        ],
    }
)  # fmt: skip


def _phase(title: str, state: str, note: str, *steps: tuple[str, str, str]) -> dict[str, Any]:
    return {
        "title": title,
        "state": state,
        "note": note,
        "steps": [{"state": one, "title": name, "note": when} for one, name, when in steps],
    }


def examples() -> dict[str, Any]:
    """The context of the gallery."""
    today = clock.today()
    now = timezone.now()
    here = "#"
    return {
        "tabs": [
            {"label": _("流向"), "url": here, "on": True, "count": None},
            {"label": _("矩阵"), "url": here, "on": False, "count": None},
            {"label": _("分乡镇"), "url": here, "on": False, "count": 24},
        ],
        "chips": [
            {"label": _("全部"), "count": 531, "url": here, "on": True},
            {"label": _("证件号已修复"), "count": 214, "url": here, "on": False},
            {"label": _("户主不一致"), "count": 146, "url": here, "on": False},
            {"label": _("待核对"), "count": 63, "url": here, "on": False},
            {"label": _("同号异名"), "count": 31, "url": here, "on": False},
            {"label": _("分户"), "count": 27, "url": here, "on": False},
            {"label": _("一人两户"), "count": 0, "url": here, "on": False},
        ],
        "work": [
            {
                "due": _("逾期 2 天"), "due_tone": "late", "count": 27, "unit": _("行"), "url": here, "title": _("退回民政局的差异没有答复"),
                "reason": _("低保名单 2020年5月 · 哈尔套 11、冯家 9、大冷 7"), "change": _("较昨日 +4"), "waiting": _("最久 7 天"),
                "secondary": None, "action": {"label": _("催办"), "url": here}, "filled": True,
            },
            {
                "due": _("今天"), "due_tone": "soon", "count": 63, "unit": _("对"), "url": here, "title": _("名单比对待人工核对"),
                "reason": _("民政局 · 农村低保名单 2020年5月 · 其余 14,396 人已自动关联"), "change": _("今天新增"), "waiting": _("09:12 产生"),
                "secondary": {"label": _("看依据"), "url": here}, "action": {"label": _("开始核对"), "url": here}, "filled": False,
            },
        ],
        "steps": [
            {"state": "done", "title": _("进入名单"), "note": "2019-11-20"}, {"state": "done", "title": _("鉴定 D 级"), "note": "2020-03-18"},
            {"state": "done", "title": _("县级批准"), "note": "2020-04-09"}, {"state": "done", "title": _("开工"), "note": "2020-04-26"},
            {"state": "done", "title": _("主体完工"), "note": "2020-06-02"}, {"state": "now", "title": _("竣工"), "note": _("计划 6-20 剩 8 天")},
            {"state": "", "title": _("验收"), "note": _("计划 6-23")}, {"state": "", "title": _("拨付"), "note": _("验收后 30 日内")},
            {"state": "", "title": _("核验"), "note": _("转“改造安全”")}, {"state": "", "title": _("销档"), "note": ""},
        ],
        "phases": [
            _phase(_("申请审批"), "done", "", ("done", _("申请"), "3-20"), ("done", _("村评议"), "3-23"), ("done", _("村公示"), "3-30"), ("done", _("乡公示"), "4-06"), ("done", _("批准"), "4-09")),
            _phase(_("协议备料"), "done", "", ("done", _("培训"), "4-15"), ("done", _("协议"), "4-18"), ("done", _("备料"), "4-20")),
            _phase(_("施工"), "now", _("第 48 天"), ("done", _("开工"), "4-26"), ("done", _("基础"), _("5-09 迟 1")), ("done", _("主体"), _("6-02 迟 3")), ("now", _("竣工"), _("计划 6-20"))),
            _phase(_("验收挂牌"), "", "", ("", _("乡初验"), "6-21"), ("", _("县验收"), "6-23"), ("", _("挂牌"), "6-24")),
            _phase(_("拨付归档"), "", "", ("", _("拨付"), _("7-23 前")), ("", _("归档"), "7-28"), ("", _("销档"), "7-31")),
        ],
        "headings": [
            {"key": "row", "title": _("原表行"), "sort": True}, {"key": "class", "title": _("类别"), "sort": True},
            {"title": _("名单中")}, {"title": _("登记库中")}, {"title": _("说明")}, {"title": _("村")}, {"title": _("处理"), "align": "r"},
        ],
        "rows": [
            {"row": 412, "kind": _("证件号已修复"), "name": "王桂兰", "other_name": "王桂兰", "id": "210922195203041327", "other_id": "210922195203041227", "why": _("末位校验不成立；改一位后成立，且姓名、出生日期一致"), "village": "冯家镇 三家子村", "act": _("采纳修复")},
            {"row": 1523, "kind": _("同号异名"), "name": "包玉霞", "other_name": "鲍玉霞", "id": "210922196811204542", "other_id": "210922196811204542", "why": _("证件号、住址一致，姓氏同音"), "village": "大冷镇 程沟村", "act": _("核对")},
            {"row": 2207, "kind": _("待核对"), "name": "赵凤琴", "other_name": "赵凤芹", "id": "210922195708142261", "other_id": "210922195708142281", "why": _("姓名同音、生日相同，两号校验位均成立"), "village": "满堂红镇 小官村", "act": _("核对")},
        ],
        "page": {"first": 1, "last": 3, "total": 531, "next": "3", "previous": ""},
        "pair": [
            {"label": _("姓名"), "this": "赵凤琴", "other": "赵凤芹", "op": "≈"},
            {"label": _("出生日期"), "this": "1957-08-14", "other": "1957-08-14", "op": "="},
            {"label": _("村组"), "this": "满堂红镇 小官村 3组", "other": "满堂红镇 小官村 3组", "op": "="},
            {"label": _("户主"), "this": "赵凤琴（本人）", "other": "周德海（配偶）", "op": "≠"},
        ],
        "evidence": [
            {"label": _("出生日期相同"), "weight": 6.1}, {"label": _("配偶证件相同"), "weight": 5.6}, {"label": _("姓名同音"), "weight": 3.4},
            {"label": _("同村同组"), "weight": 2.8}, {"label": _("证件号差一位"), "weight": -3.9}, {"label": _("户主不一致"), "weight": -1.1},
        ],
        "checks": [
            {"level": "block", "title": _("名单缺会签"), "todo": _("民政局尚未签字。请其负责人登录后会签，或上传盖章的扫描件。"), "source": _("规则 名单锁定 · 县级三部门会签"), "fix": {"label": _("催办"), "url": here}},
            {"level": "warn", "title": _("12 人的村写法认不出"), "todo": _("不阻断。按乡镇列出，对一次即可记住。"), "source": _("规则 村名对应"), "fix": {"label": _("去对应"), "url": here}},
        ],
        "passed": [_("表头全部认出"), _("证件号均为文本"), _("没有重复行"), _("截至日期已填")],
        "events": [
            {"on": today - timedelta(days=8), "time": "10:14", "kind": "milestone", "title": _("进入低保名单"), "tone": "ok", "state": _("已核实无误"), "text": _("民政局 2020年5月名单第 2,207 行；证件号与建档立卡名单一致")},
            {"on": today - timedelta(days=15), "kind": "problem", "title": _("户主不一致"), "tone": "soon", "state": _("待核"), "text": _("低保名单写作“赵凤琴”，登记库户主为周德海")},
            {"on": date(today.year - 1, 11, 20), "kind": "note", "title": _("进入建档立卡名单"), "text": _("扶贫办 2019年动态调整")},
        ],
        "kv": [(_("户编号"), "210922109207-0431"), (_("住址"), "满堂红镇 小官村 3组"), (_("人口"), 3), (_("电话"), "")],
        "cells": [{"tone": tone, "title": f"{_('户')} {at + 1}"} for at, tone in enumerate(["", "", "c2", "", "", "", "c3", *[""] * 40, "late", *[""] * 12, "hatch", "hatch", *["o"] * 26])],
        "jobs": [
            SimpleNamespace(pk=None, title=_("导入：残联贫困残疾人名单.xlsx"), open=True, status="running", done=3180, total=5127, share=0.62, message="", result={}, cancel_requested=False, started_at=now - timedelta(seconds=65), finished_at=None),
            SimpleNamespace(pk=None, title=_("导出：差异 531 行"), open=False, status="done", done=531, total=531, share=1.0, message="", result={"download": here}, cancel_requested=False, started_at=now, finished_at=now),
            SimpleNamespace(pk=None, title=_("导入：危改台账.xls"), open=False, status="failed", done=0, total=0, share=0.0, message=_("文件加了密码。请在 Excel 里去掉密码、另存后再传。"), result={}, cancel_requested=False, started_at=now, finished_at=now),
        ],
        "flow": {
            "unit": _("人"),
            "nodes": [
                {"id": "all", "label": _("名单"), "value": 14806, "column": 0, "colour": "plan"},
                {"id": "id", "label": _("证件号一致"), "value": 13962, "column": 1},
                {"id": "repaired", "label": _("证件号修复后一致"), "value": 214, "column": 1},
                {"id": "name", "label": _("姓名+生日+村"), "value": 187, "column": 1},
                {"id": "model", "label": _("概率匹配"), "value": 96, "column": 1, "colour": "cat-2"},
                {"id": "none", "label": _("未找到"), "value": 347, "column": 1, "colour": "cat-4"},
                {"id": "auto", "label": _("自动关联"), "value": 14396, "column": 2, "href": here},
                {"id": "review", "label": _("待核对"), "value": 63, "column": 2, "colour": "cat-2", "href": here},
                {"id": "only", "label": _("仅在名单"), "value": 347, "column": 2, "colour": "cat-4", "href": here},
            ],
            "links": [
                {"from": "all", "to": "id", "value": 13962}, {"from": "all", "to": "repaired", "value": 214}, {"from": "all", "to": "name", "value": 187},
                {"from": "all", "to": "model", "value": 96}, {"from": "all", "to": "none", "value": 347}, {"from": "id", "to": "auto", "value": 13962},
                {"from": "repaired", "to": "auto", "value": 214}, {"from": "name", "to": "auto", "value": 187}, {"from": "model", "to": "auto", "value": 33},
                {"from": "model", "to": "review", "value": 63}, {"from": "none", "to": "only", "value": 347},
            ],
        },
        "bars": {
            "unit": "%", "plan": 91.0,
            "rows": [
                {"label": _("甲区"), "value": 100.0, "text": "100.0%", "href": here}, {"label": _("乙县"), "value": 87.1, "text": "87.1%", "href": here, "pale": True},
                {"label": _("丙县"), "value": 73.3, "text": "73.3%", "href": here, "pale": True},
            ],
        },
        "lines": {
            "days": ["4-30", "5-07", "5-14", "5-21", "5-28", "6-04", "6-12", "6-19", "6-25"],
            "series": [
                {"label": _("计划"), "kind": "plan", "values": [20, 110, 250, 420, 640, 780, 910, 970, 1004]},
                {"label": _("实际"), "kind": "actual", "values": [30, 125, 260, 425, 590, 740, 871, None, None]},
                {"label": _("照此速度"), "kind": "forecast", "values": [None, None, None, None, None, None, 871, 940, 990]},
            ],
        },
        "areas": {
            "a": {"label": _("甲区"), "text": "100.0%", "step": 6, "href": here, "said": _("甲区 19 / 19 户")}, "b": {"label": _("乙县"), "text": "87.1%", "step": 4, "href": here, "said": _("乙县 352 / 404 户")},
            "c": {"label": _("丙县"), "text": "73.3%", "step": 2, "href": here, "said": _("丙县 11 / 15 户")}, "d": {"label": _("丁县"), "text": "66.7%", "step": 1, "href": here, "said": _("丁县 6 / 9 户")},
        },
        "scale": ["<70", "70", "80", "85", "90", "95"],
        "days": {"this_year": today, "earlier": date(today.year - 1, 11, 20), "soon": today + timedelta(days=3), "late": today - timedelta(days=2)},
        "plan_said": _("竖线为计划 91.0%"),
        "scale_label": _("完成率 %"),
        "places": ["满堂红镇", "大冷镇", "冯家镇"],
    }  # fmt: skip

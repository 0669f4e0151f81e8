"""Every declaration there is: layouts, passes, roles, checks, categories, work … collected from the code itself.

``anju catalogue --json`` prints it; ``docs/catalogue`` is written from it (``make docs``) and a check keeps it fresh.
"""

import argparse
import dataclasses
import importlib
import json
import os
import pkgutil
import sys
from collections.abc import Iterable, Iterator
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Any

import django

import anju
from anju.checks import Check

_LEFT_OUT = {"tests", "migrations", "settings", "wsgi"}
_LEVELS = {"block": "阻断", "warn": "提醒", "note": "说明"}

Entry = dict[str, Any]


def _modules() -> Iterator[ModuleType]:
    """Every module of the product, in name order; tests and migrations declare nothing."""
    for found in pkgutil.walk_packages(anju.__path__, "anju."):
        if not _LEFT_OUT & set(found.name.split(".")) and not found.name.startswith("anju.demo"):
            yield importlib.import_module(found.name)


def _plain(value: object) -> object:
    """As JSON knows it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, frozenset | set):
        return sorted(str(_plain(each)) for each in value)
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def checks(modules: Iterable[ModuleType]) -> list[Entry]:
    """Every rule, once; two rules of one id are an error of the house."""
    found: dict[str, Check] = {}
    for module in modules:
        for value in vars(module).values():
            for check in value if isinstance(value, tuple | list) else value.values() if isinstance(value, dict) else (value,):
                if isinstance(check, Check) and found.setdefault(check.id, check) != check:
                    raise ValueError(f"two rules are called {check.id}: {found[check.id]} and {check} ({module.__name__})")
    return [dataclasses.asdict(found[key]) for key in sorted(found)]


def collect() -> dict[str, list[Entry]]:
    """The whole catalogue: section → entries."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anju.web.settings")
    django.setup()
    modules = list(_modules())
    named = {module.__name__: module for module in modules}
    roles = named["anju.accounts.roles"]
    groups = named["anju.vocabulary.keygroup"]
    grading = named["anju.grading.catalogue"]
    workflow = named["anju.cases.workflow"].WORKFLOW
    return {
        "layouts": [dict(_plain(each)) for each in named["anju.rosters.layouts"].declarations()],  # type: ignore[call-overload]
        "imports": [_import_kind(kind) for kind in named["anju.imports.kinds"].declared()],
        "entries": [
            {
                "system": str(named["anju.entries.models"].SystemEntry.System(layout.system).label),
                "title": layout.title,
                "source": layout.source,
                "columns": [
                    {"key": one.key, "heading": one.heading, "filled": "" if named["anju.entries.fields"].unfilled([one.key]) else "有"}
                    for one in layout.fields
                ],
            }
            for layout in named["anju.entries.layouts"].LAYOUTS.values()
        ],
        "linkage_passes": [dataclasses.asdict(each) for each in named["anju.linkage.passes"].declared()],
        "checks": checks(modules),
        "roles": [
            {
                "code": role.code,
                "title": role.title,
                "powers": sorted(role.powers),
                "summary": role.summary,
                "second_factor": "要" if role.second_factor else "",
                "source": role.source,
            }
            for role in roles.ROLES.values()
        ],
        "categories": [{key: _plain(value) for key, value in dataclasses.asdict(group).items()} for group in groups.KEY_GROUPS],
        "exports": [
            {
                "code": kind.code,
                "title": kind.title,
                "numbers": named["anju.exports.kinds"].NUMBERS_SAID[kind.numbers],
                "powers": sorted(kind.powers),
                "filters": list(kind.filters),
            }
            for kind in named["anju.exports.kinds"].declared()
        ],
        "masks": [_mask(named["anju.vocabulary.masking"], policy) for policy in named["anju.vocabulary.masking"].POLICIES.values()],
        "work": [{"kind": kind, "meaning": meaning} for kind, meaning in named["anju.jobs.registry"].declared()],
        "acts": [{"code": code, "label": str(label)} for code, label in named["anju.trail.acts"].ACTS.items()],
        "trail": [
            {"table": table, "label": str(label), "watched": named["anju.trail.watching"].PARTLY.get(table, "全部")}
            for table, label in sorted(named["anju.audit.words"].TABLES.items())
        ]
        + [
            {"table": table, "label": "", "watched": f"不留痕：{reason}"}
            for table, reason in sorted(named["anju.trail.watching"].UNWATCHED.items())
        ],
        "fields": [
            {
                "table": each.table,
                "field": each.field,
                "class": "个人" if each.personal else "公开",
                "kept": "加密" if each.sealed else "",
            }
            for each in named["anju.privacy.classes"].declared()
        ],
        "programme": list(named["anju.policy.catalogue"].declared()),
        "subsidies": list(named["anju.policy.catalogue"].subsidies()),
        "methods": [_method(each, named["anju.vocabulary.method"]) for each in named["anju.vocabulary.method"].METHODS.values()],
        "standards": list(grading.standards()),
        "components": list(grading.components()),
        "danger_points": list(grading.danger_points()),
        "stages": [
            {
                "code": one.code,
                "title": one.title,
                "phase": one.phase or ("旁枝" if one.side else "终止"),
                "within": one.within,
                "ends": "是" if one.ends else "",
            }
            for one in workflow.stages
        ],
        "transitions": [_transition(workflow, one) for one in workflow.transitions],
        "figures": [],
        "documents": [
            {
                "key": each.key,
                "title": each.title,
                "title_en": each.title_en,
                "data": each.data.__name__,
                "why": each.why,
                "source": each.source,
            }
            for each in named["anju.documents"].declared()
        ],
        "policy": [
            *named["anju.accounts.signing_in.policy"].declared(),
            *(
                {"id": one.variable, "title": f"{one.label}（{one.unit}）", "value": str(one.usual), "source": one.source}
                for one in (*named["anju.exports.limits"].declared(), *named["anju.trail.keeping"].declared())
            ),
        ],
    }


def _transition(workflow: Any, one: Any) -> Entry:
    """A step of a life cycle: from where to where, by whom, under which rules."""
    titles = {stage.code: stage.title for stage in workflow.stages}
    target = {"": "不变", "<": "回到原阶段"}.get(one.target) or titles[one.target]
    return {
        "code": one.code,
        "title": one.title,
        "from": [titles[code] for code in one.sources],
        "to": target,
        "by": [str(power) for power in one.by] or "后续环节",
        "rules": [check.id for check in one.checks],
        "mark": one.mark,
    }


def _import_kind(kind: Any) -> Entry:
    """A kind of workbook of records."""
    return {
        **{name: _plain(getattr(kind, name)) for name in ("key", "title", "why", "power")},
        "undo": "可整份撤销" if kind.undo else "",
        "columns": kind.layout.declaration()["columns"],
    }


def _method(method: Any, words: ModuleType) -> Entry:
    """A way of renovation with its milestones and who may build by it."""
    return {
        "code": method.code,
        "name": method.name,
        "new": "按面积标准" if method.new else "保留原面积",
        "milestones": [words.MILESTONES[step] for step in method.milestones],
        "modes": [mode.name for mode in words.modes_of(method.code)],
    }


def _mask(masking: ModuleType, policy: Any) -> Entry:
    """A mask policy with how each kind of thing appears on pages, in exports, on papers and in notices."""
    said = {"whole": "完整", "masked": "遮住", "omitted": "不列"}
    ways = {kind.value: "／".join(said[policy.way(kind, place).value] for place in masking.Place) for kind in masking.Kind}
    example = policy.number.of("11010519491231002X")
    return {"code": policy.code, "title": policy.title, "summary": policy.summary, "example": example, "source": policy.source, **ways}


_TITLES = {
    "layouts": ("名单版式", ("key", "title", "owner", "category")),
    "imports": ("批量录入", ("key", "title", "why", "power", "undo")),
    "entries": ("上级系统录入表", ("system", "title", "source")),
    "linkage_passes": ("比对步骤", ("id", "label", "question", "source")),
    "checks": ("规则", ("id", "label", "level", "source")),
    "roles": ("角色", ("code", "title", "summary", "powers", "second_factor", "source")),
    "categories": ("对象类别", ("code", "name", "owner", "order", "valid_from", "valid_to", "source")),
    "exports": ("导出", ("code", "title", "numbers", "powers", "filters")),
    "masks": (
        "脱敏规则（页面／导出／打印／公示）",
        ("code", "title", "example", "id_number", "name", "phone", "card", "certificate", "disability", "source"),
    ),
    "documents": ("文书", ("key", "title", "title_en", "data", "why", "source")),
    "work": ("后台任务", ("kind", "meaning")),
    "acts": ("留痕中的办理名称", ("code", "label")),
    "trail": ("留痕的表", ("table", "label", "watched")),
    "policy": ("规定的数值", ("id", "title", "value", "source")),
    "programme": ("项目规定的数值（按地区和日期）", ("key", "title", "area", "value", "valid_from", "valid_to", "source")),
    "subsidies": ("补助标准（按地区和日期）", ("area", "whom", "amount", "valid_from", "valid_to", "source")),
    "methods": ("改造方式", ("code", "name", "new", "milestones", "modes")),
    "standards": ("鉴定标准", ("key", "title", "document", "valid_from", "valid_to", "areas", "computed", "source")),
    "components": ("组成部分和评定标准", ("standard", "key", "name", "structures", "a", "b", "c", "d", "source")),
    "danger_points": ("危险点和限值", ("key", "name", "materials", "limit", "level", "components", "source")),
    "stages": ("改造的阶段", ("code", "title", "phase", "within", "ends")),
    "transitions": ("改造的环节", ("code", "title", "from", "to", "by", "rules", "mark")),
    "fields": ("字段的隐私分级", ("table", "field", "class", "kept")),
}

_COLUMNS = {
    "layouts": ("key", "title", "kind", "required", "aliases"),
    "imports": ("key", "title", "kind", "required", "aliases"),
    "entries": ("key", "heading", "filled"),
}


def _cell(value: object) -> str:
    text = "、".join(str(each) for each in value) if isinstance(value, list) else "" if value is None else str(value)
    return text.replace("|", "\\|").replace("\n", " ")


def _table(entries: list[Entry], columns: tuple[str, ...]) -> list[str]:
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    for entry in entries:
        cells = (_LEVELS.get(entry[key], entry[key]) if key == "level" else entry.get(key) for key in columns)
        lines.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
    return lines


def pages(catalogue: dict[str, list[Entry]]) -> dict[str, str]:
    """The pages of docs/catalogue: file name → text."""
    head = "Generated by `make docs` from the declarations in the code; don't edit.\n"
    written: dict[str, str] = {}
    index = ["# 声明目录 · Catalogue", "", head]
    for section, (title, columns) in _TITLES.items():
        entries = catalogue[section]
        lines = [f"# {title}", "", head, *_table(entries, columns)]
        for entry in entries if section in _COLUMNS else ():
            lines += ["", f"## {entry['title']}", "", *_table(entry["columns"], _COLUMNS[section])]
        written[f"{section}.md"] = "\n".join(lines) + "\n"
        index.append(f"- [{title}]({section}.md): {len(entries)}")
    written["README.md"] = "\n".join(index) + "\n"
    return written


def stale(folder: Path, wanted: dict[str, str]) -> list[str]:
    """Names of pages that don't say what the code says."""
    present = {path.name: path.read_text() for path in folder.glob("*.md")} if folder.is_dir() else {}
    return sorted(name for name in present.keys() | wanted.keys() if present.get(name) != wanted.get(name))


def main(arguments: list[str]) -> int:
    """``anju catalogue --json | --write DIR | --check DIR``."""
    parser = argparse.ArgumentParser(prog="anju catalogue", description="列出全部声明")
    group = parser.add_mutually_exclusive_group(required=True)
    group.add_argument("--json", action="store_true", help="打印为 JSON")
    group.add_argument("--write", type=Path, metavar="DIR", help="写成文档")
    group.add_argument("--check", type=Path, metavar="DIR", help="检查文档是否最新")
    options = parser.parse_args(arguments)
    catalogue = collect()
    if options.json:
        json.dump(catalogue, sys.stdout, ensure_ascii=False, indent=2)
        print()
        return 0
    wanted = pages(catalogue)
    if options.check:
        old = stale(options.check, wanted)
        if old:
            print(f"声明目录不是最新的（{'、'.join(old)}）；请运行 make docs。", file=sys.stderr)
        return 1 if old else 0
    options.write.mkdir(parents=True, exist_ok=True)
    for name in stale(options.write, wanted):
        if name in wanted:
            (options.write / name).write_text(wanted[name])
        else:
            (options.write / name).unlink()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

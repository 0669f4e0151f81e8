"""The command line: ``anju VERB …``. Each verb belongs to the app whose work it is."""

import importlib
import os
import sys

# verb → (module, whether it needs the database started and Django set up, one line for the overview)
VERBS: dict[str, tuple[str, bool, str]] = {
    "reconcile": ("anju.linkage.command", False, "两份名单信息比对，不需要数据库"),
    "appraise": ("anju.grading.command", False, "按鉴定表评定房屋安全等级，不需要数据库"),
    "subsidy": ("anju.policy.command", False, "按当地当天的标准计算一户的补助，不需要数据库"),
    "catalogue": ("anju.catalogue", False, "列出全部声明：版式、比对步骤、角色、规则"),
    "documents": ("anju.documents.command", False, "文书：列出、用虚构数据生成样张"),
    "database": ("anju.database", False, "内嵌数据库：start、stop、home"),
    "migrate": ("anju.web.command", True, "建立或升级数据表"),
    "serve": ("anju.web.command", True, "启动网站和后台任务"),
    "worker": ("anju.web.command", True, "只启动后台任务"),
    "clock": ("anju.clock.command", True, "查看或设置业务日期"),
    "divisions": ("anju.divisions.command", True, "装入和查看行政区划"),
    "import": ("anju.rosters.command", True, "从命令行接收一份名单，或批量录入一份表"),
    "trail": ("anju.operations.trail_command", True, "留痕：核验有没有被改动、打印日根、归档到期的"),
    "files": ("anju.evidence.command", True, "库存文件：核对、加密、换密钥"),
    "demo": ("anju.demo.command", False, "演示数据：生成、装入、评分"),
    "selfcheck": ("anju.operations.command", True, "检查这个安装是否可靠"),
    "backup": ("anju.operations.command", True, "备份成一个加密文件，核验备份"),
    "restore": ("anju.operations.command", True, "从备份恢复"),
    "keys": ("anju.operations.command", True, "数据密钥：位置、清单、新增、换用新密钥、停用旧密钥"),
    "user": ("anju.accounts.command", True, "新建机构管理员"),
    "django": ("anju.web.command", True, "运行 Django 的管理命令"),
}


def overview() -> str:
    """What the command line can do, a verb a line."""
    lines = [f"  anju {verb:<11}{line}" for verb, (_, _, line) in VERBS.items()]
    return "\n".join(["用法：anju <命令> …", *lines, "  anju <命令> --help 看该命令的用法"])


def main() -> int:
    """Runs one verb; the exit code is the verb's."""
    arguments = sys.argv[1:]
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(overview())
        return 0 if arguments else 2
    verb, rest = arguments[0], arguments[1:]
    if verb not in VERBS:
        print(f"没有命令“{verb}”。\n{overview()}", file=sys.stderr)
        return 2
    module, needs_database, _ = VERBS[verb]
    if verb not in ("serve", "worker"):
        os.environ.setdefault("ANJU_ACTS", "system")
    if needs_database:
        ready(start="--help" not in rest)
    command = importlib.import_module(module)
    if module in ("anju.web.command", "anju.operations.command"):
        return int(command.main([verb, *rest]))
    return int(command.main(rest))


def ready(*, start: bool = True) -> None:
    """Starts the embedded database where there is no external one (a question for help needs none), then sets Django up."""
    database = importlib.import_module("anju.database")
    try:
        if start:
            database.start()
    except database.DatabaseUnavailable as unavailable:
        print(unavailable, file=sys.stderr)
        raise SystemExit(2) from unavailable
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anju.web.settings")
    importlib.import_module("django").setup()


if __name__ == "__main__":
    raise SystemExit(main())

"""``anju user --login … --name … --organisation … --kind housing --area 210922 --role county_clerk``; the password is asked for."""

import argparse
import getpass
import sys

from django.core.exceptions import ValidationError
from django.db import IntegrityError

from anju.accounts import actions
from anju.accounts.roles import ROLES
from anju.vocabulary import division


def main(arguments: list[str]) -> int:
    """Makes one user and, where needed, the organisation."""
    parser = argparse.ArgumentParser(prog="anju user", description="新建机构和用户")
    for name, meaning in (("login", "登录名"), ("name", "姓名"), ("organisation", "机构名称"), ("area", "区划代码，全国写 0")):
        parser.add_argument(f"--{name}", required=True, help=meaning)
    parser.add_argument("--kind", default="housing", help="机构类别")
    parser.add_argument("--role", choices=sorted(ROLES), default="county_clerk", help="角色")
    options = parser.parse_args(arguments)
    password = getpass.getpass("密码：") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    office = actions.found(name=options.organisation, kind=options.kind, area=division.stem(options.area))
    try:
        actions.admit(login=options.login, name=options.name, organisation=office, role=options.role, password=password)
    except ValidationError as error:
        print("；".join(error.messages), file=sys.stderr)
        return 2
    except IntegrityError:
        print(f"登录名 {options.login} 已经有人用了，请换一个。", file=sys.stderr)
        return 2
    print(f"已新建用户 {options.login}（{ROLES[options.role].title}，{office.name}）")
    return 0

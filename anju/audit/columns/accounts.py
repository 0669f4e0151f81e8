"""Accounts, rights, and the door."""

from typing import Any

from django.utils.translation import gettext_lazy as _

COLUMNS: dict[str, dict[str, Any]] = {
    "accounts_grant": {
        "role": _("角色"), "given_by_id": _("授权人"), "given_at": _("授权时间"), "reason": _("依据或理由"), "ended_by_id": _("收回人"),
        "ended_at": _("收回时间"), "ended_why": _("收回的理由"),
    },
    "accounts_namedrecord": {
        "grant_id": _("授权"), "key": _("对象编号"),
    },
    "accounts_organisation": {
        "name": _("机构名称"), "kind": _("机构类别"), "parent_id": _("上级机构"),
    },
    "accounts_passwordstate": {
        "changed_at": _("改密码的时间"), "must_change": _("下次登录须改密码"),
    },
    "accounts_pastpassword": {
        "encoded": _("密码（单向加密）"),
    },
    "accounts_recoverycode": {
        "digest": _("备用码的摘要"), "used_at": _("用掉的时间"),
    },
    "accounts_secondfactor": {
        "secret": _("手机验证的密钥"), "confirmed_at": _("绑定时间"), "last_step": _("最近用过的一步"),
    },
    "accounts_signin": {
        "login_digest": _("用户名的摘要"), "address": _("来自"), "agent": _("设备"), "second_factor": _("用了手机验证"), "ended_at": _("退出时间"),
        "ended": _("怎样退出"),
    },
    "accounts_user": {
        "password": _("密码"), "last_login": _("上次登录"), "login": _("用户名"), "name": _("姓名"), "organisation_id": _("机构"),
        "is_active": _("在用"),
    },
}  # fmt: skip

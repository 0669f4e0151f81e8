"""The English is complete: every word the sources say is translated, and a page in English shows Chinese only where it shows data."""

import ast
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po
from django.apps import apps
from django.conf import settings
from django.db.models import CharField, TextField
from django.test import Client
from django.urls import reverse
from django.utils.translation.template import templatize

from anju.accounts.actions import admit, found
from anju.accounts.models import User
from anju.accounts.roles import POWER_NAMES, ROLES
from anju.cases import rules as case_rules
from anju.cases.workflow import WORKFLOW
from anju.checks import Check
from anju.clock.actions import set_today
from anju.evidence.checks import CHECKS
from anju.jobs.models import Job
from anju.notices import actions as notices
from anju.notices import rules as notice_rules
from anju.notices.content import COLUMNS
from anju.problems import rules as problem_rules
from anju.problems.actions import hand_over, open_problem
from anju.registry.models import Category, Household
from anju.registry.queries import household, searching
from anju.rosters import layouts
from anju.rosters.actions import receiving
from anju.rosters.kinds import HANDLING
from anju.rosters.models import Batch, BatchRow
from anju.rosters.queries import batches
from anju.rosters.tests import county
from anju.vocabulary import division, keygroup, relation
from anju.web import translations

ANJU = Path(__file__).resolve().parents[2] / "anju"
CATALOGUE = translations.CATALOGUES / "en" / "LC_MESSAGES" / "django.po"
CHINESE = re.compile(r"[㐀-鿿豈-﫿]+")
# The people, places, files and headings of the gallery's examples.
_INVENTED = (
    "残联贫困残疾人名单",
    "危改台账",
    "姓名, 证件号",
    "三家子村",
    "满堂红镇",
    "大冷镇",
    "冯家镇",
    "哈尔套",
    "赵凤琴",
    "赵凤芹",
    "周德海",
    "王桂兰",
    "包玉霞",
    "鲍玉霞",
    "大冷",
    "冯家",
    "本人",
    "配偶",
    "3组",
    "琴",
    "芹",
)
_PLACEHOLDER = re.compile(r"%\((\w+)\)\d*[sd]|(%\d*[sd])")
_KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
Said = tuple[str, str]  # context, words


# ------------------------------------------------------------------------------------------------ what the sources say


def _extracted(path: Path) -> Iterator[Said]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        text = templatize(text, origin=str(path))
    for _line, function, each, _comments in extract_python(io.BytesIO(text.encode()), _KEYWORDS, [], {"encoding": "utf-8"}):
        given: Any = each
        words = [str(one or "") for one in ((given,) if isinstance(given, str) else given or ())]
        if not words or not words[0]:
            continue
        if "pgettext" in function:
            yield words[0], words[1]
        else:
            yield "", words[0]


@cache
def _said() -> dict[Said, str]:
    """Every (context, words) that the sources hand to translation, with one place that does."""
    found: dict[Said, str] = {}
    for path in sorted([*ANJU.rglob("*.py"), *ANJU.rglob("*.html")]):
        if not {"tests", "demo", "migrations", "node_modules"} & set(path.relative_to(ANJU).parts):
            found.update({said: str(path.relative_to(ANJU)) for said in _extracted(path) if said[1]})
    return found


@cache
def _english() -> dict[Said, Message]:
    with CATALOGUE.open("rb") as given:
        catalogue = read_po(given, locale="en")
    return {(one.context or "", one.id if isinstance(one.id, str) else one.id[0]): one for one in catalogue if one.id}


def _forms(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else [str(one) for one in message.string or ()]


def _placeholders(text: str) -> set[str]:
    return {name or re.sub(r"\d", "", bare) for name, bare in _PLACEHOLDER.findall(text)}


def test_every_word_of_the_sources_has_its_english() -> None:
    english = _english()
    missing = {
        f"{where}: {words}"
        for (context, words), where in _said().items()
        if (context, words) not in english or not all(_forms(english[context, words])) or english[context, words].fuzzy
    }
    assert not missing, "run make messages and translate:\n" + "\n".join(sorted(missing))


def test_the_english_says_nothing_that_the_sources_no_longer_say() -> None:
    assert not [words for (context, words) in _english() if (context, words) not in _said()]


def test_the_english_keeps_what_is_filled_in() -> None:
    wrong = []
    for (_context, words), message in _english().items():
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        wrong += [f"{words} → {form}" for form in _forms(message) if _placeholders(form) - _placeholders(ids[-1])]
        if _placeholders(ids[-1]) - _placeholders(_forms(message)[-1]):
            wrong.append(f"{words} → {_forms(message)[-1]}")
    assert not wrong, wrong


def test_the_english_keeps_the_marks_of_the_page() -> None:
    tags = re.compile(r"</?\w+")
    for (_context, words), message in _english().items():
        for form in _forms(message):
            assert sorted(tags.findall(words)) == sorted(tags.findall(form)), words


def test_words_declared_as_data_are_among_those_translated() -> None:
    declared = {
        *relation.NAMES.values(),
        *division.LEVEL_NAMES.values(),
        *keygroup.OFFICE_NAMES.values(),
        *(word for group in keygroup.KEY_GROUPS for word in (group.name, group.short)),
        *(word for role in ROLES.values() for word in (role.title, role.summary, role.coming)),
        *POWER_NAMES.values(),
        *(str(label) for label in Job.Status.labels),
        *batches.PASS_LABELS.values(),
        *batches.CHECK_LABELS.values(),
        *batches.FIELD_LABELS.values(),
        *(word for one in HANDLING.values() for word in (one.action, one.meaning, one.listed)),
        *(layout.title for layout in layouts.ALL),
        *(column.title for layout in layouts.ALL for column in layout.columns),
        *(label for label, _look in searching._WAYS.values()),
        *(check.label for check in CHECKS.values()),
        *household._FIELD_NAMES.values(),
        *(
            word
            for each in (problem_rules, notice_rules, case_rules)
            for one in vars(each).values()
            if isinstance(one, Check)
            for word in (one.label, one.source)
        ),
        *(column.title for column in COLUMNS.values()),
        *(word for one in WORKFLOW.stages for word in (one.title, one.phase)),
        *(one.title for one in WORKFLOW.transitions),
    } - {""}
    assert not sorted(declared - {words for context, words in _said() if not context}), "add them to anju/web/words.py"


def _said_on_import(tree: ast.AST, names: set[str]) -> Iterator[ast.Call]:
    """Calls of these names that run while the module is loaded."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.Call) and isinstance(child.func, ast.Name) and child.func.id in names:
            yield child
        yield from _said_on_import(child, names)


def test_nothing_is_said_in_one_language_for_good() -> None:
    early = []
    for path in (path for path in ANJU.rglob("*.py") if "tests" not in path.parts):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"]
        at_once = {one.asname or one.name for node in imports for one in node.names if one.name in ("gettext", "ngettext", "pgettext")}
        early += [f"{path.relative_to(ANJU)}:{call.lineno}" for call in _said_on_import(tree, at_once)]
    assert not early, f"said while the module is loaded, in whatever language is on; use gettext_lazy: {early}"


# ------------------------------------------------------------------------------------------------ what a page shows


class _Shown(HTMLParser):
    """The words of a page: its running text, and the attributes that are read out or shown; what is marked as Chinese is left out."""

    ATTRIBUTES = ("aria-label", "title", "placeholder", "alt", "data-label", "data-chart-data", "content")
    VOID = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"))

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.attributes: list[str] = []
        self._chinese = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        marked = (given.get("lang") or "").startswith("zh")
        if tag not in self.VOID and (self._chinese or marked):
            self._chinese += 1
        if not self._chinese:
            self.attributes += [value for name, value in attrs if name in self.ATTRIBUTES and value]
        if tag not in ("b", "i", "em", "mark", "span", "ins", "del", "s", "u"):
            self.text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self._chinese:
            self._chinese -= 1

    def handle_data(self, data: str) -> None:
        if not self._chinese:
            self.text.append(data)


def _data() -> list[str]:
    """Every Chinese text that the database holds as content; names of categories are words, not content. The longest first."""
    found: set[str] = set()
    for model in apps.get_models():
        if not model.__module__.startswith("anju.") or model is Category:
            continue
        columns = [field.attname for field in model._meta.concrete_fields if isinstance(field, CharField | TextField) and not field.choices]
        for row in model._default_manager.values_list(*columns):
            found.update(text for text in row if isinstance(text, str) and CHINESE.search(text))
    for batch in Batch.objects.all():
        found.update(batch.recognition.get("headings", []))
    for row in BatchRow.objects.all():
        found.update(one["message"] for one in row.findings)
    found.update(user.name[:1] for user in User.objects.all())
    return sorted(found, key=len, reverse=True)


def _left_in_chinese(page: str, data: list[str]) -> list[str]:
    """The Chinese words of the page that no data explains."""
    shown = _Shown()
    shown.feed(re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), page))
    left = []
    for text in ("".join(shown.text), *shown.attributes):
        rest = text
        for content in data:
            rest = rest.replace(content, " ")
        left += [words for line in rest.splitlines() if (words := line.strip()) and CHINESE.search(line)]
    return left


@pytest.fixture
def clerk(db: None) -> User:
    """The county's clerk, on the demo's day."""
    for code, name in county.PLACES:
        county.place(code, name)
    set_today(day=county.TODAY)
    office = found(name="彰武县住建局", kind="housing", area=county.COUNTY)
    return admit(login="zhoumin", name="周敏", organisation=office, role="county_clerk", password="-", check_password=False)


@pytest.fixture
def listed(clerk: User, jobs_inline: None, tmp_path: Path, django_capture_on_commit_callbacks: Any) -> Batch:
    """A small register, and a list that agrees with it in part."""
    newcomer = county.Someone("", "吴老六", "19500505", 71, "户主")
    rows = [
        county.allowance_row(county.ZHAO, cert="低1", head="赵凤芹", relation="户主"),
        county.allowance_row(county.ZHOU, cert="低1", head="赵凤芹", relation="配偶"),
        county.allowance_row(county.LIU, cert="低2", head="刘守义", id_number=county.broken(county.LIU.id_number)),
        county.allowance_row(newcomer, cert="低9", head="吴老六"),
        county.allowance_row(county.BAO, cert="低42", head="包玉霞"),
        county.allowance_row(county.BAO, cert="低42", head="包玉霞"),
    ]
    background: Callable[[], AbstractContextManager[Any]] = lambda: django_capture_on_commit_callbacks(execute=True)  # noqa: E731
    for path in (county.roll(tmp_path / "农户花名册.csv"), county.write(tmp_path / "农村低保.csv", county.ALLOWANCE, rows)):
        with background():
            batch = receiving.receive(file=path, name=path.name, by=clerk, area=county.COUNTY, as_of=county.AS_OF)
    batch.refresh_from_db()
    return batch


@pytest.fixture
def reader(client: Client, clerk: User) -> Client:
    """The clerk's browser, in English."""
    client.force_login(clerk)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def test_the_door_opens_in_english(client: Client, clerk: User) -> None:
    page = client.get(reverse("login"), headers={"accept-language": "en"}).content.decode()
    assert 'lang="en"' in page
    assert "Sign in" in page
    assert _left_in_chinese(page, _data()) == []


def test_a_page_in_english_shows_chinese_only_as_data(reader: Client, listed: Batch, clerk: User) -> None:
    where = Household.objects.order_by("number")[0].area
    problem = open_problem(source="self", category="archive", area=where, description="档案不全的情况", by=clerk)
    hand_over(problem=problem, to=clerk.organisation, due=county.TODAY, by=clerk)
    open_problem(source="audit", category="payment", severity="grave", area=where, description="拨付慢的情况", by=clerk)
    notice = notices.post(
        kind="review", area=where, title="评议公示", rows=[{"place": "一组", "head": "孙福"}], by=clerk, hotline="0418-6926331"
    )
    notices.object_to(notice=notice, about="有楼房", channel="visit", by=clerk)
    pages = (
        "home",
        *("problems:list", "problems:new", "notices:list", "notices:new"),
        "rosters:list",
        "rosters:cross",
        "rosters:letters",
        "rosters:against",
        "households:list",
        "places:tree",
        "places:map",
        "exports:list",
        "exports:reveals",
    )
    of_the_list = ("batch", "rows", "columns", "review", "letters_of", "compare")
    addresses = [
        *(reverse(name) for name in (*pages, "jobs:list", "account:page", "account:password", "account:phone")),
        *(reverse(f"rosters:{name}", args=[listed.pk]) for name in of_the_list),
        *(reverse(f"problems:{name}", args=[problem.pk]) for name in ("show", "paper")),
        *(reverse(f"notices:{name}", args=[notice.pk]) for name in ("show", "paper")),
        reverse("posted", args=[notice.token]),
        *(reverse("problems:panel", args=[number]) for number in Household.objects.values_list("number", flat=True)),
        *(reverse("households:page", args=[number]) for number in Household.objects.values_list("number", flat=True)),
    ]
    left, data = {}, _data()
    for address in addresses:
        answer = reader.get(address, follow=True)
        assert answer.status_code == 200
        left[address] = _left_in_chinese(answer.content.decode(), data)
    assert not {address: words for address, words in left.items() if words}


def test_a_missing_page_says_so_in_english(reader: Client, clerk: User) -> None:
    answer = reader.get("/no-such-page/")
    assert answer.status_code == 404
    assert _left_in_chinese(answer.content.decode(), _data()) == []


def test_the_gallery_in_english_shows_chinese_only_in_its_invented_people(reader: Client, clerk: User) -> None:
    page = reader.get(reverse("components")).content.decode()
    left = _left_in_chinese(page, [*_INVENTED, *_data()])
    assert not left, "\n".join(left)


def test_every_word_stands_in_the_catalogue_once() -> None:
    """Of two entries one would count and the other mislead whoever corrects it."""
    text = Path(settings.LOCALE_PATHS[0], "en/LC_MESSAGES/django.po").read_text()
    entries = re.findall(
        r'((?:^msgctxt .*\n)?^msgid (?:".*"\n)+)(?:msgid_plural (?:".*"\n)+)?((?:^msgstr.*\n(?:".*"\n)*)+)', text, re.MULTILINE
    )
    twice = {word for word, times in Counter(word for word, _said in entries).items() if times > 1}
    assert not twice
    assert not [word for word, said in entries if len(re.findall(r"^msgstr ", said, re.MULTILINE)) > 1]

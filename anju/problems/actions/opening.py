"""A problem comes into the ledger."""

from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.divisions.models import Division
from anju.evidence.models import Album
from anju.problems import rules
from anju.problems.actions.stepping import allow, day_of, due_of, levels, told
from anju.problems.models import Category, NumberSeries, Problem, Severity, Source, State, Step
from anju.refusing import Refused
from anju.registry.models import Household
from anju.trail.acts import recorded
from anju.vocabulary import division

TITLE = 40


@recorded("problem.opened")
@transaction.atomic
def open_problem(
    *,
    source: str,
    category: str,
    severity: str = Severity.PLAIN,
    area: str,
    description: str,
    by: User,
    title: str = "",
    household: Household | None = None,
    due: date | None = None,
    on: date | None = None,
    album: Album | None = None,
    recurrence_of: Problem | None = None,
    key: str = "",
    power: Power = Power.PROBLEMS_OPEN,
) -> Problem:
    """发现登记: a problem enters the ledger with a number of its county and year, 待交办.

    ``area``: stem of the place it concerns, inside the area of ``by``; a household's problem lies where the household lives. ``on``: the day it
    was found. ``due``: the day asked for by who found it. ``title``: the first words of the description where it is left out.
    ``album``: the photos of what was found, where there are some. ``key``: the same key opens one problem: the one that exists is returned unchanged, whoever asks. ``power``: what the
    finding rests on, where it comes from another act that the person may do.
    """
    area = division.stem(area)
    allow(by, power, area)
    if key and (known := Problem.objects.filter(key=key).first()):
        return known
    if source not in Source.values or category not in Category.values or severity not in Severity.values:
        raise Refused(rules.ORDER, _("来源、类别或程度不在问题台账的分类里"))
    if household is not None and not division.contains(area, household.area):
        raise Refused(rules.AREA, _("农户 %(number)s 不在所填的地方") % {"number": household.number})
    words = told(description, rule=rules.REPORT, asks=_("没有写问题的情况"))
    day = day_of(on)
    if due is not None:
        due_of(due, earliest=day)
    if recurrence_of is not None and not division.contains(by.area, recurrence_of.area):
        raise Refused(rules.AREA, _("以前的那个问题不在您的辖区内"))
    heading = told(title, longest=120) or _first_words(words)
    try:
        with transaction.atomic():
            serial, number = give_number(area, day.year)
            problem = Problem.objects.create(
                county=area[:6], year=day.year, serial=serial, number=number, area=area, key=key, source=source, category=category,
                severity=severity, title=heading, description=words, household=household, found_on=day, found_by=by,
                found_level=levels(by)[0], recurrence_of=recurrence_of, state=State.OPEN, due=due, found_album=album,
            )  # fmt: skip
    except IntegrityError as twice:
        if key and (known := Problem.objects.filter(key=key).first()):
            return known
        raise Refused(rules.AREA, _("同一来源的问题已在别的辖区登记")) from twice
    Step.objects.create(
        problem=problem, ordinal=1, kind=Step.Kind.OPENED, on=day, at=timezone.now(), by=by, office=by.organisation, level=levels(by)[0],
        text=words, detail={"due": due.isoformat()} if due else {},
    )  # fmt: skip
    return problem


def give_number(area: str, year: int) -> tuple[int, str]:
    """The next number of the county's year: (12, 彰武县问题〔2020〕12号). The series stays locked until the end of the transaction."""
    place = area[:6]
    NumberSeries.objects.bulk_create([NumberSeries(county=place, year=year)], ignore_conflicts=True)
    series = NumberSeries.objects.select_for_update(no_key=True).get(Q(county=place) & Q(year=year))
    series.last += 1
    series.save(update_fields=["last"])
    name = Division.objects.filter(code=place).values_list("short_name", flat=True).first() or (place or "全国")
    return series.last, f"{name}问题〔{year}〕{series.last}号"


def _first_words(text: str) -> str:
    line = text.splitlines()[0].strip()
    for mark in "。；;":
        line = line.split(mark)[0]
    return line if len(line) <= TITLE else line[: TITLE - 1] + "…"

"""Pictures of every page from a running demo: ``python -m tests.screens http://127.0.0.1:8000 docs/screens``."""

import re
import sys
from pathlib import Path

import pypdfium2
from playwright.sync_api import BrowserContext, Page

from tests.browser import browser
from tests.demo_check import Visitor, shown_logins

DESK = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}


def _settled(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(600)


def _sign_in(context: BrowserContext, base: str, login: str, password: str) -> Page:
    page = context.new_page()
    page.goto(f"{base}/login/")
    page.fill("#id_login", login)
    page.fill("#id_password", password)
    page.keyboard.press("Enter")
    _settled(page)
    return page


def _first(page: Page, base: str, address: str, pattern: str) -> str:
    """The first address of that form on a page."""
    found = re.search(pattern, _content(page, base + address))
    return found.group(1) if found else address


def _desk(page: Page, base: str) -> dict[str, str]:
    """Name of the picture → address, from what the demo holds."""
    lists = re.findall(r'href="(/rosters/\d+/)"[^>]*>\s*([^<]+)', _content(page, f"{base}/rosters/"))
    of = {title.strip(): address for address, title in lists}
    allowance = next((address for title, address in of.items() if "低保" in title), "/rosters/")
    mixed = _first(page, base, "/households/?on_all=JDLK%2BDB", r'href="(/households/\d{12}-\d+/)"')
    return {
        "01-home": "/",
        "02-lists": "/rosters/",
        "03-list": allowance,
        "04-rows": f"{allowance}rows/",
        "05-review": f"{allowance}review/",
        "06-versions": f"{allowance}compare/",
        "07-mapping": _first(page, base, "/", r'href="(/rosters/\d+/mapping/)"'),
        "08-letters": "/rosters/letters/",
        "09-letter": _first(page, base, "/rosters/letters/", r'href="(/rosters/letters/\d+/)"'),
        "10-cross-table": "/rosters/cross/",
        "11-households": "/households/",
        "12-household": mixed,
        "13-places": "/places/",
        "15-jobs": "/jobs/",
        "18-imports": "/imports/",
        "19-entries": "/entries/",
        "40-round": _first(page, base, "/appraisals/rounds/", r'href="(/appraisals/rounds/\d+/)"'),
        "41-appraisals-waiting": "/appraisals/waiting/",
        "42-appraisals": "/appraisals/",
        "43-appraisal": _first(page, base, mixed, r'href="(/appraisals/\d+/)"'),
        "58-rechecks": "/appraisals/rechecks/",
        "59-recheck": _first(page, base, "/appraisals/rechecks/", r'href="(/appraisals/rechecks/\d+/)"'),
        "45-postings": "/appraisals/postings/",
        "46-hazards": "/appraisals/hazards/",
        "47-hazard": _first(page, base, "/appraisals/hazards/", r'href="(/appraisals/hazards/\d+/)"'),
        "48-danger": "/guarantees/danger/",
        "49-stock": _first(page, base, "/guarantees/stock/", r'href="(/guarantees/stock/\d+/)"'),
        "50-guarantees": "/guarantees/",
        "51-verification": "/verification/",
        "52-verification-village": _village(page, base),
        "53-balance": "/verification/balance/",
        "54-problems": "/problems/",
        "55-problem": _first(page, base, "/problems/", r'href="(/problems/\d+/)"'),
        "56-notices": "/notices/",
        "57-notice": _first(page, base, "/notices/", r'href="(/notices/\d+/)"'),
        **_renovations(page, base),
    }


_CASE = r'href="(/cases/[0-9]{6}-[^/"]+/)"'


def _renovations(page: Page, base: str) -> dict[str, str]:
    """The pages of renovations: a house under construction in the village whose people can be entered as, one that waits, lists and plans."""
    built = next(
        (
            at
            for stage in ("structure", "completed", "foundation", "started")
            if (at := _first(page, base, f"/cases/?stage={stage}", _CASE)).count("-")
        ),
        "/cases/",
    )
    return {
        "60-cases": "/cases/",
        "61-case": built,
        "62-case-county": _first(page, base, "/cases/?stage=county_posted", _CASE),
        "63-case-returned": _first(page, base, "/cases/?stage=returned", _CASE),
        "64-cases-waiting": "/cases/?work=approve",
        "65-case-areas": "/cases/areas/",
        "66-case-plans": "/cases/plans/",
        "67-case-years": "/cases/years/",
        "68-drawings": "/cases/drawings/",
        "69-archives": "/cases/archives/",
        "70-household-plan": f"{built}plan/",
        "71-case-notice": _first(page, base, "/notices/?kind=county", r'href="(/notices/\d+/)"'),
    }


def _village(page: Page, base: str) -> str:
    """A village of the campaign, reached as a person does: by township."""
    page.goto(f"{base}/verification/")
    for step in ("", *re.findall(r'href="(\?[^"]*area=\d{9}\b[^"]*)"', page.content())):
        if found := re.findall(r'href="(/verification/\d+/\d{12}/)"', _content(page, f"{base}/verification/{step.replace('&amp;', '&')}")):
            return f"{found[0]}?show=all"
    return "/verification/"


_POSTING = r'href="(/appraisals/postings/\d+/)"'


def _papers(page: Page, base: str, appraisal: str) -> dict[str, str]:
    """Papers as PDF: name of the picture → address."""
    hung = _content(page, f"{base}/appraisals/postings/")
    papers = {"43-report": f"{appraisal}report/"}
    for kind, name in (("plate", "45-plate"), ("sign", "45-sign")):
        listed = _content(page, f"{base}/appraisals/postings/?kind={kind}")
        if found := re.search(_POSTING, listed) or re.search(_POSTING, hung):
            papers[name] = found.group(1) + "paper/"
    return papers


def _case_papers(case: str, household: str) -> dict[str, str]:
    """Papers of a renovation as PDF: name of the picture → address."""
    papers = {
        "72-case-application": "application.pdf", "73-case-review": "review.pdf", "74-case-plan-paper": "plan.pdf", "75-case-agreement": "agreement.pdf",
    }  # fmt: skip
    return {**{name: case + paper for name, paper in papers.items()}, "76-household-archive": f"/cases/household/{household}/archive.pdf"}


def _drawn(pdf: bytes, path: Path) -> None:
    """The first page of a PDF as a picture."""
    document = pypdfium2.PdfDocument(pdf)
    document[0].render(scale=1.4).to_pil().save(path)


_OTHERS = {
    "demo-administrator": (
        ("20-system-home", "/"),
        ("21-people", "/people/"),
        ("22-selfcheck", "/selfcheck/"),
        ("16-components", "/components/"),
    ),
    "demo-security": (("23-security-home", "/"), ("24-sign-ins", "/accounts/sign-ins/"), ("25-masks", "/exports/masks/")),
    "demo-audit": (("26-audit-home", "/"), ("27-trail", "/trail/")),
    "demo-discipline": (("28-discipline-home", "/"), ("29-exports", "/exports/")),
    "demo-village": (("30-village-home", "/"), ("31-account", "/account/"), ("77-village-cases", "/cases/")),
    "demo-township": (("32-township-home", "/"), ("78-township-cases", "/cases/")),
    "demo-appraiser": (("35-appraiser-home", "/"), ("44-appraisal-form", "")),
    "demo-verifier": (("36-verifier-home", "/"),),
    "demo-civil": (("33-sender-home", "/"),),
    "demo-sign-civil-affairs-210922": (("34-cosigner-home", "/"), ("79-cosigner-cases", "/cases/?work=check")),
}


def _content(page: Page, address: str) -> str:
    page.goto(address)
    _settled(page)
    return page.content()


def main(base: str, folder: Path) -> int:
    """Writes the pictures; an address that answers with an error is named and fails."""
    folder.mkdir(parents=True, exist_ok=True)
    people = dict(shown_logins(Visitor(base).get("/login/")))
    clerk = next(login for login in people if login.startswith("demo-clerk-210922"))
    failed = 0

    def take(page: Page, name: str, address: str) -> None:
        nonlocal failed
        answer = page.goto(base + address)
        _settled(page)
        if answer is None or not answer.ok:
            print(f"{name}: {address} answered {answer.status if answer else 'nothing'}")
            failed += 1
            return
        page.screenshot(path=folder / f"{name}.png")

    with browser() as opened:
        visitor = opened.new_context(viewport=DESK, locale="zh-CN")  # type: ignore[arg-type]
        take(visitor.new_page(), "00-login", "/login/")
        desk = opened.new_context(viewport=DESK, locale="zh-CN")  # type: ignore[arg-type]
        page = _sign_in(desk, base, clerk, people[clerk])
        addresses = _desk(page, base)
        for name, address in addresses.items():
            take(page, name, address)
        household = _first(page, base, addresses["61-case"], r'href="/households/(\d{12}-\d+)/"')
        papers = _papers(page, base, addresses["43-appraisal"]) | _case_papers(addresses["61-case"], household)
        for name, address in papers.items():
            answer = page.request.get(base + address)
            if not answer.ok or not answer.body().startswith(b"%PDF"):
                print(f"{name}: {address} answered {answer.status}")
                failed += 1
                continue
            _drawn(answer.body(), folder / f"{name}.png")
        city = _sign_in(opened.new_context(viewport=DESK, locale="zh-CN"), base, "demo-city", people["demo-city"])  # type: ignore[arg-type]
        take(city, "14-map", "/places/map/")
        for login, pictures in _OTHERS.items():
            context = opened.new_context(viewport=DESK, locale="zh-CN")  # type: ignore[arg-type]
            seat = _sign_in(context, base, login, people[login])
            for name, address in pictures:
                take(seat, name, address or _first(seat, base, "/appraisals/waiting/", r'href="(/appraisals/of/[0-9-]+/)"'))
            context.close()
        dark = opened.new_context(viewport=DESK, locale="zh-CN", color_scheme="dark")  # type: ignore[arg-type]
        take(_sign_in(dark, base, clerk, people[clerk]), "17-list-dark", addresses["03-list"])
        phone = opened.new_context(viewport=PHONE, locale="zh-CN")  # type: ignore[arg-type]
        small = _sign_in(phone, base, clerk, people[clerk])
        for name in (
            "01-home",
            "03-list",
            "05-review",
            "12-household",
            "43-appraisal",
            "52-verification-village",
            "60-cases",
            "61-case",
            "70-household-plan",
        ):
            take(small, f"phone-{name[3:]}", addresses[name])
        cadre = _sign_in(opened.new_context(viewport=PHONE, locale="zh-CN"), base, "demo-village", people["demo-village"])  # type: ignore[arg-type]
        take(
            cadre,
            "phone-round-village",
            _first(cadre, base, "/appraisals/rounds/", r'href="(/appraisals/rounds/\d+/village/\d{12}/)"') + "?state=suspect",
        )
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1].rstrip("/"), Path(sys.argv[2])))

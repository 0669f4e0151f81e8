"""What a new user of the demo sees, asked of the running server: ``python -m tests.demo_check http://127.0.0.1:8000``."""

import html
import http.cookiejar
import re
import sys
import urllib.error
import urllib.parse
import urllib.request

WORK = (
    "/rosters/",
    "/rosters/cross/",
    "/households/",
    "/places/",
    "/places/map/",
    "/cases/",
    "/cases/areas/",
    "/cases/plans/",
    "/cases/years/",
)
# What waits for whom on the first page, by the address that opens it.
WAITS = {
    "demo-village": ("review", "report", "returned"),
    "demo-township": ("visit", "review_township", "post", "prepare"),
    "demo-sign-civil-affairs-210922": ("check",),
    "demo-clerk-210922": ("approve", "pass", "post"),
}
# The three administrators have pages of their own and see no household and no list.
OWN = {
    "demo-administrator": ("/people/", "/selfcheck/"),
    "demo-security": ("/people/", "/accounts/sign-ins/", "/exports/masks/"),
    "demo-audit": ("/trail/",),
}


class Visitor:
    """A browser without a screen: keeps cookies, fills in forms."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def get(self, path: str) -> str:
        """The page's text; an error status raises."""
        with self.opener.open(self.base + path, timeout=60) as answer:
            return str(answer.read().decode())

    def status(self, path: str) -> int:
        """The status of the page's answer."""
        try:
            with self.opener.open(self.base + path, timeout=60) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refusal:
            return refusal.code

    def sign_in(self, login: str, password: str) -> str:
        """The first page after signing in."""
        where, page = self.send("/login/", self.get("/login/"), login=login, password=password)
        assert not where.endswith("/login/"), f"{login} could not sign in"
        return page

    def send(self, path: str, page: str, **fields: str) -> tuple[str, str]:
        """Sends a form that ``page`` shows: the address to which it led, and that page's text."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token, "the page has no form"
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": token.group(1), **fields}).encode()
        request = urllib.request.Request(self.base + path, body, {"Referer": self.base + path})
        with self.opener.open(request, timeout=60) as answer:
            return str(answer.geturl()), str(answer.read().decode())


def shown_logins(page: str) -> list[tuple[str, str]]:
    """Login and password of each role that the sign-in page offers."""
    return re.findall(r'name="login" value="([^"]+)"><input type="hidden" name="password" value="([^"]+)"', page)


def main(base: str) -> int:
    """Prints what was seen; an exit code above 0 says what was not."""
    shown = shown_logins(Visitor(base).get("/login/"))
    assert len(shown) >= 4, f"the sign-in page shows too few roles: {shown}"
    seen = 0
    for login, password in shown:
        visitor = Visitor(base)
        visitor.sign_in(login, password)
        assert "<h1" in visitor.get("/"), f"{login} sees no first page"
        own, refused = OWN.get(login, WORK), WORK if login in OWN else ()
        for path in own:
            text = html.unescape(visitor.get(path))
            assert "<h1" in text, f"{login} sees no page at {path}"
        home = html.unescape(visitor.get("/"))
        for work in WAITS.get(login, ()):
            assert f"work={work}" in home, f"nothing waits for {login} to {work}"
        for path in refused:
            assert visitor.status(path) == 403, f"{login} should not see {path}"
        seen += 1 + len(own)
    print(f"{len(shown)} logins, {seen} pages seen")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1].rstrip("/")))

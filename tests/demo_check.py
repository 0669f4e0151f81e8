"""What a new user of the demo sees, asked of the running server: ``python -m tests.demo_check http://127.0.0.1:8000``."""

import html
import http.cookiejar
import re
import sys
import urllib.parse
import urllib.request


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

    def sign_in(self, login: str, password: str) -> str:
        """The first page after signing in."""
        page = self.get("/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token, "the sign-in page has no form"
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": token.group(1), "login": login, "password": password}).encode()
        request = urllib.request.Request(f"{self.base}/login/", body, {"Referer": f"{self.base}/login/"})
        with self.opener.open(request, timeout=60) as answer:
            assert not answer.geturl().endswith("/login/"), f"{login} could not sign in"
            return str(answer.read().decode())


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
        for path in ("/", "/rosters/", "/rosters/cross/", "/households/", "/places/", "/places/map/"):
            text = html.unescape(visitor.get(path))
            assert "<h1" in text, f"{login} sees no page at {path}"
            seen += 1
    print(f"{len(shown)} logins, {seen} pages seen")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1].rstrip("/")))

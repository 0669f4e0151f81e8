"""Pictures and albums on pages: only inside one's area, kept by no shared cache, nothing in them runs."""

import io
import uuid
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.urls import reverse
from PIL import Image

from anju.accounts import actions as accounts
from anju.accounts.actions import found
from anju.accounts.models import User
from anju.demo import pictures as drawn
from anju.demo.pictures import Words
from anju.evidence import albums, photos
from anju.evidence.expecting import Expected
from anju.evidence.models import Album, Photo
from anju.registry.models import Household
from anju.rosters.tests import county
from anju.vocabulary.coordinates import Place
from tests.desk import signed_in

pytestmark = pytest.mark.django_db
HOUSE = Place(122.5412, 42.3861)
VISIT = datetime(2020, 6, 9, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
HERE = "210922109201"


@pytest.fixture
def album(people: dict[str, User]) -> Album:
    return albums.new(area=HERE, title="房屋鉴定", owner=f"{HERE}-0001", expected=Expected(HOUSE, 200, VISIT, VISIT + timedelta(hours=8)))


def content(seed: int, **words: Any) -> bytes:
    told: dict[str, Any] = {"at": VISIT + timedelta(hours=1), "place": HOUSE} | words
    return drawn.house(seed, words=Words(**told), size=(640, 480))


def test_a_picture_is_shown_inside_the_area_only(album: Album, people: dict[str, User]) -> None:
    photo = photos.add(album=album, file=content(1), kind="house", by=people["collector"])
    address = reverse("evidence:photo", args=[photo.pk, "thumb"])
    answer = signed_in(people["collector"]).get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-cache"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert b"".join(answer.streaming_content).startswith(b"\xff\xd8\xff")  # type: ignore[attr-defined]
    assert signed_in(people["other"]).get(address).status_code == 404
    assert Client().get(address).status_code == 302
    assert signed_in(people["clerk"]).get(reverse("evidence:photo", args=[photo.pk, "raw"])).status_code == 404


def test_the_browsers_own_copy_is_good_only_while_one_may_see_the_photo(album: Album, people: dict[str, User]) -> None:
    photo = photos.add(album=album, file=content(1), kind="house", by=people["clerk"])
    address, client = reverse("evidence:photo", args=[photo.pk, "full"]), signed_in(people["collector"])
    tag = client.get(address)["ETag"]
    assert client.get(address, headers={"if-none-match": tag}).status_code == 304
    grant = people["collector"].grants.get()
    security = accounts.admit(
        login="sec", name="安", organisation=people["clerk"].organisation, role="security_administrator", password="-", check_password=False
    )
    grant.ended_at, grant.ended_by = VISIT, security
    grant.save()
    assert client.get(address, headers={"if-none-match": tag}).status_code in (302, 403, 404)


def test_a_third_party_sees_the_photos_of_the_households_named_only(album: Album, people: dict[str, User]) -> None:
    other = albums.new(area=HERE, title="别的户", owner=f"{HERE}-0002")
    mine = photos.add(album=album, file=content(1), kind="house", by=people["clerk"])
    theirs = photos.add(album=other, file=content(2), kind="house", by=people["clerk"])
    firm = found(name="辽宁某鉴定公司", kind="third_party_appraiser", area="210922")
    security = accounts.admit(
        login="sec", name="安", organisation=people["clerk"].organisation, role="security_administrator", password="-", check_password=False
    )
    expert = accounts.open_account(login="expert", name="陈立新", organisation=firm, password="-", check_password=False)
    from_register(expert, security)
    client = signed_in(User.objects.get(pk=expert.pk))
    assert client.get(reverse("evidence:photo", args=[mine.pk, "thumb"])).status_code == 200
    assert client.get(reverse("evidence:photo", args=[theirs.pk, "thumb"])).status_code == 404
    assert client.get(reverse("evidence:album", args=[other.pk])).status_code == 404


def from_register(expert: User, security: User) -> None:
    """A grant for one household, which is in the register."""
    Household.objects.create(number=f"{HERE}-0001", area=HERE, opened_on=county.TODAY)
    accounts.give(user=expert, role="third_party_appraiser", area="210922", by=security, reason="委托", households=[f"{HERE}-0001"])


def _post(client: Client, album: Album, body: bytes, **more: str) -> Any:
    given = {"file": SimpleUploadedFile("户主家.jpg", body, "image/jpeg"), "kind": "house", **more}
    return client.post(reverse("evidence:add", args=[album.pk]), given, headers={"x-requested-with": "dropzone"})


def test_a_photo_is_added_with_what_the_device_tells_and_answered_with_what_was_found(album: Album, people: dict[str, User]) -> None:
    client, key = signed_in(people["collector"]), str(uuid.uuid4())
    told = {"client_id": key, "captured_at": (VISIT + timedelta(hours=1)).isoformat(), "device": "dev-1"}
    good = _post(client, album, content(1, place=None), lng="122.5413", lat="42.3861", accuracy="9", **told)
    assert good.status_code == 200
    assert "已收下" in good.content.decode()
    photo = Photo.objects.get()
    assert (str(photo.client_id), photo.device, photo.accuracy_m, photo.place_from) == (key, "dev-1", 9.0, "told")
    again = _post(client, album, content(1, place=None), **told)
    assert again.status_code == 200
    far = _post(client, album, content(2, place=Place(123.2, 42.3861)))
    assert "千米" in far.content.decode()
    assert "到现场重新拍" in far.content.decode()
    assert Photo.objects.count() == 2


@pytest.mark.parametrize(
    ("body", "said"), [(b"", "0 字节"), (b"GIF89a....", "GIF"), (b"<svg onload=alert(1)>", "SVG"), (b"hello", "不是照片")]
)
def test_what_is_no_photo_is_refused_in_its_row(album: Album, people: dict[str, User], body: bytes, said: str) -> None:
    answer = _post(signed_in(people["collector"]), album, body)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Photo.objects.count() == 0


@pytest.mark.parametrize(
    "told", [{"lng": "nan", "lat": "1"}, {"lng": "x", "lat": "42"}, {"lng": "122.5"}, {"captured_at": "gestern"}, {"device": "\x00"}]
)
def test_nonsense_told_beside_a_photo_is_left_out_and_the_photo_says_for_itself(
    album: Album, people: dict[str, User], told: dict[str, str]
) -> None:
    assert _post(signed_in(people["collector"]), album, content(1), **told).status_code == 200
    kept = Photo.objects.get()
    assert (kept.place_from, float(kept.lng or 0), float(kept.lat or 0)) == ("camera", HOUSE.lng, HOUSE.lat)
    assert (kept.taken_at, kept.captured_at, kept.device) == (VISIT + timedelta(hours=1), None, "")


def test_a_photo_under_a_key_that_is_none_is_refused_and_not_kept(album: Album, people: dict[str, User]) -> None:
    answer = _post(signed_in(people["collector"]), album, content(1), client_id="7")
    assert answer.status_code == 422
    assert "不是有效的 UUID" in answer.content.decode()
    assert not Photo.objects.exists()


def test_who_may_not_take_photos_gets_no_page_and_no_photo_in(album: Album, people: dict[str, User]) -> None:
    client = signed_in(people["sender"])
    assert client.get(reverse("evidence:add", args=[album.pk])).status_code == 403
    assert _post(client, album, content(1)).status_code == 403
    assert signed_in(people["other"]).get(reverse("evidence:add", args=[album.pk])).status_code == 404


def test_the_page_for_the_phone_may_ask_for_the_place(album: Album, people: dict[str, User]) -> None:
    answer = signed_in(people["collector"]).get(reverse("evidence:add", args=[album.pk]))
    assert "geolocation=(self)" in answer["Permissions-Policy"]
    assert 'capture="environment"' in answer.content.decode()


def test_a_finding_is_explained_a_photo_withdrawn_and_restored_on_the_page(album: Album, people: dict[str, User]) -> None:
    photo = photos.add(album=album, file=content(2, place=Place(123.2, 42.3861)), kind="house", by=people["collector"])
    clerk, own = signed_in(people["clerk"]), signed_in(people["collector"])
    htmx = {"hx-request": "true"}
    assert own.post(reverse("evidence:explain", args=[photo.pk]), {"reason": "就是这里"}).status_code == 403
    refused = clerk.post(reverse("evidence:explain", args=[photo.pk]), {"reason": ""}, headers=htmx)
    assert "请写明原因" in refused.content.decode()
    done = clerk.post(reverse("evidence:explain", args=[photo.pk]), {"reason": "登记位置有误，已更正"}, headers=htmx)
    assert "已采信照片" in done.content.decode()
    assert "登记位置有误，已更正" in done.content.decode()
    gone = own.post(reverse("evidence:withdraw", args=[photo.pk]), {"reason": "换一张更清楚的"}, headers=htmx).content.decode()
    assert "已撤下" in gone
    assert reverse("evidence:restore", args=[photo.pk]) in gone
    back = own.post(reverse("evidence:restore", args=[photo.pk]), follow=True)
    assert back.status_code == 200
    photo.refresh_from_db()
    assert photo.accepted


def _rendered(source: str, user: User, **context: Any) -> str:
    request = RequestFactory().get("/")
    request.user = user
    return str(Template("{% load evidence %}" + source).render(Context({"request": request, "csrf_token": "t", **context})))


def test_the_component_shows_findings_and_offers_only_what_one_may_do(album: Album, people: dict[str, User]) -> None:
    photos.add(album=album, file=content(1), kind="house", by=people["collector"])
    photos.add(album=album, file=content(2, place=Place(123.2, 42.3861)), kind="component", by=people["collector"])
    for user, upload, judge in ((people["collector"], True, False), (people["clerk"], True, True), (people["sender"], False, False)):
        page = _rendered("{% album album upload=True %}", user, album=album)
        assert "照片离应在位置太远" in page
        assert ("data-camera" in page) is upload
        assert ("为什么可以采信" in page) is judge
    assert "data-camera" not in _rendered("{% album album %}", people["clerk"], album=album)
    chosen = _rendered('{% album album upload=True kinds="sign,plate" kind="plate" %}', people["clerk"], album=album)
    assert chosen.count("<option") == 2
    assert '<option value="plate" selected>' in chosen


def test_before_during_and_after_stand_side_by_side(album: Album, people: dict[str, User]) -> None:
    works = albums.new(area=HERE, title="施工", owner=f"{HERE}-0001")
    photos.add(album=album, file=content(1), kind="before", by=people["collector"])
    photos.add(album=works, file=content(2), kind="foundation", by=people["collector"])
    newest = photos.add(album=works, file=content(3), kind="structure", by=people["collector"])
    page = _rendered("{% photo_stages albums %}", people["clerk"], albums=[album, works])
    places = [page.index(word) for word in ("改造前</figcaption>", "改造中</figcaption>", "改造后</figcaption>")]
    assert places == sorted(places)
    assert page.count("<img") - page.count('<img alt="">') == 2
    assert reverse("evidence:photo", args=[newest.pk, "thumb"]) in page
    assert "还没有照片" in page


def test_the_pages_carry_no_name_of_the_senders_file(album: Album, people: dict[str, User]) -> None:
    _post(signed_in(people["collector"]), album, content(1))
    photo = Photo.objects.select_related("file", "thumb").get()
    assert {photo.file.name, photo.thumb.name} == {"photo.jpg", "thumb.jpg"}
    with Image.open(drawn_back(people, photo)) as image:
        assert not image.getexif()


def drawn_back(people: dict[str, User], photo: Photo) -> Any:
    answer = signed_in(people["clerk"]).get(reverse("evidence:photo", args=[photo.pk, "full"]))
    return io.BytesIO(b"".join(answer.streaming_content))  # type: ignore[attr-defined]

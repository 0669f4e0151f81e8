"""A collector takes photos at a house; what the checks find is seen, explained by the clerk, and a photo is withdrawn and restored."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from anju.demo import pictures as drawn
from anju.demo.pictures import Words
from anju.evidence import albums, photos
from anju.evidence.expecting import Expected
from anju.evidence.models import Album, Photo
from anju.vocabulary.coordinates import Place
from tests.journeys.conftest import NARROW, Enter, World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HOUSE = Place(122.5412, 42.3861)
VISIT = datetime(2020, 6, 9, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def _album(world: World) -> Album:
    expected = Expected(HOUSE, 200, VISIT, VISIT + timedelta(hours=8))
    return albums.new(area="210922115201", title="包玉霞家 房屋鉴定", owner="210922115201-0001", expected=expected, by=world.users["clerk"])


def _file(folder: Path, seed: int, name: str, place: Place = HOUSE, state: str = "standing") -> Path:
    words = Words(VISIT + timedelta(minutes=20 + seed), Place(place.lng + 0.0001, place.lat, accuracy_m=6), seed)
    path = folder / name
    path.write_bytes(drawn.house(seed, state=state, words=words, size=(1280, 960)))
    return path


def test_photos_come_from_the_village_and_are_judged_in_the_county(enter: Enter, world: World, tmp_path: Path) -> None:
    album = _album(world)
    township = enter("township", NARROW, geolocation={"longitude": HOUSE.lng, "latitude": HOUSE.lat}, permissions=["geolocation"])
    page = township.go(f"/evidence/albums/{album.pk}/add/")
    expect(page.get_by_text("已定位")).to_be_visible()
    township.picture("photos-add-phone-empty", whole=False)
    township.accessible()
    page.select_option("select[name=kind]", "house")
    page.locator("input[type=file]:not([data-shoot])").set_input_files(
        [_file(tmp_path, 1, "正面.jpg"), _file(tmp_path, 2, "山墙.jpg", state="ruined")]
    )
    expect(page.locator("[data-files] .ok")).to_have_count(2)
    far = _file(tmp_path, 3, "别处.jpg", Place(123.16, 42.3861))
    page.locator("input[type=file]:not([data-shoot])").set_input_files(far)
    expect(page.locator("[data-files]").get_by_text("到现场重新拍")).to_be_visible()
    expect(page.locator(".ph-grid > li")).to_have_count(3)
    page.locator("input[data-shoot]").set_input_files(_file(tmp_path, 4, "现拍.jpg"))
    expect(page.locator(".ph-grid > li")).to_have_count(4)
    shot = Photo.objects.order_by("-id")[0]
    assert (shot.place_from, bool(shot.device), shot.captured_at is not None) == ("told", True, True)
    (tmp_path / "动图.gif").write_bytes(b"GIF89a" + b"\0" * 200)
    page.locator("input[type=file]:not([data-shoot])").set_input_files(tmp_path / "动图.gif")
    expect(page.get_by_text("这是 GIF 图")).to_be_visible()
    township.accessible()
    township.fits()
    township.picture("photos-add-phone", whole=False)

    clerk = enter("clerk")
    page = clerk.go(f"/evidence/albums/{album.pk}/add/")
    expect(page.locator(".ph-grid > li.soon")).not_to_have_count(0)
    clerk.picture("photos-album-desk", whole=False)
    page.locator(".ph-grid > li.soon a.ph").first.click()
    box = page.locator("dialog[data-lightbox]")
    expect(box).to_be_visible()
    first = box.locator("[data-at]").inner_text()
    page.keyboard.press("ArrowRight")
    expect(box.locator("[data-at]")).not_to_have_text(first)
    page.keyboard.press("ArrowLeft")
    expect(box.locator("[data-at]")).to_have_text(first)
    clerk.accessible()
    clerk.picture("photos-large-desk", whole=False)
    before = Photo.objects.filter(explained_at=None).exclude(findings=[]).count()
    box.locator("input[name=reason]").first.fill("登记位置有误，已在农户页更正")
    box.get_by_role("button", name="采信并记录说明").click()
    expect(page.get_by_text("已采信照片，说明已记录")).to_be_visible()
    expect(box).not_to_be_visible()
    assert Photo.objects.filter(explained_at=None).exclude(findings=[]).count() == before - 1

    page.locator(".ph-grid a.ph").last.click()
    box.get_by_text("撤下这张照片").click()
    box.locator("details input[name=reason]").fill("拍糊了")
    box.get_by_role("button", name="撤下").click()
    expect(page.locator(".undo")).to_be_visible()
    expect(page.locator(".ph-grid > li.idle")).to_have_count(1)
    page.keyboard.press("z")
    expect(page.locator(".ph-grid > li.idle")).to_have_count(0)
    clerk.fits()


def test_a_picture_opens_large_on_a_phone(enter: Enter, world: World) -> None:
    album = _album(world)
    for seed in (11, 12):
        words = Words(VISIT + timedelta(hours=1), HOUSE)
        photos.add(album=album, file=drawn.house(seed, words=words), kind="house", by=world.users["township"])
    clerk = enter("clerk", NARROW)
    page = clerk.go(f"/evidence/albums/{album.pk}/add/")
    page.locator(".ph-grid a.ph").first.click()
    expect(page.locator("dialog[data-lightbox] .facts")).to_be_visible()
    clerk.picture("photos-large-phone", whole=False)
    clerk.accessible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog[data-lightbox]")).not_to_be_visible()

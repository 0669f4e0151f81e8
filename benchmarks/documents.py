"""Verification sheets as PDF: pages a second, ours against WeasyPrint, in one run (quality 1).

``python -m benchmarks.documents [sheets] [peer's sheets] [--county]``. Every sheet is of another household with a photo of its own
(800 × 600 JPEG, about 90 kB). Both set the same words, tables, boxes and photo in the same fonts on A4, each with as many processes as
there are processors:

* **anju**: ``pdf_parts``, the product's own way, files of 200 sheets, PDF/A, starting included;
* **WeasyPrint**: an HTML page of the same sheet, one file for each process, on fewer sheets because of its pace (it needs the system's
  Pango).

``--county`` sets 41,248 sheets (the county of S2-08) as well, in files of 200.
"""

import argparse
import base64
import dataclasses
import html
import io
import itertools
import multiprocessing
import os
import random
import resource
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pikepdf
from PIL import Image
from weasyprint import HTML

from anju.documents import Picture, pdf_parts
from anju.documents.fonts import folders
from anju.documents.housing import SHEET, samples
from anju.documents.housing.parts import Photo
from anju.documents.housing.verification_sheet import VerificationSheet
from anju.documents.joining import joined
from anju.documents.press import close_idle

SHEETS, PEER, COUNTY = 400, 100, 41_248
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = "守田望远长庚怀安砚青秀英国庆建军桂兰德福玉珍凤霞志强春生"


def photos(count: int) -> list[bytes]:
    """Photographs nobody took: rough light and shade, as large as a phone's after the product has reduced them."""
    drawn = random.Random(7)
    made = []
    for _ in range(count):
        coarse = Image.frombytes("RGB", (80, 60), drawn.randbytes(80 * 60 * 3))
        out = io.BytesIO()
        coarse.resize((800, 600), Image.Resampling.BICUBIC).save(out, "JPEG", quality=78)
        made.append(out.getvalue())
    return made


def sheets(count: int, taken: Sequence[bytes]) -> Iterator[VerificationSheet]:
    """So many households, each with another name, place and photo."""
    drawn = random.Random(11)
    model = samples.verification_sheet()
    for number in range(count):
        name = drawn.choice(SURNAMES) + drawn.choice(GIVEN) + drawn.choice(GIVEN)
        address = f"清河县柳溪镇石门村第{number % 9 + 1}村民组 {number} 号"
        photo = taken[number % len(taken)]
        remark = f"{number:08}".encode()
        own = photo[:2] + b"\xff\xfe" + (len(remark) + 2).to_bytes(2, "big") + remark + photo[2:]
        yield dataclasses.replace(
            model,
            number=f"HY-219921104203-{number:05}",
            household=dataclasses.replace(model.household, name=name, address=address, number=f"219921104203-{number:05}"),
            present=dataclasses.replace(model.present, address=address),
            photo=Photo(picture=Picture(own), caption=f"现住房与{name}　2020年6月10日 09:24"),
        )


_STYLE = """
@font-face { font-family: song; src: url(file://%(song)s) }
@font-face { font-family: hei; src: url(file://%(hei)s) }
@page { size: A4; margin: 17mm 18mm 17mm 22mm; @bottom-right { content: "第 " counter(page) " 页"; font: 9pt song; color: #555 } }
body { font: 10.5pt/1.3 song; margin: 0 }
section { break-after: page }
h1 { font: 21pt hei; text-align: center; margin: 4pt 0 8pt }
.o { text-align: center; font-size: 13pt }
.h { display: flex; justify-content: space-between; margin-bottom: 4pt }
table { border-collapse: collapse; width: 100%%; table-layout: auto; margin-top: -0.4pt }
td, th { border: 0.4pt solid #000; padding: 3pt 5pt; text-align: left; vertical-align: middle }
th { font: 10.5pt hei; text-align: center; width: 2.1cm; white-space: nowrap }
.b { display: inline-block; width: 8.5pt; height: 8.5pt; border: 0.6pt solid #000; line-height: 8pt; font-size: 8pt }
.c { margin-right: 8pt; white-space: nowrap }
img { width: 8cm; height: 6cm; object-fit: contain }
i { display: inline-block; width: 2.3cm; border-bottom: 0.4pt solid #000 }
p { margin: 0 }
.k { font-family: hei; color: #555; font-size: 10pt }
"""


def as_html(sheet: VerificationSheet, picture: str) -> str:
    """The same sheet as a page of HTML."""
    e = html.escape
    household, present, interview = sheet.household, sheet.present, sheet.interview
    assert interview is not None
    assert sheet.photo is not None

    def choice(on: bool, label: str) -> str:
        return f' <span class="c"><span class="b">{"√" if on else "&nbsp;"}</span> {e(label)}</span>'

    ways = "".join(
        f"<p>{choice(category == sheet.category, category)}{''.join(choice(way == sheet.way, way) for way in ways)}</p>"
        for category, ways in sheet.ways
    )
    signers = "".join(f"<p>{e(each.office)} {e(each.name)} 签名 <i>&nbsp;</i></p>" for each in sheet.verifiers)
    answers = "".join(f"<p>{e(question)}：{e(answer)}</p>" for question, answer in interview.answers)
    return f"""<section><div class="o">{e(sheet.organisation)}</div><h1>住房安全有保障核验表</h1>
<div class="h"><span>{e(sheet.village)} {e(sheet.round)}</span><span>编号：{e(sheet.number)}</span></div>
<table><tr><th>户主<td>{e(household.name)}<th>身份证号<td>{e(household.id_number)}<th>联系电话<td>{e(household.phone)}</tr>
<tr><th>农户类别<td>{e("、".join(household.categories))}<th>户编号<td>{e(household.number)}<th>家庭人口<td>{household.members} 人</tr>
<tr><th>户籍地址<td colspan=5>{e(household.address)}</tr></table>
<table><tr><th>核验结论<td>{ways}</tr><tr><th>认定依据<td>{"".join(f"<p>{e(a)}：{e(b)}</p>" for a, b in sheet.grounds)}</tr>
<tr><th>佐证材料<td>{e("；".join(sheet.proofs))}</tr></table>
<table><tr><th>现住房<td><p class=k>地址</p><p>{e(present.address)}</p><p class=k>结构、等级</p><p>{e(present.structure)}，{e(present.grade)} 级</p>
<p class=k>是否实际居住</p><p>{choice(True, "是")}{choice(False, "否")}</p><p class=k>现场查看</p><p>2020年6月10日 09:24</p><p>{e(present.place)}</p>
<td style="width:8.2cm;text-align:center"><img src="{picture}"><br>{e(sheet.photo.caption)}</tr></table>
<table><tr><th>入户访谈<td><p>受访人：{e(interview.informant)}（{e(interview.relation)}）</p>{answers}</tr>
<tr><th>存在问题<td>无</tr><tr><th>核验人员<td>{signers}<p style="text-align:right">核验日期：2020年6月10日</p></tr>
<tr><th>户主确认<td>以上情况属实。 户主签名（按印）<i>&nbsp;</i> <i>&nbsp;</i>年<i>&nbsp;</i>月<i>&nbsp;</i>日</tr></table></section>"""


def by_weasyprint(given: tuple[int, int, list[bytes]]) -> int:
    """One file of the sheets from so many to so many, made by the peer; its pages."""
    start, end, taken = given
    style = _STYLE % {"song": _font("NotoSerifSC"), "hei": _font("NotoSansSC")}
    pages = []
    for sheet in itertools.islice(sheets(end, taken), start, end):
        assert sheet.photo is not None
        encoded = base64.b64encode(sheet.photo.picture.content).decode()
        pages.append(as_html(sheet, f"data:image/jpeg;base64,{encoded}"))
    document = HTML(string=f"<style>{style}</style>{''.join(pages)}").render()
    document.write_pdf()
    return len(document.pages)


def _font(name: str) -> Path:
    return next(file for folder in folders() for file in folder.glob(f"{name}-*"))


def peer(count: int, taken: list[bytes], processors: int) -> tuple[int, float]:
    """Pages, and seconds."""
    share = -(-count // processors)
    parts = [(start, min(start + share, count), taken) for start in range(0, count, share)]
    began = time.perf_counter()
    with ProcessPoolExecutor(processors, mp_context=multiprocessing.get_context("spawn")) as hands:
        pages = sum(hands.map(by_weasyprint, parts))
    return pages, time.perf_counter() - began


def ours(count: int, taken: list[bytes]) -> tuple[list[bytes], float]:
    """The files, and seconds."""
    began = time.perf_counter()
    made = list(pdf_parts(SHEET, sheets(count, taken)))
    seconds = time.perf_counter() - began
    close_idle()
    return made, seconds


def worked() -> float:
    """Seconds of processor time of this process and of those it started and that have ended."""
    return sum(os.times()[:4])


def pages_of(made: Sequence[bytes]) -> int:
    """Pages in these files."""
    total = 0
    for each in made:
        with pikepdf.open(io.BytesIO(each)) as read:
            total += len(read.pages)
    return total


def _tell(who: str, count: int, seconds: float, more: str = "") -> None:
    print(f"{who:<11} {count:>7,} sheets {seconds:8.1f} s {count / seconds:8.1f} pages/s  {more}", flush=True)


def county(taken: list[bytes]) -> None:
    """The whole county, file by file as a job sends them on; only what is under way is held."""
    began, size, files = time.perf_counter(), 0, 0
    for part in pdf_parts(SHEET, sheets(COUNTY, taken)):
        size, files = size + len(part), files + 1
    _tell("county", COUNTY, time.perf_counter() - began, f"{size / 1e6:8.1f} MB in {files} files")
    close_idle()
    own, presses = (resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(f"peak memory: {own:,.0f} MB here, {presses:,.0f} MB in the largest press")


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(prog="benchmarks.documents")
    parser.add_argument("sheets", type=int, nargs="?", default=SHEETS)
    parser.add_argument("peer", type=int, nargs="?", default=PEER)
    parser.add_argument("--county", action="store_true")
    options = parser.parse_args()
    processors = os.cpu_count() or 1
    taken = photos(64)
    before = worked()
    made, seconds = ours(options.sheets, taken)
    ours_worked = (worked() - before) / options.sheets
    assert pages_of(made) == options.sheets, "a sheet took more than its page"
    rate = options.sheets / seconds
    print(f"{processors} processors, photos of {sum(map(len, taken)) / len(taken) / 1000:.0f} kB")
    _tell("anju", options.sheets, seconds, f"{sum(map(len, made)) / options.sheets / 1000:8.1f} kB a page")
    began = time.perf_counter()
    whole = joined(made)
    print(f"joined into one file of {len(whole) / 1e6:.1f} MB in {time.perf_counter() - began:.1f} s")
    before = worked()
    pages, seconds = peer(options.peer, taken, processors)
    peer_worked = (worked() - before) / options.peer
    assert pages == options.peer, f"the peer made {pages} pages of {options.peer} sheets"
    theirs = pages / seconds
    _tell("WeasyPrint", options.peer, seconds)
    print(f"ratio       {rate / theirs:.1f} × (goal: at least 10)")
    print(f"processor time a page: {ours_worked * 1000:.1f} ms and {peer_worked * 1000:.1f} ms, {peer_worked / ours_worked:.1f} ×")
    if options.county:
        county(taken)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

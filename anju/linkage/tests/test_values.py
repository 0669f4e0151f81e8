"""The set-based readings of values agree with the vocabulary's, cell by cell."""

import duckdb
import pytest

from anju.linkage import normal
from anju.linkage.contents import complete
from anju.linkage.fields import recognise
from anju.linkage.sounds import sound
from anju.vocabulary import dates, idnumber, names, relation


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    normal.install(connection)
    return connection


NUMBERS = (
    "210922196005181233",
    "21092219600518123X",
    "21092219600518123x",
    "２１０９２２１９６００５１８１２３３",
    " 210922 19600518 1233",
    "'210922196005181233",
    "210922600518123",
    "210922609918123",
    "5.30326E+17",
    "210922196005181000",
    "",
    "无",
    "21092219600518123",
    "2109221960051812333",
    "110101199003070134",
)


@pytest.mark.parametrize("text", NUMBERS)
def test_numbers_are_read_as_the_vocabulary_reads_them(con: duckdb.DuckDBPyConnection, text: str) -> None:
    (found,) = con.execute("SELECT CASE WHEN key_valid(id_key(?)) THEN key_text(id_key(?)) END", [text, text]).fetchone() or (None,)
    assert found == idnumber.read(text).value


@pytest.mark.parametrize(
    "text",
    [
        "1985.3.2",
        "19850302",
        "1985年3月",
        "1985年3月2日",
        "1985/03/02",
        "31108",
        "1985-03-02 00:00:00",
        "198503",
        "1985-02-30",
        "２０１０－０１－０２",
        "不详",
        "",
    ],
)
def test_days_are_read_as_the_vocabulary_reads_them(con: duckdb.DuckDBPyConnection, text: str) -> None:
    (found,) = con.execute("SELECT birth_day(?)", [text]).fetchone() or (None,)
    day = dates.read(text)
    assert found == (None if day is None else int(f"{day.value:%Y%m}") * 100 + (day.value.day if day.precision == "day" else 0))


@pytest.mark.parametrize("text", ["张 三", "张三（户主）", "欧阳　娜娜", "ZHANG san"])
def test_names_are_tidied_as_the_vocabulary_tidies_them(con: duckdb.DuckDBPyConnection, text: str) -> None:
    assert con.execute("SELECT name_text(?)", [text]).fetchone() == (names.normalise(text),)


def test_dots_and_traditional_characters_make_no_difference(con: duckdb.DuckDBPyConnection) -> None:
    assert len(set(con.execute("SELECT name_text(unnest(['阿依古丽·买买提', '阿依古丽．买买提', '阿依古丽•买买提']))").fetchall())) == 1
    assert con.execute("SELECT name_text('張國強')").fetchone() == ("张国强",)
    old, new = normal.simplified_pairs()
    assert len(old) == len(new) == len(set(old))
    assert all(sound(a + a) == sound(b + b) for a, b in zip(old, new, strict=True))


@pytest.mark.parametrize("text", ["户主", "本人", "长子", "之妻", "户主之女", "儿媳", "02", "外孙女", "邻居"])
def test_relations_are_read_as_the_vocabulary_reads_them(con: duckdb.DuckDBPyConnection, text: str) -> None:
    assert con.execute("SELECT relation_code(?)", [text]).fetchone() == (relation.read(text),)


def test_names_of_one_sound_have_one_key() -> None:
    assert sound("赵凤琴") == sound("赵凤芹")
    assert sound("包玉霞") == sound("鲍玉霞")
    assert sound("单英") != sound("丹英")
    assert sound("张三").replace(" ", "") == sound("ZHANGSAN")


def test_headings_are_recognised_in_many_senders_words() -> None:
    assert recognise(["序号", "姓 名", "公民身份号码*", "与户主的关系", "家庭编号", "性别（男/女）", "出生年月", "家庭住址", "联系电话"]) == {
        "name": 1, "id_number": 2, "relation": 3, "household": 4, "sex": 5, "birth_date": 6, "division": 7,
    }  # fmt: skip
    assert recognise(["户主姓名", "户主身份证号", "成员姓名", "成员身份证号"]) == {"name": 2, "id_number": 3, "household": 1}
    assert recognise(["no", "hh_code", "rel", "csrq", "sfzh", "xm", "xb", "xzqh"]) == {
        "household": 1, "relation": 2, "birth_date": 3, "id_number": 4, "name": 5, "sex": 6, "division": 7,
    }  # fmt: skip


def test_a_column_with_an_unknown_heading_shows_itself_by_its_cells() -> None:
    rows = [
        [
            f"H{n // 3}",
            "户主" if n % 3 == 0 else "子",
            f"2109221960051812{n % 10}{n % 7}",
            "王李张刘"[n % 4] + "国秀玉明"[n // 4 % 4] + "英林海"[n % 3],
            f"19{50 + n}-01-02",
            "男" if n % 2 else "女",
        ]
        for n in range(24)
    ]
    assert complete({"id_number": 2}, rows, 6) == {"id_number": 2, "sex": 5, "relation": 1, "name": 3, "birth_date": 4, "household": 0}

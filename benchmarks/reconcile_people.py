"""Two large lists made by DuckDB itself: persons of many households, the second list damaged in one row of ten. Seconds, not minutes.

``python benchmarks/reconcile_people.py HOUSEHOLDS FOLDER``
"""

import sys
from pathlib import Path

import duckdb

from anju.vocabulary.idnumber import CHECK_DIGITS, WEIGHTS

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国志文德福海春生林成永清凤荣金贵宝庆祥云飞鹏辉斌波宇浩亮新民安顺利才发旺喜财连长有光东南西北山石根全忠义仁礼智信孝廉耀宗祖继先学良善美珍琴芹花梅香菊莲翠珠淑贞慧巧素萍玲雪晶莹倩婷雅欣怡梓涵轩博睿子豪"


def make(households: int, folder: Path, threads: int = 2) -> tuple[Path, Path]:
    """Writes left.csv and right.csv (about 2.98 persons a household) with their truth in a column nobody reads (``序号``)."""
    folder.mkdir(parents=True, exist_ok=True)
    con = duckdb.connect()
    con.execute(f"SET threads = {threads}; SET memory_limit = '5GB'; SET preserve_insertion_order = false")
    weights = " + ".join(f"(p // {10 ** (16 - n)} % 10) * {weight}" for n, weight in enumerate(WEIGHTS))
    con.execute("CREATE MACRO r(i, s) AS hash(i * 1000 + s)")
    con.execute("CREATE MACRO pick(t, h) AS substr(t, (h % length(t))::INT + 1, 1)")
    con.execute(f"CREATE MACRO check_digit(p) AS substr('{CHECK_DIGITS}', (({weights}) % 11)::INT + 1, 1)")
    con.execute(
        f"""CREATE TABLE person AS
        WITH house AS (SELECT i, 2 + (r(i, 1) % 100 < 80)::INT * (r(i, 2) % 4)::INT - (r(i, 3) % 100 < 22)::INT AS size, 430100 + (r(i // 15000, 4) % 122)::INT AS county,
                format('{{:06d}}{{:03d}}{{:03d}}', 430100 + (r(i // 15000, 4) % 122)::INT, 100 + (i % 15000) // 500, 200 + (i % 500) // 35) AS village FROM range({households}) t(i)),
        member AS (SELECT house.*, unnest(range(size)) AS k FROM house),
        known AS (
            SELECT i AS house, k, i * 10 + k AS person, county, village, CASE k WHEN 0 THEN (r(i, 6) % 10 < 8)::INT WHEN 1 THEN 1 - (r(i, 6) % 10 < 8)::INT ELSE (r(i * 10 + k, 5) % 2 = 0)::INT END AS male,
                DATE '1935-01-01' + (CASE k WHEN 0 THEN 5000 + r(i, 11) % 15000 WHEN 1 THEN 5000 + r(i, 11) % 15000 + r(i, 12) % 2000 - 1000
                    WHEN 2 THEN 19000 + r(i, 12) % 8000 ELSE 19500 + r(i * 10 + k, 12) % 10000 END)::INT AS born
            FROM member)
        SELECT house, k, person, village, male, born, CASE k WHEN 0 THEN '户主' WHEN 1 THEN '配偶' ELSE CASE WHEN male = 1 THEN '子' ELSE '女' END END AS relation,
            pick('{_SURNAMES}', CASE WHEN k = 1 THEN least(r(person, 7) % 100, r(person, 71) % 100) ELSE least(r(house, 7) % 100, r(house, 71) % 100) END)
                || pick('{_GIVEN}', r(person, 8)) || CASE WHEN r(person, 9) % 10 < 7 THEN pick('{_GIVEN}', r(person, 10)) ELSE '' END AS name,
            (county::VARCHAR || strftime(born, '%Y%m%d') || format('{{:03d}}', ((r(person, 13) % 500) * 2 + male)::INT)) AS first17
        FROM known"""
    )
    left, right = folder / "left.csv", folder / "right.csv"
    number = "first17 || check_digit(first17::BIGINT)"
    con.execute(
        f"""COPY (SELECT {number} AS 身份证号, name AS 姓名, CASE WHEN male = 1 THEN '男' ELSE '女' END AS 性别, relation AS 与户主关系, village || format('{{:07d}}', house) AS 户编号,
        village AS 行政区划代码, strftime(born, '%Y-%m-%d') AS 出生日期, person AS 序号 FROM person WHERE r(person, 50) % 100 <> 0) TO '{left}' (HEADER)"""
    )
    con.execute(
        f"""COPY (SELECT '彰武县' || village || '村' AS 家庭住址, CASE WHEN d BETWEEN 95 AND 110 THEN left(name, 1) || pick('{_GIVEN}', x) || substr(name, 3) ELSE name END AS 人员姓名,
        CASE WHEN d < 60 THEN left(id, pos) || ((x // 7) % 10)::VARCHAR || substr(id, pos + 2) WHEN d < 80 THEN left(id, 15) || '000' WHEN d < 90 THEN '' WHEN d < 95 THEN left(id, 1) || '.' || id[2:6] || 'E+17' ELSE id END AS 证件号码,
        CASE WHEN r(house, 80) % 100 = 0 AND k < 2 THEN CASE k WHEN 0 THEN '配偶' ELSE '户主' END ELSE relation END AS 家庭关系, 'H' || house AS 户号, (2 - male)::VARCHAR AS 性别,
        strftime(born, '%Y/%m/%d') AS 出生年月, person AS 序号
        FROM (SELECT *, {number} AS id, r(person, 51) % 1000 AS d, (r(person, 52) % 18)::INT AS pos, r(person, 53) AS x FROM person WHERE r(person, 60) % 100 <> 0) ORDER BY r(house, 70), k) TO '{right}' (HEADER)"""
    )
    con.close()
    return left, right


if __name__ == "__main__":
    make(int(sys.argv[1]), Path(sys.argv[2]))

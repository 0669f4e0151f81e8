"""How values are made comparable, as DuckDB macros: millions of cells without a line of Python each.

The same rules as ``anju.vocabulary`` (identity numbers, names, days), set-based; the tests hold the two together.
"""

from typing import Final

import duckdb

from anju.vocabulary import masking
from anju.vocabulary.idnumber import CHECK_DIGITS, WEIGHTS
from anju.vocabulary.relation import HEAD
from anju.vocabulary.relation import NAMES as RELATION_CODES
from anju.vocabulary.relation import read as read_relation


def quoted(text: str) -> str:
    """A SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


# One key per identity number: its 18 digits as an integer; a number that ends in X is the negative of its first seventeen digits.
_FULL = "０１２３４５６７８９ＸｘＥｅ．＋－Ｏｏ　"
_HALF = "0123456789XXEE.+-OO "

_TRADITIONAL: Final = (
    "張陳劉楊趙黃吳孫馬羅鄭謝韓馮於蕭鄧許彭蘇盧蔣賈葉閻餘潘鍾薑範譚鄒陸萬錢湯賀賴龔龐顏喬溫嚴顧龍劉邊畢齊嶽聶關鮮歐陽諸葛單豐滕黨鳳麥談鄔濮尋駱祝滿聞儲紀衛"
    "國華偉強軍傑濤蘭蓮鳳鳳靜麗豔艷紅娟瑩慶發財貴榮連長東學書禮義愛寶貝勳勝順園圓圍蕓蘇飛馳驕龍鶴鷹燕橋機權樹標樑樓歡歲會來為偉倫個們價儀億優勵動勞務劍剛創劃"
    "醫廣庫應廟廠廳張彌彎彥後從徵徹恆恒憲憶懷應戀戰戲戶擁據攝數敵斷時晉晝曉曄曆東棟棗業極樂橫檢歷歸殘殺毀氣漢滄潔潤澤濟濱濃瀾灃災煉煙煥熱燈燦爭爾牆獅獨獲現瑪璽瓊畫異當"
    "療盡監盤礎確種積穩窮競筆節築簡籃糧紀約紅純紗紋納紙級細終組結絕絲綠維綱網綿緒線緣編緯練縣總績織繪繡繼續羅聖聖聰聲聯職聽肅脈腦臺與興舉舊艙蒼蓋蔣薩藍藝藥蘆"
    "虛號蟲術衛補製複見規視親覺覽觀訂計訓記許設評詞詩試話該詳誌認語誠說調論諾謀謙講謝證譜識讀變讓豐貞負貢財責賢販貨貫費貼貿資賓賜賞賴贈贊趙跡踐車軒軟輕輝輪輯轉農運過達違遠適選遺鄉鄰醫釋針釣鈞鈴鉅銀銅銘銳鋒鋼錄錦錫鍵鎖鎮鏡鐘鐵鑫鑒長門開間閔閣關陣陰陳陽隊階際隨險隱雋雙雜雞離雲電霧靈靜韋頁頂項順須頌預領頭題額顏願類顯風飛飯館馬駐駕騎驗魚魯鮑鮮鳥鳴鴻鵬麗麥黃點齊齡龍"
)
_SIMPLIFIED: Final = (
    "张陈刘杨赵黄吴孙马罗郑谢韩冯于萧邓许彭苏卢蒋贾叶阎余潘钟姜范谭邹陆万钱汤贺赖龚庞颜乔温严顾龙刘边毕齐岳聂关鲜欧阳诸葛单丰滕党凤麦谈邬濮寻骆祝满闻储纪卫"
    "国华伟强军杰涛兰莲凤凤静丽艳艳红娟莹庆发财贵荣连长东学书礼义爱宝贝勋胜顺园圆围芸苏飞驰骄龙鹤鹰燕桥机权树标梁楼欢岁会来为伟伦个们价仪亿优励动劳务剑刚创划"
    "医广库应庙厂厅张弥弯彦后从征彻恒恒宪忆怀应恋战戏户拥据摄数敌断时晋昼晓晔历东栋枣业极乐横检历归残杀毁气汉沧洁润泽济滨浓澜沣灾炼烟焕热灯灿争尔墙狮独获现玛玺琼画异当"
    "疗尽监盘础确种积稳穷竞笔节筑简篮粮纪约红纯纱纹纳纸级细终组结绝丝绿维纲网绵绪线缘编纬练县总绩织绘绣继续罗圣圣聪声联职听肃脉脑台与兴举旧舱苍盖蒋萨蓝艺药芦"
    "虚号虫术卫补制复见规视亲觉览观订计训记许设评词诗试话该详志认语诚说调论诺谋谦讲谢证谱识读变让丰贞负贡财责贤贩货贯费贴贸资宾赐赏赖赠赞赵迹践车轩软轻辉轮辑转农运过达违远适选遗乡邻医释针钓钧铃钜银铜铭锐锋钢录锦锡键锁镇镜钟铁鑫鉴长门开间闵阁关阵阴陈阳队阶际随险隐隽双杂鸡离云电雾灵静韦页顶项顺须颂预领头题额颜愿类显风飞饭馆马驻驾骑验鱼鲁鲍鲜鸟鸣鸿鹏丽麦黄点齐龄龙"
)


def simplified_pairs() -> tuple[str, str]:
    """Traditional characters met in names and their simplified forms, each once, as two strings of one length."""
    pairs = {old: new for old, new in zip(_TRADITIONAL, _SIMPLIFIED, strict=True) if old != new}
    return "".join(pairs), "".join(pairs.values())


def _sum_of_weights() -> str:
    return " + ".join(f"(p // {10 ** (16 - place)} % 10) * {weight}" for place, weight in enumerate(WEIGHTS))


def _relation_words() -> str:
    words = [
        "本人或户主",
        "户主",
        "户主本人",
        "本人",
        "申请人",
        "配偶",
        "夫",
        "丈夫",
        "妻",
        "妻子",
        "之妻",
        "子",
        "儿子",
        "长子",
        "次子",
        "三子",
        "四子",
        "五子",
        "独生子",
        "养子",
        "继子",
        "之子",
        "女婿",
        "之女婿",
        "女",
        "女儿",
        "长女",
        "次女",
        "三女",
        "四女",
        "独生女",
        "养女",
        "继女",
        "之女",
        "儿媳",
        "媳",
        "之儿媳",
        "孙子女",
        "孙",
        "孙子",
        "之孙子",
        "孙女",
        "之孙女",
        "外孙子",
        "外孙",
        "之外孙子",
        "外孙女",
        "之外孙女",
        "父母",
        "父",
        "父亲",
        "之父",
        "母",
        "母亲",
        "之母",
        "岳父",
        "之岳父",
        "公公",
        "岳母",
        "之岳母",
        "婆婆",
        "祖父母",
        "祖父",
        "祖母",
        "之祖父",
        "之祖母",
        "兄弟姐妹",
        "兄",
        "弟",
        "姐",
        "妹",
        "之兄弟姐妹",
        "其他亲属",
        "其他",
        "其它",
        "非亲属",
    ]
    codes = {word: code for word in words if (code := read_relation(word))}
    codes |= {
        "HEAD": HEAD,
        "HOUSEHOLDHEAD": HEAD,
        "HEADOFHOUSEHOLD": HEAD,
        "SELF": HEAD,
        "SPOUSE": "10",
        "HUSBAND": "11",
        "WIFE": "12",
        "SON": "20",
        "DAUGHTER": "30",
    }
    codes |= {
        "MOTHER": "52",
        "FATHER": "51",
        "GRANDSON": "41",
        "GRANDDAUGHTER": "42",
        "BROTHER": "70",
        "SISTER": "70",
        "儿": "20",
        "闺女": "30",
        "媳妇": "38",
        "奶奶": "60",
        "爷爷": "60",
    }
    codes |= {code: (read_relation(code) or code) for code in RELATION_CODES} | {"1": HEAD, "2": HEAD}
    return "MAP {" + ", ".join(f"{quoted(word)}: {quoted(code)}" for word, code in codes.items()) + "}"


_SPACE = r"[\s\p{Z}\p{Cf}\p{Cc}]"


def _macros() -> list[str]:
    old, new = simplified_pairs()
    day = "y * 10000 + m * 100 + d"
    return [
        "whole(t) AS try_cast(t AS INTEGER)",
        f"check_digit(p) AS substr('{CHECK_DIGITS}', ((({_sum_of_weights()}) % 11) + 1)::INTEGER, 1)",
        # the key of eighteen characters that are digits, perhaps with X at the end
        "key_of_18(t) AS CASE WHEN t[18] = 'X' THEN -try_cast(t[1:17] AS BIGINT) ELSE try_cast(t AS BIGINT) END",
        # a 15-digit number of the older form: century 19, check digit added
        "key_of_first17(p) AS CASE WHEN check_digit(p) = 'X' THEN -p ELSE p * 10 + check_digit(p)::BIGINT END",
        "first17_of_15(t) AS try_cast(t[1:6] || '19' || t[7:15] AS BIGINT)",
        # characters as typed → only what belongs to a number
        f"id_text(raw) AS translate(regexp_replace(regexp_replace(upper(translate(raw, '{_FULL}', '{_HALF}')), '\\.0+$', ''), "
        f"'{_SPACE}|[''\"`´‘’“”=,，_·*]|-', '', 'g'), '×', 'X')",
        "id_body(t) AS CASE WHEN regexp_full_match(t, '[0-9]{17}[0-9X]|[0-9]{15}') THEN t "
        "WHEN regexp_matches(t, '[^0-9X.E+]') AND regexp_matches(t, '[0-9]{15}') THEN coalesce(nullif(regexp_extract(t, '([0-9]{17}[0-9X])', 1), ''), t) ELSE t END",
        "key_of_text(t) AS CASE WHEN regexp_full_match(t, '[0-9]{17}[0-9X]') THEN key_of_18(t) "
        "WHEN regexp_full_match(t, '[0-9]{15}') AND real_day(19000000 + whole(t[7:12])) THEN key_of_first17(first17_of_15(t)) END",
        # (a lambda's argument is computed once, a macro's wherever it is written) an 18-character text that is a number below 10^17 has a point or an exponent in it
        "id_key(raw) AS CASE WHEN strlen(raw) = 18 AND try_cast(raw AS BIGINT) BETWEEN 100000000000000000 AND 999999999999999999 THEN try_cast(raw AS BIGINT) "
        "WHEN strlen(raw) = 18 AND suffix(raw, 'X') AND try_cast(raw[1:17] AS BIGINT) BETWEEN 10000000000000000 AND 99999999999999999 THEN -try_cast(raw[1:17] AS BIGINT) "
        "WHEN strlen(raw) < 15 THEN NULL ELSE list_transform(list_transform([id_text(raw)], lambda t: id_body(t)), lambda t: key_of_text(t))[1] END",
        "key_text(k) AS CASE WHEN k < 0 THEN lpad((-k)::VARCHAR, 17, '0') || 'X' ELSE lpad(k::VARCHAR, 18, '0') END",
        "key_first17(k) AS CASE WHEN k < 0 THEN -k ELSE k // 10 END",
        "key_birth(k) AS ((key_first17(k) // 1000) % 100000000)::INTEGER",
        "real_day(v) AS (v // 100) % 100 BETWEEN 1 AND 12 AND v % 100 BETWEEN 1 AND CASE WHEN (v // 100) % 100 IN (4, 6, 9, 11) THEN 30 "
        "WHEN (v // 100) % 100 = 2 THEN CASE WHEN (v // 10000) % 4 = 0 AND ((v // 10000) % 100 <> 0 OR (v // 10000) % 400 = 0) THEN 29 ELSE 28 END ELSE 31 END",
        "key_valid(k) AS k IS NOT NULL AND abs(k) >= 10000000000000000 AND key_birth(k) BETWEEN 18500101 AND 20991231 AND real_day(key_birth(k)) "
        "AND check_digit(key_first17(k)) = CASE WHEN k < 0 THEN 'X' ELSE (k % 10)::VARCHAR END",
        "key_sex(k) AS CASE WHEN key_first17(k) % 2 = 1 THEN '1' ELSE '2' END",
        # names: notes in brackets, spaces, dots, titles of habit out; traditional characters as simplified ones
        f"name_plain(t) AS CASE WHEN regexp_matches(t, '[{old}]') THEN translate(t, '{old}', '{new}') ELSE t END",
        "name_text(raw) AS CASE WHEN regexp_full_match(raw, '[\\x{4e00}-\\x{9fff}]{2,4}') THEN name_plain(raw) ELSE name_slowly(raw) END",
        f"name_slowly(raw) AS nullif(upper(name_plain(regexp_replace(regexp_replace(regexp_replace(raw, '[(（\\[【〔].*?[)）\\]】〕]', '', 'g'), "
        f"'{_SPACE}|[·•∙⋅・･‧．.。﹒●▪—\\-_''’`\"*、，,]', '', 'g'), '([\\x{{4e00}}-\\x{{9fff}}])[0-9]+$', '\\1'))), '')",
        "name_known(n) AS CASE WHEN n IS NULL OR length(n) < 2 OR regexp_full_match(n, '.{1,2}氏|.[某XＸ?？□○〇]{1,3}|无名氏?|不详|未知|无|待补|[?？□○*]+|NULL|NA|NAN|暂无|未取名|未命名|婴儿') "
        "THEN NULL ELSE n END",
        "sex_code(raw) AS CASE WHEN raw IS NULL THEN NULL WHEN contains(raw, '男') OR upper(trim(raw)) IN ('1', '01', 'M', 'MALE', '1.0', '１') THEN '1' "
        "WHEN contains(raw, '女') OR upper(trim(raw)) IN ('2', '02', '0', 'F', 'FEMALE', '2.0', '２') THEN '2' END",
        f"relation_text(raw) AS upper(regexp_replace(translate(raw, '{_FULL}', '{_HALF}'), '{_SPACE}|[(（].*?[)）]|\\.0$', '', 'g'))",
        f"relation_code(raw) AS coalesce({_relation_words()}[relation_text(raw)], {_relation_words()}[regexp_replace(relation_text(raw), '^[0-9]+[.、:：-]?|^户主之?|^之', '')])",
        # days: 20-digit forms, Excel serials, year and month only (then the day is 0)
        f"day_digits(raw) AS regexp_replace(regexp_replace(translate(raw, '{_FULL}', '{_HALF}'), '^{_SPACE}*(.*?)(?:[T ]+[0-9]{{1,2}}:.*)?{_SPACE}*$', '\\1'), '{_SPACE}|[''’号日生]|\\.0+$', '', 'g')",
        f"day_made(y, m, d) AS CASE WHEN y BETWEEN 1850 AND 2099 AND m BETWEEN 1 AND 12 AND (d = 0 OR real_day({day})) THEN ({day})::INTEGER END",
        "day_of(t) AS CASE "
        "WHEN regexp_full_match(t, '[12][0-9]{7}') THEN day_made(whole(t[1:4]), whole(t[5:6]), whole(t[7:8])) "
        "WHEN regexp_full_match(t, '[12][0-9]{5}') THEN day_made(whole(t[1:4]), whole(t[5:6]), 0) "
        "WHEN regexp_full_match(t, '[1-7][0-9]{4}') THEN strftime(DATE '1899-12-30' + whole(t), '%Y%m%d')::INTEGER "
        "WHEN regexp_full_match(t, '[12][0-9]{3}年?') THEN NULL "
        "WHEN regexp_full_match(t, '[12][0-9]{3}[年./\\-_、][0-9]{1,2}[月./\\-_、]?') THEN "
        "day_made(whole(t[1:4]), whole(regexp_extract(t, '^.{4}.([0-9]{1,2})', 1)), 0) "
        "WHEN regexp_full_match(t, '[12][0-9]{3}[年./\\-_、][0-9]{1,2}[月./\\-_、][0-9]{1,2}') THEN "
        "day_made(whole(t[1:4]), whole(regexp_extract(t, '^.{4}.([0-9]{1,2})', 1)), whole(regexp_extract(t, '([0-9]{1,2})$', 1))) "
        "WHEN regexp_full_match(t, '[0-9]{1,2}[./\\-][0-9]{1,2}[./\\-][12][0-9]{3}') THEN CASE "
        "WHEN whole(regexp_extract(t, '^([0-9]{1,2})', 1)) > 12 THEN "
        "day_made(whole(right(t, 4)), whole(regexp_extract(t, '^[0-9]+.([0-9]{1,2})', 1)), whole(regexp_extract(t, '^([0-9]{1,2})', 1))) "
        "ELSE day_made(whole(right(t, 4)), whole(regexp_extract(t, '^([0-9]{1,2})', 1)), whole(regexp_extract(t, '^[0-9]+.([0-9]{1,2})', 1))) END "
        "END",
        "birth_day(raw) AS CASE WHEN raw IS NULL OR raw = '' THEN NULL ELSE list_transform([day_digits(raw)], lambda t: day_of(t))[1] END",
        _masked(masking.in_force().number),
    ]


def _masked(cut: masking.Cut) -> str:
    """The deployment's mask of identity numbers, as a macro."""
    ends = cut.front + cut.back
    return (
        f"masked(t) AS CASE WHEN t IS NULL OR t = '' THEN '空' WHEN length(t) <= {ends} THEN repeat('*', length(t)) "
        f"ELSE t[1:{cut.front}] || repeat('*', length(t) - {ends}) || right(t, {cut.back}) END"
    )


def install(con: duckdb.DuckDBPyConnection) -> None:
    """Declares the macros on a connection (in its memory, not in a file)."""
    order = _macros()
    # real_day is used by macros above it: declare what needs nothing first
    order.sort(key=lambda text: not text.startswith(("whole", "check_digit", "real_day", "name_plain", "name_slowly")))
    for macro in order:
        name, _, body = macro.partition(" AS ")
        con.execute(f"CREATE OR REPLACE TEMP MACRO {name} AS ({body})")

from anju.rosters import marking


def text(parts: list[marking.Part]) -> str:
    return "".join(f"[{part.text}]" if part.hot else part.text for part in parts)


def marked(left: str, right: str) -> tuple[str, str]:
    one, other = marking.compare(left, right)
    return text(one), text(other)


def test_the_differing_character_of_a_name_is_marked_on_both_sides() -> None:
    assert marked("赵凤琴", "赵凤芹") == ("赵凤[琴]", "赵凤[芹]")


def test_numbers_are_masked_but_for_the_digits_that_differ() -> None:
    assert marked("210922195708142261", "210922195708142281") == ("2109**********22[6]1", "2109**********22[8]1")


def test_a_differing_digit_under_the_stars_is_shown_and_its_neighbours_are_not() -> None:
    assert marked("王桂兰 210922195708142261", "王桂兰 210922195908142261") == (
        "王桂兰 2109*****[7]****2261",
        "王桂兰 2109*****[9]****2261",
    )


def test_full_width_digits_and_inner_spaces_still_are_a_number() -> None:
    left, _right = marked("21092２195708142261", "210922195708142261")
    assert left == "2109*[２]********2261"
    assert "1957" not in marking.plain("210922 19570814 2261")


def test_swapped_digits_are_marked_where_they_stand() -> None:
    assert marked("210922195708142261", "210922197508142261") == ("2109****[57]****2261", "2109****[75]****2261")


def test_two_quite_different_numbers_are_marked_whole() -> None:
    assert marked("210922195708142261", "210922196311052284") == ("[2109**********2261]", "[2109**********2284]")


def test_another_number_stays_hidden() -> None:
    left, right = marking.compare("王桂兰（第 3、18 行）", "王桂兰 210922195001140216")
    assert "1950" not in text(left) + text(right)


def test_a_number_with_a_digit_too_many_or_too_few_is_hidden_too() -> None:
    assert marking.plain("2109221953011255314") == "2109***********5314"
    assert marking.plain("21092219530112531") == "2109*********2531"


def test_a_mobile_number_keeps_its_first_three_and_last_four() -> None:
    assert marking.plain("13812345527") == "138****5527"


def test_where_one_side_is_empty_nothing_is_marked() -> None:
    assert marked("赵凤琴", "") == ("赵凤琴", "")


def test_signs_say_equal_alike_different_or_only_here() -> None:
    assert [
        marking.sign("琴", "琴"),
        marking.sign("琴", ""),
        marking.sign("琴", "芹", name=True),
        marking.sign("琴", "兰", name=True),
    ] == list("=+≈≠")

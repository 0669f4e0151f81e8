"""Relations to the head when the head changes (GB/T 4761): what can be said for certain, else 其他亲属."""

from anju.vocabulary.relation import HEAD

OTHER = "97"
_SPOUSE = {"10", "11", "12"}
_CHILD = {"20", "30"}
_GRANDCHILD = {"40", "41", "42", "43", "44"}
_PARENT = {"50", "51", "52"}


def _by_sex(sex: str, male: str, female: str, unknown: str) -> str:
    return {"1": male, "2": female}.get(sex, unknown)


def of_former_head(new_head: str, sex: str) -> str:
    """What the former head is to somebody who stood in ``new_head`` relation to him or her; ``sex`` is the former head's."""
    if new_head in _SPOUSE:
        return _by_sex(sex, "11", "12", "10")
    if new_head in _CHILD:
        return _by_sex(sex, "51", "52", "50")
    if new_head in _PARENT:
        return _by_sex(sex, "20", "30", OTHER)
    if new_head in _GRANDCHILD:
        return "60"
    if new_head == "70":
        return "70"
    if new_head == "60":
        return "40"
    return OTHER


def of_member(new_head: str, member: str, sex: str) -> str:
    """What a member who was ``member`` to the former head is to the new one, who was ``new_head``."""
    if member == HEAD:
        return of_former_head(new_head, sex)
    if new_head in _SPOUSE and member in (_CHILD | _GRANDCHILD | {"28", "38"}):
        return member
    if new_head in _CHILD:
        if member in _SPOUSE:
            return _by_sex(sex, "51", "52", "50")
        if member in _CHILD:
            return "70"
        if member in _PARENT:
            return "60"
    if new_head in _PARENT:
        if member in _CHILD:
            return "40"
        if member == "70":
            return _by_sex(sex, "20", "30", OTHER)
        if member in _PARENT:
            return _by_sex(sex, "11", "12", "10")
    if new_head == "70" and member in (_PARENT | {"60", "70"}):
        return member
    return OTHER

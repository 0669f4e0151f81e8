"""The renovations of 2020 危房改造 by 10 June: chosen and appraised in January, then led along their road by everybody's own acts.

Fuxin renovated 1,735 households that year, 1,004 of them registered poor (S2); here they stand in every stage up to the start and beyond, and on each
side road. Where a township works for all its villages its acts are done set by set, as a workbook or a tick at many lines does them; the villages
whose people can be entered as are told household by household (``desk``).
"""

from anju.demo.renovations import history
from anju.demo.renovations.choosing import Wanted, choose, wanted
from anju.demo.renovations.staff import admit
from anju.demo.renovations.telling import tell

__all__ = ["Wanted", "admit", "choose", "history", "tell", "wanted"]

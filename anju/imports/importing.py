"""房屋情况: what a workbook says of households' houses, for the register. Appraisals need houses with places."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from anju.accounts.roles import Power
from anju.checks import BLOCK, WARN, Check, Finding
from anju.imports.kinds import Findings, Kind, Row, record_layout, register
from anju.imports.models import ImportBatch
from anju.registry.actions import housing, record_houses, unrecord_houses
from anju.registry.models import DwellingState
from anju.registry.staging import Housing, Taking
from anju.tabular.columns import ADDRESS
from anju.tabular.layout import Column, RowRule
from anju.vocabulary import coordinates

"""上级系统录入: which households were entered in the national systems, when, by whom, with what result; and the workbooks to enter them from."""

"""Series of the planner's own: columns of CSV and Parquet tables beside the study.

table      a file to titled columns with their lines: the only place that opens one
stamps     what a row is called to what it is: an hour of a year, a month, a year
column     one column, checked: every hour of a year, or steps by month or year
trajectory     what a key is worth from month to month, and in each hour of a tree node
shelf      the series of one study, each file read once
"""

"""What each noun means in the hours of a node: one family of columns and rows a file.

context            the node being written, labels, and what a column costs
conversion         converters: carriers in, carriers out
storage            stores: power and energy sized apart
demand             what is served, by a deadline, and promised shares
unit_commitment    units on line as a quantity: minimum load, no-load fuel, starts
least_times        hours on line, off line and of a start
ramping            change of output from hour to hour
reserve            doing without the largest unit for an hour
demand_charge      the peak of a billing period is paid for
"""

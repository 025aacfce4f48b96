"""The compiled kernels of the interior point: one Newton step of one node, in numba.

entry               the three that Python calls, kept on disk
layout              the arrays they read and write, and what their positions mean
passes              what is done while a chunk of hours is at hand
assembly            the reduced Newton matrix of the hours
factorise           eliminates local rows; the Schur complement on the borders
factorise_in_time   eliminates time-linking rows hour after hour
triangular_solve    forward and backward substitution
right_hand_sides    affine (predictor) and corrector right-hand sides
directions          the direction of columns, and every value's relative move
step                ratio test, truncated step, restoration of dual feasibility
repair_hours        a feasible point near the iterate
vector_ops          the loops they are made of
"""

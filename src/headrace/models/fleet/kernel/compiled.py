"""How the pieces of the kernel are compiled; numba is imported only when a replay begins."""

from numba import njit

# No function here allocates memory, so none of them counts references (`_nrt`): that alone is a
# factor of ten in speed. Only `loop.advance` and `loop.close` are cached on disk: numba's cache
# does not notice when a callee in another file changes, so what they call is compiled with them and
# their key holds a fingerprint of every file here.
piece = njit(
    nogil=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True
)
hot = njit(
    nogil=True,
    error_model="numpy",
    forceinline=True,
    _nrt=False,
    no_cpython_wrapper=True,
    no_cfunc_wrapper=True,
)

"""What any event source must offer, and the sources there are.

A new source is one module here that satisfies `protocol.Source`, one line in `registry`, one form
partial of the designer, and one test.
"""

"""The monthly package of the Department of Lands (ข้อมูลมาตรา 10): reading, matching, applying.

docs/algorithms/section10.md has the rules; the words of the department are data, in ``data/``.
"""

"""How lists write education (GB/T 4658), the more particular word first."""

WORDS = (
    ("博士", "doctor"),
    ("硕士", "master"),
    ("研究生", "master"),
    ("大专", "college"),
    ("专科", "college"),
    ("本科", "bachelor"),
    ("学士", "bachelor"),
    ("大学", "bachelor"),
    ("中专", "vocational"),
    ("职高", "vocational"),
    ("技校", "vocational"),
    ("中技", "vocational"),
    ("高中", "senior"),
    ("初中", "junior"),
    ("小学", "primary"),
)

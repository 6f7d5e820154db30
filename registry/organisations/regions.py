"""Arithmetic of GB/T 2260 codes: two digits a level, province, city, county."""


def region_prefix(code: str) -> str:
    """Return what the codes of a region and everything in it begin with: 64 for Ningxia, 6401 for Yinchuan."""
    if code.endswith("0000"):
        return code[:2]
    return code[:4] if code.endswith("00") else code


def wider_codes(code: str) -> tuple[str, ...]:
    """Return the codes of the regions a region lies in and its own, widest first; nothing for what is no code of six digits."""
    return tuple(dict.fromkeys((code[:2] + "0000", code[:4] + "00", code))) if len(code) == 6 else ()

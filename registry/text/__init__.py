"""Pure text functions: normal forms, pinyin, stroke order, numerals. The lowest room; no Django."""

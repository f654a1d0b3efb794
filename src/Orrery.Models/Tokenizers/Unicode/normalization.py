#!/usr/bin/env python3
"""Writes normalization.txt from the Unicode character database that this Python carries. Usage: normalization.py > normalization.txt"""
import sys
import unicodedata


def main():
    print(f"# Unicode {unicodedata.unidata_version}, written by normalization.py. Hangul syllables follow a rule and are left out.")
    print("# C=A B  canonical, composes again    C:A B  canonical, does not    C~A B  compatibility    @n F L  combining class n from F to L")
    run = None
    for code in range(sys.maxunicode + 1):
        char = chr(code)
        mapping = unicodedata.decomposition(char)
        if mapping.startswith("<"):
            print(f"{code:X}~{mapping.split('> ')[1]}")
        elif mapping:
            text = "".join(chr(int(part, 16)) for part in mapping.split())
            print(f"{code:X}{'=' if len(text) == 2 and unicodedata.normalize('NFC', text) == char else ':'}{mapping}")

        combining = unicodedata.combining(char)
        if run and run[0] == combining and run[2] == code - 1:
            run = (combining, run[1], code)
        else:
            if run and run[0]:
                print(f"@{run[0]} {run[1]:X} {run[2]:X}")
            run = (combining, code, code)


main()

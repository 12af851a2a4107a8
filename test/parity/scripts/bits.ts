// Parity scripts of bitmaps: bits, ranges of bits and combined strings.

import { lines, script } from "../script";

export const BIT_SCRIPTS = [
  script(
    "SETBIT and GETBIT, growth and refusals",
    lines`
      GETBIT k 0
      SETBIT k 7 1
      GET k
      SETBIT k 7 1
      SETBIT k 7 0
      GETBIT k 7
      GETBIT k 100
      SETBIT k 100 0
      STRLEN k
      SETBIT k 100 1
      GETBIT k 100
      GETBIT k 101
      GET k
      OBJECT ENCODING k
      SET i 1234
      OBJECT ENCODING i
      SETBIT i 3 1
      OBJECT ENCODING i
      GET i
      SET i 1234
      SETBIT i 3 1
      SETBIT i 3 1
      OBJECT ENCODING i
      SET e 12ab
      SETBIT e 2 1
      OBJECT ENCODING e
      SET t v EX 1000000
      SETBIT t 1 1
      TTL t
      SETBIT k -1 1
      SETBIT k x 1
      SETBIT k "" 1
      SETBIT k 01 1
      SETBIT k #1 1
      SETBIT k 4294967296 1
      SETBIT k 9223372036854775807 1
      SETBIT k 9223372036854775808 1
      SETBIT k -9223372036854775808 1
      SETBIT k 4294967296 2
      SETBIT k 1 2
      SETBIT k 1 -1
      SETBIT k 1 x
      SETBIT k 1 ""
      SETBIT k 1 01
      SETBIT k 1 9223372036854775807
      SETBIT k 1 9223372036854775808
      GETBIT k -1
      GETBIT k x
      GETBIT k #0
      GETBIT k 4294967295
      GETBIT k 4294967296
      GETBIT nope -1
      SETBIT k
      SETBIT k 1
      SETBIT k 1 1 1
      GETBIT k
      GETBIT k 1 1
      SET "" ""
      SETBIT "" 0 0
      GET ""
      SETBIT __proto__ 5 1
      GET __proto__
    `,
  ),
  script(
    "bits of a key that holds no string",
    lines`
      RPUSH l a
      SETBIT l 0 1
      SETBIT l x 1
      SETBIT l 0 2
      GETBIT l 0
      GETBIT l x
      BITCOUNT l
      BITCOUNT l 0
      BITCOUNT l x y
      BITPOS l 1
      BITPOS l 2
      BITPOS l 1 x
      BITOP AND d l
      BITOP AND d k l
      BITOP NOT d l l
      BITOP AND l k
      BITFIELD l
      BITFIELD l GET u8 0
      BITFIELD l SET u8 0 1
      BITFIELD l SET u8 x 1
      BITFIELD_RO l GET u8 0
      BITFIELD_RO l SET u8 0 1
      EXISTS l
      RPUSH l a
      SET s abc
      BITOP OR l s
      TYPE l
    `,
    { needs: ["RPUSH"] },
  ),
  script(
    "BITCOUNT of ranges in bytes and bits",
    lines`
      BITCOUNT nope
      BITCOUNT nope 0
      BITCOUNT nope x y
      SET k "foobar"
      BITCOUNT k
      BITCOUNT k 0
      BITCOUNT k 0 0
      BITCOUNT k 1 1
      BITCOUNT k 0 -1
      BITCOUNT k 1 -2
      BITCOUNT k -2 -1
      BITCOUNT k -100 100
      BITCOUNT k 5 3
      BITCOUNT k -1 -3
      BITCOUNT k -1 -3 NOPE
      BITCOUNT k 100 200
      BITCOUNT k 0 -100
      BITCOUNT k 5 30 BIT
      BITCOUNT k 5 30 bit
      BITCOUNT k 0 -1 BYTE
      BITCOUNT k -9 -1 BIT
      BITCOUNT k -3 -9 BIT
      BITCOUNT k 47 47 BIT
      BITCOUNT k 48 60 BIT
      BITCOUNT k 0 0 BIT
      BITCOUNT k 1 1 BIT
      BITCOUNT k 7 8 BIT
      BITCOUNT k 0 100 BITS
      BITCOUNT k 0 -1 BIT x
      BITCOUNT k x 1
      BITCOUNT k 1 x
      BITCOUNT k 1.0 2
      BITCOUNT k 9223372036854775807 -9223372036854775808
      BITCOUNT k -9223372036854775808 9223372036854775807
      BITCOUNT k -9223372036854775807 -9223372036854775808
      BITCOUNT k -9223372036854775808 -9223372036854775807
      BITCOUNT k -9223372036854775808 -9223372036854775807 BIT
      BITCOUNT k -9223372036854775809 1
      BITCOUNT k 0 9223372036854775808
      BITCOUNT
      SET e ""
      BITCOUNT e
      BITCOUNT e 0 0
      BITCOUNT e 0 -1 BIT
      SET n -12345
      BITCOUNT n
      BITCOUNT n 1 20 BIT
      SETBIT big 100000 1
      SETBIT big 77777 1
      BITCOUNT big
      BITCOUNT big 77777 77777 BIT
      BITCOUNT big 77778 99999 BIT
      BITCOUNT big 77777 100000 BIT
      BITCOUNT big 9722 -1
    `,
  ),
  script(
    "BITPOS of both values in ranges",
    lines`
      BITPOS nope 0
      BITPOS nope 1
      BITPOS nope 0 5 x
      BITPOS nope 1 x
      BITPOS nope 2
      BITPOS nope x
      SET k "\xff\xf0\x00"
      BITPOS k 0
      BITPOS k 1
      BITPOS k 0 0
      BITPOS k 0 0 0
      BITPOS k 0 1
      BITPOS k 1 2
      BITPOS k 1 2 -1
      BITPOS k 0 2
      BITPOS k 0 3
      BITPOS k 1 3
      BITPOS k 0 -1
      BITPOS k 0 -2 -1
      BITPOS k 0 2 1
      BITPOS k 1 -100 -200
      BITPOS k 0 0 -1 BIT
      BITPOS k 0 0 7 BIT
      BITPOS k 0 3 11 BIT
      BITPOS k 0 3 12 BIT
      BITPOS k 1 12 -1 BIT
      BITPOS k 1 11 -1 BIT
      BITPOS k 1 8 8 BIT
      BITPOS k 0 8 8 BIT
      BITPOS k 1 12 12 BIT
      BITPOS k 0 12 12 BIT
      BITPOS k 0 -3 -1 BIT
      BITPOS k 0 100 200 BIT
      BITPOS k 0 0 -1 BYTE
      BITPOS k 0 0 -1 NOPE
      BITPOS k 0 x -1 NOPE
      BITPOS k 0 0 x NOPE
      BITPOS k 0 0 x
      BITPOS k 0 x
      BITPOS k 0 0 -1 BIT x
      BITPOS k 2
      BITPOS k -1
      BITPOS k x
      BITPOS k 9223372036854775807
      BITPOS k 9223372036854775808
      BITPOS k 1 -9223372036854775808 9223372036854775807
      BITPOS k 1 9223372036854775807 -9223372036854775808
      BITPOS k 1 -9223372036854775807 -9223372036854775808 BIT
      BITPOS k
      SET f "\xff\xff\xff"
      BITPOS f 0
      BITPOS f 0 0
      BITPOS f 0 1
      BITPOS f 0 2
      BITPOS f 0 3
      BITPOS f 0 0 -1
      BITPOS f 0 0 2
      BITPOS f 0 0 -1 BIT
      BITPOS f 0 0 23 BIT
      BITPOS f 0 5 9 BIT
      BITPOS f 0 16 23 BIT
      BITPOS f 0 17 22 BIT
      BITPOS f 1
      SET z "\x00\x00\x00"
      BITPOS z 1
      BITPOS z 1 0 -1 BIT
      BITPOS z 1 5 9 BIT
      BITPOS z 0
      SET e ""
      BITPOS e 0
      BITPOS e 1
      BITPOS e 0 0
      BITPOS e 0 0 -1
      BITPOS e 0 0 -1 BIT
      SETBIT big 100000 1
      BITPOS big 1
      BITPOS big 1 0 12499
      BITPOS big 1 12500
      BITPOS big 1 3 99999 BIT
      BITPOS big 1 3 100000 BIT
      BITPOS big 0
    `,
  ),
  script(
    "BITOP of strings of any length",
    lines`
      SET a "foobar"
      SET b "abcdef"
      BITOP AND d a b
      GET d
      BITOP OR d a b
      GET d
      BITOP XOR d a b
      GET d
      BITOP NOT d a
      GET d
      OBJECT ENCODING d
      BITOP not a a
      GET a
      BITOP XOR a a a
      GET a
      SET a "foobar"
      SET s "\xff\x0f"
      BITOP AND d a s
      GET d
      BITOP OR d s a
      GET d
      BITOP XOR d a s b
      GET d
      BITOP AND d a nope
      GET d
      BITOP OR d nope a
      GET d
      BITOP AND d a a a a
      GET d
      BITOP AND a
      BITOP AND d
      BITOP NAND d a
      BITOP "" d a
      BITOP NOT d a b
      BITOP NOT d
      EXISTS d
      BITOP AND d nope nope2
      EXISTS d
      BITOP AND d nope
      SET e ""
      SET d x EX 1000000
      BITOP OR d e nope
      EXISTS d
      SET d x EX 1000000
      BITOP OR d a
      TTL d
      OBJECT ENCODING d
      SET n 12345
      BITOP OR d n
      OBJECT ENCODING d
      GET d
      BITOP NOT d n
      GET d
      SET d 1 PXAT 1
      BITOP OR d nope
      SETBIT x 5000 1
      SETBIT y 70000 1
      BITOP OR z x y
      BITCOUNT z
      SETBIT "a key of another length" 70001 1
      BITOP XOR z1 x "a key of another length" y
      GET z1
      BITOP NOT z12 z1
      BITOP AND z1 z12 "a key of another length"
      BITPOS z1 1
      BITOP XOR z z y x a
      BITCOUNT z
      BITOP AND z z x
      STRLEN z
      BITCOUNT z
      DEBUG DIGEST
    `,
  ),
  script(
    "BITOP as of 8.2",
    lines`
      SET x "\xf0\xff\x0f"
      SET y "\x11\x81"
      SET z "\x1f\x42\xff\x01"
      BITOP DIFF d x y z
      .ours ":4\r\n"
      GET d
      .ours "$4\r\n\xe0\x3c\x00\x00\r\n"
      BITOP diff1 d x y z
      .ours ":4\r\n"
      GET d
      .ours "$4\r\n\x0f\x00\xf0\x01\r\n"
      BITOP ANDOR d x y z
      .ours ":4\r\n"
      GET d
      .ours "$4\r\n\x10\xc3\x0f\x00\r\n"
      BITOP ONE d x y z
      .ours ":4\r\n"
      GET d
      .ours "$4\r\n\xee\x3c\xf0\x01\r\n"
      BITOP ONE d x x
      .ours ":3\r\n"
      GET d
      .ours "$3\r\n\x00\x00\x00\r\n"
      BITOP ONE d x
      .ours ":3\r\n"
      GET d
      .ours "$3\r\n\xf0\xff\x0f\r\n"
      BITOP DIFF d x nope
      .ours ":3\r\n"
      GET d
      .ours "$3\r\n\xf0\xff\x0f\r\n"
      BITOP DIFF1 d nope x
      .ours ":3\r\n"
      GET d
      .ours "$3\r\n\xf0\xff\x0f\r\n"
      BITOP DIFF x x y
      .ours ":3\r\n"
      GET x
      .ours "$3\r\n\xe0\x7e\x0f\r\n"
      BITOP DIFF d x
      .ours "-ERR BITOP DIFF must be called with at least two source keys.\r\n"
      BITOP diff1 d x
      .ours "-ERR BITOP DIFF1 must be called with at least two source keys.\r\n"
      BITOP ANDOR d x
      .ours "-ERR BITOP ANDOR must be called with at least two source keys.\r\n"
      DEL d x
      .ours ":2\r\n"
      DEL d x
    `,
  ),
  script(
    "bits keep to proto-max-bulk-len",
    lines`
      CONFIG SET proto-max-bulk-len 1048576
      SETBIT k 8388608 1
      SETBIT k 8388607 1
      GETBIT k 8388607
      GETBIT k 8388608
      STRLEN k
      BITFIELD k SET u8 8388607 255 GET u8 8388607 GET u8 8388608
      STRLEN k
      BITFIELD k SET u8 8388608 1
      BITCOUNT k
      BITOP NOT d k
      BITCOUNT d
      BITPOS d 0
      CONFIG SET proto-max-bulk-len 536870912
    `,
    { needs: ["CONFIG"] },
  ),
];

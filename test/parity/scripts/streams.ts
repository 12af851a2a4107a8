// Parity scripts of the stream commands: every option, every edge that Redis words an answer for.

import { lines, script } from "../script";

export const STREAM_SCRIPTS = [
  script(
    "XADD with IDs of every kind",
    lines`
      XADD s 1-1 f v
      XADD s 1-1 f v
      XADD s 1-* f v
      XADD s 2 f v
      XADD s 2-* f v
      XADD s 0-0 f v
      XADD s 0 f v
      XADD s 0-* f v
      XADD fresh 0-* f v
      XADD zero 0-0 f v
      EXISTS zero
      XADD s x f v
      XADD s 5-x f v
      XADD s -1 f v
      XADD s - f v
      XADD s + f v
      XADD s 99999999999999999999 f v
      XADD s 007-01 f v
      XADD s " 9-+1" f v
      XADD s 18446744073709551615-18446744073709551614 f v
      XADD s 18446744073709551615-* f v
      XADD s 18446744073709551615-* f v
      XADD s * f v
      XRANGE s - +
      XADD big 5-18446744073709551615 f v
      # 7.0 takes its error from whatever failed before.
      XADD big 5-* f v
      .ours "-ERR The ID specified in XADD is equal or smaller than the target stream top item\r\n"
      XADD big 6-18446744073709551615 f v
      XADD big 7 f v
      XLEN big
      XADD s 1
      XADD s 1-1 f
      XADD s 1-1 f v f
      XADD s NOMKSTREAM MAXLEN 5
      XADD none NOMKSTREAM 1-1 f v
      XADD none nomkstream * f v
      EXISTS none
      SET string x
      XADD string 1-1 f v
    `,
  ),
  script(
    "fields and values of every kind come back as they were",
    lines`
      XADD s 1-1 f v "" "" __proto__ constructor
      XADD s 1-2 "\x00\xff" "\r\n" 7 -7
      XADD s 1-3 f 127 f 128 f -1 f 4095 f 4096 f -4096 f -4097
      XADD s 1-4 f 32767 f 32768 f 8388607 f 8388608 f 2147483647 f 2147483648
      XADD s 1-5 f 9223372036854775807 f -9223372036854775808 f 9223372036854775808
      XADD s 1-6 f 007 f +1 f -0 f " 1" f 1.0
      XADD s 1-7 f {x*63} f {x*64} f {x*4095} f {x*4096}
      XADD s 1-8 {y*300} {x*70000}
      XADD s 1-9 f v "" "" __proto__ constructor
      XRANGE s - +
      XREVRANGE s + - COUNT 3
      DEBUG DIGEST-VALUE s
      COPY s t
      XRANGE t - +
      OBJECT ENCODING s
      TYPE s
    `,
  ),
  script(
    "nodes with many fields and entries of other fields",
    lines`
      CONFIG SET stream-node-max-entries 3
      XADD s 5-5 a 1 b 2
      XADD s 5-6 a 1 b 3
      XADD s 6-1 b 1 a 2
      XADD s 7-1 a 1 b 2
      XADD s 300-0 a 1 b 2
      XADD s 70000-70000 a 1
      XADD s 17000000-0 a 1
      XADD s 17000000-17000000 a 1
      XADD s 1700000000000-0 a 1
      XRANGE s - +
      XREVRANGE s + -
      XINFO STREAM s
      XDEL s 5-6 7-1 70000-70000
      XRANGE s 5-6 300
      XINFO STREAM s
      XDEL s 300-0
      XINFO STREAM s
      XTRIM s MAXLEN ~ 2
      XRANGE s - +
      XTRIM s MAXLEN 2
      XRANGE s - +
      XINFO STREAM s
      CONFIG SET stream-node-max-entries 0
      CONFIG SET stream-node-max-bytes 64
      XADD s 1700000000001-0 a {v*40}
      XADD s 1700000000001-1 a {v*40}
      XADD s 1700000000001-2 a v
      XINFO STREAM s
      CONFIG SET stream-node-max-entries 100
      CONFIG SET stream-node-max-bytes 4096
    `,
  ),
  script(
    "XRANGE and XREVRANGE bounds",
    lines`
      XADD s 1-1 f 1
      XADD s 1-2 f 2
      XADD s 2-1 f 3
      XRANGE s 1 1
      XRANGE s 1-2 2
      XRANGE s (1-1 +
      XRANGE s - (2-1
      XRANGE s (2-1 +
      XRANGE s (- +
      XRANGE s - (+
      XRANGE s (18446744073709551615-18446744073709551615 +
      XREVRANGE s + (18446744073709551615-18446744073709551615
      XRANGE s - (0-0
      XRANGE s (1 (2
      XRANGE s x +
      XRANGE s - x
      XRANGE s ( +
      XRANGE s - + COUNT
      XRANGE s - + COUNT 0
      XRANGE s - + COUNT -1
      XRANGE s - + COUNT 1
      XRANGE s - + COUNT 1 COUNT 2
      XRANGE s - + COUNT x
      XRANGE s - + COUNT 9223372036854775807
      XRANGE s - + COUNT 9223372036854775808
      XRANGE s - + BAD 1
      XRANGE none - + COUNT 0
      XRANGE none - +
      XREVRANGE s + - COUNT 2
      XREVRANGE s - +
      XREVRANGE s 1 1
      XLEN s
      XLEN none
      SET string x
      XLEN string
      XRANGE string - +
      XRANGE string x +
    `,
  ),
  script(
    "XREAD",
    lines`
      XADD a 1-1 f 1
      XADD a 2-1 f 2
      XADD b 1-1 f 1
      XREAD STREAMS a 0
      XREAD STREAMS a b 1 1-1
      XREAD COUNT 1 STREAMS a b 0 0
      XREAD COUNT -5 STREAMS a 0
      XREAD COUNT 0 STREAMS a 0
      XREAD COUNT x STREAMS a 0
      XREAD STREAMS a $
      XREAD STREAMS a 2-1
      XREAD STREAMS none 0
      XREAD STREAMS none a 0 1
      XREAD STREAMS a a 0 1
      XREAD STREAMS a b 0
      XREAD STREAMS a x
      XREAD STREAMS a >
      XREAD STREAMS a
      XREAD BLOCK 1 STREAMS a $
      XREAD BLOCK -1 STREAMS a 0
      XREAD BLOCK x STREAMS a 0
      XREAD NOACK STREAMS a 0
      XREAD GROUP g c STREAMS a 0
      XREAD BAD STREAMS a 0
      XREAD COUNT 1 BLOCK 1
      SET string x
      XREAD STREAMS string 0
      XREAD STREAMS a string 0 0
      XREAD STREAMS a 18446744073709551615-18446744073709551615
    `,
  ),
  script(
    "XDEL, XTRIM and XSETID",
    lines`
      XADD s 1-1 f 1
      XADD s 2-1 f 2
      XADD s 3-1 f 3
      XADD s 4-1 f 4
      XDEL s 2-1 2-1 9-9
      XDEL s x
      XDEL s 3-1 x
      XDEL none x
      XINFO STREAM s
      XDEL s 1-1
      XINFO STREAM s
      XTRIM s MAXLEN 1
      XTRIM s MAXLEN = 1
      XTRIM s MAXLEN ~ 0
      XTRIM s MAXLEN -1
      XTRIM s MAXLEN x
      XTRIM s MAXLEN
      XTRIM s MINID
      XTRIM s MINID 5-0
      XINFO STREAM s
      XTRIM s MINID x
      XTRIM s MINID +
      XTRIM s BAD 1
      XTRIM s MAXLEN 1 MINID 1
      XTRIM s MAXLEN 1 LIMIT 1
      XTRIM s MAXLEN ~ 1 LIMIT -1
      XTRIM s MAXLEN ~ 1 LIMIT x
      XTRIM s MAXLEN ~ 1 LIMIT 0
      XTRIM s LIMIT 1
      XTRIM s LIMIT 0
      XADD s LIMIT 1 9-9 f v
      XADD s MAXLEN 1 MINID 1 9-9 f v
      XADD s 9-9 f v
      XSETID s 8-8
      XSETID s 10-10 ENTRIESADDED 0
      XSETID s 10-10 ENTRIESADDED -1
      XSETID s 10-10 ENTRIESADDED x
      XSETID s 10-10 ENTRIESADDED
      XSETID s 10-10 MAXDELETEDID 11-11
      XSETID s 10-10 MAXDELETEDID x
      XSETID s 10-10 MAXDELETEDID 9-8 ENTRIESADDED 100
      XSETID s 10-10 BAD
      XSETID s -
      XSETID none 1-1
      XINFO STREAM s
      XADD s 10-10 f v
      XADD s 10-* f v
      XSETID s 10-11 ENTRIESADDED 9223372036854775807
      XINFO STREAM s
      SET string x
      XDEL string 1
      XTRIM string MAXLEN 1
      XSETID string 1-1
    `,
  ),
  script(
    "groups, consumers and what is pending",
    lines`
      XGROUP CREATE s g $
      XGROUP CREATE s g $ MKSTREAM
      XGROUP CREATE s g $
      XGROUP CREATE s h 0 ENTRIESREAD 5
      XGROUP CREATE s i 0 ENTRIESREAD -2
      XGROUP CREATE s i 0 ENTRIESREAD x
      XGROUP CREATE s i 0 ENTRIESREAD
      XGROUP CREATE s i - 
      XGROUP CREATE s i x
      XGROUP CREATE s "" 0
      XGROUP CREATE s __proto__ 0-0
      XADD s 1-1 f 1
      XADD s 2-2 f 2
      XADD s 3-3 f 3
      XINFO GROUPS s
      XREADGROUP GROUP g alice COUNT 2 STREAMS s >
      XREADGROUP GROUP g bob STREAMS s >
      XREADGROUP GROUP g carol STREAMS s >
      XREADGROUP GROUP g alice STREAMS s 0
      XREADGROUP GROUP g alice COUNT 1 STREAMS s 0
      XREADGROUP GROUP g alice STREAMS s 1-1
      XREADGROUP GROUP g nobody STREAMS s 0
      XINFO GROUPS s
      XPENDING s g
      XPENDING s g - + 10
      XPENDING s g - + 10 alice
      XPENDING s g - + 10 nobody
      XPENDING s g (1-1 (3-3 10
      XPENDING s g - + 1
      XPENDING s g - + -1
      XPENDING s g IDLE 0 - + 10
      XPENDING s g IDLE 1000000 - + 10
      XPENDING s g IDLE x - + 10
      XPENDING s g IDLE 1 - +
      XPENDING s g - +
      XPENDING s g x + 10
      XPENDING s g - + x
      XPENDING s none
      XPENDING none g
      XDEL s 1-1
      XREADGROUP GROUP g alice STREAMS s 0
      XACK s g 1-1 9-9 1-1
      XACK s g x
      XACK s none x
      XACK none g x
      XPENDING s g
      XREADGROUP GROUP h x NOACK STREAMS s >
      XPENDING s h
      XREADGROUP GROUP h x STREAMS s s > >
      XREADGROUP GROUP g x STREAMS s $
      XREADGROUP GROUP g x STREAMS s x
      XREADGROUP GROUP none x STREAMS s >
      XREADGROUP GROUP g x STREAMS none >
      XREADGROUP GROUP g x STREAMS s
      XREADGROUP GROUP g x COUNT 1 STREAMS s none >
      XREADGROUP COUNT 1 COUNT 1 STREAMS s >
      XREADGROUP GROUP g x BLOCK 1 STREAMS s >
      XGROUP SETID s g 0
      XREADGROUP GROUP g zed COUNT 1 STREAMS s s > >
      XINFO GROUPS s
      XINFO CONSUMERS s g
      XINFO CONSUMERS s none
      XINFO STREAM s FULL
      XINFO STREAM s FULL COUNT 1
      XINFO STREAM s FULL COUNT 0
      XINFO STREAM s FULL COUNT -1
      XINFO STREAM s FULL COUNT x
      XINFO STREAM s FULL COUNT
      XINFO STREAM s BAD
      XINFO STREAM none
      XINFO BAD s
      XGROUP CREATECONSUMER s g alice
      XGROUP CREATECONSUMER s g new
      XGROUP CREATECONSUMER s none new
      XGROUP CREATECONSUMER none g new
      XGROUP DELCONSUMER s g zed
      XGROUP DELCONSUMER s g zed
      XGROUP DELCONSUMER s g bob
      XPENDING s g
      XGROUP SETID s g -
      XGROUP SETID s g +
      XGROUP SETID s g x
      XGROUP SETID s none 0
      XGROUP SETID s g $ ENTRIESREAD 3
      XGROUP SETID s g $ ENTRIESREAD 3 ENTRIESREAD 4
      XGROUP SETID s g $ BAD
      XINFO GROUPS s
      XGROUP DESTROY s g
      XGROUP DESTROY s g
      XGROUP DESTROY none g
      XGROUP BAD s g
      XGROUP HELP
      XINFO HELP
      SET string x
      XGROUP CREATE string g 0
      XGROUP DESTROY string g
      XREADGROUP GROUP g c STREAMS string >
      XACK string g 1
      XPENDING string g
      XINFO STREAM string
      COPY s t
      XINFO STREAM t FULL
      DEL s
      XINFO STREAM t FULL
    `,
  ),
  script(
    "XCLAIM and XAUTOCLAIM",
    lines`
      XGROUP CREATE s g 0 MKSTREAM
      XADD s 1-1 f 1
      XADD s 2-2 f 2
      XADD s 3-3 f 3
      XADD s 4-4 f 4
      XREADGROUP GROUP g alice COUNT 3 STREAMS s >
      XCLAIM s g bob 0 1-1
      XCLAIM s g bob 1000000 2-2
      XCLAIM s g bob -5 2-2 JUSTID
      XCLAIM s g carol 0 4-4
      XCLAIM s g carol 0 4-4 FORCE
      XCLAIM s g carol 0 1-1 2-2 1-1 JUSTID
      XCLAIM s g carol 0 1-1 RETRYCOUNT 7 IDLE 0
      XCLAIM s g carol 0 1-1 RETRYCOUNT -7 IDLE -1
      XCLAIM s g carol 0 1-1 RETRYCOUNT 9223372036854775807
      XPENDING s g - + 10
      XCLAIM s g carol 0 1-1
      XPENDING s g - + 10
      XCLAIM s g carol 0 1-1 TIME x
      XCLAIM s g carol 0 1-1 IDLE x
      XCLAIM s g carol 0 1-1 RETRYCOUNT x
      XCLAIM s g carol 0 1-1 LASTID x
      XCLAIM s g carol 0 1-1 IDLE
      XCLAIM s g carol 0 1-1 BAD
      XCLAIM s g carol 0 x
      XCLAIM s g carol x 1-1
      XCLAIM s g carol 0 1-1 LASTID 9-9
      XINFO GROUPS s
      XCLAIM s none carol 0 1-1
      XCLAIM none g carol x 1-1
      XDEL s 2-2
      XCLAIM s g dave 0 2-2
      XPENDING s g
      XDEL s 3-3
      XAUTOCLAIM s g erin 0 - COUNT 1
      XAUTOCLAIM s g erin 0 1-1 COUNT 1 JUSTID
      XAUTOCLAIM s g erin 0 0
      XAUTOCLAIM s g frank 1000000 0
      XAUTOCLAIM s g erin 0 (4-4
      XAUTOCLAIM s g erin 0 (18446744073709551615-18446744073709551615
      XAUTOCLAIM s g erin 0 x
      XAUTOCLAIM s g erin x 0
      XAUTOCLAIM s g erin 0 0 COUNT 0
      XAUTOCLAIM s g erin 0 0 COUNT -1
      XAUTOCLAIM s g erin 0 0 COUNT x
      XAUTOCLAIM s g erin 0 0 COUNT 9223372036854775807
      XAUTOCLAIM s g erin 0 0 COUNT
      XAUTOCLAIM s g erin 0 0 BAD
      XAUTOCLAIM s none erin 0 0
      XAUTOCLAIM none g erin 0 0
      XINFO STREAM s FULL
      SET string x
      XCLAIM string g c 0 1-1
      XAUTOCLAIM string g c 0 0
    `,
  ),
];

// Parity scripts of XREAD and XREADGROUP that wait: who is served with what, and what ends the wait.

import { lines, script } from "../script";

const NEEDS = ["xread", "xreadgroup", "xgroup", "xadd"];

const READ = lines`
  # On a stream that is not there, and on one that is.
  [a] .ask XREAD BLOCK 0 STREAMS s $
  .waiting 1
  [w] XADD s 1-1 f 1
  [a] .read
  [a] .ask XREAD BLOCK 0 STREAMS s $
  .waiting 1
  [b] .ask XREAD COUNT 1 BLOCK 0 STREAMS other s 5 1-1
  .waiting 2
  [c] .ask XREAD BLOCK 0 STREAMS s 3-3
  .waiting 3
  [w] XADD s 2-2 f 2
  [a] .read
  [b] .read
  [c] .silent
  [w] XADD s 3-3 f 3
  [c] .silent
  [w] MULTI
  [w] XADD s 4-4 f 4
  [w] XADD s 5-5 f 5
  [w] EXEC
  [c] .read
  .waiting 0
  # Other changes wake nobody.
  [a] .ask XREAD BLOCK 0 STREAMS s $
  .waiting 1
  [w] XTRIM s MAXLEN 1
  [w] XSETID s 9-9
  [w] XGROUP CREATE s g 0
  [w] DEL s
  [w] SET s text
  [w] DEL s
  [a] .silent
  [w] XADD s 1-1 f 1
  [a] .silent
  [w] XADD s 10-10 f 10
  [a] .read
  # Ways in which a stream comes into being.
  [w] DEL s
  [a] .ask XREAD BLOCK 0 STREAMS s 0
  .waiting 1
  [w] XADD t 1-1 f 1
  [w] RENAME t s
  [a] .read
  [w] DEL s
  [w] XADD t 1-1 f 1
  [a] .ask XREAD BLOCK 0 STREAMS s $
  .waiting 1
  [w] COPY t s
  [a] .read
  # Time is over, and nothing to wait for.
  [a] XREAD BLOCK 30 STREAMS s $
  [a] XREAD BLOCK 0 STREAMS s 0
  [w] MULTI
  [w] XREAD BLOCK 0 STREAMS s $
  [w] EXEC
  [w] SET text x
  [a] XREAD BLOCK 0 STREAMS s text $ $
`;

const READ_GROUP = lines`
  [w] XGROUP CREATE s g $ MKSTREAM
  [a] .ask XREADGROUP GROUP g alice BLOCK 0 STREAMS s >
  .waiting 1
  [b] .ask XREADGROUP GROUP g bob COUNT 1 BLOCK 0 STREAMS s >
  .waiting 2
  [w] XADD s 1-1 f 1
  [a] .read
  [b] .silent
  [w] MULTI
  [w] XADD s 2-2 f 2
  [w] XADD s 3-3 f 3
  [w] EXEC
  [b] .read
  [w] XPENDING s g - + 10
  [w] XINFO GROUPS s
  [c] XREADGROUP GROUP g carol NOACK BLOCK 0 STREAMS s >
  [c] XREADGROUP GROUP g carol BLOCK 0 STREAMS s 0
  [c] .ask XREADGROUP GROUP g carol NOACK BLOCK 0 STREAMS s >
  .waiting 1
  [w] XDEL s 3-3
  [w] XACK s g 1-1
  [c] .silent
  [w] XADD s 4-4 f 4
  [c] .read
  [w] XPENDING s g
`;

/** Each ends the wait of a reader whose group is gone by then. */
const ENDS = [
  "XGROUP DESTROY s g",
  "DEL s",
  "UNLINK s",
  "SET s text",
  "RENAME s t",
  "RENAME other s",
  "FLUSHALL",
  "FLUSHDB",
  "SWAPDB 0 1",
  "COPY other s REPLACE",
  "PEXPIREAT s 1",
];

const GONE = ENDS.map(
  (end) => lines`
  [w] FLUSHALL
  [w] XADD other 5-5 f v
  [w] XGROUP CREATE other g 0
  [w] XADD s 1-1 f v
  [w] XGROUP CREATE s g $
  [a] .ask XREADGROUP GROUP g alice BLOCK 0 STREAMS s >
  .waiting 1
  [w] ${end}
  [a] .read
  .waiting 0
`,
).join("\n");

export const STREAM_WAITING_SCRIPTS = [
  script("XREAD waits", READ, { needs: NEEDS }),
  script("XREADGROUP waits", READ_GROUP, { needs: NEEDS }),
  script("what XREADGROUP waits for is gone", GONE, { needs: NEEDS }),
];

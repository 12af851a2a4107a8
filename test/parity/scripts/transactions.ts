// MULTI, EXEC, DISCARD, WATCH and UNWATCH: what is queued, what is refused, what spoils.

import { lines, type ParityScript, script } from "../script";

const QUEUE = lines`
  EXEC
  DISCARD
  UNWATCH
  EXEC foo
  DISCARD foo
  MULTI foo
  UNWATCH foo
  WATCH
  MULTI
  EXEC
  MULTI
  SET k 1
  INCR k
  GET k
  APPEND k x
  EXEC
  GET k
  # Run-time errors leave the others alone.
  MULTI
  SET k text
  INCR k
  GETRANGE k 0 x
  SET other 5
  EXEC
  MGET k other
  # DISCARD runs nothing.
  MULTI
  SET k discarded
  DISCARD
  GET k
  EXEC
  # An empty argument, a long one, many of them.
  MULTI
  SET "" ""
  SET long {x*100000}
  MSET a 1 b 2 c 3 d 4 e 5 f 6 g 7 h 8 i 9 j 10 k 11 l 12
  STRLEN long
  MGET "" a l
  EXEC
  MULTI
  ECHO "\x00\xff\r\n"
  EXEC
`;

const REFUSED = lines`
  # Errors of MULTI and WATCH themselves spoil nothing.
  MULTI
  MULTI
  SET k 1
  EXEC
  MULTI
  WATCH k
  GET k
  EXEC
  # Those before a command is run do.
  MULTI
  GET
  SET k 2
  EXEC
  GET k
  MULTI
  NOSUCH a b
  EXEC
  MULTI
  CONFIG NOSUCH
  EXEC
  MULTI
  CLIENT
  EXEC
  MULTI
  DISCARD foo
  EXEC
  MULTI
  NOSUCH
  DISCARD
  GET k
  # EXEC with a wrong number of arguments ends the transaction.
  MULTI
  SET k 3
  EXEC foo
  EXEC
  GET k
  MULTI
  RESET
  EXEC
`;

const INSIDE = lines`
  MULTI
  SELECT 2
  SET k two
  SELECT 99
  SELECT 3
  SET k three
  EXEC
  GET k
  SELECT 2
  GET k
  SELECT 0
  # Commands about the connection wait as well.
  MULTI
  CLIENT SETNAME me
  CLIENT GETNAME
  PING
  PING hello
  ECHO x
  AUTH x y z
  AUTH x
  EXEC
  CLIENT GETNAME
  MULTI
  MONITOR
  SUBSCRIBE ch
  UNSUBSCRIBE ch
  UNWATCH
  CLIENT NO-EVICT ON
  EXEC
  MULTI
  COMMAND COUNT x
  COMMAND GETKEYS GET k
  OBJECT ENCODING k
  TYPE k
  FLUSHALL
  DBSIZE
  SWAPDB 0 1
  EXEC
  PING
`;

/** What is not said within EXEC's reply leaves its place to the replies behind it. */
const REPLY_MODE = lines`
  MULTI
  GET a
  CLIENT REPLY SKIP
  GET a
  .send "EXEC\r\nPING\r\nECHO after\r\n"
  .read
  PING
  MULTI
  CLIENT REPLY OFF
  GET a
  CLIENT REPLY ON
  GET a
  .send "EXEC\r\nPING\r\nECHO x\r\n"
  .read
  PING
  MULTI
  CLIENT REPLY OFF
  .send "EXEC\r\nPING\r\nCLIENT REPLY ON\r\n"
  .read
  PING
`;

const ENDS = lines`
  [c] MULTI
  [c] SET k 1
  [c] CLIENT KILL TYPE normal SKIPME no
  [c] SET k 2
  [c] .send "EXEC\r\nPING\r\n"
  [c] .closed
  [d] GET k
  [d] MULTI
  [d] SET k 3
  [d] .send "QUIT\r\n"
  [d] .closed
  [e] GET k
  [e] MULTI
  [e] SET k 4
  [e] .disconnect
  [f] GET k
`;

const WATCHED = lines`
  # Nothing has happened.
  SET k 1
  WATCH k nokey
  MULTI
  GET k
  EXEC
  # By another client, by oneself, in the transaction itself.
  WATCH k
  [b] SET k 2
  MULTI
  GET k
  EXEC
  GET k
  WATCH k
  SET k 3
  MULTI
  EXEC
  WATCH k
  MULTI
  SET k 4
  EXEC
  # EXEC has forgotten.
  [b] SET k 5
  MULTI
  GET k
  EXEC
  # So do DISCARD and UNWATCH.
  WATCH k
  [b] SET k 6
  MULTI
  DISCARD
  MULTI
  GET k
  EXEC
  WATCH k
  [b] SET k 7
  UNWATCH
  MULTI
  GET k
  EXEC
  WATCH k
  UNWATCH
  [b] SET k 8
  MULTI
  EXEC
  # UNWATCH within the transaction comes too late.
  WATCH k
  [b] SET k 9
  MULTI
  UNWATCH
  EXEC
  # Watching on when it is too late anyway.
  WATCH k
  [b] SET k 10
  WATCH other
  MULTI
  EXEC
  # A refused command goes before a changed key.
  WATCH k
  [b] SET k 11
  MULTI
  NOSUCH
  EXEC
  # Twice the same key, two clients.
  WATCH k k
  [b] WATCH k
  [c] SET k 12
  MULTI
  [b] MULTI
  EXEC
  [b] EXEC
  # A transaction of another client that does nothing, and one that does.
  WATCH k
  [b] MULTI
  [b] GET k
  [b] EXEC
  MULTI
  EXEC
  WATCH k
  [b] MULTI
  [b] SET k 13
  [b] EXEC
  MULTI
  EXEC
  # RESET forgets.
  WATCH k
  [b] SET k 14
  RESET
  MULTI
  EXEC
`;

const CHANGES = [
  "DEL k",
  "UNLINK k",
  "DEL nokey",
  "SET k same",
  "SETNX k x",
  "SET k x NX",
  "GETSET k x",
  "GETDEL k",
  "GETEX k",
  "GETEX k EX 100",
  "GETEX k PERSIST",
  "EXPIRE k 100",
  "EXPIRE k -1",
  "EXPIRE nokey 100",
  "PERSIST k",
  "APPEND k x",
  'APPEND k ""',
  "SETRANGE k 0 x",
  'SETRANGE k 0 ""',
  "INCR k",
  "RENAME k j",
  "RENAME other k",
  "RENAMENX other k",
  "RENAME k k",
  "COPY other k",
  "COPY other k REPLACE",
  "COPY k j",
  "MOVE k 3",
  "MOVE other 3",
  "FLUSHDB",
  "FLUSHALL",
  "SWAPDB 0 1",
  "SWAPDB 0 0",
  "SWAPDB 1 2",
  "MSET k 1",
  "MSETNX k 1 j 2",
  "TOUCH k",
  "GET k",
  "OBJECT ENCODING k",
  "SETBIT k 1 1",
  "BITOP NOT k other",
  "BITOP NOT k nokey",
];

/** Each change with the key there, not there, and about to vanish. */
const CHANGED = ["SET k same", "DEL k", "SET k same PX 100000"]
  .flatMap((before) =>
    CHANGES.map((change) =>
      [
        "[b] FLUSHALL",
        `[b] ${before}`,
        "[b] SET other 5",
        "[a] WATCH k",
        `[b] ${change}`,
        "[a] MULTI",
        "[a] PING",
        "[a] EXEC",
      ].join("\n"),
    ),
  )
  .join("\n");

const EXPIRED = lines`
  # Expires between WATCH and EXEC.
  SET k 1 PX 20
  WATCH k
  .pause 40
  MULTI
  PING
  EXEC
  # Was expired already, and nobody had noticed.
  DEBUG SET-ACTIVE-EXPIRE 0
  SET k 1 PX 10
  .pause 30
  WATCH k
  MULTI
  PING
  EXEC
  SET k 1 PX 10
  .pause 30
  WATCH k
  [b] GET k
  MULTI
  PING
  EXEC
  SET k 1 PX 10
  .pause 30
  WATCH k
  [b] SET k 5
  MULTI
  PING
  EXEC
  SET k 1 PX 10
  .pause 30
  WATCH k
  [b] FLUSHALL
  MULTI
  PING
  EXEC
  SET k 1 PX 10
  .pause 30
  WATCH k
  [b] SWAPDB 0 1
  MULTI
  PING
  EXEC
  FLUSHALL
  SELECT 1
  SET k 1 PX 10
  SELECT 0
  .pause 30
  WATCH k
  [b] SWAPDB 0 1
  MULTI
  PING
  EXEC
  FLUSHALL
  SELECT 1
  SET k 1 PX 10
  SELECT 0
  SET k 1
  .pause 30
  WATCH k
  [b] SWAPDB 0 1
  MULTI
  PING
  EXEC
  DEBUG SET-ACTIVE-EXPIRE 1
  # What has expired and is still there would count in the digest.
  FLUSHALL
`;

const MONITORED = lines`
  [m] MONITOR
  [a] MULTI
  [a] SET k 1
  [a] SELECT 1
  [a] CONFIG GET maxmemory
  [a] GET k
  [a] EXEC
  [m] .read 5
  [a] EXEC
  [a] EXEC foo
  [a] MULTI
  [a] DISCARD
  [m] .read 4
  [a] WATCH k
  [a] SET k 2
  [a] MULTI
  [a] GET k
  [a] EXEC
  [m] .read 4
`;

const MEMORY = lines`
  SET k 1
  MULTI
  SET k 2
  GET k
  [b] CONFIG SET maxmemory 1
  EXEC
  [b] CONFIG SET maxmemory 0
  EXEC
  MULTI
  GET k
  [b] CONFIG SET maxmemory 1
  EXEC
  MULTI
  GET k
  EXEC
  MULTI
  MULTI
  EXEC
  MULTI
  WATCH k
  DISCARD
  MULTI
  UNWATCH
  EXEC
  [b] CONFIG SET maxmemory 0
  GET k
`;

const COUNTED = lines`
  CONFIG RESETSTAT
  MULTI
  SET k x
  INCR k
  GET k
  EXEC
  MULTI
  NOSUCH
  EXEC
  INFO errorstats
`;

export const TRANSACTION_SCRIPTS: readonly ParityScript[] = [
  script("a queue", QUEUE),
  script("what is refused", REFUSED),
  script("commands within a transaction", INSIDE),
  script("reply modes within a transaction", REPLY_MODE),
  script("clients that leave in a transaction", ENDS),
  script("watched keys", WATCHED),
  script("what changes a watched key", CHANGED),
  script("watched keys that expire", EXPIRED),
  script("monitored transactions", MONITORED),
  script("transactions without memory", MEMORY),
  script("errors of transactions are counted", COUNTED),
];

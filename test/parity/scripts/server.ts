// Parity scripts of what looks at and tunes the server: CONFIG, INFO, DEBUG, SLOWLOG, COMMAND.

import { lines, script } from "../script";

/** Directives with one value each: a default to read, a value to set, and values to refuse. */
const DIRECTIVES: readonly (readonly [name: string, good: string, ...bad: string[]])[] = [
  ["maxmemory", "100mb", "-1", "abc", "1.5gb", "100xb", ""],
  ["maxmemory", "0"],
  ["maxmemory-policy", "allkeys-lru", "foo", "", "LRU"],
  ["maxmemory-policy", "VOLATILE-TTL"],
  ["maxmemory-policy", "noeviction"],
  ["maxmemory-samples", "10", "0", "-1", "65", "abc"],
  ["maxmemory-samples", "5"],
  ["maxmemory-eviction-tenacity", "50", "-1", "101"],
  ["maxmemory-eviction-tenacity", "10"],
  ["maxmemory-clients", "50%", "-1%", "101%", "abc"],
  ["maxmemory-clients", "0"],
  ["lfu-log-factor", "20", "-1", "abc"],
  ["lfu-log-factor", "10"],
  ["lfu-decay-time", "2", "-1"],
  ["lfu-decay-time", "1"],
  ["active-expire-effort", "5", "0", "11"],
  ["active-expire-effort", "1"],
  ["hz", "20", "abc"],
  ["hz", "10"],
  ["dynamic-hz", "no", "maybe", "1"],
  ["dynamic-hz", "yes"],
  ["timeout", "1000", "-1", "abc"],
  ["timeout", "0"],
  ["tcp-keepalive", "10", "-1"],
  ["tcp-keepalive", "300"],
  ["slowlog-log-slower-than", "1000000", "-2", "abc"],
  ["slowlog-log-slower-than", "10000"],
  ["slowlog-max-len", "64", "-1"],
  ["slowlog-max-len", "128"],
  ["latency-monitor-threshold", "100", "-1"],
  ["latency-monitor-threshold", "0"],
  ["latency-tracking", "no", "foo"],
  ["latency-tracking", "yes"],
  ["latency-tracking-info-percentiles", "10 99.9 50", "101", "-1", "abc", "50 x"],
  ["latency-tracking-info-percentiles", ""],
  ["latency-tracking-info-percentiles", "50 99 99.9"],
  ["loglevel", "verbose"],
  ["loglevel", "notice"],
  ["lazyfree-lazy-eviction", "yes", "x"],
  ["lazyfree-lazy-eviction", "no"],
  ["lazyfree-lazy-user-flush", "yes"],
  ["lazyfree-lazy-user-flush", "no"],
  ["proto-max-bulk-len", "1mb", "1", "1023", "-1"],
  ["proto-max-bulk-len", "512mb"],
  ["client-query-buffer-limit", "2mb", "1", "abc"],
  ["client-query-buffer-limit", "1gb"],
  [
    "client-output-buffer-limit",
    "normal 1mb 2mb 3",
    "foo 1 2 3",
    "normal 1 2",
    "normal a b c",
    "normal 1 2 -1",
    "",
  ],
  ["client-output-buffer-limit", "replica 256mb 64mb 60"],
  ["client-output-buffer-limit", "slave 256mb 64mb 60 pubsub 32mb 8mb 60"],
  ["client-output-buffer-limit", "normal 0 0 0"],
  ["hash-max-listpack-entries", "64", "-1", "abc"],
  ["hash-max-ziplist-entries", "128"],
  ["hash-max-listpack-value", "32"],
  ["list-max-listpack-size", "-1", "abc"],
  ["list-max-ziplist-size", "-2"],
  ["list-compress-depth", "1", "-1"],
  ["list-compress-depth", "0"],
  ["set-max-intset-entries", "10", "-1"],
  ["set-max-intset-entries", "512"],
  ["zset-max-listpack-entries", "10"],
  ["zset-max-ziplist-entries", "128"],
  ["hll-sparse-max-bytes", "100", "-1"],
  ["hll-sparse-max-bytes", "3000"],
  ["stream-node-max-bytes", "1kb", "-1"],
  ["stream-node-max-bytes", "4096"],
  ["stream-node-max-entries", "10", "-1"],
  ["stream-node-max-entries", "100"],
  ["notify-keyspace-events", "KEA", "Q"],
  ["notify-keyspace-events", "Exg"],
  ["notify-keyspace-events", "KEg$lshzxetdmn"],
  ["notify-keyspace-events", ""],
  ["save", "900 1 300 10", "900", "abc", "900 -1", "0 1", "900 1 300"],
  ["save", "60 10000"],
  ["save", ""],
  ["appendfsync", "always", "sometimes"],
  ["appendfsync", "everysec"],
  ["no-appendfsync-on-rewrite", "yes", "2"],
  ["no-appendfsync-on-rewrite", "no"],
  ["auto-aof-rewrite-percentage", "50", "-1"],
  ["auto-aof-rewrite-percentage", "100"],
  ["auto-aof-rewrite-min-size", "1mb", "-1"],
  ["auto-aof-rewrite-min-size", "64mb"],
  ["stop-writes-on-bgsave-error", "no", "?"],
  ["stop-writes-on-bgsave-error", "yes"],
  ["rdbcompression", "no", "2"],
  ["rdbcompression", "yes"],
  ["repl-backlog-size", "2mb", "0", "-1", "abc"],
  ["repl-backlog-size", "1mb"],
  ["repl-backlog-ttl", "10", "-1"],
  ["repl-backlog-ttl", "3600"],
  ["repl-timeout", "10", "0", "-1"],
  ["repl-timeout", "60"],
  ["repl-diskless-load", "swapdb", "foo"],
  ["repl-diskless-load", "disabled"],
  ["min-replicas-to-write", "0", "-1"],
  ["min-slaves-max-lag", "20", "-1"],
  ["min-replicas-max-lag", "10"],
  ["replica-priority", "50", "-1"],
  ["slave-priority", "100"],
  ["lua-time-limit", "1000", "-1"],
  ["busy-reply-threshold", "5000"],
  ["maxclients", "5000", "0", "-1", "abc"],
  ["oom-score-adj", "foo-bar", "x"],
  ["oom-score-adj-values", "0 200 800", "0 200", "a b c", "0 0 1001"],
  ["acllog-max-len", "10", "-1"],
  ["acllog-max-len", "128"],
  ["sanitize-dump-payload", "clients", "foo"],
  ["sanitize-dump-payload", "no"],
  ["shutdown-timeout", "20", "-1"],
  ["shutdown-timeout", "10"],
  ["shutdown-on-sigterm", "nosave force", "foo", "save nosave"],
  ["shutdown-on-sigterm", "default"],
  ["tracking-table-max-keys", "10", "-1"],
  ["tracking-table-max-keys", "1000000"],
];

function quoted(value: string): string {
  return `"${value}"`;
}

function directiveLines(): string {
  const made: string[] = [];
  for (const [name, good, ...bad] of DIRECTIVES) {
    for (const value of bad) made.push(`CONFIG SET ${name} ${quoted(value)}`);
    made.push(`CONFIG GET ${name}`, `CONFIG SET ${name} ${quoted(good)}`, `CONFIG GET ${name}`);
  }
  return made.join("\n");
}

/** Commands of this server's first issue; COMMAND INFO is compared for each that it has. */
const COMMAND_NAMES = (
  "append auth client client|id client|kill client|list client|pause client|setname command " +
  "command|count command|docs config config|get config|set copy dbsize debug decr decrby del echo " +
  "exists expire expireat expiretime flushall flushdb get getdel getex getrange getset hello incr " +
  "incrby incrbyfloat info keys latency latency|history lcs lolwut memory memory|usage mget " +
  "monitor move mset msetnx object object|encoding object|freq persist pexpire pexpireat " +
  "pexpiretime ping psetex pttl quit randomkey rename renamenx reset scan select set setex setnx " +
  "setrange shutdown slowlog slowlog|get strlen substr swapdb time touch ttl type unlink"
).split(" ");

export const SERVER_SCRIPTS = [
  script(
    "CONFIG GET",
    lines`
      CONFIG GET
      CONFIG GET nope
      CONFIG GET appendonly
      CONFIG GET APPENDONLY
      CONFIG GET appendonly appendonly
      CONFIG GET appendonly save
      CONFIG GET append*
      CONFIG GET *max-ziplist*
      CONFIG GET *slave*
      CONFIG GET slave-read-only replica-read-only
      CONFIG GET lua-time-limit
      CONFIG GET [ab]ppendonly nope
      CONFIG GET ""
      CONFIG GET *lazy*
      CONFIG GET *
    `,
  ),
  script("CONFIG SET of each directive", directiveLines()),
  script(
    "CONFIG SET of several, all or nothing",
    lines`
      CONFIG SET
      CONFIG SET hz
      CONFIG SET hz 20 timeout
      CONFIG SET nope 1
      CONFIG SET hz 30 nope 1
      CONFIG GET hz
      CONFIG SET hz 30 timeout abc
      CONFIG GET hz
      CONFIG SET hz 30 hz 40
      CONFIG GET hz
      CONFIG SET hz 30 timeout 7
      CONFIG GET hz timeout
      CONFIG SET HZ 10 TimeOut 0
      CONFIG GET hz timeout
      CONFIG SET slave-priority 10 replica-priority 20
      CONFIG SET databases 5
      CONFIG SET daemonize yes
      CONFIG SET tcp-backlog 5
      CONFIG SET enable-debug-command no
      CONFIG SET dbfilename a/b
      CONFIG SET dir /nonexistent
      CONFIG SET include x
      CONFIG SET rename-command x
      CONFIG FOO
      CONFIG
      CONFIG HELP
      CONFIG HELP x
      CONFIG RESETSTAT
      CONFIG RESETSTAT x
      CONFIG REWRITE
      CONFIG REWRITE x
    `,
  ),
  script(
    "INFO has the sections and fields",
    lines`
      SET k v EX 100
      GET k
      GET nope
      NOSUCH
      INFO
      INFO server
      INFO clients
      INFO memory
      INFO persistence
      INFO stats
      INFO replication
      INFO cpu
      INFO commandstats
      INFO latencystats
      INFO errorstats
      INFO keyspace
      INFO all
      INFO everything
      INFO default
      INFO SERVER Clients
      INFO keyspace keyspace
      INFO nope
      INFO ""
      INFO nope keyspace
      INFO all keyspace
    `,
  ),
  script(
    "DEBUG of the deterministic kind",
    lines`
      DEBUG DIGEST
      SET k v
      DEBUG DIGEST
      DEBUG DIGEST-VALUE k
      DEBUG DIGEST-VALUE k nope k
      DEBUG DIGEST-VALUE
      SET k w EX 1000
      DEBUG DIGEST-VALUE k
      SELECT 9
      SET "" "\x00\xff"
      SET n 123
      DEBUG DIGEST
      DEBUG DIGEST-VALUE "" n
      DEBUG OBJECT n
      DEBUG OBJECT nope
      DEBUG OBJECT
      DEBUG SLEEP 0
      DEBUG SLEEP 0.001
      DEBUG SLEEP abc
      DEBUG SLEEP
      DEBUG ERROR "MY error"
      DEBUG ERROR ""
      DEBUG STRINGMATCH-LEN 100 a*
      DEBUG LOG hello
      DEBUG FOO
      DEBUG FOO bar
      DEBUG
      DEBUG HELP
      DEBUG SET-ACTIVE-EXPIRE 0
      DEBUG SET-ACTIVE-EXPIRE 1
      DEBUG JMAP
      DEBUG PROTOCOL string
      DEBUG PROTOCOL integer
      DEBUG PROTOCOL double
      DEBUG PROTOCOL null
      DEBUG PROTOCOL array
      DEBUG PROTOCOL set
      DEBUG PROTOCOL map
      DEBUG PROTOCOL attrib
      DEBUG PROTOCOL push
      DEBUG PROTOCOL verbatim
      DEBUG PROTOCOL true
      DEBUG PROTOCOL false
      DEBUG PROTOCOL bignum
      DEBUG PROTOCOL foo
      DEBUG PROTOCOL
    `.replace("      DEBUG JMAP\n", ""),
  ),
  script(
    "DEBUG POPULATE",
    lines`
      DEBUG POPULATE 100
      DBSIZE
      GET key:0
      GET key:99
      DEBUG DIGEST
      DEBUG POPULATE 10 other 20
      GET other:5
      STRLEN other:5
      DEBUG POPULATE 5 other 20
      DBSIZE
      SET key:1 mine
      DEBUG POPULATE 5
      GET key:1
      DEBUG POPULATE abc
      DEBUG POPULATE -1
      DEBUG POPULATE
      DEBUG POPULATE 1 x y
      DEBUG POPULATE 1 x 3
      GET x:0
      DEBUG DIGEST
    `,
  ),
  script(
    "SLOWLOG",
    lines`
      SLOWLOG RESET
      SLOWLOG LEN
      CONFIG SET slowlog-log-slower-than 0
      CLIENT SETNAME me
      SET k {v*200}
      MGET a b c d e f g h i j k l m n o p q r s t u v w x y z 1 2 3 4 5 6 7 8 9 10
      CONFIG SET slowlog-log-slower-than -1
      SLOWLOG GET
      SLOWLOG GET 1
      SLOWLOG GET -1
      SLOWLOG GET 0
      SLOWLOG GET -2
      SLOWLOG GET abc
      SLOWLOG GET 1 2
      SLOWLOG LEN
      SLOWLOG RESET
      SLOWLOG LEN
      SLOWLOG GET
      SLOWLOG
      SLOWLOG FOO
      SLOWLOG HELP
      SLOWLOG LEN x
      CONFIG SET slowlog-log-slower-than 10000
      CLIENT SETNAME ""
    `,
  ),
  script(
    "LATENCY and MEMORY",
    lines`
      LATENCY RESET
      LATENCY LATEST
      LATENCY HISTORY nope
      LATENCY RESET a b c
      LATENCY GRAPH nope
      LATENCY HISTORY
      LATENCY
      LATENCY FOO
      LATENCY HELP
      LATENCY HISTOGRAM nope
      CONFIG SET latency-monitor-threshold 1
      DEBUG SLEEP 0.005
      LATENCY LATEST
      LATENCY HISTORY command
      LATENCY GRAPH command
      LATENCY DOCTOR
      LATENCY RESET command
      CONFIG SET latency-monitor-threshold 0
      SET k v
      MEMORY USAGE k
      MEMORY USAGE nope
      MEMORY USAGE k SAMPLES 0
      MEMORY USAGE k SAMPLES 5
      MEMORY USAGE k SAMPLES -1
      MEMORY USAGE k SAMPLES abc
      MEMORY USAGE k SAMPLES
      MEMORY USAGE k FOO 5
      MEMORY USAGE
      MEMORY STATS
      MEMORY DOCTOR
      MEMORY PURGE
      MEMORY MALLOC-STATS
      MEMORY HELP
      MEMORY FOO
      MEMORY
    `,
  ),
  script(
    "TIME, LASTSAVE, LOLWUT, SHUTDOWN words",
    lines`
      TIME
      TIME x
      LOLWUT
      LOLWUT VERSION 5
      LOLWUT VERSION 1 2 3
      LOLWUT VERSION
      LOLWUT VERSION abc
      SHUTDOWN FOO
      SHUTDOWN SAVE NOSAVE
      SHUTDOWN ABORT
      SHUTDOWN ABORT NOW
      SHUTDOWN SAVE FOO
      PING
    `,
  ),
  script(
    "COMMAND",
    lines`
      COMMAND COUNT
      COMMAND COUNT x
      COMMAND LIST
      COMMAND LIST FILTERBY PATTERN mset*
      COMMAND LIST FILTERBY PATTERN nope
      COMMAND LIST FILTERBY MODULE nope
      COMMAND LIST FILTERBY ACLCAT nope
      COMMAND LIST FILTERBY FOO x
      COMMAND LIST FILTERBY PATTERN
      COMMAND LIST FOO
      COMMAND INFO nope
      COMMAND INFO GET nope
      COMMAND INFO client|nope
      COMMAND INFO get|x
      COMMAND GETKEYS GET k
      COMMAND GETKEYS SET k v EX 10
      COMMAND GETKEYS MSET a 1 b 2 c 3
      COMMAND GETKEYS MGET a b c
      COMMAND GETKEYS COPY a b DB 1
      COMMAND GETKEYS LCS a b
      COMMAND GETKEYS OBJECT ENCODING k
      COMMAND GETKEYS MEMORY USAGE k
      COMMAND GETKEYS PING
      COMMAND GETKEYS NOSUCH k
      COMMAND GETKEYS GET
      COMMAND GETKEYS GET a b
      COMMAND GETKEYS
      COMMAND GETKEYSANDFLAGS GET k
      COMMAND GETKEYSANDFLAGS SET k v
      COMMAND GETKEYSANDFLAGS SET k v GET
      COMMAND GETKEYSANDFLAGS RENAME a b
      COMMAND GETKEYSANDFLAGS COPY a b
      COMMAND GETKEYSANDFLAGS DEL a b
      COMMAND GETKEYSANDFLAGS MSET a 1 b 2
      COMMAND GETKEYSANDFLAGS PING
      COMMAND DOCS nope
      COMMAND DOCS get
      COMMAND HELP
      COMMAND FOO
    `,
  ),
  script(
    "COMMAND INFO of each command",
    COMMAND_NAMES.map((name) => `COMMAND INFO ${name}`).join("\n"),
  ),
  script(
    "maxmemory refuses writes that need memory",
    lines`
      SET k v
      CONFIG SET maxmemory 1
      SET k w
      APPEND k x
      INCR n
      GETEX k EX 100
      GET k
      STRLEN k
      EXPIRE k 1000
      TTL k
      PERSIST k
      RENAME k k2
      COPY k2 k3
      DEL k2
      SELECT 1
      PING
      MSET a 1
      SETRANGE a 0 x
      CONFIG SET maxmemory 0
      SET k w
    `,
  ),
  script(
    "CONFIG SET loglevel, which has a level more since 7.2",
    lines`
      CONFIG SET loglevel loud
      .ours "-ERR CONFIG SET failed (possibly related to argument 'loglevel') - argument(s) must be one of the following: debug, verbose, notice, warning, nothing\r\n"
      CONFIG SET loglevel ""
      .ours "-ERR CONFIG SET failed (possibly related to argument 'loglevel') - argument(s) must be one of the following: debug, verbose, notice, warning, nothing\r\n"
    `,
  ),
];

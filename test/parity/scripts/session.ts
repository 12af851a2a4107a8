// Parity scripts of what belongs to a connection: HELLO, AUTH, SELECT, CLIENT, MONITOR, RESET.

import { lines, script } from "../script";

export const SESSION_SCRIPTS = [
  script(
    "PING, ECHO, QUIT",
    lines`
      PING
      PING hello
      PING "\x00\xff"
      PING a b
      ping
      ECHO hello
      ECHO ""
      ECHO
      ECHO a b
      [b] QUIT
      [b] .closed
      [c] quit
      [c] .closed
      [d] .send "QUIT\r\nPING\r\n"
      [d] .closed
      [e] QUIT now
      [e] .closed
    `,
  ),
  script(
    "HELLO",
    lines`
      HELLO
      HELLO 2
      HELLO 3
      HELLO
      GET nope
      HELLO 2
      GET nope
      HELLO 1
      HELLO 4
      HELLO abc
      HELLO ""
      HELLO -1
      HELLO 3.0
      HELLO 9223372036854775808
      HELLO 3 FOO
      HELLO 3 SETNAME
      HELLO 3 SETNAME "with space"
      HELLO 3 SETNAME "line\n"
      CLIENT GETNAME
      HELLO 3 SETNAME me
      CLIENT GETNAME
      HELLO 2 SETNAME you
      CLIENT GETNAME
      HELLO 2 SETNAME ""
      CLIENT GETNAME
      HELLO 3 AUTH
      HELLO 3 AUTH default
      HELLO 3 AUTH default x
      HELLO 3 AUTH nobody x
      HELLO 2 AUTH default x SETNAME z
      CLIENT GETNAME
    `,
  ),
  script(
    "AUTH without a password",
    lines`
      AUTH x
      AUTH default x
      AUTH default ""
      AUTH nobody x
      AUTH
      AUTH a b c
      PING
    `,
  ),
  script(
    "AUTH with requirepass",
    lines`
      CONFIG SET requirepass secret
      PING
      [b] PING
      [b] GET k
      [b] NOSUCH
      [b] GET
      [b] ECHO x
      [b] AUTH wrong
      [b] AUTH default wrong
      [b] AUTH nobody secret
      [b] AUTH ""
      [b] AUTH
      [b] PING
      [b] HELLO
      [b] HELLO 3 AUTH default wrong
      [b] HELLO 5 AUTH default secret
      [b] CLIENT ID
      [b] SELECT 1
      [b] COMMAND COUNT
      [b] AUTH secret
      [b] PING
      [b] AUTH default secret
      [b] AUTH wrong
      [b] PING
      [b] RESET
      [b] PING
      [b] HELLO 2 AUTH default secret
      [b] PING
      [c] QUIT
      [c] .closed
      [d] RESET
      [d] PING
      [e] AUTH secret
      [e] CONFIG GET requirepass
      CONFIG SET requirepass ""
      [f] PING
      [f] AUTH secret
    `,
    { protocols: [2] },
  ),
  script(
    "unauthenticated clients are limited",
    lines`
      CONFIG SET requirepass secret
      [b] .send "*11\r\n$4\r\nPING\r\n"
      [b] .closed
      [c] .send "*2\r\n$4\r\nPING\r\n$16385\r\n"
      [c] .closed
      [d] .send "*2\r\n$4\r\nECHO\r\n$1\r\na\r\n"
      [d] .read
      [d] AUTH secret
      [d] MGET a b c d e f g h i j k l
      CONFIG SET requirepass ""
    `,
    { protocols: [2] },
  ),
  script(
    "CLIENT names and ids",
    lines`
      CLIENT ID
      CLIENT GETNAME
      CLIENT SETNAME me
      CLIENT GETNAME
      CLIENT SETNAME "a b"
      CLIENT SETNAME "a\nb"
      CLIENT SETNAME "\xc3\xa9"
      CLIENT SETNAME "!~"
      CLIENT GETNAME
      CLIENT SETNAME ""
      CLIENT GETNAME
      CLIENT SETNAME
      CLIENT SETNAME a b
      CLIENT GETNAME x
      CLIENT ID x
      CLIENT
      CLIENT FOO
      CLIENT HELP
      CLIENT HELP x
      CLIENT GETREDIR
      CLIENT GETREDIR x
      CLIENT INFO x
    `,
  ),
  script(
    "CLIENT SETINFO and NO-TOUCH, which are newer than the oracle",
    lines`
      CLIENT SETINFO lib-name my-lib
      .ours "+OK\r\n"
      CLIENT SETINFO LIB-VER 1.2.3
      .ours "+OK\r\n"
      CLIENT SETINFO lib-name "has space"
      .ours "-ERR lib-name cannot contain spaces, newlines or special characters.\r\n"
      CLIENT SETINFO lib-ver "has space"
      .ours "-ERR lib-ver cannot contain spaces, newlines or special characters.\r\n"
      CLIENT SETINFO FOO bar
      .ours "-ERR Unrecognized option 'FOO'\r\n"
      CLIENT SETINFO lib-name ""
      .ours "+OK\r\n"
      CLIENT NO-TOUCH ON
      .ours "+OK\r\n"
      CLIENT NO-TOUCH off
      .ours "+OK\r\n"
      CLIENT NO-TOUCH FOO
      .ours "-ERR syntax error\r\n"
    `,
  ),
  script(
    "CLIENT LIST and INFO",
    lines`
      CLIENT SETNAME me
      CLIENT INFO
      SELECT 3
      CLIENT INFO
      .let id CLIENT ID
      CLIENT LIST ID $id
      CLIENT LIST ID 999999999
      CLIENT LIST ID $id 999999999
      CLIENT LIST ID
      CLIENT LIST ID abc
      CLIENT LIST ID 0
      CLIENT LIST ID -1
      CLIENT LIST TYPE pubsub
      CLIENT LIST TYPE replica
      CLIENT LIST TYPE slave
      CLIENT LIST TYPE master
      CLIENT LIST TYPE foo
      CLIENT LIST TYPE
      CLIENT LIST FOO
      CLIENT LIST FOO bar
      CLIENT LIST TYPE normal ID 1
      CLIENT NO-EVICT ON
      CLIENT INFO
      CLIENT NO-EVICT off
      CLIENT INFO
      CLIENT NO-EVICT
      CLIENT NO-EVICT maybe
    `,
  ),
  script(
    "CLIENT KILL by address, id and filters",
    lines`
      CLIENT KILL 1.2.3.4:5
      CLIENT KILL ID 999999999
      CLIENT KILL ID abc
      CLIENT KILL ID 0
      CLIENT KILL ID -1
      CLIENT KILL ID
      CLIENT KILL
      CLIENT KILL TYPE foo
      CLIENT KILL TYPE pubsub
      CLIENT KILL TYPE replica
      CLIENT KILL ADDR 1.2.3.4:5
      CLIENT KILL LADDR 1.2.3.4:5
      CLIENT KILL USER nobody
      CLIENT KILL SKIPME maybe
      CLIENT KILL SKIPME yes ID 999999999
      CLIENT KILL FOO bar
      CLIENT KILL ID 1 FOO
      CLIENT KILL FOO
      [b] PING
      PING
    `,
  ),
  script(
    "CLIENT KILL reaches its target",
    lines`
      [b] .let b CLIENT ID
      CLIENT KILL ID $b
      [b] .closed
      [c] .let c CLIENT ID
      CLIENT KILL ID $c SKIPME yes
      [c] .closed
      [d] .let d CLIENT ID
      CLIENT KILL ID $d TYPE pubsub
      [d] PING
      CLIENT KILL ID $d TYPE normal USER default
      [d] .closed
      [e] .let e CLIENT ID
      [e] CLIENT KILL ID $e
      [e] CLIENT KILL ID $e SKIPME no
      [e] .closed
      [f] PING
      [g] PING
      CLIENT KILL USER default
      [f] .closed
      [g] .closed
      [h] PING
      CLIENT KILL TYPE normal
      [h] .closed
      PING
    `,
  ),
  script(
    "CLIENT REPLY",
    lines`
      CLIENT REPLY ON
      .send "*3\r\n$6\r\nCLIENT\r\n$5\r\nREPLY\r\n$4\r\nSKIP\r\n"
      .send "*2\r\n$4\r\nECHO\r\n$1\r\na\r\n"
      ECHO b
      .send "*3\r\n$6\r\nCLIENT\r\n$5\r\nREPLY\r\n$3\r\nOFF\r\n"
      .send "*2\r\n$4\r\nECHO\r\n$1\r\na\r\n"
      .send "*1\r\n$4\r\nNOPE\r\n"
      CLIENT REPLY ON
      ECHO c
      CLIENT REPLY FOO
      CLIENT REPLY
      .send "*3\r\n$6\r\nCLIENT\r\n$5\r\nREPLY\r\n$4\r\nSKIP\r\n*3\r\n$6\r\nCLIENT\r\n$5\r\nREPLY\r\n$4\r\nSKIP\r\n"
      .send "*2\r\n$4\r\nECHO\r\n$1\r\na\r\n"
      ECHO d
    `,
  ),
  script(
    "CLIENT PAUSE and UNPAUSE",
    lines`
      CLIENT PAUSE 100000 WRITE
      [b] GET k
      [b] .send "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n"
      [b] .send "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n"
      CLIENT UNPAUSE
      [b] .read 2
      CLIENT PAUSE 20 ALL
      [b] GET k
      CLIENT PAUSE 20 all
      CLIENT PAUSE 20
      CLIENT UNPAUSE
      CLIENT PAUSE 10 FOO
      CLIENT PAUSE abc
      CLIENT PAUSE -1
      CLIENT PAUSE
      CLIENT PAUSE 9223372036854775807 WRITE
      CLIENT PAUSE 9223372036854775808 WRITE
      CLIENT UNPAUSE
      CLIENT UNPAUSE x
      CLIENT UNPAUSE
    `,
  ),
  script(
    "CLIENT UNBLOCK of nobody, CLIENT TRACKING words",
    lines`
      CLIENT UNBLOCK 999999999
      CLIENT UNBLOCK abc
      CLIENT UNBLOCK 1 FOO
      CLIENT UNBLOCK 999999999 ERROR
      CLIENT UNBLOCK 999999999 TIMEOUT
      CLIENT UNBLOCK
      .let id CLIENT ID
      CLIENT UNBLOCK $id
    `,
  ),
  script(
    "MONITOR shows commands of others",
    lines`
      PING
      [m] MONITOR
      SET k "a\x00\"\\\n\r\t\a\b\xff"
      [m] .read
      get k
      [m] .read
      SELECT 3
      [m] .read
      PING
      [m] .read
      NOSUCH x
      GET
      AUTH secret
      CONFIG GET nope
      ECHO end
      [m] .read
      [m] MONITOR x
      [m] RESET
      [m] PING
    `,
  ),
  script(
    "RESET",
    lines`
      SELECT 3
      CLIENT SETNAME me
      CLIENT REPLY ON
      RESET
      CLIENT GETNAME
      SET k v
      SELECT 0
      GET k
      RESET x
      CLIENT NO-EVICT ON
      RESET
      CLIENT INFO
    `,
  ),
];

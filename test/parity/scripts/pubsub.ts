// Parity scripts of publishing and subscribing. Where several topics would be listed in one reply
// they are one, because the order of the real server's is by hash.

import { lines, script } from "../script";

export const PUBSUB_SCRIPTS = [
  script(
    "SUBSCRIBE and its confirmations",
    lines`
      SUBSCRIBE
      SUBSCRIBE x x y
      .read 2
      SUBSCRIBE ""
      SUBSCRIBE "\x00\xff" __proto__
      .read
      UNSUBSCRIBE nope
      UNSUBSCRIBE x
      UNSUBSCRIBE x
      PSUBSCRIBE x* x*
      .read
      PSUBSCRIBE "[" "\\" ""
      .read 2
      SSUBSCRIBE x y x
      .read 2
      PUNSUBSCRIBE x* nope
      .read
      SUNSUBSCRIBE x nope
      .read
      SUNSUBSCRIBE
      SUNSUBSCRIBE
      PUNSUBSCRIBE "[" "\\" ""
      .read 2
      PUNSUBSCRIBE
      UNSUBSCRIBE "" y __proto__ "\x00\xff"
      .read 3
      UNSUBSCRIBE
      UNSUBSCRIBE a b
      .read
      PSUBSCRIBE
      SSUBSCRIBE
      GET nope
    `,
  ),
  script(
    "deliveries in order: channel, then patterns",
    lines`
      SUBSCRIBE news
      [b] PUBLISH news hello
      .read
      [b] PUBLISH other hello
      PSUBSCRIBE n*
      [b] PUBLISH news hello
      .read 2
      [b] PUBLISH now hello
      .read
      SSUBSCRIBE news
      [b] PUBLISH news again
      .read 2
      [b] SPUBLISH news shard
      .read
      [b] SPUBLISH now shard
      [b] PUBLISH news ""
      .read 2
      [b] PUBLISH news "\x00\r\n\xff"
      .read 2
      [c] SUBSCRIBE news
      [b] PUBLISH news both
      .read 2
      [c] .read
      [c] RESET
      [b] PUBLISH news one
      .read 2
      RESET
      [b] PUBLISH news nobody
      [b] PUBLISH news
      [b] PUBLISH news a b
      [b] SPUBLISH news
    `,
  ),
  script(
    "patterns and empty channels",
    lines`
      PSUBSCRIBE *
      [b] PUBLISH "" x
      [b] PUBLISH a x
      .read
      PUNSUBSCRIBE *
      PSUBSCRIBE ""
      [b] PUBLISH "" x
      .read
      PUNSUBSCRIBE ""
      PSUBSCRIBE "a?[bc]\\*"
      [b] PUBLISH "axb*" y
      .read
      [b] PUBLISH "axbz" y
      PUNSUBSCRIBE "a?[bc]\\*"
      SUBSCRIBE {x*10000}
      [b] PUBLISH {x*10000} {y*100000}
      .read
      [b] PUBLISH {x*10001} y
      [b] PUBSUB NUMSUB {x*10000} {x*10001}
      UNSUBSCRIBE {x*10000}
    `,
  ),
  script(
    "what a RESP2 subscriber may say",
    lines`
      SUBSCRIBE x
      GET a
      get
      nosuch
      SET a b
      MULTI
      HELLO 3
      HELLO
      AUTH x
      CLIENT ID
      CLIENT NOSUCH
      PUBSUB CHANNELS
      PUBLISH x y
      QUERY
      PING
      PING ""
      PING hello
      PING a b
      SSUBSCRIBE s
      UNSUBSCRIBE x
      GET a
      PING
      SUNSUBSCRIBE s
      GET a
      PING
      PSUBSCRIBE p
      GET a
      RESET
      GET a
      SUBSCRIBE x
      QUIT
      .closed
    `,
    { protocols: [2] },
  ),
  script(
    "what a RESP3 subscriber may say",
    lines`
      SUBSCRIBE x
      GET a
      SET a b
      PING
      PING hello
      CLIENT GETNAME
      PUBLISH y z
      HELLO 2
      GET a
      PING
      RESET
      HELLO 3
      PSUBSCRIBE x
      SSUBSCRIBE x
      SUBSCRIBE x
      RESET
      [b] PUBLISH x y
      [b] SPUBLISH x y
      [b] PUBSUB NUMPAT
      [b] PUBSUB CHANNELS
      [b] PUBSUB SHARDCHANNELS
    `,
    { protocols: [3] },
  ),
  script(
    "PUBSUB",
    lines`
      PUBSUB
      PUBSUB NOSUCH
      PUBSUB CHANNELS
      PUBSUB CHANNELS a b
      PUBSUB NUMPAT a
      PUBSUB NUMSUB
      PUBSUB SHARDNUMSUB
      PUBSUB SHARDCHANNELS a b
      [b] SUBSCRIBE one
      [c] SUBSCRIBE one
      [c] PSUBSCRIBE t*
      [d] PSUBSCRIBE t*
      [d] SSUBSCRIBE shard
      PUBSUB CHANNELS
      PUBSUB CHANNELS o?e
      PUBSUB CHANNELS x*
      pubsub channels *
      PUBSUB NUMSUB one two "" one
      PUBSUB NUMPAT
      PUBSUB SHARDCHANNELS
      PUBSUB SHARDCHANNELS "s*d"
      PUBSUB SHARDNUMSUB shard one
      [c] RESET
      PUBSUB NUMSUB one
      PUBSUB HELP x
    `,
  ),
  script(
    "a transaction of a RESP2 client that subscribes",
    lines`
      MULTI
      SUBSCRIBE x
      GET nope
      EXEC
      GET nope
      [b] PUBLISH x 1
      .read
      UNSUBSCRIBE
      MULTI
      PUBLISH x 1
      PSUBSCRIBE "*"
      UNSUBSCRIBE
      PUNSUBSCRIBE
      EXEC
      GET nope
    `,
    { protocols: [2] },
  ),
  script(
    "publishing while writes are paused",
    lines`
      CLIENT PAUSE 100000 WRITE
      [b] .send "PUBLISH x 1\r\nSPUBLISH x 1\r\nPING\r\n"
      [c] SUBSCRIBE x
      CLIENT UNPAUSE
      [b] .read 3
    `,
  ),
  script(
    "messages and CLIENT REPLY",
    lines`
      .send "CLIENT REPLY SKIP\r\nSUBSCRIBE x\r\n"
      .read
      CLIENT REPLY ON
      .send "CLIENT REPLY OFF\r\nPING\r\n"
      SUBSCRIBE y
      [b] PUBLISH x 1
      .read
      [b] PUBLISH y 2
      .read
      UNSUBSCRIBE x
      CLIENT REPLY ON
      [b] PUBLISH y 3
      .read
    `,
    { protocols: [3] },
  ),
  script(
    "CLIENT LIST, KILL and subscribers",
    lines`
      .let id CLIENT ID
      [b] CLIENT LIST TYPE pubsub
      SUBSCRIBE x y
      .read
      PSUBSCRIBE z
      [b] CLIENT KILL TYPE normal SKIPME yes
      [b] CLIENT KILL TYPE pubsub
      .closed
      [b] PUBLISH x 1
      [b] CLIENT LIST TYPE pubsub
    `,
  ),
];

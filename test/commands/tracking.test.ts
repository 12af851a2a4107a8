// Client-side caching beside the real server: the same lines on both, and after each of them
// everything that every connection has been sent.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Connections } from "../support/connections";
import { canRun, OUR_SERVER, REAL_SERVER, ServerProcess } from "../support/server-process";

/**
 * Client `a` speaks the protocol of the round; `b` and `c` name theirs themselves. What stands on
 * one line is sent at once.
 */
const SCRIPTS: Readonly<Record<string, string>> = {
  "keys that were read are told of once": `
    a CLIENT TRACKING ON
    a SET k 1
    a GET k
    b SET k 2
    b SET k 3
    a GET k
    a SET k 4
    a MGET k nokey k
    a MSET k 1 nokey 2
    a EXISTS k
    b EXPIRE k 100
    a TTL k
    b PERSIST k
    a GET k
    b RENAME k l
    a MGET k l
    b RENAME l k
    a STRLEN k
    b DEL k
    a GET k
    b APPEND k x
    a GETRANGE k 0 -1
    b GETSET k y
    a GET k
    b COPY nope k
    b COPY k k2
    a GET k2
    b MOVE k2 1
    a GET k
    b SELECT 1
    b SET k other
    a GET k
    b SWAPDB 0 1
    b SET k other
    a OBJECT ENCODING k
    b DEL k
    a GETDEL k
    b SET k 1
    a GET "\\x00\\xff\\r\\n"
    b SET "\\x00\\xff\\r\\n" 1
    a GET ""
    b SET "" 1
    a GET __proto__
    b SET __proto__ 1
    b SELECT 0
    a CLIENT TRACKING OFF
    a GET k
    b SET k 1
  `,
  "flushes are told of to everybody who tracks": `
    a CLIENT TRACKING ON
    c HELLO 3
    c CLIENT TRACKING ON BCAST PREFIX zz
    a GET k
    b FLUSHALL
    b SET k 1
    a GET k
    a FLUSHDB
    b FLUSHDB ASYNC
    b FLUSHALL SYNC
    b FLUSHALL WRONG
  `,
  NOLOOP: `
    a CLIENT TRACKING ON NOLOOP
    a GET k
    a SET k 1
    b SET k 2
    a MGET k l
    b SET k 2
    a SET l 2
    a FLUSHALL
  `,
  OPTIN: `
    a CLIENT TRACKING ON OPTIN
    a GET k
    b SET k 1
    a CLIENT CACHING YES ; GET k
    b SET k 1
    b SET k 1
    a CLIENT CACHING YES ; CLIENT TRACKINGINFO ; CLIENT ID ; GET k ; GET l
    b MSET k 1 l 1
    a CLIENT CACHING YES ; MGET k l
    b MSET k 1 l 1
    a CLIENT CACHING YES ; PING ; GET k
    b SET k 1
    a CLIENT CACHING YES ; NOSUCH ; GET k
    b SET k 1
    a CLIENT CACHING YES ; GET ; GET k
    b SET k 1
    a CLIENT CACHING YES ; CLIENT NOSUCH ; GET k
    b SET k 1
    a CLIENT CACHING YES ; CLIENT TRACKING OFF ; CLIENT TRACKING ON OPTIN ; GET k
    b SET k 1
    a CLIENT CACHING YES ; MULTI ; GET k ; GET l ; EXEC ; GET m
    b MSET k 1 l 1 m 1
    a MULTI ; GET k ; CLIENT CACHING YES ; GET l ; GET m ; EXEC ; GET n
    b MSET k 1 l 1 m 1 n 1
    a CLIENT CACHING NO
    a CLIENT TRACKINGINFO
  `,
  OPTOUT: `
    a CLIENT TRACKING ON OPTOUT
    a GET k
    b SET k 1
    a CLIENT CACHING NO ; CLIENT TRACKINGINFO ; GET k ; GET l
    b MSET k 1 l 1
    a GET k
    b SET k 1
    a CLIENT CACHING YES
  `,
  transactions: `
    a CLIENT TRACKING ON
    a MULTI
    a GET k
    a SET k 1
    a GET l
    a FLUSHALL
    a FLUSHDB
    a SET k 2
    a EXEC
    a GET k
    b MULTI
    b SET k 3
    b SET l 3
    b EXEC
    a CLIENT TRACKING OFF
    a CLIENT TRACKING ON OPTIN
    a CLIENT CACHING YES
    a MULTI
    a GET k
    a GET l
    a EXEC
    b MSET k 1 l 1
    a MULTI
    a GET k
    a CLIENT CACHING YES
    a GET l
    a EXEC
    a GET m
    b MSET k 1 l 1 m 1
    a CLIENT TRACKING OFF
    a CLIENT TRACKING ON BCAST
    a MULTI
    a SET k 1
    a FLUSHALL
    a EXEC
    b MULTI
    b SET k 1
    b CLIENT TRACKING OFF
    b DEL k
    b EXEC
  `,
  BCAST: `
    a CLIENT TRACKING ON BCAST
    b SET k 1
    a SET k 1
    b MSET z 1 a 2 z 3 "" 4 ab 5
    b DEL z a nope
    a GET k
    b FLUSHALL
    a CLIENT TRACKING OFF
    b SET k 1
    a CLIENT TRACKING ON BCAST PREFIX user: PREFIX item: PREFIX x
    b MSET user:1 a item:2 b user:0 c other d use e
    a MSET user:1 a item:2 b user:0 c other d use e
    a CLIENT TRACKING ON BCAST PREFIX o NOLOOP
    a CLIENT TRACKINGINFO
    a MSET user:1 a item:2 b user:0 c other d use e
    b MSET user:1 a item:2 b user:0 c other d use e
    c HELLO 3
    c CLIENT TRACKING ON BCAST PREFIX user:
    b SET user:7 1
    c SET user:7 1
    a SET user:7 1
    a RESET
    b SET user:7 1
    c CLIENT TRACKING OFF
    b SET user:7 1
  `,
  "redirection to a RESP3 client": `
    c HELLO 3
    a CLIENT TRACKING ON REDIRECT $c
    a CLIENT GETREDIR
    a CLIENT TRACKINGINFO
    a GET k
    b SET k 1
    a GET k
    a SET k 1
    a GET k
    c CLIENT TRACKING ON
    c GET k
    b SET k 2
    b CLIENT KILL ID $c
    a GET k
    b SET k 3
    a CLIENT TRACKINGINFO
    a CLIENT GETREDIR
    a CLIENT TRACKING ON
    a CLIENT TRACKINGINFO
  `,
  "redirection to a RESP2 subscriber": `
    c SUBSCRIBE __redis__:invalidate
    a CLIENT TRACKING ON REDIRECT $c BCAST PREFIX k
    b SET k 1
    a MSET k 1 l 2 kk 3
    a CLIENT TRACKING OFF
    a CLIENT TRACKING ON REDIRECT $c
    a GET k
    b SET k 1
    c UNSUBSCRIBE
    a GET k
    b SET k 1
    c GET k
    c SUBSCRIBE other
    a GET k
    a SET k 1
    c RESET
    a GET k
    b SET k 1
  `,
  "words and their errors": `
    a CLIENT TRACKING
    a CLIENT TRACKING FOO
    a CLIENT TRACKING FOO BAR
    a CLIENT TRACKING ON BAR
    a CLIENT TRACKING OFF BAR
    a CLIENT TRACKING OFF
    a CLIENT TRACKINGINFO
    a CLIENT GETREDIR
    a CLIENT CACHING YES
    a CLIENT CACHING MAYBE
    a CLIENT CACHING
    a CLIENT TRACKING ON PREFIX a
    a CLIENT TRACKING ON PREFIX
    a CLIENT TRACKING ON REDIRECT
    a CLIENT TRACKING ON REDIRECT x
    a CLIENT TRACKING ON REDIRECT 0
    a CLIENT TRACKING ON REDIRECT -1
    a CLIENT TRACKING ON REDIRECT 9999999
    a CLIENT TRACKING ON REDIRECT 9223372036854775808
    a CLIENT TRACKING ON REDIRECT $b REDIRECT $c
    a CLIENT TRACKING OFF REDIRECT 9999999
    a CLIENT TRACKING ON OPTIN OPTOUT
    a CLIENT TRACKING ON BCAST OPTIN
    a CLIENT TRACKING ON BCAST OPTOUT
    a CLIENT TRACKING ON BCAST PREFIX a PREFIX ab
    a CLIENT TRACKING ON BCAST PREFIX abc PREFIX b PREFIX ab
    a CLIENT TRACKING ON BCAST PREFIX a PREFIX a
    a CLIENT TRACKING ON BCAST PREFIX a PREFIX b
    a CLIENT TRACKINGINFO
    a CLIENT TRACKING ON BCAST PREFIX b2
    a CLIENT TRACKING ON BCAST PREFIX c PREFIX a
    a CLIENT TRACKING ON BCAST PREFIX "c\\x00d" PREFIX "c\\x00de"
    a CLIENT TRACKING ON BCAST PREFIX c
    a CLIENT TRACKING ON
    a CLIENT TRACKING ON OPTIN
    a CLIENT TRACKING ON BCAST
    a CLIENT TRACKINGINFO
    a CLIENT TRACKING ON BCAST OPTIN
    a CLIENT TRACKING OFF PREFIX q
    a CLIENT TRACKING ON OPTIN
    a CLIENT TRACKING ON BCAST
    a CLIENT TRACKING ON OPTOUT
    a CLIENT TRACKING ON NOLOOP
    a CLIENT TRACKINGINFO
    a CLIENT CACHING YES
    a CLIENT TRACKING ON NOLOOP OPTOUT
    a CLIENT CACHING YES
    a CLIENT CACHING NO
    a CLIENT CACHING MAYBE
    a CLIENT TRACKINGINFO
    a CLIENT TRACKINGINFO X
    a CLIENT GETREDIR X
    a RESET
    a CLIENT TRACKINGINFO
  `,
  "what was read before tracking was switched off and on": `
    a CLIENT TRACKING ON
    a MGET k l
    a CLIENT TRACKING OFF
    b SET k 1
    a CLIENT TRACKING ON
    b SET l 1
    a MGET m
    a CLIENT TRACKING OFF
    a CLIENT TRACKING ON BCAST PREFIX zz
    b SET m 1
  `,
  "keys that expire when they are read": `
    b DEBUG SET-ACTIVE-EXPIRE 0
    a CLIENT TRACKING ON
    c HELLO 3
    c CLIENT TRACKING ON NOLOOP
    b SET k 1 PXAT 33177117420000
    a GET k
    c GET k
    b PEXPIREAT k 1
    b SET k 1 PXAT 1
    a GET k
    c GET k
    b SET k 1 PXAT 1
    b GET k
    a MGET k l
    a EXPIRE k 0
  `,
};

describe("client-side caching", { skip: !canRun(OUR_SERVER) }, () => {
  const config = { "enable-debug-command": "yes" };
  let servers: ServerProcess[];
  before(async () => {
    servers = [
      await ServerProcess.start({ config }),
      await ServerProcess.start({ program: REAL_SERVER, config }),
    ];
  });
  after(async () => {
    for (const server of servers) await server.stop();
  });

  for (const protocol of ["2", "3"] as const) {
    for (const [name, script] of Object.entries(SCRIPTS)) {
      test(`${name} (RESP${protocol})`, async (t) => {
        const [ours, real] = await Promise.all(
          servers.map((server) => Connections.open(server, protocol)),
        );
        assert.ok(ours !== undefined && real !== undefined);
        t.after(() => Promise.all([ours.close(), real.close()]));
        for (const line of script.split("\n").map((text) => text.trim())) {
          if (line === "") continue;
          assert.deepEqual(await ours.run(line), await real.run(line), line);
        }
      });
    }
  }
});

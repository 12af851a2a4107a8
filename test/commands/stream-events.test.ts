// Which keyspace events stream commands raise, and when: compared with what a real server publishes.

import { test } from "node:test";
import { keyspaceCommands } from "../../src/keyspace/commands/keyspace-commands";
import { streamCommands } from "../../src/types/stream/stream-commands";
import { StreamLimits } from "../../src/types/stream/stream-limits";
import { streamType } from "../../src/types/stream/stream-type";
import { stringType } from "../../src/types/string/string-value";
import { CommandEngine } from "../support/command-engine";
import { compareEvents } from "../support/published-events";

const COMMANDS = `
  XADD a NOMKSTREAM 1-1 f v
  XADD a 1-1 f v
  XADD a 1-1 f v
  XADD a 0-0 f v
  XADD a MAXLEN 1 2-1 f v
  XADD a MAXLEN 5 3-1 f v
  XADD a MAXLEN ~ 1 4-1 f v
  XADD a BAD 5-1 f v
  XLEN a
  XLEN nope
  XRANGE a - +
  XRANGE nope - +
  XREVRANGE nope + -
  XREAD STREAMS a nope 0 0
  XDEL a 2-1 9-9
  XDEL a 9-9
  XDEL nope 1-1
  XTRIM a MAXLEN 1
  XTRIM a MAXLEN 1
  XTRIM nope MAXLEN 1
  XSETID a 8-8
  XSETID nope 8-8
  XGROUP CREATE nope g 0
  XGROUP CREATE b g 0 MKSTREAM
  XGROUP CREATE a g 0
  XGROUP CREATE a g 0
  XGROUP SETID a g 0
  XGROUP SETID a h 0
  XGROUP CREATECONSUMER a g c
  XGROUP CREATECONSUMER a g c
  XREADGROUP GROUP g c STREAMS a >
  XREADGROUP GROUP g d STREAMS a >
  XREADGROUP GROUP g d STREAMS a 0
  XREADGROUP GROUP h d STREAMS a 0
  XREADGROUP GROUP g d STREAMS nope 0
  XGROUP SETID a g 0
  XREADGROUP GROUP g e NOACK STREAMS a >
  XPENDING a g
  XPENDING nope g
  XCLAIM a g x 0 4-1
  XCLAIM a g y 0 9-9
  XCLAIM a g z 0 4-1 FORCE JUSTID
  XCLAIM nope g z 0 4-1
  XAUTOCLAIM a g w 0 0
  XAUTOCLAIM a g v 99999999 0
  XACK a g 4-1
  XACK a g 4-1
  XACK nope g 4-1
  XINFO STREAM a
  XINFO STREAM nope
  XINFO GROUPS a
  XINFO CONSUMERS a g
  XGROUP DELCONSUMER a g w
  XGROUP DELCONSUMER a g w
  XGROUP DESTROY a g
  XGROUP DESTROY a g
  XTRIM a MAXLEN 0
  DEL a
`;

test("stream commands raise the events of a real server", async (t) => {
  const engine = new CommandEngine({
    commands: [...streamCommands(new StreamLimits()), ...keyspaceCommands],
    types: [stringType, streamType],
    poison: true,
  });
  await compareEvents(t, engine, COMMANDS);
});

// The same changed payloads to a node in this process and to the real server, which checks all it can
// (sanitize-dump-payload yes): who accepts what, and whether both then hold the same.

import { NodeSender } from "../persistence/node-sender";
import { newNode } from "../persistence/random-data";
import type { RawClient } from "../support/raw-client";
import { REAL_SERVER, ServerProcess } from "../support/server-process";
import type { Misses } from "./fault-row";
import { digestOfKey } from "./held-value";

/** Since version 11; the real server of 7.0 knows none of them. */
const FIRST_UNKNOWN_TYPE = 20;
const KEY = "victim";
const ACCEPTED = "+OK\r\n";

interface Comparison {
  both: number;
  neither: number;
  oursOnly: number;
  realOnly: number;
  differing: number;
  realCrashes: number;
}

/** @param make payloads of version 10. @returns in words how often the two agreed. What only we accept or hold otherwise is a miss. */
export async function comparePayloads(
  count: number,
  make: () => Buffer,
  misses: Misses,
): Promise<string> {
  const found: Comparison = {
    both: 0,
    neither: 0,
    oursOnly: 0,
    realOnly: 0,
    differing: 0,
    realCrashes: 0,
  };
  const sender = new NodeSender(newNode(1));
  let real = await startStrict();
  let client = await real.client();
  for (let left = count; left > 0; left--) {
    const payload = make();
    if (payload[0] >= FIRST_UNKNOWN_TYPE) continue;
    try {
      await compare(payload, sender, client, found, misses);
    } catch {
      found.realCrashes++;
      await real.stop();
      real = await startStrict();
      client = await real.client();
      sender.send("FLUSHALL");
    }
  }
  await client.close();
  await real.stop();
  return (
    `${found.both} accepted by both, ${found.neither} by none, ${found.oursOnly} by us only, ` +
    `${found.realOnly} by redis-server only, ${found.differing} held otherwise, ` +
    `it has ended ${found.realCrashes} times`
  );
}

function startStrict(): Promise<ServerProcess> {
  return ServerProcess.start({
    program: REAL_SERVER,
    config: { "sanitize-dump-payload": "yes", "enable-debug-command": "yes" },
  });
}

/** @throws when the real server ends. */
async function compare(
  payload: Buffer,
  sender: NodeSender,
  client: RawClient,
  found: Comparison,
  misses: Misses,
): Promise<void> {
  const shown = payload.toString("hex");
  const [ours, real] = await onBoth(sender, client, "RESTORE", KEY, "0", payload);
  if (ours !== ACCEPTED && real !== ACCEPTED) {
    found.neither++;
  } else if (ours !== ACCEPTED) {
    found.realOnly++;
  } else if (real !== ACCEPTED) {
    found.oursOnly++;
    misses.add(`accepted by us only: ${shown}`);
  } else {
    found.both++;
    const replied = (await client.command("DEBUG", "DIGEST-VALUE", KEY)).toString("latin1");
    const other = /[0-9a-f]{40}/.exec(replied)?.[0];
    const one = digestOfKey(sender.fuzz, KEY);
    if (one !== other) {
      found.differing++;
      misses.add(`held otherwise (${one} ${other}): ${shown}`);
    }
  }
  await onBoth(sender, client, "DEL", KEY);
}

async function onBoth(
  sender: NodeSender,
  client: RawClient,
  ...words: (string | Buffer)[]
): Promise<[ours: string, real: string]> {
  const real = await client.command(...words);
  return [sender.send(...words).toString("latin1"), real.toString("latin1")];
}

// Records what three real Sentinels tell while their master is killed, comes back, and is replaced by
// SENTINEL FAILOVER: the fixture `real-events.ts`, which tests compare our decisions with. Run by hand:
// node dist/test/unit/sentinel/act/record-real-events.js > test/unit/sentinel/act/real-events.ts

import { RawClient } from "../../../support/raw-client";
import { REAL_SENTINEL, REAL_SERVER, ServerProcess } from "../../../support/server-process";
import { waitFor } from "../../../support/wait-for";

const LONG = { timeoutMs: 60_000, intervalMs: 100 };
const CONFIG = { save: "", "repl-diskless-sync-delay": 0 };
/** What its log has beside events and votes. */
const TIMESTAMPED = /^\d+:X \d+ \w+ \d+ [\d:.]+ [#*-] (.*)$/;

async function main(): Promise<void> {
  const nodes = [await ServerProcess.start({ program: REAL_SERVER, config: CONFIG })];
  for (let index = 1; index < 3; index++) {
    const config = { ...CONFIG, replicaof: ["127.0.0.1", `${nodes[0].port}`] };
    nodes.push(await ServerProcess.start({ program: REAL_SERVER, config }));
  }
  const sentinels: ServerProcess[] = [];
  for (let index = 0; index < 3; index++) sentinels.push(await startSentinel(nodes[0].port));
  const told = (index: number): string[] => eventsOf(sentinels[index].logs());
  const everyone = (type: string, times: number): Promise<true> =>
    waitFor(type, () => sentinels.every((_, index) => countOf(told(index), type) >= times), LONG);

  await everyone("+sentinel", 2);
  await everyone("+slave", 2);
  const starts = sentinels.map((_, index) => told(index).length);
  nodes[0].kill("SIGKILL");
  await everyone("+switch-master", 1);
  await everyone("+sdown slave", 1);
  const { port, dir } = nodes[0];
  const back = await ServerProcess.start({ program: REAL_SERVER, port, dir, config: CONFIG });
  await waitFor(
    "+convert-to-slave",
    () => sentinels.some((_, index) => countOf(told(index), "+convert-to-slave") > 0),
    LONG,
  );
  const leader = sentinels.findIndex((_, index) => countOf(told(index), "+elected-leader") > 0);
  const follower = sentinels.findIndex((_, index) => index !== leader);
  const middle = told(leader).length;
  const names = new Names(nodes, sentinels, leader, told(leader));
  const killed = {
    leader: told(leader).slice(starts[leader]),
    follower: told(follower).slice(starts[follower]),
  };
  await waitFor(
    "the old master follows",
    async () => {
      const client = await RawClient.connect({ port: back.port });
      const info = String(await client.call("INFO", "replication"));
      await client.close();
      return info.includes("master_link_status:up");
    },
    LONG,
  );
  const client = await RawClient.connect({ port: sentinels[leader].port });
  await waitFor(
    "a replica to promote",
    async () => String(await client.call("SENTINEL", "FAILOVER", "mymaster")) === "OK",
    LONG,
  );
  await client.close();
  await waitFor(
    "+switch-master",
    () => countOf(told(leader).slice(middle), "+switch-master") > 0,
    LONG,
  );
  const forced = told(leader).slice(middle);
  for (const process of [...sentinels, ...nodes, back]) await process.stop();
  print({
    leader: names.write(killed.leader),
    follower: names.write(killed.follower),
    forced: new Names(nodes, sentinels, leader, forced).write(forced),
  });
}

async function startSentinel(masterPort: number): Promise<ServerProcess> {
  const configFile = [
    `sentinel monitor mymaster 127.0.0.1 ${masterPort} 2`,
    "sentinel down-after-milliseconds mymaster 3000",
    "sentinel failover-timeout mymaster 20000",
    "",
  ].join("\n");
  return ServerProcess.start({ program: REAL_SENTINEL, configFile });
}

function eventsOf(output: string): string[] {
  const events: string[] = [];
  for (const line of output.split("\n")) {
    const text = TIMESTAMPED.exec(line)?.[1] ?? "";
    if (/^[+-]|voted for|requested FAILOVER/.test(text)) events.push(text);
  }
  return events;
}

function countOf(events: readonly string[], type: string): number {
  return events.filter((text) => text.startsWith(`${type} `)).length;
}

/** Ports and ids as the rig has them: the first Sentinel leads and the node promoted is the second. */
class Names {
  readonly #pairs: [string, string][] = [];

  constructor(
    nodes: readonly ServerProcess[],
    sentinels: readonly ServerProcess[],
    leader: number,
    told: readonly string[],
  ) {
    const switched = told.find((text) => text.startsWith("+switch-master")) ?? "";
    const [, , , oldPort, , newPort] = switched.split(" ");
    const ports = nodes.map(({ port }) => `${port}`);
    const other = ports.find((port) => port !== oldPort && port !== newPort) ?? "";
    for (const [index, port] of [oldPort, newPort, other].entries()) {
      this.#addPort(port, `10.0.0.${index + 1}`, "6379");
    }
    const order = [leader, ...sentinels.keys()].filter(
      (at, position, all) => all.indexOf(at) === position,
    );
    for (const [index, at] of order.entries()) {
      this.#addPort(`${sentinels[at].port}`, `10.0.1.${index + 1}`, "26379");
      const id = /Sentinel ID is (\w+)/.exec(sentinels[at].logs())?.[1] ?? "";
      this.#pairs.push([id, `<id${index + 1}>`]);
    }
  }

  #addPort(port: string, host: string, shown: string): void {
    this.#pairs.push(
      [`127.0.0.1 ${port}`, `${host} ${shown}`],
      [`127.0.0.1:${port}`, `${host}:${shown}`],
    );
  }

  write(events: readonly string[]): string[] {
    return events.map((text) => {
      let named = text;
      for (const [from, to] of this.#pairs) named = named.split(from).join(to);
      return named;
    });
  }
}

function print(recorded: Readonly<Record<string, readonly string[]>>): void {
  console.log(
    "// Written by record-real-events.ts: events of real Sentinels (redis-sentinel 7.0.15).\n",
  );
  for (const [name, lines] of Object.entries(recorded)) {
    console.log(
      `export const ${name}Events: readonly string[] = ${JSON.stringify(lines, null, 2)};\n`,
    );
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

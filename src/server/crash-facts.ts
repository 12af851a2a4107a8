import type { DataCall } from "../keyspace/data-call";
import type { CrashFacts } from "../process/crash-report";
import type { ServerFacts } from "../process/server-facts";
import { clientLine } from "../session/client-line";
import type { DataNode } from "./data-node";

const MIB = 1024 * 1024;

/**
 * Gathers what a crash report tells, from a program that may be broken: what cannot be read any
 * more is left out. @param call the command during which it happened, if it was one.
 */
export function crashFacts(
  origin: string,
  error: unknown,
  facts: ServerFacts | undefined,
  node: DataNode | undefined,
  call: DataCall | undefined,
): CrashFacts {
  const report = { error, origin, facts: processFacts(facts, node) };
  if (call === undefined || node === undefined) return report;
  try {
    const { clientMemory, clock } = node.context.session;
    return {
      ...report,
      command: { name: call.command.fullName, argumentCount: call.args.count },
      clientLine: clientLine(call.client, clientMemory, clock.nowMs()),
    };
  } catch {
    return report;
  }
}

type Fact = readonly [name: string, value: string | number];

function processFacts(facts: ServerFacts | undefined, node: DataNode | undefined): Fact[] {
  const { rss, heapUsed } = process.memoryUsage();
  const found: Fact[] = [
    ["process_id", process.pid],
    ["resident_mib", Math.round(rss / MIB)],
    ["heap_used_mib", Math.round(heapUsed / MIB)],
  ];
  if (facts !== undefined) {
    const uptimeMs = facts.clock.monotonicMs() - facts.startedMonotonicMs;
    found.push(["run_id", facts.runId], ["os", facts.operatingSystem]);
    found.push(["transport", facts.transportName]);
    found.push(["uptime_in_seconds", Math.floor(uptimeMs / 1000)]);
    found.push(["config_file", facts.configFile]);
  }
  if (node === undefined) return found;
  found.push(["connected_clients", node.context.session.clients.count]);
  node.keyspace.databases.forEach((database, index) => {
    if (database.size > 0) found.push([`db${index}`, `keys=${database.size}`]);
  });
  return found;
}

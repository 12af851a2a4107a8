import { clientLine } from "../session/client-line";
import type { SessionCall } from "../session/session-call";
import type { SessionContext } from "../session/session-context";
import type { CrashFacts } from "./crash-report";
import type { ServerFacts } from "./server-facts";

const MIB = 1024 * 1024;

export interface CrashCircumstances {
  readonly origin: string;
  readonly error: unknown;
  readonly facts: ServerFacts | undefined;
  readonly session: SessionContext | undefined;
  /** The command during which it happened, if it was one. */
  readonly call: SessionCall | undefined;
  /** What the role tells beside. */
  readonly more: () => readonly CrashFact[];
}

export type CrashFact = readonly [name: string, value: string | number];

/**
 * Gathers what a crash report tells, from a program that may be broken: what cannot be read any
 * more is left out.
 */
export function gatherCrashFacts(circumstances: CrashCircumstances): CrashFacts {
  const { origin, error, facts, session, call } = circumstances;
  const report = { error, origin, facts: processFacts(facts) };
  try {
    if (session === undefined) return report;
    report.facts.push(["connected_clients", session.clients.count], ...circumstances.more());
    if (call === undefined) return report;
    return {
      ...report,
      command: { name: call.command.fullName, argumentCount: call.args.count },
      clientLine: clientLine(call.client, session.clientMemory, session.clock.nowMs()),
    };
  } catch {
    return report;
  }
}

function processFacts(facts: ServerFacts | undefined): CrashFact[] {
  const { rss, heapUsed } = process.memoryUsage();
  const found: CrashFact[] = [
    ["process_id", process.pid],
    ["resident_mib", Math.round(rss / MIB)],
    ["heap_used_mib", Math.round(heapUsed / MIB)],
  ];
  if (facts === undefined) return found;
  const uptimeMs = facts.clock.monotonicMs() - facts.startedMonotonicMs;
  found.push(["run_id", facts.runId], ["os", facts.operatingSystem]);
  found.push(["transport", facts.transportName]);
  found.push(["uptime_in_seconds", Math.floor(uptimeMs / 1000)]);
  found.push(["config_file", facts.configFile]);
  return found;
}

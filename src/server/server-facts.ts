import { randomBytes } from "node:crypto";
import { arch, release, type } from "node:os";
import type { Clock } from "../base/clock";

/**
 * What does not change while the process lives, for INFO, the banner and HELLO.
 *
 * The project's version is that of package.json; the version that clients test features by is
 * base/redis-version.
 */
export interface ServerFacts {
  readonly clock: Clock;
  readonly startedMs: number;
  readonly startedMonotonicMs: number;
  /** 40 hex digits, new at each start. */
  readonly runId: string;
  readonly executable: string;
  /** Absolute path, empty without a file. */
  readonly configFile: string;
  readonly operatingSystem: string;
  readonly buildId: string;
  readonly projectName: string;
  readonly projectVersion: string;
  readonly transportName: string;
}

export interface FactsOfStart {
  readonly clock: Clock;
  readonly configFile: string;
  readonly transportName: string;
  readonly projectName: string;
  readonly projectVersion: string;
}

export function gatherFacts(start: FactsOfStart): ServerFacts {
  return {
    ...start,
    startedMs: start.clock.nowMs(),
    startedMonotonicMs: start.clock.monotonicMs(),
    runId: randomBytes(20).toString("hex"),
    executable: process.argv[1] ?? process.execPath,
    operatingSystem: `${type()} ${release()} ${arch() === "x64" ? "x86_64" : arch()}`,
    buildId: `${start.projectVersion}-${process.versions.modules}`,
  };
}

/**
 * Scripts that are asked whether a failover may go on (`sentinel pre-failover-script`), for fencing:
 * only one that ends with 0 in time says yes.
 *
 * What always holds: each asking has one answer, which never comes from inside `ask`.
 */
import type { RunScript, ScriptEnd } from "./script-queue";

export interface FailoverPermitParts {
  readonly run: RunScript;
  /** Calls back once after a time, unless it is called off. */
  readonly after: (delayMs: number, run: () => void) => { callOff(): void };
  readonly tell: (level: "warning", type: string, text: string) => void;
}

const REFUSES = 1;

export class FailoverPermits {
  readonly #parts: FailoverPermitParts;

  constructor(parts: FailoverPermitParts) {
    this.#parts = parts;
  }

  /** @param argv the path of the program first. */
  ask(argv: readonly string[], limitMs: number, answered: (allows: boolean) => void): void {
    const { run, after, tell } = this.#parts;
    let isAnswered = false;
    const answer = (allows: boolean): void => {
      if (isAnswered) return;
      isAnswered = true;
      limit.callOff();
      answered(allows);
    };
    const process = run(argv, (end) => {
      if (!isAnswered && isFailure(end)) {
        tell("warning", "-script-error", `${argv[0]} ${end.signal} ${end.exitCode}`);
      }
      answer(end.signal === 0 && end.exitCode === 0);
    });
    const limit = after(process === undefined ? 0 : limitMs, () => {
      if (process === undefined) tell("warning", "-script-error", `${argv[0]} 99 0`);
      else tell("warning", "-script-timeout", `${argv[0]} ${process.pid}`);
      process?.kill();
      answer(false);
    });
  }
}

/** To refuse is no failure. */
function isFailure({ exitCode, signal }: ScriptEnd): boolean {
  return signal !== 0 || (exitCode !== 0 && exitCode !== REFUSES);
}

import { isIP } from "node:net";
import type { Clock } from "../base/clock";
import type { SessionLog } from "../session/session-log";
import { writeLine } from "./events";
import type { HostNames } from "./host-names";
import type { LinkSet } from "./links/link-set";
import { Draft } from "./model/draft";
import type { InstanceLink } from "./model/instance";
import type { SentinelAction, SentinelEvent, StepContext } from "./model/sentinel-event";
import type { SentinelModel } from "./model/sentinel-model";
import type { FailoverPermits } from "./scripts/failover-permits";

type Action<K extends SentinelAction["kind"]> = Extract<SentinelAction, { kind: K }>;

export interface ShellParts {
  readonly model: SentinelModel;
  readonly step: (
    model: SentinelModel,
    event: SentinelEvent,
    context: StepContext,
  ) => readonly SentinelAction[];
  readonly clock: Clock;
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly hostNames: Pick<HostNames, "resolve">;
  readonly listeningPort: () => number;
  readonly log: SessionLog;
  readonly links: () => Pick<LinkSet, "connect" | "disconnect" | "send" | "localAddress">;
  readonly tell: (event: Action<"event">) => void;
  readonly permits: Pick<FailoverPermits, "ask">;
  readonly runScript: (argv: readonly string[]) => void;
  /** Writes the state and syncs it; the reason in the system's words when that failed. */
  readonly save: () => string | undefined;
  /** Ends the process at once. */
  readonly crash: () => void;
  /** After the actions of one or several steps: sends what was published. */
  readonly settled: () => void;
}

/** An IPv4 address as a socket of both families shows it. */
const MAPPED = "::ffff:";
const NOT_SAVED = { error: "ERR not sent, because the state could not be saved" };

/**
 * What stands around the step: makes contexts for it, carries out its actions in their order, and
 * hands it what came of them.
 *
 * What always holds: one step at a time, and no step amid the actions of another; what a step tells
 * others of the state leaves only after the state was saved.
 */
export class SentinelShell {
  readonly model: SentinelModel;
  readonly #parts: ShellParts;
  readonly #context: ShellContext;
  /** What came up while actions were carried out. */
  readonly #waiting: SentinelEvent[] = [];
  #isBusy = false;

  constructor(parts: ShellParts) {
    this.model = parts.model;
    this.#parts = parts;
    this.#context = new ShellContext(parts);
  }

  /** Something has happened. */
  handle(event: SentinelEvent): void {
    this.#waiting.push(event);
    this.#work();
  }

  /** A step that a command makes itself; its actions have been carried out when it returns. */
  change<T>(run: (draft: Draft) => T): T {
    this.#context.set();
    const draft = new Draft(this.model, this.#context);
    const result = run(draft);
    this.#carryOut(draft.actions);
    this.#work();
    return result;
  }

  /** Steps until nothing waits. */
  #work(): void {
    if (this.#isBusy) return;
    this.#isBusy = true;
    for (let event = this.#waiting.shift(); event !== undefined; event = this.#waiting.shift()) {
      this.#context.set();
      this.#carryOut(this.#parts.step(this.model, event, this.#context));
    }
    this.#isBusy = false;
    this.#parts.settled();
  }

  #carryOut(actions: readonly SentinelAction[]): void {
    let hasFailedToSave = false;
    // The model does not change meanwhile, so that one time is enough for all of them.
    let hasSaved = false;
    for (const action of actions) {
      if (action.kind === "save") {
        if (!hasSaved) hasFailedToSave = !this.save();
        hasSaved = true;
      } else if (action.kind === "send" && action.isTelling && hasFailedToSave)
        this.#refuse(action);
      else this.#do(action);
    }
  }

  /** Saves now, and says in the log what came of it. */
  save(): boolean {
    const { save, log } = this.#parts;
    const problem = save();
    this.model.isSaved = problem === undefined;
    if (problem === undefined) {
      log.notice("Sentinel new configuration saved on disk");
      return true;
    }
    log.warning(
      `WARNING: Sentinel was not able to save the new configuration on disk!!!: ${problem}`,
    );
    return false;
  }

  #do(action: Exclude<SentinelAction, { kind: "save" }>): void {
    const { links, tell, log, crash } = this.#parts;
    switch (action.kind) {
      case "event":
        tell(action);
        break;
      case "log":
        writeLine(log, action.level, action.text);
        break;
      case "connect":
        links().connect(action.link, action.of, action.opening);
        break;
      case "disconnect":
        links().disconnect(action.link, action.of);
        break;
      case "send":
        links().send(action);
        break;
      case "client-reconfig-script":
        this.#tellClients(action);
        break;
      case "run-pre-failover-script":
        this.#askPermit(action);
        break;
      case "crash":
        crash();
        break;
    }
  }

  #refuse({ instance, request }: Action<"send">): void {
    this.#waiting.push({ kind: "reply", instance, request, reply: NOT_SAVED });
  }

  #tellClients({ master, args }: Action<"client-reconfig-script">): void {
    const script = master.options?.clientReconfigScript ?? "";
    if (script !== "") this.#parts.runScript([script, ...args]);
  }

  #askPermit({ master, args }: Action<"run-pre-failover-script">): void {
    const script = master.options?.preFailoverScript ?? "";
    const { scriptMaxRuntimeMs } = this.model.times;
    this.#parts.permits.ask([script, ...args], scriptMaxRuntimeMs, (allows) =>
      this.handle({ kind: "pre-failover-script", master, allows }),
    );
  }
}

/** One object for all steps: nothing of it may be kept. */
class ShellContext implements StepContext {
  nowMs = 0;
  listeningPort = 0;
  readonly #parts: ShellParts;

  constructor(parts: ShellParts) {
    this.#parts = parts;
  }

  set(): void {
    const { clock, listeningPort } = this.#parts;
    this.nowMs = Math.floor(clock.monotonicMs());
    this.listeningPort = listeningPort();
  }

  /** Read only when it is asked for: by ticks, and there are fifty other steps for each of them. */
  get wallMs(): number {
    return this.#parts.clock.nowMs();
  }

  random(): number {
    return this.#parts.random();
  }

  resolve(host: string): string | undefined {
    const { hostNames, model } = this.#parts;
    return isIP(host) !== 0 || model.resolveHostnames ? hostNames.resolve(host) : undefined;
  }

  localAddress(link: InstanceLink): string {
    const address = this.#parts.links().localAddress(link);
    return address.startsWith(MAPPED) ? address.slice(MAPPED.length) : address;
  }
}

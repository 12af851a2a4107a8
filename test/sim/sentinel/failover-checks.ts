// What must hold of each failover: who may begin it and when, whom it may promote, and how it goes on.
// It judges by what really came to the Sentinel, not by what its model says came.
import { PING_PERIOD_MS, TILT_TRIGGER_MS } from "../../../src/sentinel/model/constants";
import type { Instance } from "../../../src/sentinel/model/instance";
import type {
  PeerReply,
  RequestKind,
  SentinelAction,
  SentinelEvent,
} from "../../../src/sentinel/model/sentinel-event";
import type { EpochChecks } from "./epoch-checks";
import {
  addressText,
  currentAddress,
  type HeardInfo,
  heardInfo,
  isInfo,
  type MasterRecord,
} from "./sentinel-record";
import type { SimSentinel } from "./sim-sentinel";
import { Violation } from "./violation";

/** Silence after which a replica is not promoted, and the age of its INFO, in periods. */
const FRESH_PERIODS = 5;
const USUAL_INFO_PERIODS = 3;
const MOST_LINK_DOWN_PERIODS = 10;

type SentinelNews = Extract<SentinelAction, { kind: "event" }>;

export class FailoverChecks {
  readonly #epochs: EpochChecks;

  constructor(epochs: EpochChecks) {
    this.#epochs = epochs;
  }

  stepped(
    sentinel: SimSentinel,
    event: SentinelEvent | undefined,
    actions: readonly SentinelAction[],
  ): void {
    const { model, record, nowMs } = sentinel;
    this.#checkTilt(sentinel, event);
    for (const master of model.masters.values()) {
      const known = record.masterOf(master.name);
      if (master.sentinels.size > known.mostSentinels) known.mostSentinels = master.sentinels.size;
      const address = addressText(currentAddress(master));
      if (address !== known.address) known.startMs = -1;
      if (master.isObjectivelyDown && !known.isObjectivelyDown) {
        this.#checkObjectivelyDown(sentinel, master, known);
      }
      known.isObjectivelyDown = master.isObjectivelyDown;
      if (master.failoverState === "reconf_slaves") this.#checkParallel(sentinel, master);
    }
    for (const action of actions) {
      if (action.kind === "event" && action.master !== undefined) {
        this.#checkEvent(sentinel, action, action.master, actions);
      }
    }
    // Whoever begins may find that another is about to be elected, and vote for it in the same step.
    for (const { name, leader } of model.masters.values()) {
      const known = record.masterOf(name);
      if (leader !== known.leader && leader !== model.myId && leader !== "") known.startMs = nowMs;
    }
    record.isInTilt = model.isInTilt;
  }

  tells(
    sentinel: SimSentinel,
    instance: Instance,
    request: RequestKind,
    words: readonly string[],
    to: string,
  ): void {
    if (request !== "reconfigure" || words[0].toUpperCase() !== "SLAVEOF") return;
    const { name, model } = sentinel;
    if (model.isInTilt) throw new Violation(`${name} tells ${instance.name} ${words} in TILT`);
    const master = instance.master ?? instance;
    if (words[1].toUpperCase() === "NO") {
      const { selected } = sentinel.record.masterOf(master.name);
      if (to !== selected) {
        throw new Violation(`${name} makes ${instance.name} a master, unasked`);
      }
      return;
    }
    const target = `${words[1]}:${words[2]}`;
    if (target === to) {
      throw new Violation(`${name} tells ${target} to follow itself`);
    }
    if (target !== addressText(currentAddress(master))) {
      throw new Violation(`${name} tells ${instance.name} to follow ${target}`);
    }
  }

  heard(
    sentinel: SimSentinel,
    instance: Instance,
    request: RequestKind,
    words: readonly string[],
    reply: PeerReply,
  ): void {
    const { record, nowMs } = sentinel;
    const address = addressText(instance.address);
    if (request === "info" && typeof reply === "string" && isInfo(reply)) {
      record.infos.set(address, heardInfo(reply, nowMs));
    } else if (request === "ping" && reply !== null) {
      record.pongs.set(address, nowMs);
    } else if (request === "ask" && Array.isArray(reply) && instance.master !== undefined) {
      const { answers } = record.masterOf(instance.master.name);
      const about = `${words[2]}:${words[3]}`;
      answers.set(instance.runId, { atMs: nowMs, about, isDown: reply[0] === 1 });
    }
  }

  #checkTilt({ name, model, record, nowMs, context }: SimSentinel, event?: SentinelEvent): void {
    if (model.isInTilt && !record.isInTilt) record.tiltSinceMs = nowMs;
    if (!model.isInTilt && record.isInTilt) {
      const tiltMs = nowMs - record.tiltSinceMs;
      if (tiltMs < model.times.tiltPeriodMs) throw new Violation(`${name}: TILT of ${tiltMs} ms`);
    }
    if (event?.kind !== "tick") return;
    const { wallMs } = context;
    if (record.lastTickMs > 0) {
      const passedMs = nowMs - record.lastTickMs;
      const wallPassedMs = wallMs - record.lastTickWallMs;
      const isWrong = passedMs > TILT_TRIGGER_MS || wallPassedMs < 0;
      if ((isWrong || wallPassedMs > TILT_TRIGGER_MS) && !model.isInTilt) {
        throw new Violation(`${name}: no TILT after ${passedMs} ms, by its clock ${wallPassedMs}`);
      }
    }
    record.lastTickMs = nowMs;
    record.lastTickWallMs = wallMs;
  }

  #checkObjectivelyDown(
    { name, model, nowMs, world }: SimSentinel,
    master: Instance,
    known: MasterRecord,
  ): void {
    let count = master.isSubjectivelyDown ? 1 : 0;
    const address = addressText(master.address);
    for (const { atMs, about, isDown } of known.answers.values()) {
      if (nowMs - atMs > FRESH_PERIODS * model.times.askPeriodMs) continue;
      if (isDown && about === address) count += 1;
    }
    if (count < world.settings.quorum) {
      throw new Violation(`${name} takes ${master.name} for down by the word of ${count}`);
    }
  }

  /** A step may go through several states of a failover: its events tell which. */
  #checkEvent(
    sentinel: SimSentinel,
    { type, text }: SentinelNews,
    master: Instance,
    actions: readonly SentinelAction[],
  ): void {
    const known = sentinel.record.masterOf(master.name);
    switch (type) {
      case "+try-failover":
        this.#begun(sentinel, master, known);
        break;
      case "+elected-leader": {
        if (known.isForced) return;
        const majority = Math.floor((known.mostSentinels + 1) / 2) + 1;
        this.#epochs.elected(sentinel, master, Math.max(majority, sentinel.world.settings.quorum));
        sentinel.world.counts.elections += 1;
        break;
      }
      case "+selected-slave":
        known.selected = addressIn(text);
        this.#checkChoice(sentinel, master, known.selected, upAgain(actions));
        break;
      case "+promoted-slave":
        this.#checkPromoted(sentinel, addressIn(text));
        break;
    }
  }

  #checkPromoted({ name, record, world }: SimSentinel, promoted: string): void {
    if (record.infos.get(promoted)?.isMaster !== true) {
      throw new Violation(`${name}: ${promoted} has not said that it is a master`);
    }
    world.counts.promotions += 1;
  }

  #begun(sentinel: SimSentinel, master: Instance, known: MasterRecord): void {
    const { name, model, nowMs, world } = sentinel;
    world.counts.attempts += 1;
    known.isForced = known.isOrdered;
    if (known.isForced) {
      this.#epochs.forced(master);
      known.startMs = nowMs;
      return;
    }
    if (model.isInTilt) throw new Violation(`${name} fails over in TILT`);
    if (!master.isObjectivelyDown) throw new Violation(`${name} fails over, but none is down`);
    const passedMs = nowMs - known.startMs;
    if (known.startMs >= 0 && passedMs < 2 * world.settings.failoverTimeoutMs) {
      throw new Violation(`${name} fails over ${master.name} again after ${passedMs} ms`);
    }
    known.startMs = nowMs;
  }

  #checkChoice(
    sentinel: SimSentinel,
    master: Instance,
    selected: string,
    upAgain: ReadonlySet<string>,
  ): void {
    const { name, world } = sentinel;
    const isMember = world
      .groupOf(master.name)
      .some((node) => `${node.machine.ip}:${node.port}` === selected);
    if (!isMember) throw new Violation(`${name}: ${selected} is no replica of ${master.name}`);
    const replicas = [...master.replicas.values()];
    const promoted = replicas.find(({ address }) => addressText(address) === selected);
    if (promoted === undefined) throw new Violation(`${name} promotes ${selected}, unknown`);
    const chosen = eligibleInfo(sentinel, master, promoted);
    if (typeof chosen === "string") {
      throw new Violation(`${name} promotes ${promoted.name}: ${chosen}`);
    }
    for (const other of replicas) {
      if (!other.link.areCommandsConnected || !other.link.areEventsConnected) continue;
      // After a switch all begins anew.
      if (other.infoMs === 0) continue;
      if (upAgain.has(addressText(other.address))) continue;
      const info = eligibleInfo(sentinel, master, other);
      if (typeof info !== "string" && isBetter(info, chosen)) {
        const both = `(${JSON.stringify(chosen)}), not ${other.name} (${JSON.stringify(info)})`;
        throw new Violation(`${name} promotes ${promoted.name} ${both}`);
      }
    }
  }

  #checkParallel({ name, world }: SimSentinel, master: Instance): void {
    let count = 0;
    for (const { reconfiguration } of master.replicas.values()) {
      if (reconfiguration === "sent" || reconfiguration === "in-progress") count += 1;
    }
    if (count > world.settings.parallelSyncs) {
      throw new Violation(`${name} reconfigures ${count} replicas at once`);
    }
  }
}

/** Who was found to be up again in this step, maybe only after a replica was chosen. */
function upAgain(actions: readonly SentinelAction[]): ReadonlySet<string> {
  const addresses = new Set<string>();
  for (const action of actions) {
    if (action.kind === "event" && action.type === "-sdown") addresses.add(addressIn(action.text));
  }
  return addresses;
}

/** Of the instance that an event names: `slave NAME IP PORT @ ...`. */
function addressIn(text: string): string {
  const [, , ip, port] = text.split(" ");
  return `${ip}:${port}`;
}

/** The INFO that speaks for a replica, or what speaks against it. */
function eligibleInfo(
  { record, model, nowMs }: SimSentinel,
  master: Instance,
  replica: Instance,
): HeardInfo | string {
  const address = addressText(replica.address);
  const info = record.infos.get(address);
  const pongMs = record.pongs.get(address);
  if (info === undefined || pongMs === undefined) return "it never answered";
  // What was found in the rest of the same step was not known to the choice.
  if (replica.isSubjectivelyDown && replica.subjectivelyDownSinceMs < nowMs) return "it is down";
  if (nowMs - pongMs > FRESH_PERIODS * PING_PERIOD_MS) return "it is silent";
  const freshMs = master.isSubjectivelyDown
    ? FRESH_PERIODS * PING_PERIOD_MS
    : USUAL_INFO_PERIODS * model.times.infoPeriodMs;
  if (nowMs - info.atMs > freshMs) return `its INFO is ${nowMs - info.atMs} ms old`;
  // One that came back as a master says nothing of its priority; it is the last resort.
  if (info.isMaster) return info;
  if (info.priority === 0) return "its priority is 0";
  const goneSinceMs =
    master.roleReported === "master"
      ? master.subjectivelyDownSinceMs
      : Math.min(master.subjectivelyDownSinceMs, master.roleReportedMs - model.times.infoPeriodMs);
  const downMs = master.isSubjectivelyDown ? nowMs - goneSinceMs : 0;
  const downAfterMs = master.options?.downAfterMs ?? 0;
  if (info.masterLinkDownMs > downMs + MOST_LINK_DOWN_PERIODS * downAfterMs) {
    return `its link was down for ${info.masterLinkDownMs} ms`;
  }
  return info;
}

function isBetter(one: HeardInfo, other: HeardInfo): boolean {
  // Which of two masters is better, only what they said before as replicas could tell.
  if (one.isMaster || other.isMaster) return !one.isMaster;
  if (one.priority !== other.priority) return one.priority < other.priority;
  if (one.offset !== other.offset) return one.offset > other.offset;
  return one.runId !== "" && one.runId < other.runId;
}

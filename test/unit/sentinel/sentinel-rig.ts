// One Sentinel's decisions among toy peers, in virtual time: carries out what steps want done and tells
// them what came of it. Its state can fail to be saved. Not a simulator of networks (test/sim does that).

import { step } from "../../../src/sentinel/act/step";
import { monitorMaster } from "../../../src/sentinel/act/watching";
import { Draft } from "../../../src/sentinel/model/draft";
import type { Instance, InstanceLink } from "../../../src/sentinel/model/instance";
import type {
  LinkKind,
  PeerReply,
  SentinelAction,
  SentinelEvent,
  StepContext,
} from "../../../src/sentinel/model/sentinel-event";
import { SentinelModel } from "../../../src/sentinel/model/sentinel-model";
import { SeededRandom } from "../../support/seeds";
import { ToyDataNode, type ToyPeer, ToySentinel } from "./toy-nodes";

export const MASTER = "10.0.0.1";
export const OWN_ID = idOf(1);
const LATENCY_MS = 1;
const TICK_MS = 100;

/** 40 hexadecimal digits out of a small number. */
export function idOf(index: number): string {
  return `${index}`.padStart(40, "0");
}

interface Pending {
  readonly atMs: number;
  readonly run: () => void;
}

export class SentinelRig {
  nowMs = 500_000;
  /** Added to the calendar's time alone. */
  wallStepMs = 0;
  readonly model = new SentinelModel();
  /** By `ip port`. */
  readonly peers = new Map<string, ToyPeer>();
  /** `type text` of events, and the texts of log lines, in their order. */
  readonly told: string[] = [];
  readonly actions: SentinelAction[] = [];
  canSave = true;
  saves = 0;
  isCrashed = false;
  readonly #random = new SeededRandom(1);
  #pending: Pending[] = [];
  #nextTickMs = 0;
  readonly #open = new Map<InstanceLink, Set<LinkKind>>();

  constructor() {
    this.model.myId = OWN_ID;
  }

  get context(): StepContext {
    return {
      nowMs: this.nowMs,
      wallMs: 1_700_000_000_000 + this.nowMs + this.wallStepMs,
      random: () => this.#random.below(1000) / 1000,
      resolve: (host) => (/^[0-9.:a-f]+$/.test(host) ? host : undefined),
      listeningPort: 26379,
      localAddress: () => "10.0.1.1",
    };
  }

  /** Three data nodes and three Sentinels, this one among them, that have found each other. */
  static settled(quorum = 2, change?: (rig: SentinelRig) => void): SentinelRig {
    const rig = new SentinelRig();
    const master = rig.addNode(1);
    for (const index of [2, 3]) {
      const replica = rig.addNode(index);
      replica.follow(MASTER, "6379");
      master.replicas.push([`10.0.0.${index}`, 6379]);
    }
    rig.monitor("mymaster", quorum);
    rig.run(3000);
    for (const index of [2, 3]) rig.addSentinel(index);
    change?.(rig);
    rig.run(12_000);
    return rig;
  }

  addNode(index: number): ToyDataNode {
    const node = new ToyDataNode(idOf(100 + index));
    this.peers.set(`10.0.0.${index} 6379`, node);
    return node;
  }

  node(index: number): ToyDataNode {
    const node = this.peers.get(`10.0.0.${index} 6379`);
    if (!(node instanceof ToyDataNode)) throw new Error(`no node ${index}`);
    return node;
  }

  addSentinel(index: number): ToySentinel {
    const sentinel = new ToySentinel(idOf(index));
    this.peers.set(`10.0.1.${index} 26379`, sentinel);
    this.hear(this.helloOf(index));
    return sentinel;
  }

  sentinel(index: number): ToySentinel {
    const sentinel = this.peers.get(`10.0.1.${index} 26379`);
    if (!(sentinel instanceof ToySentinel)) throw new Error(`no Sentinel ${index}`);
    return sentinel;
  }

  helloOf(index: number, epoch = 0, master = `${MASTER},6379`, masterEpoch = 0): string {
    return `10.0.1.${index},26379,${idOf(index)},${epoch},mymaster,${master},${masterEpoch}`;
  }

  hear(text: string): void {
    this.apply({ kind: "hello", link: undefined, text });
  }

  monitor(name: string, quorum: number): Instance {
    const address = { host: MASTER, ip: MASTER, port: 6379 };
    return this.change((draft) => {
      const master = monitorMaster(draft, name, address, quorum);
      if (master.options !== undefined) master.options.downAfterMs = 1000;
      return master;
    });
  }

  get master(): Instance {
    const master = this.model.masters.get("mymaster");
    if (master === undefined) throw new Error("mymaster is not watched");
    return master;
  }

  /** What a command does. */
  change<T>(run: (draft: Draft) => T): T {
    const draft = new Draft(this.model, this.context);
    const result = run(draft);
    this.#carryOut(draft.actions);
    return result;
  }

  apply(event: SentinelEvent): void {
    if (!this.isCrashed) this.#carryOut(step(this.model, event, this.context));
  }

  /** Lets time pass. */
  run(durationMs: number): void {
    const endMs = this.nowMs + durationMs;
    this.#nextTickMs ||= this.nowMs;
    for (;;) {
      const due = this.#pending.find(({ atMs }) => atMs <= this.#nextTickMs);
      const atMs = due?.atMs ?? this.#nextTickMs;
      if (atMs > endMs) break;
      this.nowMs = Math.max(this.nowMs, atMs);
      if (due === undefined) {
        this.#nextTickMs += TICK_MS;
        this.apply({ kind: "tick" });
      } else {
        this.#pending = this.#pending.filter((pending) => pending !== due);
        due.run();
      }
    }
    this.nowMs = endMs;
  }

  /** This process is not run for a while: time passes without it. */
  pause(durationMs: number): void {
    this.nowMs += durationMs;
    this.#nextTickMs = this.nowMs;
  }

  runUntil(type: string, limitMs = 60_000): void {
    const from = this.told.length;
    for (let passedMs = 0; passedMs < limitMs; passedMs += TICK_MS) {
      if (this.told.slice(from).some((text) => text.startsWith(`${type} `))) return;
      this.run(TICK_MS);
    }
    throw new Error(`${type} did not come:\n${this.told.slice(from).join("\n")}`);
  }

  /** The process at the address ends, with its connections. */
  kill(address: string): void {
    this.#peer(address).isAlive = false;
    for (const link of [...this.#open.keys()]) {
      if (addressOf(link) !== address) continue;
      for (const of of this.#open.get(link) ?? []) {
        this.apply({ kind: "closed", link, of, reason: "Connection reset by peer" });
      }
      this.#open.delete(link);
    }
  }

  restart(address: string): void {
    this.#peer(address).isAlive = true;
  }

  #peer(address: string): ToyPeer {
    const peer = this.peers.get(address);
    if (peer === undefined) throw new Error(`nobody is at ${address}`);
    return peer;
  }

  #carryOut(actions: readonly SentinelAction[]): void {
    for (const action of actions) {
      if (this.isCrashed) return;
      this.actions.push(action);
      switch (action.kind) {
        case "event":
          if (action.level !== "debug") this.told.push(`${action.type} ${action.text}`);
          break;
        case "log":
          this.told.push(action.text);
          break;
        case "save":
          this.saves += 1;
          this.model.isSaved = this.canSave;
          break;
        case "connect":
          this.#connect(action.link, action.of);
          break;
        case "disconnect":
          this.#open.get(action.link)?.delete(action.of);
          break;
        case "send":
          this.#send(action);
          break;
        case "crash":
          this.isCrashed = true;
          break;
        case "client-reconfig-script":
        case "run-pre-failover-script":
          break;
      }
    }
  }

  #connect(link: InstanceLink, of: LinkKind): void {
    const open = this.#open.get(link) ?? new Set();
    this.#open.set(link, open);
    this.#later(() => {
      const peer = this.peers.get(addressOf(link));
      if (peer?.isAlive) {
        open.add(of);
        this.apply({ kind: "connected", link, of });
      } else {
        this.apply({ kind: "closed", link, of, reason: "Connection refused" });
      }
    });
  }

  #send(action: Extract<SentinelAction, { kind: "send" }>): void {
    const { instance, request, words, isTelling } = action;
    const { link } = instance;
    const isSuppressed = isTelling && !this.model.isSaved;
    const peer = this.peers.get(addressOf(link));
    this.#later(() => {
      if (!this.#open.get(link)?.has("commands") || peer === undefined || peer.isHanging) return;
      const reply: PeerReply = isSuppressed ? { error: "ERR not sent" } : peer.answer(words);
      const delayMs = request === "info" && peer instanceof ToyDataNode ? peer.infoDelayMs : 0;
      const tell = () => this.apply({ kind: "reply", instance, request, reply });
      if (delayMs === 0) tell();
      else this.#later(tell, delayMs);
    });
  }

  #later(run: () => void, delayMs = LATENCY_MS): void {
    this.#pending.push({ atMs: this.nowMs + delayMs, run });
  }
}

function addressOf(link: InstanceLink): string {
  const address = link.users[0]?.address;
  return address === undefined ? "" : `${address.ip} ${address.port}`;
}

// A simulated Sentinel: the real decisions with a shell in its simplest form: virtual links, a disk of
// one text, ticks. It can be killed between any two actions of a step, and its disk can refuse.
import { beginForcedFailover } from "../../../src/sentinel/act/forced-failover";
import { TICK_MS } from "../../../src/sentinel/model/constants";
import { Draft } from "../../../src/sentinel/model/draft";
import type { Instance, InstanceLink } from "../../../src/sentinel/model/instance";
import type {
  LinkKind,
  PeerReply,
  RequestKind,
  SentinelAction,
  SentinelEvent,
  StepContext,
} from "../../../src/sentinel/model/sentinel-event";
import type { SentinelModel } from "../../../src/sentinel/model/sentinel-model";
import { Connection } from "./connection";
import { answerPeer } from "./peer-commands";
import { changeWithBug, plantInLoaded, stepWithBug } from "./planted-bugs";
import { SentinelDisk } from "./sentinel-disk";
import { SentinelRecord } from "./sentinel-record";
import { SimProcess } from "./sim-process";
import type { Machine } from "./virtual-network";
import type { World } from "./world";

/** A machine has been up for a while when a history begins: 0 is never, also for the clock. */
export const UPTIME_MS = 1_000_000;

/** A lying disk has really written what it was given after this. */
const SYNC_DELAY_MS = 3000;

interface Links {
  commands: Connection | undefined;
  events: Connection | undefined;
}

export class SimSentinel extends SimProcess {
  readonly disk: SentinelDisk;
  model: SentinelModel;
  /** What this life has shown to the invariants. */
  record = new SentinelRecord();
  /** The number of actions until it is killed; undefined for never. */
  actionsUntilCrash: number | undefined;
  /** Saving fails while this is so. */
  isDiskFull = false;
  readonly context: StepContext;
  readonly #links = new Map<InstanceLink, Links>();

  constructor(world: World, name: string, machine: Machine, port: number, firstLines: string) {
    super(world, name, machine, port);
    const { network } = world;
    this.disk = new SentinelDisk(firstLines);
    this.model = this.disk.load(this.nowMs);
    this.context = {
      get nowMs() {
        return UPTIME_MS + network.nowMs;
      },
      get wallMs() {
        return network.wallMs(machine);
      },
      random: () => network.random.word() / 2 ** 32,
      resolve: (host) => (/^[0-9.]+$/.test(host) ? host : undefined),
      listeningPort: port,
      localAddress: () => machine.ip,
    };
  }

  get nowMs(): number {
    return UPTIME_MS + this.world.network.nowMs;
  }

  /** The first start. */
  boot(): void {
    this.started();
  }

  dispatch(event: SentinelEvent): void {
    const { counts, checks, bug } = this.world;
    counts.steps += 1;
    const actions = stepWithBug(bug, this.model, event, this.context);
    checks.stepped(this, event, actions);
    this.#carryOut(actions);
  }

  /** A step made by a command. */
  change<T>(run: (draft: Draft) => T): T {
    const { counts, checks, bug } = this.world;
    counts.steps += 1;
    const draft = new Draft(this.model, this.context);
    const result = changeWithBug(bug, draft, run);
    checks.stepped(this, undefined, draft.actions);
    this.#carryOut(draft.actions);
    return result;
  }

  /** An operator asks for a failover. */
  failOver(group: string, isCoordinated: boolean): void {
    const master = this.model.masters.get(group);
    if (master === undefined) return;
    this.record.masterOf(group).isOrdered = true;
    const result = this.change((draft) => beginForcedFailover(draft, master, isCoordinated));
    if (!this.isUp) return;
    this.record.masterOf(group).isOrdered = false;
    this.say(`was ordered to fail over ${group}: ${result}`);
  }

  answer(words: readonly string[]): PeerReply | undefined {
    return answerPeer(this, words);
  }

  hungUp(): void {}

  override vanish(): void {
    if (this.isUp) this.disk.losePower();
    super.vanish();
  }

  protected override started(): void {
    this.model = this.disk.load(this.nowMs);
    this.model.times.tiltPeriodMs = this.world.settings.tiltPeriodMs;
    plantInLoaded(this.world.bug, this.model);
    this.record = new SentinelRecord();
    this.#links.clear();
    this.actionsUntilCrash = undefined;
    if (this.model.myId === "") {
      this.model.myId = this.world.newRunId();
      this.disk.save(this.model);
      this.disk.sync();
    }
    this.world.checks.started(this);
    this.dispatch({ kind: "start" });
    this.#planTick();
  }

  #planTick(): void {
    this.after(TICK_MS + this.world.network.random.below(TICK_MS / 2), () => {
      this.dispatch({ kind: "tick" });
      if (this.isUp) this.#planTick();
    });
  }

  #carryOut(actions: readonly SentinelAction[]): void {
    for (const action of actions) {
      if (this.#isCrashDue(action)) return;
      if (action.kind === "save") this.#save();
      else if (action.kind === "send" && action.isTelling && !this.model.isSaved) {
        this.#refuse(action.instance, action.request);
      } else this.#perform(action);
      if (!this.isUp) return;
    }
  }

  /** Nothing is told that was not saved; whoever asked for it hears of an error. */
  #refuse(instance: Instance, request: RequestKind): void {
    this.after(0, () => {
      const reply = { error: "ERR not saved" };
      this.dispatch({ kind: "reply", instance, request, reply });
    });
  }

  #isCrashDue(action: SentinelAction): boolean {
    if (this.actionsUntilCrash === undefined) return false;
    this.actionsUntilCrash -= 1;
    if (this.actionsUntilCrash >= 0) return false;
    if (action.kind === "save" && this.world.network.random.chance(0.5)) this.#save();
    this.say(`is killed before it could ${action.kind}`);
    this.crash();
    return true;
  }

  #save(): void {
    this.model.isSaved = !this.isDiskFull || this.world.bug === "failed-save-ignored";
    if (this.isDiskFull) {
      this.say("cannot save");
      return;
    }
    this.disk.save(this.model);
    if (!this.world.settings.areDisksLying) this.disk.sync();
    else this.after(SYNC_DELAY_MS, () => this.disk.sync());
  }

  #perform(action: SentinelAction): void {
    switch (action.kind) {
      case "event":
        if (action.level !== "debug") this.say(`${action.type} ${action.text}`);
        break;
      case "log":
        if (action.level !== "debug") this.say(action.text);
        break;
      case "connect":
        this.#connect(action.link, action.of, action.opening);
        break;
      case "disconnect":
        this.#disconnect(action.link, action.of);
        break;
      case "send":
        this.#send(action.instance, action.request, action.words);
        break;
      case "crash":
        this.crash();
        break;
      case "run-pre-failover-script":
        this.dispatch({ kind: "pre-failover-script", master: action.master, allows: true });
        break;
      default:
        break;
    }
  }

  #connect(link: InstanceLink, of: LinkKind, opening: readonly (readonly string[])[]): void {
    this.#disconnect(link, of);
    // It was left again in the same step: its end follows among the actions.
    if (link.users.length === 0) return;
    const links = this.#links.get(link) ?? { commands: undefined, events: undefined };
    this.#links.set(link, links);
    const { address } = link.users[0];
    const connection: Connection = new Connection(this, address.ip, address.port, {
      connected: () => {
        for (const words of opening) connection.request(words);
        this.dispatch({ kind: "connected", link, of });
      },
      closed: (reason) => {
        if (links[of] === connection) links[of] = undefined;
        this.dispatch({ kind: "closed", link, of, reason });
      },
      pushed: (push) => {
        if (push.kind === "message") this.dispatch({ kind: "hello", link, text: push.text });
      },
    });
    links[of] = connection;
  }

  #disconnect(link: InstanceLink, of: LinkKind): void {
    const links = this.#links.get(link);
    links?.[of]?.close();
    if (links !== undefined) links[of] = undefined;
    if (links?.commands === undefined && links?.events === undefined) this.#links.delete(link);
  }

  #send(instance: Instance, request: RequestKind, words: readonly string[]): void {
    const connection = this.#links.get(instance.link)?.commands;
    if (connection === undefined) throw new Error(`${this.name} has no link to ${instance.name}`);
    // The instance may have got another address in the same step.
    const { server } = connection;
    const to = `${server?.machine.ip}:${server?.port}`;
    this.world.checks.tells(this, instance, request, words, to);
    connection.request(words, (reply) => {
      this.world.checks.heard(this, instance, request, words, reply);
      this.dispatch({ kind: "reply", instance, request, reply });
    });
  }
}

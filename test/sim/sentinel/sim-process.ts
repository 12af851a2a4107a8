// A process on a simulated machine: it runs, is stopped by SIGSTOP (what happens to it piles up while the
// clock goes on), is killed, and is started again as a new life.
import type { PeerReply } from "../../../src/sentinel/model/sentinel-event";
import type { Connection } from "./connection";
import type { Machine } from "./virtual-network";
import type { World } from "./world";

export abstract class SimProcess {
  readonly world: World;
  readonly name: string;
  readonly machine: Machine;
  readonly port: number;
  isUp = true;
  isPaused = false;
  /** Counts processes, so that what an earlier one has planned does not happen. */
  life = 0;
  readonly connections = new Set<Connection>();
  #waiting: (() => void)[] = [];

  constructor(world: World, name: string, machine: Machine, port: number) {
    this.world = world;
    this.name = name;
    this.machine = machine;
    this.port = port;
    world.network.addProcess(this);
  }

  /** A request came; undefined when nothing is to be answered. */
  abstract answer(words: readonly string[], connection: Connection): PeerReply | undefined;

  /** The other side of a connection to this process has gone. */
  abstract hungUp(connection: Connection): void;

  protected abstract started(): void;

  say(text: string): void {
    this.world.say(this.name, text);
  }

  /** Runs it now, or when a stopped process goes on; never in a later life. */
  deliver(run: () => void): void {
    if (!this.isUp) return;
    if (this.isPaused) this.#waiting.push(run);
    else run();
  }

  after(delayMs: number, run: () => void): void {
    const { life } = this;
    this.world.network.after(delayMs, () => {
      if (this.life === life) this.deliver(run);
    });
  }

  pause(): void {
    if (!this.isUp || this.isPaused) return;
    this.say("is stopped");
    this.isPaused = true;
  }

  resume(): void {
    if (!this.isPaused) return;
    this.say("goes on");
    this.isPaused = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    const { life } = this;
    for (const run of waiting) if (this.life === life) this.deliver(run);
  }

  /** Killed: the kernel tells the others. */
  crash(): void {
    if (!this.isUp) return;
    this.say("is killed");
    const connections = [...this.connections];
    this.#end();
    for (const connection of connections) connection.endedBy(this);
  }

  /** The machine lost its power: nobody is told. */
  vanish(): void {
    if (!this.isUp) return;
    this.say("loses its power");
    this.#end();
  }

  start(): void {
    if (this.isUp || !this.machine.isUp) return;
    this.say("starts");
    this.isUp = true;
    this.started();
  }

  #end(): void {
    this.isUp = false;
    this.isPaused = false;
    this.life += 1;
    this.#waiting = [];
    for (const connection of this.connections) this.world.network.connections.delete(connection);
    this.connections.clear();
  }
}

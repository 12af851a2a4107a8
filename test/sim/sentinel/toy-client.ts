// A client as the libraries are: asks the Sentinels for the master, writes to it, and asks anew when
// that fails. It remembers what was acknowledged.
import type { PeerReply } from "../../../src/sentinel/model/sentinel-event";
import { Connection } from "./connection";
import { SimProcess } from "./sim-process";
import type { NodeAddress } from "./toy-replication";
import type { Machine } from "./virtual-network";
import type { World } from "./world";

const TIMEOUT_MS = 1000;

export class ToyClient extends SimProcess {
  /** The name of the master. */
  readonly group: string;
  readonly acknowledged: number[] = [];
  /** When a write was accepted last. */
  lastWriteMs = 0;
  #asked: Connection | undefined;
  #connection: Connection | undefined;
  #isWaiting = false;
  #attempt = 0;

  constructor(world: World, name: string, machine: Machine, group: string) {
    super(world, name, machine, 0);
    this.group = group;
    this.started();
  }

  answer(): undefined {
    return undefined;
  }

  hungUp(): void {}

  protected override started(): void {
    this.#asked = undefined;
    this.#connection = undefined;
    this.#isWaiting = false;
    this.#planWrite();
  }

  #planWrite(): void {
    const { network, settings } = this.world;
    this.after(settings.perWriteMs * (0.5 + network.random.below(100) / 100), () => {
      if (this.#connection?.isOpen !== true) this.#ask();
      else if (!this.#isWaiting) this.#write(this.#connection);
      this.#planWrite();
    });
  }

  #ask(): void {
    const sentinel = this.world.network.random.pick(this.world.sentinels);
    this.#asked?.close();
    const asked: Connection = new Connection(this, sentinel.machine.ip, sentinel.port, {
      connected: () => {
        const words = ["SENTINEL", "GET-MASTER-ADDR-BY-NAME", this.group];
        asked.request(words, (reply) => this.#answered(asked, reply));
      },
      closed: () => {},
      pushed: () => {},
    });
    this.#asked = asked;
  }

  #answered(asked: Connection, reply: PeerReply): void {
    asked.close();
    if (!Array.isArray(reply)) return;
    const [ip, port] = reply;
    this.#connect({ ip: String(ip), port: Number(port) });
  }

  #connect({ ip, port }: NodeAddress): void {
    this.#connection?.close();
    this.#isWaiting = false;
    const side = { connected: () => {}, closed: () => this.#giveUp(), pushed: () => {} };
    this.#connection = new Connection(this, ip, port, side);
  }

  #giveUp(): void {
    this.#connection?.close();
    this.#connection = undefined;
    this.#isWaiting = false;
  }

  #write(connection: Connection): void {
    const id = this.world.newWriteId();
    const attempt = ++this.#attempt;
    this.#isWaiting = true;
    connection.request(["SET", String(id)], (reply) => {
      if (reply === "OK") {
        this.acknowledged.push(id);
        this.lastWriteMs = this.world.network.nowMs;
      }
      if (attempt !== this.#attempt) return;
      if (reply === "OK") this.#isWaiting = false;
      else this.#giveUp();
    });
    this.after(TIMEOUT_MS, () => {
      if (attempt === this.#attempt && this.#isWaiting) this.#giveUp();
    });
  }
}

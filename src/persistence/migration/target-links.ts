import { connect, type Socket } from "node:net";
import { Link, type LinkClosed } from "../../net/link";

/**
 * Connections to the servers that keys are migrated to, kept for a while as Redis does: a loop of
 * MIGRATE commands connects once.
 *
 * It knows no keys. What always holds: a link is given to one migration at a time; those that nobody
 * has are open, at most 64, and each was used within the last ten seconds or so.
 */

const MOST_CACHED = 64;
const CACHED_MS = 10_000;

/** One connection; who takes it sets what it is to be told. */
export class TargetLink {
  readonly link: Link;
  /** The database that was selected there; not known at first and after an error. */
  selected: number | undefined;
  usedMs = 0;
  onConnected: () => void = () => undefined;
  onClosed: (reason: LinkClosed) => void = () => undefined;
  /** For as long as `setIdleLimit` said, nothing came and nothing was taken. */
  onIdle: () => void = () => undefined;
  #socket: Socket | undefined;

  /** @param name under which it is kept. */
  constructor(readonly name: string) {
    this.link = new Link(
      {
        connected: () => this.onConnected(),
        closed: (reason) => this.onClosed(reason),
      },
      { openSocket: (host, port, _bind, connected) => this.#open(host, port, connected) },
    );
  }

  /** 0 for no limit. Node looks at how much of what waits is sent, too. */
  setIdleLimit(timeoutMs: number): void {
    this.#socket?.setTimeout(timeoutMs);
  }

  forgetDatabase(): void {
    this.selected = undefined;
  }

  #open(host: string, port: number, connected: () => void): Socket {
    const socket = connect({ host, port }, connected);
    socket.on("timeout", () => this.onIdle());
    // A connection that nobody needs must not keep the process alive.
    socket.unref();
    this.#socket = socket;
    return socket;
  }
}

export class TargetLinks {
  /** Those that nobody has, the one used last at the end. */
  readonly #free = new Map<string, TargetLink>();
  readonly #monotonicMs: () => number;
  #taken = 0;

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs;
  }

  /** Open connections, also those in use (INFO stats). */
  get count(): number {
    return this.#free.size + this.#taken;
  }

  /** A connection that was kept, if there is one and it may be used, else a new one to be opened. */
  take(host: string, port: number, mayBeOld: boolean): TargetLink {
    const name = `${host}:${port}`;
    const kept = this.#free.get(name);
    this.#taken++;
    if (kept === undefined) return new TargetLink(name);
    this.#free.delete(name);
    if (mayBeOld && kept.link.isConnected) return kept;
    kept.link.close();
    return new TargetLink(name);
  }

  /** Takes one back that may be used again. */
  give(target: TargetLink): void {
    this.#taken--;
    const other = this.#free.get(target.name);
    if (other !== undefined) this.#drop(other);
    if (this.#free.size >= MOST_CACHED) this.#dropOldest();
    target.usedMs = this.#monotonicMs();
    target.setIdleLimit(0);
    target.onClosed = () => this.#forget(target);
    target.onIdle = () => undefined;
    this.#free.set(target.name, target);
  }

  /** Closes one that was taken. */
  discard(target: TargetLink): void {
    this.#taken--;
    target.onClosed = () => undefined;
    target.link.close();
  }

  /** Closes what nobody has used for long; once a second or so. */
  tick(): void {
    const sinceMs = this.#monotonicMs() - CACHED_MS;
    for (const target of this.#free.values()) if (target.usedMs < sinceMs) this.#drop(target);
  }

  #dropOldest(): void {
    for (const target of this.#free.values()) {
      this.#drop(target);
      return;
    }
  }

  #drop(target: TargetLink): void {
    this.#forget(target);
    target.link.close();
  }

  #forget(target: TargetLink): void {
    if (this.#free.get(target.name) === target) this.#free.delete(target.name);
  }
}

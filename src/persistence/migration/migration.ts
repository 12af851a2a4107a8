import { LINK_TIMEOUT, LinkClosed, type LinkReply } from "../../net/link";
import type { MigrateRequest } from "./migrate-request";
import type { MovingKey, MovingKeys } from "./moving-keys";
import type { TargetLink, TargetLinks } from "./target-links";

/** How a migration ended. */
export interface MigrationEnd {
  /** The whole error, or undefined. */
  readonly error: string | undefined;
  /** Nothing was sent: no key was there any more. */
  readonly isEmpty: boolean;
}

export interface MigrationParts {
  readonly links: TargetLinks;
  readonly moving: MovingKeys;
  /** Index of the database that the keys are in. */
  readonly source: number;
  /** Before anything is looked at outside of a turn: lets the time go on. */
  readonly beginOutside: () => void;
  /** Whether nothing may be changed now (CLIENT PAUSE). */
  readonly isPaused: () => boolean;
  /** Something was done outside of a turn. */
  readonly wasOutside: () => void;
  readonly ended: (end: MigrationEnd) => void;
}

/** So much is on its way at a time: enough to fill a connection, little for one turn and in memory. */
const MOST_ON_THE_WAY_BYTES = 1 << 20;
const MOST_ON_THE_WAY = 500;
const PAUSED_RETRY_MS = 20;
const MOST_PORT = 65_535;
/** No name is longer. */
export const MOST_HOST = 255;
const ERR_CONNECTING = "IOERR error or timeout connecting to the client";
const ERR_WRITING = "IOERR error or timeout writing to target instance";
const ERR_READING = "IOERR error or timeout reading to target instance";

interface OnTheWay {
  readonly moving: MovingKey;
  readonly sizeBytes: number;
}

/**
 * One MIGRATE from its start to its end: keys are read, sent and, when the other server has them,
 * deleted one by one, while everybody else goes on.
 *
 * It decides nothing about clients. What always holds: a key is deleted only after the other server
 * has said that it has it, and only if it is what was sent; `ended` is called once, last. No key is
 * sent before the password and the database were accepted, lest it come to lie in another database.
 */
export class Migration {
  readonly #request: MigrateRequest;
  readonly #parts: MigrationParts;
  #target: TargetLink | undefined;
  #next = 0;
  #sentAny = false;
  /** Sent and not answered, in order. */
  readonly #onTheWay: OnTheWay[] = [];
  #onTheWayBytes = 0;
  /** Answers to AUTH and SELECT that have not come. */
  #preparing = 0;
  /** The other server has them; to be deleted here. */
  readonly #moved: MovingKey[] = [];
  #changed = 0;
  #hasAnswer = false;
  #mayRetry = true;
  #isIdle = false;
  #targetError: string | undefined;
  #linkError: string | undefined;
  #isConnecting = false;
  #isWriting = false;

  constructor(request: MigrateRequest, parts: MigrationParts) {
    this.#request = request;
    this.#parts = parts;
  }

  /** Outside of a turn. */
  start(): void {
    this.#outside(() => this.#connect(true));
  }

  #connect(mayBeOld: boolean): void {
    const { host, port, timeoutMs } = this.#request;
    if (port < 0 || host === "" || host.length > MOST_HOST || host.includes("\0")) {
      this.#linkError = ERR_CONNECTING;
      this.#finish();
      return;
    }
    // To what is too large nobody can connect, as to port 0.
    const usedPort = port > MOST_PORT ? 0 : port;
    const target = this.#parts.links.take(host, usedPort, mayBeOld);
    this.#target = target;
    target.onClosed = (reason) => this.#outside(() => this.#closed(reason));
    target.onIdle = () => {
      this.#isIdle = true;
      this.#isWriting = target.link.unsentBytes > 0;
      target.link.close();
    };
    if (target.link.isConnected) {
      target.setIdleLimit(timeoutMs);
      this.#prepare(target);
      return;
    }
    target.onConnected = () => {
      this.#isConnecting = false;
      target.setIdleLimit(timeoutMs);
      this.#outside(() => this.#prepare(target));
    };
    this.#isConnecting = true;
    target.link.open({ host, port: usedPort, timeoutMs });
  }

  /** Presents the password and selects the database, where that is needed. */
  #prepare(target: TargetLink): void {
    const { auth, database } = this.#request;
    if (auth.length > 0) this.#ask(target, auth, () => undefined);
    if (target.selected !== database) {
      const selected = (): void => {
        target.selected = database;
      };
      this.#ask(target, ["SELECT", String(database)], selected);
    }
    if (this.#preparing === 0) this.#pump(target);
  }

  #ask(target: TargetLink, words: readonly (string | Uint8Array)[], accepted: () => void): void {
    this.#preparing++;
    target.link.send(words, (reply) => {
      if (reply instanceof LinkClosed) return;
      this.#outside(() => {
        this.#preparing--;
        if (this.#isAccepted(reply)) accepted();
        if (this.#preparing === 0) this.#pump(target);
      });
    });
  }

  /** Notes the first error that the other server answers. */
  #isAccepted(reply: LinkReply): boolean {
    this.#hasAnswer = true;
    if (!(reply instanceof Error)) return true;
    this.#targetError ??= reply.message;
    return false;
  }

  /** Sends keys while there is room for them on the way; ends when all are answered. */
  #pump(target: TargetLink): void {
    const { keys, replaces } = this.#request;
    const mayGoOn = this.#sentAny || this.#targetError === undefined;
    if (!mayGoOn) this.#next = keys.length;
    while (this.#next < keys.length && this.#hasRoom()) {
      const key = keys[this.#next++];
      let sizeBytes = 0;
      const moving = this.#parts.moving.begin(this, this.#parts.source, key, (payload, ttlMs) => {
        const words = ["RESTORE", key, ttlMs, payload];
        if (replaces) words.push("REPLACE");
        sizeBytes = payload.length;
        target.link.send(words, (reply) => {
          if (!(reply instanceof LinkClosed)) this.#outside(() => this.#answered(target, reply));
        });
      });
      if (moving === undefined) continue;
      this.#sentAny = true;
      this.#onTheWay.push({ moving, sizeBytes });
      this.#onTheWayBytes += sizeBytes;
    }
    if (this.#next === keys.length && this.#onTheWay.length === 0) this.#complete(target);
  }

  #hasRoom(): boolean {
    return this.#onTheWayBytes < MOST_ON_THE_WAY_BYTES && this.#onTheWay.length < MOST_ON_THE_WAY;
  }

  #answered(target: TargetLink, reply: LinkReply): void {
    const first = this.#onTheWay.shift();
    if (first === undefined) return;
    this.#onTheWayBytes -= first.sizeBytes;
    const isThere = this.#isAccepted(reply);
    if (isThere && !this.#request.copies) this.#moved.push(first.moving);
    else this.#parts.moving.end(first.moving);
    this.#deleteMoved();
    this.#pump(target);
  }

  /** Deletes what the other server has, unless everything has to stand still; then a little later. */
  #deleteMoved(): void {
    if (this.#parts.isPaused()) return;
    for (const moving of this.#moved.splice(0)) {
      if (!this.#parts.moving.deleteMoved(moving)) this.#changed++;
    }
  }

  /** All keys are answered. */
  #complete(target: TargetLink): void {
    this.#target = undefined;
    if (this.#targetError !== undefined) target.forgetDatabase();
    if (target.link.isConnected) this.#parts.links.give(target);
    else this.#parts.links.discard(target);
    this.#finish();
  }

  /** The connection is gone before everything was answered. */
  #closed(reason: LinkClosed): void {
    const target = this.#target;
    if (target === undefined) return;
    this.#target = undefined;
    const isWriting = this.#isWriting || target.link.unsentBytes > 0;
    this.#parts.links.discard(target);
    for (const { moving } of this.#onTheWay.splice(0)) this.#parts.moving.end(moving);
    this.#onTheWayBytes = 0;
    this.#preparing = 0;
    // A connection that was kept may have been closed long ago: nothing was done if nothing came.
    if (!this.#hasAnswer && this.#mayRetry && !this.#isIdle && !this.#isConnecting) {
      this.#mayRetry = false;
      this.#sentAny = false;
      this.#next = 0;
      this.#connect(false);
      return;
    }
    if (this.#isConnecting) this.#linkError = isRefused(reason) ? ERR_WRITING : ERR_CONNECTING;
    else this.#linkError = isWriting ? ERR_WRITING : ERR_READING;
    this.#finish();
  }

  #finish(): void {
    this.#deleteMoved();
    if (this.#moved.length > 0) {
      setTimeout(() => this.#outside(() => this.#finish()), PAUSED_RETRY_MS).unref();
      return;
    }
    const isEmpty = !this.#sentAny && this.#error === undefined;
    this.#parts.ended({ error: this.#error, isEmpty });
  }

  get #error(): string | undefined {
    if (this.#targetError !== undefined) {
      return `ERR Target instance replied with error: ${this.#targetError}`;
    }
    if (this.#linkError !== undefined) return this.#linkError;
    if (this.#changed === 0) return undefined;
    const all = this.#request.keys.length;
    return (
      `ERR ${this.#changed} of ${all} keys were changed while they were migrated: ` +
      "they are not deleted here, and the target instance has their former values"
    );
  }

  #outside(run: () => void): void {
    this.#parts.beginOutside();
    run();
    this.#parts.wasOutside();
  }
}

/** Redis finds out with its first write. */
function isRefused({ code }: LinkClosed): boolean {
  return code !== LINK_TIMEOUT && !code.startsWith("ENOTFOUND") && !code.startsWith("EAI_");
}

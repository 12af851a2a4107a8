import type { Database } from "../database";

/**
 * How a command waits for keys: what a handler tells when it has found nothing, and who takes it.
 *
 * A blocking command is an ordinary handler that looks at its keys and, when none has anything,
 * ends with `call.blockOn({ ... })` instead of a reply:
 *
 *     function blpop(call: DataCall): void {
 *       const timeoutMs = readTimeoutSeconds(call, call.args.count - 1);
 *       if (Number.isNaN(timeoutMs)) return;                   // the error is written
 *       for (let i = 1; i < call.args.count - 1; i++) {
 *         if (!call.mayServeFrom(i)) continue;                 // see below
 *         const entry = call.write(i);
 *         if (entry === 0) continue;
 *         if (call.isWrongType(entry, TYPE_LIST)) return;
 *         ...pop, reply, call.changed...
 *         return;
 *       }
 *       call.blockOn({ firstKey: 1, keyCount: call.args.count - 2, type: TYPE_LIST, timeoutMs });
 *     }
 *
 * Nothing may be changed or replied before `blockOn`, and nothing after it. What happens then:
 *
 * - Where commands must not wait (in EXEC) it replies the null array at once, or the null bulk with
 *   `nilWhenDenied` (BLMOVE, BRPOPLPUSH).
 * - Else a copy of the request is kept and the client's later requests are held. When one of the
 *   keys comes to hold a value of `type`, the same handler is run again with the same arguments, for
 *   the clients in the order in which they began to wait, right after the command (or EXEC) that
 *   made the key ready. A handler that finds nothing again calls `blockOn` again, and the client
 *   keeps its place; but for `retryMs`, what it passes then is not looked at.
 * - When the time is over, the client gets the null array.
 *
 * While a handler is run again `call.isServing` is true, and `call.mayServeFrom(index)` is true only
 * for the key that has become ready: Redis serves a client from the key that was written first, not
 * from the leftmost of its arguments. Outside of that it is always true.
 *
 * A key becomes ready by itself when an entry comes into being under it, whoever made it (LPUSH on a
 * missing key, RENAME, COPY, RESTORE, SORT STORE, SWAPDB). A change of a key that existed does not
 * make it ready: a command that adds to a value others may wait for although it exists (XADD on a
 * stream) calls `call.signalReady(index)`. With `wakesWhenGone` the handler is also run again when a
 * key was changed, deleted, overwritten with another type, flushed or swapped away (XREADGROUP,
 * whose group is gone then: it answers with its error when `call.isServing`).
 *
 * What comes with time alone is looked for again with `retryMs`, counted from now: XREADGROUP's CLAIM
 * takes what has been pending for long enough by then. A handler that finds nothing again tells the
 * next such time. What may have to be taken earlier than it told is noted by `signalRetrying`.
 *
 * An argument that would mean something else later is replaced in the copy: XREAD's `$` by the ID
 * that it stood for, with `substitutes`.
 */
export interface Wait {
  /** The first argument that is a key waited for. */
  readonly firstKey: number;
  /** So many arguments in a row are such keys. */
  readonly keyCount: number;
  /** TYPE_* of the value waited for. */
  readonly type: number;
  /** From now on; 0 is for ever. */
  readonly timeoutMs: number;
  /** Where it may not wait the reply is the null bulk, not the null array. */
  readonly nilWhenDenied?: boolean;
  /** Run again also when a key has changed in any way, or is gone. */
  readonly wakesWhenGone?: boolean;
  /** Run again after so many ms at the latest, for all keys; Infinity when nothing is foreseen. */
  readonly retryMs?: number;
  /** Arguments to be replaced in the request that is run again. */
  readonly substitutes?: ReadonlyMap<number, Uint8Array>;
}

/** Keeps the clients that wait, and serves them. */
export interface Blocker {
  /** Nobody waits. */
  readonly isIdle: boolean;
  /** A client that waited is being served: the handler is run again. */
  readonly isServing: boolean;
  /** The client of the call begins to wait, or goes on waiting when it is being served. */
  blockOn(wait: Wait): void;
  /** Whether the client being served may be served from this key. */
  mayServeFrom(key: Uint8Array, at: number, length: number): boolean;
  /** As `signalReady`, where only those with a `retryMs` have something new to see. */
  signalRetrying(
    database: Database,
    hash: number,
    key: Uint8Array,
    at: number,
    length: number,
  ): void;
  /** A key has got what clients may wait for. */
  signalReady(database: Database, hash: number, key: Uint8Array, at: number, length: number): void;
}

/**
 * The boundary between sockets and the server: what a transport is, and the memory both sides share.
 *
 * A transport owns listeners and client sockets, finds complete requests in what they send, and
 * calls the server once per turn with a table of integers. It knows RESP framing and limits, and
 * nothing of what a command means. Two implementations stand behind this interface: the native
 * reactor (native/core/reactor) and the portable one on node:net (portable-transport.ts); both pass
 * test/unit/net/transport.test.ts.
 *
 * What always holds:
 * - Per turn: the transport fills `table` with records in arrival order (the records of one client
 *   are contiguous and in order), calls `onTurn(recordCount)` once, then sends the returned number
 *   of runs. Offsets in the table are valid until the next turn begins, not longer.
 * - A slot names a client from its ACCEPTED record to its CLOSED record and is not reused in
 *   between; it is freed at the end of the turn that delivered CLOSED, never inside one.
 * - After `close(slot)` no command of that slot is delivered; its CLOSED record comes in a later turn.
 * - Nothing is sent while `onTurn` runs, except by an explicit `flush`.
 */

// Commands, inline lines and protocol errors are records of the scanner, a floor below: their words
// and numbers stand in protocol/request-record.ts. The other events of a socket's life stand here.

/** A client connected; aux is the listener's id. */
export const EVENT_ACCEPTED = 1;
/** The client's socket is gone; aux is one of CLOSED_*. Last record of its slot. */
export const EVENT_CLOSED = 2;
/** accept() failed; slot is 0, aux the errno. At most one per second. */
export const EVENT_ACCEPT_FAILED = 5;
/** The socket has taken what was pending of a client with FLAG_TELLS_DRAINED. */
export const EVENT_DRAINED = 6;

export const CLOSED_BY_PEER = 0;
export const CLOSED_BY_SERVER = 1;
export const CLOSED_BY_ERROR = 2;
export const CLOSED_OUTPUT_LIMIT = 3;
export const CLOSED_QUERY_LIMIT = 4;
export const CLOSED_UNAUTHENTICATED_OUTPUT = 5;

export const UNAUTHENTICATED_MAX_PENDING_BYTES = 1024;

/**
 * Regions of `input`, a 4 GiB address range that is touched lazily.
 * [0, INPUT_BIG_AT) holds what was received in this turn; [INPUT_BIG_AT, INPUT_SCRATCH_AT) requests
 * over 32 KiB, each received straight into its own place; the rest belongs to the server, which puts
 * there the arguments of commands that come from elsewhere (EXEC, a file, a script).
 */
export const INPUT_BYTES = 0x1_0000_0000;
export const INPUT_BIG_AT = 0x0400_0000;
export const INPUT_SCRATCH_AT = 0xc000_0000;

/** A run is [slot, source, offset, length]; source 0 is `output`, n > 0 the segment n - 1. Offsets
 * into a segment count bytes. Runs of one slot are sent in their order. */
export const RUN_WORDS = 4;
export const OUTPUT_BYTES = 0x0200_0000;
export const MAX_RUNS = 0x1_0000;

/** control[slot * CONTROL_WORDS + word], written by the server, read by the transport. */
export const CONTROL_WORDS = 4;
export const CONTROL_FLAGS = 0;
/** Hard output limit in KiB; 0 is none. Above it the transport closes with CLOSED_OUTPUT_LIMIT. */
export const CONTROL_OUTPUT_LIMIT_KIB = 1;
/** Limits for clients that have not authenticated apply. */
export const FLAG_UNAUTHENTICATED = 1;
/** EVENT_DRAINED is wanted: there is more to send than the client is given at once. */
export const FLAG_TELLS_DRAINED = 2;

/** stats[slot * STATS_WORDS + word] (float64), written by the transport, read by the server. */
export const STATS_WORDS = 4;
/** Bytes of replies that the socket has not taken yet. */
export const STATS_PENDING_OUTPUT = 0;
/** Bytes held of a request that is not complete, or of one that is held. */
export const STATS_QUERY_BYTES = 1;
export const STATS_BYTES_IN = 2;
export const STATS_BYTES_OUT = 3;

export interface TransportMemory {
  readonly input: Uint8Array;
  readonly table: Uint32Array;
  readonly output: Uint8Array;
  readonly runs: Uint32Array;
  readonly control: Uint32Array;
  readonly stats: Float64Array;
}

export interface TransportSettings {
  /** proto-max-bulk-len. */
  maxBulkBytes: number;
  /** client-query-buffer-limit. */
  maxQueryBytes: number;
  /** tcp-keepalive in seconds; 0 is off. */
  tcpKeepAliveSeconds: number;
}

export interface SlotAddress {
  /** `ip:port`, `[v6]:port` (as Redis 7 prints it), or `path:0` for a unix socket. */
  readonly remote: string;
  readonly local: string;
  /** Remote IP text, empty for a unix socket. */
  readonly remoteIp: string;
  readonly isUnix: boolean;
  /** The descriptor, or -1 where the transport does not know it. */
  readonly fd: number;
}

export class ListenError extends Error {
  constructor(
    readonly address: string,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export interface Transport {
  readonly name: "native" | "portable";
  readonly memory: TransportMemory;
  /** Most clients that can be connected at once (slots are 0 .. maxSlots-1). */
  readonly maxSlots: number;
  configure(settings: TransportSettings): void;
  /** Listens on an IP literal; resolves to the listener's id. Rejects with ListenError. */
  listenTcp(ip: string, port: number, backlog: number): Promise<number>;
  /** Listens on a unix socket path; `mode` is its permission, 0 leaves the umask's. */
  listenUnix(path: string, mode: number, backlog: number): Promise<number>;
  closeListener(id: number): void;
  /** The port a TCP listener got (for port 0). */
  listenerPort(id: number): number;
  /** Begins to serve. `onTurn(records)` returns the number of runs to send. */
  start(onTurn: (records: number) => number): void;
  /**
   * Runs the turns that are due now, for who has kept the event loop waiting; nothing inside of a
   * turn. Absent where sockets are read by the event loop alone.
   */
  poll?(): void;
  /**
   * Sends the first `runs` runs now: inside a turn when output or runs are full, or outside one.
   * @param waits takes them over at once, so that their memory may change, but sends none of them
   *   before the turn is over.
   */
  flush(runs: number, waits?: boolean): void;
  /** Closes a client: at once, or after its pending output has been sent. */
  close(slot: number, afterOutput: boolean): void;
  /** Keeps the slot's bytes from `start` on (a record's start of this turn) and stops reading and
   * delivering until `resume`; the caller ignores the slot's later records of this turn. The peer's
   * hang-up is still noticed. With `start` < 0 only what comes later is held. */
  hold(slot: number, start: number): void;
  resume(slot: number): void;
  /** Whether small pieces leave at once, as they do at first, or wait until there is more to send. */
  setNoDelay(slot: number, isOn: boolean): void;
  addressOf(slot: number): SlotAddress;
  /** Makes a data segment known so that runs may point into it. */
  registerSegment(index: number, bytes: Uint8Array): void;
  /** Stops serving: closes listeners and, after their pending output or `graceMs`, all clients. */
  stop(graceMs: number): Promise<void>;
}

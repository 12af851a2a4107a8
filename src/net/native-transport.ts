/**
 * The transport on the native reactor (native/core/reactor): the usual one. This file only gives
 * the reactor the shape of `Transport`; it adds nothing to the way of a turn, whose callback the
 * reactor calls itself.
 */
import { getSystemErrorName } from "node:util";
import { loadAddon, type NativeReactor } from "../native/addon";
import { listenErrorText } from "./listen-error-text";
import {
  ListenError,
  type SlotAddress,
  type Transport,
  type TransportMemory,
  type TransportSettings,
} from "./transport";

export interface NativeTransportOptions {
  /** Two 32-bit words: the key of the key hash in command records. */
  readonly hashKey: readonly [number, number];
  /** Most clients at once. */
  readonly maxSlots?: number;
}

export type NativeTransportResult =
  | { readonly transport: Transport }
  | { readonly transport: undefined; readonly reason: string };

const DEFAULT_MAX_SLOTS = 65536;

/** The native transport, or the reason why this machine has none. */
export function createNativeTransport(options: NativeTransportOptions): NativeTransportResult {
  const loaded = loadAddon();
  if (!loaded.addon) return { transport: undefined, reason: loaded.reason };
  const maxSlots = options.maxSlots ?? DEFAULT_MAX_SLOTS;
  const [key0, key1] = options.hashKey;
  try {
    const reactor = loaded.addon.createReactor(maxSlots, key0 >>> 0, key1 >>> 0);
    return { transport: new NativeTransport(reactor, maxSlots) };
  } catch (error) {
    return { transport: undefined, reason: error instanceof Error ? error.message : String(error) };
  }
}

class NativeTransport implements Transport {
  readonly name = "native";
  readonly memory: TransportMemory;
  readonly maxSlots: number;
  readonly #reactor: NativeReactor;
  #stopped: Promise<void> | undefined;

  constructor(reactor: NativeReactor, maxSlots: number) {
    this.#reactor = reactor;
    this.maxSlots = maxSlots;
    this.memory = {
      input: new Uint8Array(reactor.input),
      table: new Uint32Array(reactor.table),
      output: new Uint8Array(reactor.output),
      runs: new Uint32Array(reactor.runs),
      control: new Uint32Array(reactor.control),
      stats: new Float64Array(reactor.stats),
    };
  }

  configure(settings: TransportSettings): void {
    this.#reactor.configure(
      settings.maxBulkBytes,
      settings.maxQueryBytes,
      settings.tcpKeepAliveSeconds,
    );
  }

  async listenTcp(ip: string, port: number, backlog: number): Promise<number> {
    return listenerId(this.#reactor.listenTcp(ip, port, backlog), `${ip}:${port}`);
  }

  async listenUnix(path: string, mode: number, backlog: number): Promise<number> {
    return listenerId(this.#reactor.listenUnix(path, mode, backlog), path);
  }

  closeListener(id: number): void {
    this.#reactor.closeListener(id);
  }

  listenerPort(id: number): number {
    return this.#reactor.listenerPort(id);
  }

  start(onTurn: (records: number) => number): void {
    const result = this.#reactor.start(onTurn);
    if (result !== 0) throw new Error(`the reactor does not start: ${errorName(result)}`);
  }

  flush(runs: number, waits = false): void {
    this.#reactor.flush(runs, waits ? 1 : 0);
  }

  close(slot: number, afterOutput: boolean): void {
    this.#reactor.close(slot, afterOutput);
  }

  hold(slot: number, start: number): void {
    this.#reactor.hold(slot, start);
  }

  poll(): void {
    this.#reactor.poll();
  }

  resume(slot: number): void {
    this.#reactor.resume(slot);
  }

  setNoDelay(slot: number, isOn: boolean): void {
    this.#reactor.setNoDelay(slot, isOn ? 1 : 0);
  }

  addressOf(slot: number): SlotAddress {
    return this.#reactor.addressOf(slot);
  }

  registerSegment(index: number, bytes: Uint8Array): void {
    this.#reactor.registerSegment(index, bytes);
  }

  stop(graceMs: number): Promise<void> {
    this.#stopped ??= new Promise((resolve) => {
      const grace = setTimeout(() => this.#reactor.closeAll(), graceMs);
      this.#reactor.stop(() => {
        clearTimeout(grace);
        resolve();
      });
    });
    return this.#stopped;
  }
}

function errorName(negativeErrno: number): string {
  return getSystemErrorName(negativeErrno);
}

function listenerId(result: number, address: string): number {
  if (result >= 0) return result;
  const code = errorName(result);
  throw new ListenError(address, code, listenErrorText(code, code));
}

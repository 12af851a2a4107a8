/** The transport that the server serves through: the native one, or the portable one and why. */
import type { Clock } from "../../base/clock";
import { HalfSipHash } from "../../base/half-sip-hash";
import { createNativeTransport } from "../../net/native-transport";
import type { Transport } from "../../net/transport";

export interface OpenedTransport {
  readonly transport: Transport;
  /** Why it is not the native one. */
  readonly reason: string | undefined;
}

/**
 * Slots beyond `maxclients` cost address space and nothing else, and leave room for a CONFIG SET
 * that raises it.
 */
const SLOTS_MIN = 65_536;
const SLOTS_MAX = 1 << 20;

/** @param clients that are to be served at once, those that are only refused included. */
export function openTransport(
  hashKey: readonly [number, number],
  clients: number,
  clock: Clock,
): OpenedTransport {
  const maxSlots = Math.min(Math.max(clients, SLOTS_MIN), SLOTS_MAX);
  const native = createNativeTransport({ hashKey, maxSlots });
  if (native.transport !== undefined) return { transport: native.transport, reason: undefined };
  // Loaded here because the usual start does without.
  const { PortableTransport } =
    require("../../net/portable-transport") as typeof import("../../net/portable-transport");
  const { createTransportMemory } =
    require("../../net/transport-memory") as typeof import("../../net/transport-memory");
  const transport = new PortableTransport({
    maxSlots,
    memory: createTransportMemory(maxSlots),
    keyHash: new HalfSipHash(hashKey[0], hashKey[1]),
    clock,
  });
  return { transport, reason: native.reason };
}

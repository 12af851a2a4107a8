/** The transport that the server serves through: the native one, or the portable one and why. */
import { createNativeTransport } from "../../net/native-transport";
import type { Transport } from "../../net/transport";

export interface OpenedTransport {
  /** Undefined when the system refuses the memory for either. */
  readonly transport: Transport | undefined;
  /** Why it is not the native one. */
  readonly reason: string | undefined;
}

export function openTransport(
  hashKey: readonly [number, number],
  maxSlots: number,
): OpenedTransport {
  const native = createNativeTransport({ hashKey, maxSlots });
  if (native.transport !== undefined) return { transport: native.transport, reason: undefined };
  // Loaded here because the usual start does without.
  const { PortableTransport } =
    require("../../net/portable-transport") as typeof import("../../net/portable-transport");
  try {
    return { transport: new PortableTransport({ hashKey, maxSlots }), reason: native.reason };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { transport: undefined, reason: `${native.reason}; ${error.message}` };
  }
}

/**
 * Where the server is to listen, worked out from `bind` and `port`: the addresses with their prefix
 * and their `*` taken apart, and which of two sets of them get into each other's way.
 *
 * No sockets here, and no names are resolved.
 */

export interface Endpoint {
  /** As configured, without the `-`; for messages. */
  readonly address: string;
  readonly port: number;
  readonly family: 4 | 6;
  /** It may be missing on this machine. */
  readonly optional: boolean;
}

/** An endpoint whose address is known. */
export interface ResolvedEndpoint extends Endpoint {
  readonly ip: string;
}

const ANY: Readonly<Record<4 | 6, string>> = { 4: "0.0.0.0", 6: "::" };

/** None when the port is 0. */
export function endpointsOf(bind: readonly string[], port: number): Endpoint[] {
  if (port === 0) return [];
  return bind.map((entry) => {
    const optional = entry.startsWith("-");
    const address = optional ? entry.slice(1) : entry;
    // As Redis tells them apart: a name or an address without a colon is looked for in IPv4.
    return { address, port, family: address.includes(":") ? 6 : 4, optional };
  });
}

/** The address that `*` and `::*` stand for; undefined when it is another. */
export function wildcardIp(endpoint: Endpoint): string | undefined {
  if (endpoint.address === "*") return ANY[4];
  return endpoint.address === "::*" ? ANY[6] : undefined;
}

export function sameEndpoint(one: ResolvedEndpoint, other: ResolvedEndpoint): boolean {
  return one.ip === other.ip && one.port === other.port;
}

/** Whether the system refuses to listen on both at once: one is all addresses of the other's kind. */
export function collide(one: ResolvedEndpoint, other: ResolvedEndpoint): boolean {
  if (one.port !== other.port || one.family !== other.family) return false;
  return one.ip === other.ip || one.ip === ANY[one.family] || other.ip === ANY[one.family];
}

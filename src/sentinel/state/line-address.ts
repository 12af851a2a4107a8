/** Addresses in `sentinel ...` lines: a host, or a name where names are allowed, and a port. */
import { isIP } from "node:net";
import type { InstanceAddress } from "../model/instance";
import type { SentinelModel } from "../model/sentinel-model";
import { leadingInteger } from "./leading-integer";
import type { LineContext } from "./line-context";

const PORT_MAX = 65_535;

/**
 * The address, or why there is none in the words of Redis. A name that nobody knows is none where
 * `resolve-hostnames` is off; else it is kept without an address, until it is known.
 */
export function readLineAddress(
  host: string,
  port: string,
  model: SentinelModel,
  context: LineContext,
): InstanceAddress | string {
  const number = leadingInteger(port);
  if (number < 0 || number > PORT_MAX) return "Invalid port number.";
  const ip = isIP(host) !== 0 || model.resolveHostnames ? context.resolve(host) : undefined;
  if (ip !== undefined) return { host, ip, port: number };
  context.warn(`Failed to resolve hostname '${host}'`);
  return model.resolveHostnames
    ? { host, ip: "", port: number }
    : "Can't resolve instance hostname.";
}

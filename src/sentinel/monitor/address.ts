/** Addresses as peers name them: by an IP address or by a name that is looked up. */
import type { InstanceAddress } from "../model/instance";
import type { StepContext } from "../model/sentinel-event";

/** Undefined while it is not known what the name stands for. */
export function toAddress(
  host: string,
  port: number,
  context: StepContext,
): InstanceAddress | undefined {
  const ip = context.resolve(host);
  return ip === undefined ? undefined : { host, ip, port };
}

/** Whether a host and port of somebody's message mean that address. */
export function isAddress(
  address: InstanceAddress,
  host: string,
  port: number,
  context: StepContext,
): boolean {
  return address.port === port && isHost(address, host, context);
}

function isHost(address: InstanceAddress, host: string, context: StepContext): boolean {
  if (sameText(address.host, host) || address.ip === host) return true;
  return context.resolve(host) === address.ip;
}

/** Two names whose addresses nobody knows yet are not the same for that. */
export function sameAddress(one: InstanceAddress, other: InstanceAddress): boolean {
  const isSameIp = one.ip !== "" && one.ip === other.ip;
  return one.port === other.port && (isSameIp || sameText(one.host, other.host));
}

/** Names of hosts are the same in any case of letters. */
function sameText(one: string, other: string): boolean {
  return one === other || one.toLowerCase() === other.toLowerCase();
}

/**
 * A message on the hello channel: who it is from, and the other Sentinels that it makes known. What it
 * says of epochs and of the master's address is decided on by act/heard-configuration.ts.
 */
import type { Draft } from "../model/draft";
import type { Instance, InstanceAddress, InstanceLink } from "../model/instance";
import { isAddress, toAddress } from "./address";
import { ignoreInput } from "./bad-input";
import { type Hello, parseHello, placeOf } from "./hello-message";
import { addSentinel, dropSentinel, moveSentinel } from "./members";

/** Reads a message; undefined for what is none, and for the own one as it comes back. */
export function hearHello(
  draft: Draft,
  text: string,
  link: InstanceLink | undefined,
): Hello | undefined {
  if (link !== undefined) link.lastEventMs = draft.nowMs;
  const { announcedAs, myId } = draft.model;
  const place = placeOf(text, myId);
  if (place !== undefined && announcedAs.has(place)) return undefined;
  const hello = parseHello(text);
  if (hello === undefined) ignoreInput(draft, link?.users[0], "a malformed hello message");
  return hello;
}

/** Makes the sender known to the master, or where it is now; undefined when that is not possible. */
export function meetSentinel(draft: Draft, master: Instance, hello: Hello): Instance | undefined {
  const { host, port, id } = hello;
  const known = master.sentinels.get(id);
  if (known !== undefined && isAddress(known.address, host, port, draft.context)) return known;
  const address = toAddress(host, port, draft.context);
  if (address === undefined) return undefined;
  if (known !== undefined) return followMove(draft, known, hello, address);
  for (const other of master.sentinels.values()) {
    if (!isAddress(other.address, host, port, draft.context)) continue;
    draft.event("notice", "+sentinel-invalid-addr", other);
    dropSentinel(draft, other.name);
    break;
  }
  const sentinel = addSentinel(draft, master, id, address);
  if (sentinel !== undefined) draft.event("notice", "+sentinel", sentinel);
  return sentinel;
}

function followMove(
  draft: Draft,
  sentinel: Instance,
  hello: Hello,
  address: InstanceAddress,
): Instance {
  const { master } = sentinel;
  if (master === undefined) return sentinel;
  const count = moveSentinel(draft, sentinel.name, address);
  const more = `ip ${hello.host} port ${hello.port} for ${hello.id}`;
  draft.event("notice", "+sentinel-address-switch", master, more);
  if (count > 1) {
    const others = `${count - 1} additional matching instances`;
    draft.event("notice", "+sentinel-address-update", sentinel, others);
  }
  return sentinel;
}

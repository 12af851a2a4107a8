import { equalBytes, latin1Bytes } from "../../base/bytes";
import { ERR_NOT_INTEGER, ERR_SYNTAX } from "../../command/error-texts";
import {
  TRACKING_BROADCAST,
  TRACKING_NO_LOOP,
  TRACKING_OPT_IN,
  TRACKING_OPT_OUT,
} from "../../session/client";
import type { SessionCall } from "../../session/session-call";

/** The options of CLIENT TRACKING: read, and checked against each other and the client's state. */
export interface TrackingOptions {
  modes: number;
  redirectId: number;
  /** Arguments that are prefixes. */
  readonly prefixAt: number[];
}

const REDIRECT = latin1Bytes("redirect");
const PREFIX = latin1Bytes("prefix");
const MODES: readonly (readonly [name: Uint8Array, bit: number])[] = [
  [latin1Bytes("bcast"), TRACKING_BROADCAST],
  [latin1Bytes("optin"), TRACKING_OPT_IN],
  [latin1Bytes("optout"), TRACKING_OPT_OUT],
  [latin1Bytes("noloop"), TRACKING_NO_LOOP],
];

const SWITCH_FIRST =
  "before disabling tracking for this client, and then re-enabling it with a different mode.";
const NO_OVERLAP = "Prefixes for a single client must not overlap.";

/** Reads the options from argument 3 on; an error text when they are wrong by themselves. */
export function readTrackingOptions(call: SessionCall): TrackingOptions | string {
  const { args } = call;
  const options: TrackingOptions = { modes: 0, redirectId: 0, prefixAt: [] };
  for (let index = 3; index < args.count; index++) {
    const mode = MODES.find(([name]) => args.is(index, name));
    const hasNext = index + 1 < args.count;
    if (mode !== undefined) {
      options.modes |= mode[1];
    } else if (hasNext && args.is(index, REDIRECT)) {
      const problem = readRedirection(call, ++index, options);
      if (problem !== undefined) return problem;
    } else if (hasNext && args.is(index, PREFIX)) {
      options.prefixAt.push(++index);
    } else {
      return ERR_SYNTAX;
    }
  }
  return options;
}

/** The client must be there now; that it may go later is dealt with when it has. */
function readRedirection(
  { args, clients }: SessionCall,
  index: number,
  options: TrackingOptions,
): string | undefined {
  if (options.redirectId !== 0) return "ERR A client can only redirect to a single other client";
  const id = args.clampedInteger(index);
  if (Number.isNaN(id)) return ERR_NOT_INTEGER;
  if (clients.byId(id) === undefined) {
    return "ERR The client ID you want redirect to does not exist";
  }
  options.redirectId = id;
  return undefined;
}

/** What keeps the client from tracking with these options; undefined when nothing does. */
export function problemOfOptions(call: SessionCall, options: TrackingOptions): string | undefined {
  const { modes, prefixAt } = options;
  const before = call.client.tracking;
  const broadcasts = (modes & TRACKING_BROADCAST) !== 0;
  const optsIn = (modes & TRACKING_OPT_IN) !== 0;
  const optsOut = (modes & TRACKING_OPT_OUT) !== 0;
  if (!broadcasts && prefixAt.length > 0) {
    return "ERR PREFIX option requires BCAST mode to be enabled";
  }
  if (before !== 0 && ((before ^ modes) & TRACKING_BROADCAST) !== 0) {
    return `ERR You can't switch BCAST mode on/off ${SWITCH_FIRST}`;
  }
  if (broadcasts && (optsIn || optsOut)) {
    return "ERR OPTIN and OPTOUT are not compatible with BCAST";
  }
  if (optsIn && optsOut) return "ERR You can't specify both OPTIN mode and OPTOUT mode";
  const turnsRound =
    (optsIn && (before & TRACKING_OPT_OUT) !== 0) || (optsOut && (before & TRACKING_OPT_IN) !== 0);
  if (turnsRound) return `ERR You can't switch OPTIN/OPTOUT mode ${SWITCH_FIRST}`;
  return undefined;
}

/** The first prefix that overlaps with one that the client has or with a later one, as an error. */
export function problemOfPrefixes(
  call: SessionCall,
  prefixAt: readonly number[],
  existing: readonly Uint8Array[],
): string | undefined {
  const { args } = call;
  for (const [n, index] of prefixAt.entries()) {
    const at = args.offset(index);
    const length = args.length(index);
    const shown = args.shownText(index);
    for (const prefix of existing) {
      const shorter = Math.min(length, prefix.length);
      if (!equalBytes(args.input, at, prefix, 0, shorter)) continue;
      const old = Buffer.from(prefix).toString("latin1").split("\0", 1)[0];
      return `ERR Prefix '${shown}' overlaps with an existing prefix '${old}'. ${NO_OVERLAP}`;
    }
    for (const other of prefixAt.slice(n + 1)) {
      const shorter = Math.min(length, args.length(other));
      if (!equalBytes(args.input, at, args.input, args.offset(other), shorter)) continue;
      const later = args.shownText(other);
      return `ERR Prefix '${shown}' overlaps with another provided prefix '${later}'. ${NO_OVERLAP}`;
    }
  }
  return undefined;
}

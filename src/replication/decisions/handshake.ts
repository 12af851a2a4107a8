/**
 * What a replica says to its master between connecting and PSYNC, as one table. After the reply to
 * PING all that is needed is sent at once, and the replies are read in the order of the table.
 */
import type { LinkPhase, LinkSettings } from "./replication-state";

interface HandshakeStep {
  readonly phase: LinkPhase;
  /** Undefined when there is nothing to say. */
  readonly request: (settings: LinkSettings) => readonly string[] | undefined;
  /** What the log says of an error reply; undefined: it ends the attempt. */
  readonly toleratedAs: string | undefined;
}

export const HANDSHAKE: readonly HandshakeStep[] = [
  {
    phase: "auth",
    request: ({ user, password }) => {
      if (password === "") return undefined;
      return user === "" ? ["AUTH", password] : ["AUTH", user, password];
    },
    toleratedAs: undefined,
  },
  {
    phase: "port",
    request: ({ listeningPort }) => ["REPLCONF", "listening-port", String(listeningPort)],
    toleratedAs: "REPLCONF listening-port",
  },
  {
    phase: "address",
    request: ({ announceIp }) =>
      announceIp === "" ? undefined : ["REPLCONF", "ip-address", announceIp],
    toleratedAs: "REPLCONF ip-address",
  },
  {
    phase: "capabilities",
    request: () => ["REPLCONF", "capa", "eof", "capa", "psync2"],
    toleratedAs: "REPLCONF capa",
  },
  {
    // By itself, so that a master that knows it can say so.
    phase: "compression",
    request: ({ offersCompression }) =>
      offersCompression === true ? ["REPLCONF", "capa", "lz4"] : undefined,
    toleratedAs: "REPLCONF capa lz4",
  },
];

/** What a master says to the offer when it is going to compress; all others say OK. */
export const COMPRESSION_TAKEN = "+OK lz4";

/** Errors to PING that only say that the replica has not introduced itself yet. */
const TOLERATED_PING_ERRORS = ["-NOAUTH", "-NOPERM", "-ERR operation not permitted"];

export function isPingAnswer(line: string): boolean {
  return line.startsWith("+") || TOLERATED_PING_ERRORS.some((error) => line.startsWith(error));
}

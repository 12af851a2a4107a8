import {
  type Client,
  KIND_MASTER,
  KIND_REPLICA,
  TRACKING_BROADCAST,
  TRACKING_BROKEN,
} from "./client";
import type { ClientMemory } from "./client-memory";

/**
 * A client as CLIENT LIST, CLIENT INFO and the log show it: `name=value` pairs in Redis's order,
 * then those of 7.2. Fields about Redis's own buffers that have no counterpart here are 0.
 *
 * @param argumentBytes of the command that the client is running, if it is running one.
 * @returns byte text without a line end.
 */
export function clientLine(
  client: Client,
  memory: ClientMemory,
  nowMs: number,
  argumentBytes = 0,
): string {
  const { address } = client;
  const queryBytes = memory.queryBytes(client);
  const outputBytes = memory.outputBytes(client);
  const command = client.lastCommand?.fullName ?? "NULL";
  return [
    `id=${client.id}`,
    `addr=${address.remote}`,
    `laddr=${address.local}`,
    `fd=${address.fd}`,
    `name=${client.name}`,
    `age=${seconds(nowMs - client.createdMs)}`,
    `idle=${seconds(nowMs - client.lastInteractionMs)}`,
    `flags=${flagLetters(client)}`,
    `db=${client.db}`,
    `sub=${client.channels}`,
    `psub=${client.patterns}`,
    `ssub=${client.shardChannels}`,
    `multi=${client.queued}`,
    `qbuf=${queryBytes}`,
    "qbuf-free=0",
    `argv-mem=${argumentBytes + client.waitingBytes}`,
    `multi-mem=${client.queuedBytes}`,
    "rbs=0",
    "rbp=0",
    "obl=0",
    `oll=${outputBytes > 0 ? 1 : 0}`,
    `omem=${outputBytes}`,
    `tot-mem=${memory.totalBytes(client)}`,
    `events=${outputBytes > 0 ? "rw" : "r"}`,
    `cmd=${command}`,
    `user=${client.userName}`,
    `redir=${client.tracking === 0 ? -1 : client.redirectId}`,
    `resp=${client.resp3 ? 3 : 2}`,
    `lib-name=${client.libraryName}`,
    `lib-ver=${client.libraryVersion}`,
  ].join(" ");
}

/** A clock that was set back must not show negative times. */
function seconds(durationMs: number): number {
  return Math.max(0, Math.floor(durationMs / 1000));
}

function flagLetters(client: Client): string {
  let letters = "";
  if (client.isMonitor) letters += "O";
  else if (client.kind === KIND_REPLICA) letters += "S";
  if (client.kind === KIND_MASTER) letters += "M";
  if (client.isSubscriber) letters += "P";
  if (client.queued >= 0) letters += "x";
  if (client.held) letters += "b";
  if (client.tracking !== 0) letters += "t";
  if ((client.tracking & TRACKING_BROKEN) !== 0) letters += "R";
  if ((client.tracking & TRACKING_BROADCAST) !== 0) letters += "B";
  if (client.isDirty) letters += "d";
  if (client.address.isUnix) letters += "U";
  if (client.noEvict) letters += "e";
  if (client.noTouch) letters += "T";
  return letters === "" ? "N" : letters;
}

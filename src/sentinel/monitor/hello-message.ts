/**
 * The message by which Sentinels find each other and spread configurations, the same since Redis 3.2:
 * `ip,port,id,epoch,master,master-ip,master-port,master-epoch`. Text to fields and back; no meaning.
 */
import { MAX_HELLO_LENGTH } from "../model/constants";
import { readEpoch, readHost, readId, readPort } from "./peer-text";

export interface Hello {
  readonly host: string;
  readonly port: number;
  readonly id: string;
  readonly epoch: number;
  readonly masterName: string;
  readonly masterHost: string;
  readonly masterPort: number;
  readonly masterEpoch: number;
}

/** Undefined for anything that no Sentinel sends. */
export function parseHello(text: string): Hello | undefined {
  if (text.length > MAX_HELLO_LENGTH) return undefined;
  const fields = text.split(",");
  if (fields.length !== 8) return undefined;
  const host = readHost(fields[0]);
  const port = readPort(fields[1]);
  const id = readId(fields[2]);
  const epoch = readEpoch(fields[3]);
  const masterName = fields[4];
  const masterHost = readHost(fields[5]);
  const masterPort = readPort(fields[6]);
  const masterEpoch = readEpoch(fields[7]);
  if (host === undefined || port === undefined || id === undefined || epoch === undefined) {
    return undefined;
  }
  if (masterHost === undefined || masterPort === undefined || masterEpoch === undefined) {
    return undefined;
  }
  return { host, port, id, epoch, masterName, masterHost, masterPort, masterEpoch };
}

/**
 * The first two fields, `ip,port`, of a message with this id; undefined for one of another Sentinel. A
 * Sentinel hears its own messages most, and need not read them further.
 */
export function placeOf(text: string, id: string): string | undefined {
  const port = text.indexOf(",");
  const end = text.indexOf(",", port + 1);
  return port > 0 && text.startsWith(id, end + 1) ? text.slice(0, end) : undefined;
}

export function formatHello(hello: Hello): string {
  const { host, port, id, epoch, masterName, masterHost, masterPort, masterEpoch } = hello;
  return `${host},${port},${id},${epoch},${masterName},${masterHost},${masterPort},${masterEpoch}`;
}

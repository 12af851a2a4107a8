import type { Config } from "../config/config";
import type { Transport } from "../net/transport";

/** The length of a key has 30 bits in an entry, and any argument may become a key. */
const MOST_BULK_BYTES = 2 ** 30 - 1;

/** Gives the transport the limits of the configuration, now and whenever they change. */
export function followTransportSettings(config: Config, transport: Transport): void {
  const configure = (): undefined => {
    transport.configure({
      maxBulkBytes: Math.min(config.number("proto-max-bulk-len"), MOST_BULK_BYTES),
      maxQueryBytes: config.number("client-query-buffer-limit"),
      tcpKeepAliveSeconds: config.number("tcp-keepalive"),
    });
    return undefined;
  };
  configure();
  config.onChange(["proto-max-bulk-len", "client-query-buffer-limit", "tcp-keepalive"], configure);
}

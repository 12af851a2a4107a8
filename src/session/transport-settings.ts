import type { Config } from "../config/config";
import type { Transport } from "../net/transport";

/** Gives the transport the limits of the configuration, now and whenever they change. */
export function followTransportSettings(config: Config, transport: Transport): void {
  const configure = (): undefined => {
    transport.configure({
      maxBulkBytes: config.number("proto-max-bulk-len"),
      maxQueryBytes: config.number("client-query-buffer-limit"),
      tcpKeepAliveSeconds: config.number("tcp-keepalive"),
    });
    return undefined;
  };
  configure();
  config.onChange(["proto-max-bulk-len", "client-query-buffer-limit", "tcp-keepalive"], configure);
}

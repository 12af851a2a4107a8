/** Directives about TLS: listeners, certificates, what is negotiated, and the session cache. */
import { EMPTY_IS_UNSET, SENSITIVE } from "../directive";
import { choice } from "../kinds/choice";
import { flag } from "../kinds/flag";
import { INT_MAX, integer } from "../kinds/integer";
import { text } from "../kinds/text";

const PORT_MAX = 65_535;
const FILE = { attributes: EMPTY_IS_UNSET };
const SECRET = { attributes: EMPTY_IS_UNSET | SENSITIVE };

export const tlsRows = [
  integer("tls-port", 0, 0, PORT_MAX),
  flag("tls-cluster", false),
  flag("tls-replication", false),
  choice("tls-auth-clients", "yes", ["no", "yes", "optional"]),
  flag("tls-prefer-server-ciphers", false),
  flag("tls-session-caching", true),
  integer("tls-session-cache-size", 20_480, 0, INT_MAX),
  integer("tls-session-cache-timeout", 300, 0, INT_MAX),
  text("tls-cert-file", "", FILE),
  text("tls-key-file", "", FILE),
  text("tls-key-file-pass", "", SECRET),
  text("tls-client-cert-file", "", FILE),
  text("tls-client-key-file", "", FILE),
  text("tls-client-key-file-pass", "", SECRET),
  text("tls-dh-params-file", "", FILE),
  text("tls-ca-cert-file", "", FILE),
  text("tls-ca-cert-dir", "", FILE),
  text("tls-protocols", "", FILE),
  text("tls-ciphers", "", FILE),
  text("tls-ciphersuites", "", FILE),
];

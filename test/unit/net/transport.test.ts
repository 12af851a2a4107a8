// The native transport against the suite that says what a transport does; the portable one is in
// portable-suite.test.ts.

import { createNativeTransport } from "../../../src/net/native-transport";
import { testTransport } from "./transport-suite";

testTransport("native transport", (choice) => {
  const result = createNativeTransport(choice);
  if (!result.transport) throw new Error(`no native transport: ${result.reason}`);
  return result.transport;
});

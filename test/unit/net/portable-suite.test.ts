// The portable transport against the suite that says what a transport does.

import { PortableTransport } from "../../../src/net/portable-transport";
import { createTransportMemory } from "../../../src/net/transport-memory";
import { testTransport } from "./transport-suite";

const MAX_SLOTS = 1024;
// One for all transports of this file, of which there is never more than one at a time.
const memory = createTransportMemory(MAX_SLOTS);

testTransport("portable transport", (choice) => {
  return new PortableTransport({ maxSlots: MAX_SLOTS, memory, ...choice });
});

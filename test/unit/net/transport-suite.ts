// What every transport must do: the tests that the native and the portable one both pass. A test
// file of each calls `testTransport` with a factory.

import { describe } from "node:test";
import { echo, HASH_KEY, TransportDriver, type TransportFactory } from "./transport-driver";
import { testBigRequests } from "./transport-suite/big-requests";
import { testClosing } from "./transport-suite/closing";
import { testHold } from "./transport-suite/hold";
import { testLimits } from "./transport-suite/limits";
import { testListening } from "./transport-suite/listening";
import { testOutput } from "./transport-suite/output";
import { testRequests } from "./transport-suite/requests";
import { connectTo, type Serve } from "./transport-suite/support";

/** Declares the tests under `name`. */
export function testTransport(name: string, create: TransportFactory): void {
  const serve: Serve = async (t, handler = echo, settings = {}) => {
    const driver = await TransportDriver.serve(t, create({ hashKey: HASH_KEY }), handler, settings);
    const client = await connectTo(t, driver);
    return { driver, client, slot: await driver.acceptedSlot() };
  };
  describe(`${name}: requests`, () => testRequests(serve));
  describe(`${name}: big requests`, () => testBigRequests(serve));
  describe(`${name}: limits`, () => testLimits(serve));
  describe(`${name}: output`, () => testOutput(serve));
  describe(`${name}: hold and resume`, () => testHold(serve));
  describe(`${name}: closing`, () => testClosing(serve, create));
  describe(`${name}: listening`, () => testListening(create));
}

// A client that writes increasing numbers and remembers which of them were acknowledged. Every number
// is acknowledged, refused, or unknown when the connection has died; what a server has afterwards must
// be all numbers from 1 to one that lies between the last acknowledged and the last sent.

import type { RawClient } from "../support/raw-client";
import type { SeededRandom } from "../support/seeds";

const MOST_IN_FLIGHT = 4;

interface Acknowledged {
  readonly number: number;
  readonly atMs: number;
}

export class NumberedWriter {
  /** The last number that was sent, and the last that was acknowledged. */
  sent = 0;
  acknowledged = 0;
  /** Errors that were replied, which end the writing. */
  refusal = "";
  readonly #key: string;
  readonly #last: string;
  #times: Acknowledged[] = [];

  constructor(index: number) {
    this.#key = `numbers:${index}`;
    this.#last = `last:${index}`;
  }

  /** Writes until the connection ends, something is refused or `until` says so. */
  async write(client: RawClient, random: SeededRandom, until = () => false): Promise<void> {
    this.refusal = "";
    try {
      while (!until() && this.refusal === "") {
        const flight = Array.from({ length: random.between(1, MOST_IN_FLIGHT) }, () =>
          this.#send(client, random.chance(0.3)),
        );
        for (const replies of flight) {
          let reply = "";
          for (let left = replies; left > 0; left--) reply = (await client.readReply()).toString();
          this.#take(reply);
        }
      }
    } catch {
      // The connection has ended: what is sent and not acknowledged is unknown.
    }
  }

  /** Sends the next number alone or in a transaction; returns how many replies there will be. */
  #send(client: RawClient, inTransaction: boolean): number {
    const number = String(++this.sent);
    if (!inTransaction) {
      client.send("RPUSH", this.#key, number);
      return 1;
    }
    client.send("MULTI");
    client.send("RPUSH", this.#key, number);
    client.send("SET", this.#last, number);
    client.send("EXEC");
    return 4;
  }

  #take(reply: string): void {
    if (reply.startsWith("-")) this.refusal ||= reply;
    if (this.refusal !== "") return;
    this.acknowledged++;
    this.#times.push({ number: this.acknowledged, atMs: performance.now() });
  }

  /**
   * Looks at what a server has and goes on from there. What is wrong is told in a sentence each.
   * @param since numbers acknowledged later than this moment may be lost.
   */
  async compare(client: RawClient, since = Number.POSITIVE_INFINITY): Promise<string[]> {
    const found: string[] = [];
    const reply = await client.call("LRANGE", this.#key, "0", "-1");
    const numbers = Array.isArray(reply) ? reply.map(Number) : [];
    const wrong = numbers.findIndex((number, index) => number !== index + 1);
    if (wrong >= 0) found.push(`${this.#key} has ${numbers[wrong]} in place ${wrong + 1}`);
    const { length } = numbers;
    const last = Number((await client.call("GET", this.#last)) ?? 0);
    if (last > length) found.push(`${this.#last} is ${last} and ${this.#key} ends with ${length}`);
    const kept = this.#times.filter(({ atMs }) => atMs < since).at(-1)?.number ?? 0;
    const needed = since === Number.POSITIVE_INFINITY ? this.acknowledged : kept;
    if (length < needed)
      found.push(`${this.#key}: ${needed} were acknowledged, ${length} are there`);
    if (length > this.sent) found.push(`${this.#key}: ${this.sent} were sent, ${length} are there`);
    this.sent = length;
    this.acknowledged = length;
    this.#times = [{ number: length, atMs: Number.NEGATIVE_INFINITY }];
    return found;
  }
}

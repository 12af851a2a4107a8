import { SeededRandom } from "../../test/support/seeds.js";

/** The numbers 0 .. count - 1 in an order that is random but always the same. */
export function shuffled(count: number): Int32Array {
  const random = new SeededRandom(1);
  const numbers = Int32Array.from({ length: count }, (_, index) => index);
  for (let i = count - 1; i > 0; i--) {
    const other = random.below(i + 1);
    const number = numbers[i];
    numbers[i] = numbers[other];
    numbers[other] = number;
  }
  return numbers;
}

// Parsing and formatting integers, against what JS has for it.

import { formatInt64, formatInteger, parseInt64, parseSafeInteger } from "../../../src/base/int64";
import type { Mitata } from "../mitata";

export function benchInt64({ bench, do_not_optimize, summary }: Mitata): void {
  const target = new Uint8Array(64);
  for (const text of ["7", "4711", "1234567890", "9007199254740991", "9223372036854775807"]) {
    const bytes = new Uint8Array(Buffer.from(text));
    const big = BigInt(text);
    const isSafe = text.length <= 16;
    summary(() => {
      if (isSafe) {
        bench(`parse ${text}: parseSafeInteger`, () =>
          do_not_optimize(parseSafeInteger(bytes, 0, bytes.length)),
        );
      }
      bench(`parse ${text}: parseInt64`, () => do_not_optimize(parseInt64(bytes, 0, bytes.length)));
      bench(`parse ${text}: Number(latin1)`, () =>
        do_not_optimize(Number(Buffer.from(bytes.buffer, 0, bytes.length).toString("latin1"))),
      );
    });
    summary(() => {
      const value = Number(big);
      if (isSafe)
        bench(`format ${text}: formatInteger`, () =>
          do_not_optimize(formatInteger(value, target, 0)),
        );
      bench(`format ${text}: formatInt64`, () => do_not_optimize(formatInt64(big, target, 0)));
      const buffer = Buffer.from(target.buffer);
      bench(`format ${text}: Buffer.write(String)`, () =>
        do_not_optimize(buffer.write(String(big), 0, "latin1")),
      );
    });
  }
}

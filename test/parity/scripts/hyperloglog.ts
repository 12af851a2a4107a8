// Parity scripts of HyperLogLogs: their bytes, their estimates, and what is no HyperLogLog.

import { lines, type ParityScript, script } from "../script";

/** `PFADD k prefix:first ... prefix:last`, each line with some elements. */
function additions(key: string, prefix: string, count: number, perLine: number): string {
  const result: string[] = [];
  for (let first = 0; first < count; first += perLine) {
    const elements = Array.from({ length: perLine }, (_, i) => `${prefix}:${first + i}`);
    result.push(`PFADD ${key} ${elements.join(" ")}`, `GET ${key}`, `PFCOUNT ${key}`);
  }
  return result.join("\n");
}

const SPARSE_HEADER = "HYLL\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x80";

/** What is asked of a value whose runs are given as the text of an escaped string. */
function corrupted(runs: string): string {
  return `
    SET c "${SPARSE_HEADER}${runs}"
    PFCOUNT c
    PFCOUNT c nope
    PFCOUNT c a
    PFMERGE d c
    PFMERGE c a
    PFDEBUG ENCODING c
    PFDEBUG DECODE c
    PFDEBUG GETREG c
    PFDEBUG TODENSE c
    GET c
    EXISTS d
  `;
}

export const HYPERLOGLOG_SCRIPTS: readonly ParityScript[] = [
  script(
    "PFADD and PFCOUNT from nothing to dense",
    lines`
      PFCOUNT k
      PFADD k
      GET k
      PFADD k
      PFCOUNT k
      GET k
      PFADD k a
      GET k
      PFADD k a
      PFADD k a b c d e f g
      GET k
      PFCOUNT k
      GET k
      PFCOUNT k
      PFADD k ""
      PFADD k "\x00" "\xff\xfe" {x*1000}
      GET k
      OBJECT ENCODING k
      STRLEN k
      EXPIRE k 1000000
      PFADD k y
      TTL k
      PFADD __proto__ a
      GET __proto__
      PFADD
      PFCOUNT
    `,
  ),
  script("sparse values grow to dense, byte for byte", additions("k", "a", 2000, 50)),
  script(
    "hll-sparse-max-bytes decides when a value becomes dense",
    ["0", "16", "17", "18", "30", "100", "16000", "1000000"]
      .map(
        (bytes) => `
          CONFIG SET hll-sparse-max-bytes ${bytes}
          DEL k
          ${additions("k", "b", 60, 6)}
          PFDEBUG ENCODING k
          PFADD m z
          PFMERGE m k
          GET m
          DEL m
        `,
      )
      .join("\n"),
    { needs: ["CONFIG"] },
  ),
  script(
    "a sparse value may stay so beyond 3000 bytes",
    `
      CONFIG SET hll-sparse-max-bytes 30000
      ${additions("k", "c", 4000, 400)}
      PFDEBUG ENCODING k
      PFMERGE d k
      GET d
      CONFIG SET hll-sparse-max-bytes 3000
      PFADD k another one
      GET k
      PFMERGE d k
      GET d
    `,
  ),
  script(
    "PFMERGE and PFCOUNT of several",
    `
      PFMERGE d
      GET d
      PFMERGE d nope
      PFADD a a b c
      PFADD b c d e
      ${additions("c", "d", 3000, 1000)}
      PFCOUNT a b
      PFCOUNT a nope b a
      PFCOUNT nope nope2
      PFCOUNT a b c
      PFMERGE d a b
      GET d
      PFCOUNT d
      GET d
      PFMERGE d a b
      GET d
      PFMERGE a b
      GET a
      PFMERGE e nope
      GET e
      PFMERGE f c
      GET f
      PFMERGE a c
      GET a
      PFDEBUG ENCODING a
      PFMERGE b b b
      GET b
      EXPIRE b 1000000
      PFMERGE b a
      TTL b
      PFMERGE
    `,
  ),
  script(
    "PFDEBUG looks inside",
    lines`
      PFADD k a b c
      PFDEBUG DECODE k
      PFDEBUG ENCODING k
      PFDEBUG encoding k
      PFDEBUG TODENSE k
      PFDEBUG TODENSE k
      PFDEBUG ENCODING k
      PFDEBUG DECODE k
      PFDEBUG GETREG k
      GET k
      PFADD s a b c
      PFCOUNT s
      PFDEBUG GETREG s
      GET s
      PFDEBUG NOPE k
      PFDEBUG "NO\x00PE" k
      PFDEBUG "no\r\npe" k
      PFDEBUG NOPE nope
      PFDEBUG GETREG nope
      PFDEBUG GETREG
      PFDEBUG GETREG k k
      PFDEBUG
      PFSELFTEST
      PFSELFTEST x
    `,
  ),
  script(
    "what is no HyperLogLog",
    lines`
      SET k ""
      PFADD k a
      PFCOUNT k
      PFMERGE k
      PFMERGE d k
      PFDEBUG DECODE k
      SET k foo
      PFADD k
      PFCOUNT k
      PFCOUNT d k
      SET k 12345678901234567
      PFADD k a
      PFCOUNT k
      SET k "HYLL\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x80\x7f\xff"
      PFADD k a
      PFCOUNT k
      SET k "HYLM\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x80\x7f\xff"
      PFCOUNT k
      SET k "HYLL\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x80\x7f\xff"
      PFCOUNT k
      PFMERGE d k
      SET k "HYLL\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
      PFCOUNT k
      SET k "HYLL\x01\x00\x00\x00\x05\x00\x00\x00\x00\x00\x00\x00"
      OBJECT ENCODING k
      PFCOUNT k
      OBJECT ENCODING k
      PFADD k a
      SET k "HYLL\x01\x07\x08\x09\x05\x00\x00\x00\x00\x00\x00\x00\x7f\xff"
      PFCOUNT k
      PFADD k a
      GET k
      SET k "HYLL\x01\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\x7f\x7f\xff"
      PFCOUNT k
      SET k "HYLL\x01\x00\x00\x00\x01\x00\x00\x00\x00\x00\x20\x00\x7f\xff"
      PFCOUNT k
      EXISTS d
    `,
  ),
  script(
    "values whose runs are wrong",
    [
      "PFADD a a b c",
      ...[
        "",
        "\\x7f",
        "\\x7f\\xfe",
        "\\x7f\\xff\\x00",
        "\\x7f\\xff\\x40",
        "\\x7f\\xfe\\x84\\x00",
        "\\x84\\x7f\\xff",
        "\\x7f\\xfd\\x83",
        "\\x7f\\xfd\\xff",
      ].map(corrupted),
    ].join("\n"),
  ),
  script(
    "HyperLogLog commands on a key that holds no string",
    lines`
      RPUSH l a
      PFADD l a
      PFCOUNT l
      PFCOUNT nope l
      PFMERGE d l
      PFMERGE l
      PFDEBUG DECODE l
      EXISTS d
    `,
    { needs: ["RPUSH"] },
  ),
];

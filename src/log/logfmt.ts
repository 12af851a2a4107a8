/**
 * One entry as logfmt: `key=value` pairs, values in quotes when they hold anything but plain
 * characters. What always holds: the entry is one line, and a value cannot end early or add a key.
 */
export function formatLogfmt(pairs: Iterable<readonly [key: string, value: unknown]>): string {
  const words: string[] = [];
  for (const [key, value] of pairs) words.push(`${plainKey(key)}=${quoteIfNeeded(String(value))}`);
  return `${words.join(" ")}\n`;
}

function plainKey(key: string): string {
  const plain = key.replace(/[^A-Za-z0-9_.-]/g, "_");
  return plain === "" ? "_" : plain;
}

/** JSON's quoting is what readers of logfmt expect, and it escapes every control character. */
function quoteIfNeeded(text: string): string {
  return /^[^\s"=\\\p{Cc}]+$/u.test(text) ? text : JSON.stringify(text);
}

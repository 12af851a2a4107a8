// A directory for one test, removed when the test ends, whether it passed or failed.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What a test context or a suite offers for cleaning up; `node:test` contexts fit. */
export interface Cleanup {
  after(action: () => unknown): void;
}

export function tempDir(cleanup: Cleanup): string {
  const dir = mkdtempSync(join(tmpdir(), "redis-test-"));
  cleanup.after(() => rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 }));
  return dir;
}

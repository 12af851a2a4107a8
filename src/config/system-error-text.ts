/**
 * Errors of the system in the words of C's strerror, which Redis prints and scripts look for.
 * Not a list of all errors: what files, directories and connections answer; others keep Node's own message.
 */

const TEXTS: ReadonlyMap<string, string> = new Map([
  ["EACCES", "Permission denied"],
  ["EADDRNOTAVAIL", "Cannot assign requested address"],
  ["EBUSY", "Device or resource busy"],
  ["ECONNREFUSED", "Connection refused"],
  ["ECONNRESET", "Connection reset by peer"],
  ["EDQUOT", "Disk quota exceeded"],
  ["EEXIST", "File exists"],
  ["EFBIG", "File too large"],
  ["EHOSTUNREACH", "No route to host"],
  ["EINVAL", "Invalid argument"],
  ["EIO", "Input/output error"],
  ["EISDIR", "Is a directory"],
  ["ELOOP", "Too many levels of symbolic links"],
  ["EMFILE", "Too many open files"],
  ["ENAMETOOLONG", "File name too long"],
  ["ENETUNREACH", "Network is unreachable"],
  ["ENFILE", "Too many open files in system"],
  ["ENOENT", "No such file or directory"],
  ["ENOMEM", "Cannot allocate memory"],
  ["ENOSPC", "No space left on device"],
  ["ENOTDIR", "Not a directory"],
  ["ENXIO", "No such device or address"],
  ["EPERM", "Operation not permitted"],
  ["EPIPE", "Broken pipe"],
  ["EROFS", "Read-only file system"],
  ["ETIMEDOUT", "Connection timed out"],
  ["ETXTBSY", "Text file busy"],
]);

export function systemErrorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return TEXTS.get(code) ?? error.message;
}

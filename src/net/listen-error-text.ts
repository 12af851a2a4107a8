/**
 * What bind and listen answer, in the words of strerror, which Redis logs and people search for.
 * Not a list of all errors: those that an address or a path can cause.
 */
const TEXTS: ReadonlyMap<string, string> = new Map([
  ["EACCES", "Permission denied"],
  ["EADDRINUSE", "Address already in use"],
  ["EADDRNOTAVAIL", "Cannot assign requested address"],
  ["EAFNOSUPPORT", "Address family not supported by protocol"],
  ["EINVAL", "Invalid argument"],
  ["EISDIR", "Is a directory"],
  ["EMFILE", "Too many open files"],
  ["ENAMETOOLONG", "File name too long"],
  ["ENOENT", "No such file or directory"],
  ["ENOTDIR", "Not a directory"],
  ["EROFS", "Read-only file system"],
]);

/** @param otherwise the text for a code that is not in the list. */
export function listenErrorText(code: string, otherwise: string): string {
  return TEXTS.get(code) ?? otherwise;
}

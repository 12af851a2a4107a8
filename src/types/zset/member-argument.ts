import type { DataCall } from "../../keyspace/data-call";
import type { ZsetValue } from "./zset-value";

/** Members that are arguments of the command being run: the bytes stay where they are. */

/** Whether the member at an argument is there; its `score` is shown. */
export function findMember(call: DataCall, zset: ZsetValue, index: number): boolean {
  const { args } = call;
  return zset.find(args.input, args.offset(index), args.length(index));
}

/** Adds the member at an argument, which `findMember` has not found. */
export function insertMember(call: DataCall, zset: ZsetValue, index: number, score: number): void {
  const { args } = call;
  zset.insert(score, args.input, args.offset(index), args.length(index));
}

/** Gives the member at an argument, which `findMember` has found, another score. */
export function rescoreMember(call: DataCall, zset: ZsetValue, index: number, score: number): void {
  const { args } = call;
  zset.setFoundScore(score, args.input, args.offset(index), args.length(index));
}

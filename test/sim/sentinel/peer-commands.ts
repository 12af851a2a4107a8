// What a simulated Sentinel answers to other Sentinels and to clients.
import { answerIsMasterDown } from "../../../src/sentinel/act/is-master-down";
import type { PeerReply } from "../../../src/sentinel/model/sentinel-event";
import { currentAddress } from "./sentinel-record";
import type { SimSentinel } from "./sim-sentinel";

export function answerPeer(sentinel: SimSentinel, words: readonly string[]): PeerReply {
  switch (words[0].toUpperCase()) {
    case "PING":
      return "PONG";
    case "PUBLISH":
      sentinel.dispatch({ kind: "hello", link: undefined, text: words[2] });
      return 1;
    case "SENTINEL":
      return answerSentinel(sentinel, words);
    default:
      return "OK";
  }
}

function answerSentinel(sentinel: SimSentinel, words: readonly string[]): PeerReply {
  switch (words[1].toUpperCase()) {
    case "IS-MASTER-DOWN-BY-ADDR":
      return answerAsk(sentinel, words);
    case "GET-MASTER-ADDR-BY-NAME": {
      const master = sentinel.model.masters.get(words[2]);
      if (master === undefined) return null;
      const { ip, port } = currentAddress(master);
      return [ip, String(port)];
    }
    default:
      throw new Error(`${sentinel.name} was sent ${words.join(" ")}`);
  }
}

/** As commands/ does it: what was not saved is not told. */
function answerAsk(sentinel: SimSentinel, words: readonly string[]): PeerReply {
  const [, , ip, port, epoch, candidateId] = words;
  const question = { ip, port: Number(port), epoch: Number(epoch), candidateId };
  const answer = sentinel.change((draft) => answerIsMasterDown(draft, question));
  const { isDown } = answer;
  if (!sentinel.model.isSaved || !sentinel.isUp) return [isDown ? 1 : 0, "*", 0];
  if (answer.leader !== "*") {
    sentinel.world.checks.tellsVote(sentinel, question, answer.leader, answer.epoch);
  }
  return [isDown ? 1 : 0, answer.leader, answer.epoch];
}

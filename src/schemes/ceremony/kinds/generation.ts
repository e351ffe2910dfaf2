/**
 * Generating a key that nobody ever knows: joint Feldman (Pedersen 1991; Gennaro, Jarecki, Krawczyk and Rabin 2007 for why its
 * bias does no harm to signatures), with commitments before anything is opened and a proof of knowledge of every contribution
 * (Schnorr 1991), so that none is made from the others'.
 */
import { bigIntToBytes, bytesToBigInt, equalBytes } from '../../../prelude/bytes.js';
import { readAll, Writer } from '../../../prelude/canonical.js';
import { type Digest, digest } from '../../../prelude/digest.js';
import { E } from '../../../prelude/fp.js';
import { present } from '../../../prelude/invariant.js';
import type { ProcessId } from '../../../prelude/process.js';
import { randomBelow, type RandomBytes } from '../../../prelude/random.js';
import { bitLength, residue } from '../../sharing/integers.js';
import type { CeremonyScheme, DealtSecret } from '../ceremony-scheme.js';
import { type DealRules, type DealVerdict, mayCloseDealing } from '../rounds/deal-rules.js';
import { sumOfDeals } from './combination.js';
import type { CeremonySetting } from '../setting.js';
import type { Deal, PublicDealing, Transcript } from '../transcript.js';

/** A number of the dealer's own. */
export const fresh: DealtSecret = { _tag: 'fresh' };

/** Dealers are those who committed. */
export function generationRules<G, Key>(
  setting: CeremonySetting<G, Key>,
  transcript: Transcript<G, Key>,
): DealRules<G> {
  const dealers = setting.dealers.filter((dealer) => transcript.commits.has(dealer));
  const judge = (dealer: ProcessId, { dealings: [dealing] }: Deal<G>): DealVerdict | undefined => {
    const { group } = setting.scheme;
    const root = dealing?.commitments[0];
    if (dealing === undefined || root === undefined || group.equals(root, group.identity)) {
      return { fault: { _tag: 'WrongRoot', dealing: 0 }, evidence: [] };
    }
    const committed = present(transcript.commits.get(dealer), 'only who committed deals');
    if (!equalBytes(committed.digest, commitmentTo(setting, dealer, dealing))) {
      return { fault: { _tag: 'NotAsCommitted' }, evidence: [committed.position] };
    }
    const isKnown = checkKnowledge(setting, dealer, root, dealing);
    return isKnown ? undefined : { fault: { _tag: 'NoProofOfKnowledge' }, evidence: [] };
  };
  return {
    dealers,
    secretsOf: () => [fresh],
    attachmentLength: knowledgeLength(setting.scheme),
    judge,
    mayClose: (posted) => mayCloseDealing(setting, dealers, posted),
    settle: (standing) => sumOfDeals(setting, dealers, standing, fresh),
  };
}

const commitTag = 'koinon generate commit v1';

/** What a dealer commits to before it deals. */
export function commitmentTo<G, Key>(
  { id, scheme }: CeremonySetting<G, Key>,
  dealer: ProcessId,
  { commitments, attachment }: PublicDealing<G>,
): Digest {
  const writer = new Writer().text(commitTag).fixed(id).text(dealer);
  writer.list(commitments, (each, commitment) => each.fixed(scheme.encodeElement(commitment)));
  return digest(writer.bytes(attachment).finish());
}

/** A proof that its dealer knows the number behind a root: R = g^k and k + c times the number, c hashed from all of it. */
export function proveKnowledge<G, Key>(
  setting: CeremonySetting<G, Key>,
  dealer: ProcessId,
  secret: bigint,
  commitments: readonly G[],
  random: RandomBytes,
): Uint8Array {
  const { scheme } = setting;
  const order = orderOf(scheme);
  const nonce = randomBelow(random, order);
  const nonceKey = scheme.commit(nonce);
  const c = challenge(setting, dealer, commitments, nonceKey);
  const response = bigIntToBytes(residue(nonce + c * secret, order), responseLength(scheme));
  return new Writer().fixed(scheme.encodeElement(nonceKey)).fixed(response).finish();
}

function checkKnowledge<G, Key>(
  setting: CeremonySetting<G, Key>,
  dealer: ProcessId,
  root: G,
  { commitments, attachment }: PublicDealing<G>,
): boolean {
  const { scheme } = setting;
  const read = readAll(attachment, (reader) => ({
    nonceKey: scheme.readElement(reader),
    response: bytesToBigInt(reader.fixed(responseLength(scheme))),
  }));
  if (E.isLeft(read) || read.right.response >= orderOf(scheme)) return false;
  const { nonceKey, response } = read.right;
  const { group } = scheme;
  const expected = group.multiply(nonceKey, group.power(root, challenge(setting, dealer, commitments, nonceKey)));
  return group.equals(scheme.commit(response), expected);
}

const challengeTag = 'koinon generate knowledge v1';

function challenge<G, Key>(
  { id, scheme }: CeremonySetting<G, Key>,
  dealer: ProcessId,
  commitments: readonly G[],
  nonceKey: G,
): bigint {
  const writer = new Writer().text(challengeTag).fixed(id).text(dealer);
  for (const element of [...commitments, nonceKey]) writer.fixed(scheme.encodeElement(element));
  return bytesToBigInt(digest(writer.finish()).subarray(0, 16));
}

/** Bytes of a proof of knowledge. */
export function knowledgeLength(scheme: Pick<CeremonyScheme<never, never>, 'order' | 'elementLength'>): number {
  return scheme.elementLength + responseLength(scheme);
}

function responseLength(scheme: Pick<CeremonyScheme<never, never>, 'order'>): number {
  return Math.ceil(bitLength(orderOf(scheme)) / 8);
}

function orderOf({ order }: Pick<CeremonyScheme<never, never>, 'order'>): bigint {
  return present(order, 'keys are generated where the order of the group is known');
}

/** Which keys may stand beside, and after, one another in the documents before and after a change. */
import { equalBytes, toHex } from '../../prelude/bytes.js';
import { E } from '../../prelude/fp.js';
import { policyDigest } from '../../quorum/policy/policy-digest.js';
import { checkKeyRing, ringKeyOf } from '../../schemes/key-ring.js';
import { type AlliancePublicKey, keyIdOf } from '../../schemes/public-key.js';
import { findReusedKey } from '../alliance-succession.js';
import type { KeysClash, MoveRefused } from './moves-errors.js';
import type { MovesPlan, PlannedMove } from './moves-plan.js';

type Keys = ReadonlyMap<string, AlliancePublicKey>;

/** Judges the keys that are there, and those that a dealer brings, before anything is moved. */
export function findBadMove(plan: MovesPlan): MoveRefused | undefined {
  const roles = plan.moves.map(({ role }) => role);
  const twice = roles.find((role, index) => roles.indexOf(role) !== index);
  const again = twice ?? movedUnderTwoNames(plan);
  if (again !== undefined) return { _tag: 'MovedTwice', role: again };
  for (const move of plan.moves) {
    const refused = move._tag === 'accept' ? findBadDeal(plan, move) : undefined;
    if (refused !== undefined) return refused;
  }
  const dealt = plan.moves.flatMap((move) => (move._tag === 'accept' ? [[move.role, move.publicKey] as const] : []));
  return findClash(plan, new Map(dealt));
}

/** A role whose key is that of another role, too: one key is moved once. */
function movedUnderTwoNames({ keys, moves }: MovesPlan): string | undefined {
  const seen = new Set<string>();
  for (const move of moves) {
    const key = move._tag === 'accept' ? move.publicKey : keys.get(move.role);
    if (key === undefined || move._tag === 'collect' || move._tag === 'generate') continue;
    const keyId = toHex(keyIdOf(key));
    if (seen.has(keyId)) return move.role;
    seen.add(keyId);
  }
  return undefined;
}

function findBadDeal(
  { keys }: MovesPlan,
  { role, policy, publicKey }: Extract<PlannedMove, { readonly _tag: 'accept' }>,
): MoveRefused | undefined {
  const dealt = ringKeyOf(role, publicKey);
  const isAlong = equalBytes(policyDigest(publicKey.policy), policyDigest(policy));
  if (dealt === undefined || !isAlong) return { _tag: 'DealtOtherwise', role };
  for (const [name, key] of keys) {
    const known = ringKeyOf(name, key);
    const isKnown = known !== undefined && equalBytes(known.publicNumbers, dealt.publicNumbers);
    if (isKnown) return { _tag: 'NotANewKey', role, present: name };
  }
  return undefined;
}

/** @param next - what has come out so far, by role. */
export function findClash({ keys, epoch, earlier }: MovesPlan, next: Keys): KeysClash | undefined {
  const ring = [
    ...[...keys].flatMap(([role, key]) => ringKeyOf(`the present ${role} key`, key) ?? []),
    ...[...next].flatMap(([role, key]) => ringKeyOf(`the next ${role} key`, key) ?? []),
  ];
  const checked = checkKeyRing(ring);
  if (E.isLeft(checked)) return checked.left;
  const allianceKey = next.get('alliance') ?? keys.get('alliance');
  const slowKey = next.get('slow');
  if (allianceKey === undefined) return undefined;
  const shared = slowKey === undefined || slowKey._tag === 'multisig' ? {} : { slowKey };
  const reused = findReusedKey({ epoch, allianceKey, ...shared }, earlier);
  return reused?._tag === 'Inconsistent' ? { _tag: 'ReusedKey', path: reused.path } : undefined;
}

/** The laws of `DistributedVerifier` and `DistributedSigner`, which every scheme's tests run. */
import fc from 'fast-check';
import { inspect } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { bytesToBigInt, concatBytes, equalBytes, toHex, utf8 } from '../../src/prelude/bytes.js';
import { E, type Either } from '../../src/prelude/fp.js';
import { present } from '../../src/prelude/invariant.js';
import { type ProcessId, type ProcessSet, processId, type Universe } from '../../src/prelude/process.js';
import { statementTag } from '../../src/prelude/statement.js';
import type {
  CombineError,
  DistributedSigner,
  DistributedVerifier,
  KeyUsage,
  Signature,
  SignatureShare,
} from '../../src/schemes/contract/distributed-signer.js';
import { right } from '../../test/support/right.js';
import { flipBit, sampledBits, type TamperedShare, tamperedShares } from './tampered-shares.js';

/** A key, its signers, and what is known of its rule. */
export interface DistributedSignerSetup {
  readonly universe: Universe;
  readonly usage: KeyUsage;
  readonly verifier: DistributedVerifier;
  /** Of every process of the universe that holds a share. */
  readonly signers: ReadonlyMap<ProcessId, DistributedSigner>;
  /** The same processes' signers and the verifier of another key, or of another epoch of this one, with the same usage. */
  readonly other: {
    readonly verifier: DistributedVerifier;
    readonly signers: ReadonlyMap<ProcessId, DistributedSigner>;
  };
  /** Some sets that may sign, the minimal ones among them: at least one has two members. */
  readonly qualified: readonly ProcessSet[];
  /** Some sets that may not. */
  readonly unqualified: readonly ProcessSet[];
  /** Whether a bad share proves its sender's fault. */
  readonly attributable: boolean;
  /** Whether combine judges every share, instead of combining first and judging where that fails. */
  readonly judgesEveryShare: boolean;
  /** Objects that people may log, and the secret bytes that must not appear when they do. */
  readonly loggable: readonly unknown[];
  readonly secrets: readonly Uint8Array[];
}

type Shares = ReadonlyMap<ProcessId, SignatureShare>;
type Combined = Either<CombineError, { readonly signature: Signature; readonly invalid: ProcessSet }>;

const stranger = present(processId('stranger/1'), 'a name');

export function distributedSignerLaws(name: string, makeSetup: () => DistributedSignerSetup): void {
  describe(`${name}: laws of distributed signers`, () => {
    let setup: DistributedSignerSetup;
    let message: Uint8Array;
    let otherMessage: Uint8Array;

    beforeAll(() => {
      setup = makeSetup();
      message = messageOf(setup.usage, 'message');
      otherMessage = messageOf(setup.usage, 'another message');
    });

    const sharesOf = (signers: Iterable<ProcessId>): Shares =>
      new Map([...signers].flatMap((id) => shareEntries(setup.signers, id, message)));

    const combineAll = (): Signature => right(setup.verifier.combine(message, sharesOf(setup.universe.all))).signature;

    it('has a setup that exercises them', () => {
      expect(setup.qualified.some((set) => set.size >= 2)).toBe(true);
      expect(setup.unqualified.some((set) => set.size >= 1)).toBe(true);
      expect([...setup.signers.values()].map((signer) => signer.me)).toEqual([...setup.signers.keys()]);
      for (const signer of setup.signers.values()) {
        expect([signer.schemeId, signer.epoch]).toEqual([setup.verifier.schemeId, setup.verifier.epoch]);
        expect(equalBytes(signer.keyId, setup.verifier.keyId)).toBe(true);
      }
    });

    it('judges every honest share valid where it can tell, with any of the verifiers', () => {
      const verdict = setup.attributable ? 'valid' : 'unattributable';
      for (const [from, share] of sharesOf(setup.universe.all)) {
        for (const verifier of [setup.verifier, ...setup.signers.values()]) {
          expect(verifier.verifyShare(message, from, share)).toBe(verdict);
        }
      }
    });

    it('proves shares that combine as all others do', () => {
      const proven = new Map(
        [...setup.signers].map(([from, signer]) => [from, right(signer.proveShare(message))] as const),
      );
      const verdict = setup.attributable ? 'valid' : 'unattributable';
      for (const [from, share] of proven) expect(setup.verifier.verifyShare(message, from, share)).toBe(verdict);
      expect(setup.verifier.verify(message, right(setup.verifier.combine(message, proven)).signature)).toBe(true);
    });

    it('combines the shares of any qualified set into a signature that verifies', () => {
      for (const set of [...setup.qualified, setup.universe.all]) {
        expect(setup.verifier.canCombine(set)).toBe(true);
        const { signature, invalid } = right(setup.verifier.combine(message, sharesOf(set)));
        expect(setup.verifier.verify(message, signature)).toBe(true);
        expect(setup.verifier.verify(otherMessage, signature)).toBe(false);
        expect(invalid.isEmpty).toBe(true);
      }
    });

    it('combines to the same bytes in whatever order the shares come', () => {
      for (const set of setup.qualified) {
        const shares = sharesOf(set);
        const { signature } = right(setup.verifier.combine(message, shares));
        expect(right(setup.verifier.combine(message, new Map([...shares].reverse()))).signature).toEqual(signature);
      }
    });

    it('combines the shares of no unqualified set, and says whose valid shares it has', () => {
      for (const set of [...setup.unqualified, setup.universe.none]) {
        expect(setup.verifier.canCombine(set)).toBe(false);
        const error = notQualified(setup.verifier.combine(message, sharesOf(set)));
        expect([...error.signers]).toEqual([...set].filter((id) => setup.signers.has(id)));
        expect(error.invalid.isEmpty).toBe(true);
      }
    });

    it('combines exactly where canCombine says so', () => {
      const property = fc.property(fc.subarray([...setup.universe.ids]), (ids) => {
        const combined = setup.verifier.combine(message, sharesOf(ids));
        expect(E.isRight(combined)).toBe(setup.verifier.canCombine(setup.universe.of(ids)));
      });
      fc.assert(property, { numRuns: 30 });
    });

    it('ignores strangers', () => {
      const shares = sharesOf(setup.universe.all);
      const [share] = shares.values();
      const borrowed = present(share, 'some share');
      expect(setup.verifier.verifyShare(message, stranger, borrowed)).not.toBe('valid');
      const { signature, invalid } = right(setup.verifier.combine(message, new Map([[stranger, borrowed], ...shares])));
      expect(setup.verifier.verify(message, signature)).toBe(true);
      expect(invalid.isEmpty).toBe(true);
      for (const set of setup.unqualified) {
        const mixed = new Map([...sharesOf(set), [stranger, borrowed] as const]);
        expect(E.isLeft(setup.verifier.combine(message, mixed))).toBe(true);
      }
    });

    const tampered = (victim: ProcessId): readonly TamperedShare[] => {
      const neighbour = present(
        [...setup.signers.keys()].find((id) => id !== victim),
        'two signers',
      );
      return tamperedShares(shareOf(setup.signers, victim, message), {
        ofAnotherMessage: shareOf(setup.signers, victim, otherMessage),
        ofAnotherSender: shareOf(setup.signers, neighbour, message),
        ofAnotherKey: shareOf(setup.other.signers, victim, message),
      });
    };

    it('judges no tampered share valid', () => {
      const verdicts = setup.attributable ? ['invalid'] : ['invalid', 'unattributable'];
      for (const victim of setup.signers.keys()) {
        for (const { kind, share } of tampered(victim)) {
          expect(verdicts, kind).toContain(setup.verifier.verifyShare(message, victim, share));
        }
      }
    });

    it('names the sender of a tampered share where the others suffice', () => {
      let named = 0;
      const honest = sharesOf(setup.universe.all);
      for (const victim of setup.signers.keys()) {
        if (!setup.verifier.canCombine(setup.universe.all.without(victim))) continue;
        for (const { kind, share, malformed } of tampered(victim)) {
          const shares = new Map([...honest, [victim, share] as const]);
          const combined = setup.verifier.combine(message, shares);
          if (E.isLeft(combined)) {
            expectSuspicion(combined.left, victim, kind);
            continue;
          }
          const { signature, invalid } = combined.right;
          expect(setup.verifier.verify(message, signature), kind).toBe(true);
          expect([[], [victim]], kind).toContainEqual([...invalid]);
          if (malformed || setup.judgesEveryShare) expect([...invalid], kind).toEqual([victim]);
          named += invalid.size;
        }
      }
      if (setup.attributable) expect(named).toBeGreaterThan(0);
    });

    it('names the sender of a tampered share where it was needed', () => {
      for (const { set, victim } of needed()) {
        const honest = sharesOf(set);
        for (const { kind, share, spoiled } of tampered(victim)) {
          const combined = setup.verifier.combine(message, new Map([...honest, [victim, share] as const]));
          if (E.isRight(combined)) {
            expect(spoiled || setup.judgesEveryShare, kind).toBe(false);
            expect(setup.verifier.verify(message, combined.right.signature), kind).toBe(true);
          } else if (setup.attributable) {
            const error = notQualified(combined);
            expect([...error.invalid], kind).toEqual([victim]);
            expect([...error.signers], kind).toEqual([...set.without(victim)].filter((id) => setup.signers.has(id)));
          } else {
            expectSuspicion(combined.left, victim, kind);
          }
        }
      }
    });

    /** Minimal qualified sets, each with its first and its last member. */
    const needed = (): readonly { readonly set: ProcessSet; readonly victim: ProcessId }[] => {
      const found = setup.qualified.flatMap((set) => {
        const members = [...set].filter((id) => !setup.verifier.canCombine(set.without(id)));
        return [...new Set([...members.slice(0, 1), ...members.slice(-1)])].map((victim) => ({ set, victim }));
      });
      expect(found.length).toBeGreaterThan(0);
      return found;
    };

    /** What a scheme may say that cannot prove whose share is bad: it must suspect the culprit and accuse nobody else. */
    const expectSuspicion = (error: CombineError, victim: ProcessId, kind: string): void => {
      expect(setup.attributable, kind).toBe(false);
      const named = error._tag === 'BadShares' ? error.suspects : error.invalid;
      expect(named.has(victim), kind).toBe(true);
      if (error._tag === 'NotQualified') expect([...named], kind).toEqual([victim]);
    };

    it('accepts a combined signature with no bit changed only', () => {
      const signature = combineAll();
      for (const bit of sampledBits(signature.length, 64)) {
        expect(setup.verifier.verify(message, flipBit(signature, bit) as Signature), `bit ${bit}`).toBe(false);
      }
      const [shorter, longer] = [signature.subarray(1), concatBytes(signature, Uint8Array.of(0))];
      const zeroes = new Uint8Array(signature.length);
      const others = [shorter, signature.subarray(0, -1), longer, concatBytes(Uint8Array.of(0), signature), zeroes];
      for (const bytes of [...others, zeroes.map(() => 0xff), new Uint8Array(0)]) {
        expect(setup.verifier.verify(message, bytes as Signature)).toBe(false);
      }
    });

    it('never throws on garbage, and finds nothing in it', () => {
      const length = shareOf(setup.signers, present([...setup.signers.keys()][0], 'a signer'), message).length;
      const garbage = fc.oneof(
        fc.uint8Array({ maxLength: 40 }),
        fc.uint8Array({ minLength: length, maxLength: length }),
        fc.uint8Array({ maxLength: 3 * length }),
      );
      const from = fc.constantFrom(stranger, ...setup.universe.ids);
      const property = fc.property(garbage, from, garbage, (bytes, process, text) => {
        const share = bytes as SignatureShare;
        expect(setup.verifier.verifyShare(text, process, share)).not.toBe('valid');
        expect(setup.verifier.verify(text, bytes as Signature)).toBe(false);
        expect(E.isLeft(setup.verifier.combine(text, new Map([[process, share]])))).toBe(true);
      });
      fc.assert(property, { numRuns: 100 });
    });

    it('signs only what its usage allows', () => {
      const documents = [utf8('document'), new Uint8Array(0), statementTag.subarray(0, -1)];
      const statements = [statementTag, concatBytes(statementTag, utf8('anything'))];
      const [allowed, refused] = setup.usage === 'statement' ? [statements, documents] : [documents, statements];
      for (const signer of setup.signers.values()) {
        for (const text of allowed) expect(E.isRight(signer.signShare(text))).toBe(true);
        for (const text of refused) {
          const wrong = E.left({ _tag: 'WrongUsage', usage: setup.usage });
          expect([signer.signShare(text), signer.proveShare(text)]).toEqual([wrong, wrong]);
        }
      }
    });

    it('combines no shares of another key or epoch with its own', () => {
      const { other, universe, verifier } = setup;
      const foreign = new Map([...universe.all].flatMap((id) => shareEntries(other.signers, id, message)));
      for (const [from, share] of foreign) expect(verifier.verifyShare(message, from, share)).not.toBe('valid');
      for (const set of setup.unqualified) {
        const added = [...set.complement()].reduce((kept, id) => {
          const more = kept.with(id);
          return other.verifier.canCombine(more) ? kept : more;
        }, universe.none);
        const mixed = new Map([...[...foreign].filter(([id]) => added.has(id)), ...sharesOf(set)]);
        expect(E.isLeft(verifier.combine(message, mixed))).toBe(true);
      }
    });

    it('takes nothing from another key', () => {
      const { other, verifier } = setup;
      const foreign = new Map([...other.signers.keys()].flatMap((id) => shareEntries(other.signers, id, message)));
      const { signature } = right(other.verifier.combine(message, foreign));
      expect(other.verifier.verify(message, signature)).toBe(true);
      if (equalBytes(other.verifier.keyId, verifier.keyId)) return;
      expect(verifier.verify(message, signature)).toBe(false);
      expect(E.isLeft(verifier.combine(message, foreign))).toBe(true);
    });

    it('shows no secret to whoever logs a signer, a key share or an error', () => {
      const logged = [setup.verifier, ...setup.signers.values(), ...setup.loggable].flatMap(renderings);
      const secrets = setup.secrets.flatMap(spellings);
      expect(secrets.length).toBeGreaterThan(0);
      for (const text of logged) expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
    });
  });
}

function messageOf(usage: KeyUsage, text: string): Uint8Array {
  return usage === 'statement' ? concatBytes(statementTag, utf8(text)) : utf8(text);
}

function shareOf(
  signers: ReadonlyMap<ProcessId, DistributedSigner>,
  id: ProcessId,
  message: Uint8Array,
): SignatureShare {
  return right(present(signers.get(id), 'a signer').signShare(message));
}

function shareEntries(
  signers: ReadonlyMap<ProcessId, DistributedSigner>,
  id: ProcessId,
  message: Uint8Array,
): readonly (readonly [ProcessId, SignatureShare])[] {
  return signers.has(id) ? [[id, shareOf(signers, id, message)]] : [];
}

function notQualified(combined: Combined): Extract<CombineError, { _tag: 'NotQualified' }> {
  if (E.isRight(combined) || combined.left._tag !== 'NotQualified') {
    throw new Error(`expected NotQualified, not ${inspect(combined)}`);
  }
  return combined.left;
}

/** What JSON and `inspect` show of `value`, without white space. */
function renderings(value: unknown): readonly string[] {
  const seen = new Set<unknown>();
  const json = JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === 'bigint') return inner.toString();
    if (typeof inner !== 'object' || inner === null) return inner;
    if (seen.has(inner)) return '(seen)';
    seen.add(inner);
    return inner;
  });
  const shown = inspect(value, { depth: null, showHidden: true, maxArrayLength: null, maxStringLength: null });
  return [json, shown].map((text) => text.replace(/\s/g, ''));
}

/** The ways in which secret bytes would appear in a rendering. */
function spellings(secret: Uint8Array): readonly string[] {
  const number = bytesToBigInt(secret);
  const json = JSON.stringify(new Uint8Array(secret)).slice(1, -1);
  return [toHex(secret), number.toString(), number.toString(16), secret.join(','), json];
}

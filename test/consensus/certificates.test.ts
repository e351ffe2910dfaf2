/** Certificates of a slow key that is shared along the slow quorums (spec/consensus.md, "Certificates"). */
import { describe, expect, it } from 'vitest';
import { digest } from '../../src/prelude/digest.js';
import { E } from '../../src/prelude/fp.js';
import { present } from '../../src/prelude/invariant.js';
import { verifyEvidence } from '../../src/consensus/evidence-record.js';
import type { Message } from '../../src/consensus/message.js';
import type { BallotKind } from '../../src/consensus/statement.js';
import { acceptedStatement, attributedStatement, commitStatement } from '../../src/consensus/statement.js';
import { recoveryPolicy } from '../../src/quorum/trust/derived-policy.js';
import { parseTrust } from '../../src/quorum/trust/trust-text.js';
import { dealBls } from '../../src/schemes/bls/dealer.js';
import { loadBackends } from '../../src/schemes/bls/load-backends.js';
import type { DistributedSigner } from '../../src/schemes/contract/distributed-signer.js';
import { makeSigner } from '../../src/schemes/registry.js';
import { dealShoupRsa } from '../../src/schemes/shoup-rsa/dealer.js';
import { right } from '../support/right.js';
import { safePrimes1024 } from '../support/rsa-keys.js';
import { type Actor, p, Scene, type SceneOptions } from '../support/scene.js';
import { seededRandom } from '../support/seeded-random.js';

type OfTag<T extends Message['_tag']> = Extract<Message, { _tag: T }>;
type Slow = NonNullable<SceneOptions['slow']>;

const slowPath = 'f=1 t=0 of (a, b, c, d)';
const fast = 'f=1 t=1 of (a, b, c, d)';

await loadBackends();
const trust = right(parseTrust(slowPath));
const { universe } = trust.system.processes;
const terms = { policy: recoveryPolicy(trust), universe, usage: 'statement', epoch: 1 } as const;
const bls = right(dealBls({ ...terms, random: seededRandom(1) }));
const rsa = right(
  dealShoupRsa({ ...terms, material: { _tag: 'safe-primes', ...safePrimes1024 }, random: seededRandom(2) }),
);

/** Of a dealt key; `calls` counts what each process does with it. */
function slowOf(dealt: typeof bls | typeof rsa, calls: string[] = []): Slow {
  const signers = universe.ids.map((id) => {
    const share = present(dealt.shares.get(id), 'a share of every process');
    // Shares have proofs where they are asked for alone.
    const options = { random: seededRandom(3), withProof: false };
    return [id, right(makeSigner(dealt.publicKey, share, universe, options))] as const;
  });
  const byId = new Map(signers);
  return () => (me) => counted(present(byId.get(me), 'a signer of every process'), calls);
}

function counted(signer: DistributedSigner, calls: string[]): DistributedSigner {
  return {
    me: signer.me,
    schemeId: signer.schemeId,
    keyId: signer.keyId,
    epoch: signer.epoch,
    canCombine: (signers) => signer.canCombine(signers),
    verifyShare: (message, from, share) => signer.verifyShare(message, from, share),
    verify: (message, signature) => {
      calls.push(`${signer.me} verifies`);
      return signer.verify(message, signature);
    },
    combine: (message, shares) => {
      calls.push(`${signer.me} combines ${[...shares.keys()].sort().join(' ')}`);
      return signer.combine(message, shares);
    },
    signShare: (message) => signer.signShare(message),
    proveShare: (message) => {
      calls.push(`${signer.me} signs`);
      return signer.proveShare(message);
    },
  };
}

function sceneOf(slow: Slow = slowOf(bls), options: Partial<SceneOptions> = {}): Scene {
  return new Scene({ trust: slowPath, slow, ...options });
}

/** An ACCEPTED of `from` whose share is over something else; its sender has signed for it. */
function badAccepted(scene: Scene, from: string, slot: number, share?: Uint8Array): OfTag<'Accepted'> {
  const good = scene.accepted(from, 1, slot, scene.batch(`slot ${slot}`));
  const { slow } = scene.config(p(from)).keys;
  const bad = share ?? right(slow.proveShare(commitStatement(contextOf(scene), good)));
  return { ...good, ...attributed(scene, from, 'accepted', good, bad) };
}

function contextOf(scene: Scene) {
  const { allianceId, epoch, keys } = scene.config(p('a'));
  return { allianceId, epoch, keyId: keys.slow.keyId };
}

/** As its sender itself would send that share. */
function attributed(
  scene: Scene,
  from: string,
  kind: BallotKind,
  { view, slot, digest: value }: { view: number; slot: number; digest: ReturnType<typeof digest> },
  share: Uint8Array,
) {
  const { identities } = scene.config(p(from));
  const context = { ...contextOf(scene), keyId: identities.keyId };
  const ballot = { kind, view, slot, digest: value };
  return { share: share as never, attribution: identities.sign(attributedStatement(context, ballot, digest(share))) };
}

function faults(actor: Actor): readonly string[] {
  return actor.did('Blame').map(({ process, fault }) => {
    return `${fault._tag === 'Proven' ? fault.record._tag : fault._tag} ${process}`;
  });
}

/** Everybody but the names given says that they have accepted slot `slot`. */
function accept(scene: Scene, to: string, slot: number, from = 'a c'): void {
  for (const name of from.split(' '))
    scene.inject(name, to, scene.accepted(name, 1, slot, scene.batch(`slot ${slot}`)));
}

describe('a commit certificate', () => {
  it.each([
    ['BLS', bls, 96],
    ['RSA', rsa, 128],
  ] as const)('of %s has one signature’s size, whoever signed it', (_, dealt, length) => {
    const signatures = ['a b c', 'b c d'].map((from) => {
      const scene = sceneOf(slowOf(dealt));
      accept(scene, 'd', 1, from);
      return present(scene.actor('d').state.slots.get(1)?.commit, 'a certificate').signature;
    });
    expect(signatures.map((signature) => signature.length)).toEqual([length, length]);
    expect(signatures[0]).toEqual(signatures[1]);
  });

  it('lets COMMIT decide while one process is silent, and checkpoints close the slots', () => {
    const scene = sceneOf(slowOf(bls), { parameters: { checkpointInterval: 2, windowSlots: 4 } });
    scene.loses = ({ from, to }) => from === p('d') || to === p('d');
    for (const sequence of [1, 2, 3]) {
      scene.actor('a').request(scene.request('x', sequence));
      scene.play(40, 'a b c');
    }
    expect(
      scene
        .actor('b')
        .did('Decide')
        .map(({ path }) => path),
    ).toEqual(['slow', 'slow', 'slow']);
    expect(scene.actor('b').state.checkpoint?.signature.length).toBe(96);
  });

  it('that was combined here is not verified again in reports', () => {
    const calls: string[] = [];
    const scene = sceneOf(slowOf(bls, calls));
    accept(scene, 'b', 1, 'a c d');
    const certificate = present(scene.actor('b').state.slots.get(1)?.commit, 'a certificate');
    // b leads the next view.
    scene.complain(1, 'a c d', 'b');
    scene.inject('a', 'b', scene.report('a', 2, { commits: [certificate] }));
    expect(scene.actor('b').state.collection.reports.has(p('a'))).toBe(true);
    expect(calls.filter((call) => call === 'b verifies')).toEqual([]);
  });
});

describe('what is signed', () => {
  it('is one share for ACCEPTED when it is first sent, and none for COMMIT', () => {
    const calls: string[] = [];
    const scene = sceneOf(slowOf(bls, calls));
    scene.inject('a', 'b', scene.propose(1, 1, scene.batch('slot 1')));
    accept(scene, 'b', 1, 'a c d');
    for (let turn = 0; turn < 3; turn++)
      scene.inject('d', 'b', { _tag: 'Status', view: 1, decided: 0, low: 0, stuck: true });
    expect(calls.filter((call) => call === 'b signs')).toHaveLength(1);
    const [commit] = scene.waiting('Commit', 'b');
    expect(commit?.share).toHaveLength(0);
    expect(commit?.attribution).toHaveLength(64);
  });

  it('is nothing at all where every slow quorum is a fast one', () => {
    const calls: string[] = [];
    const scene = sceneOf(slowOf(bls, calls), { trust: fast, isAlwaysFast: true });
    scene.loses = ({ to }) => to === p('d');
    scene.actor('a').request(scene.request('x'));
    scene.play(40);
    expect(
      scene
        .actor('b')
        .did('Decide')
        .map(({ path }) => path),
    ).toEqual(['fast']);
    expect(calls).toEqual([]);
  });

  it('is not made anew for votes that a restarted process does not send', () => {
    const calls: string[] = [];
    const scene = sceneOf(slowOf(bls, calls));
    const b = scene.actor('b');
    for (const slot of [1, 2, 3]) scene.inject('a', 'b', scene.propose(1, slot, scene.batch(`slot ${slot}`)));
    scene.complain(1, 'a c d', 'b');
    calls.length = 0;
    b.restart();
    expect(b.state.slots.get(3)?.vote).toBeDefined();
    expect(calls).toEqual([]);
  });

  it('is the same after a restart, and contradicts nothing', () => {
    for (const dealt of [bls, rsa]) {
      const scene = sceneOf(slowOf(dealt));
      scene.inject('a', 'b', scene.propose(1, 1, scene.batch('slot 1')));
      scene.deliver({ tag: 'Accepted', to: 'd' });
      scene.actor('b').restart();
      scene.deliver({ tag: 'Accepted', to: 'd' });
      accept(scene, 'd', 1, 'a c');
      expect(scene.actor('d').state.slots.get(1)?.commit).toBeDefined();
      expect(faults(scene.actor('d'))).toEqual([]);
    }
  });

  it('CHECKPOINT is signed once, however often somebody is stuck', () => {
    const calls: string[] = [];
    const scene = sceneOf(slowOf(bls, calls), { parameters: { checkpointInterval: 2, windowSlots: 4 } });
    scene.loses = ({ message }) => message._tag === 'Checkpoint';
    for (const sequence of [1, 2]) {
      scene.actor('a').request(scene.request('x', sequence));
      scene.play(40);
    }
    calls.length = 0;
    scene.loses = () => false;
    let sent = 0;
    for (let turn = 0; turn < 20; turn++) {
      scene.advance(200);
      scene.drop();
      scene.inject('d', 'b', { _tag: 'Status', view: 1, decided: 2, low: 0, stuck: true });
      sent += scene.waiting('Checkpoint', 'b').length;
    }
    expect(sent).toBeGreaterThan(10);
    expect(calls.filter((call) => call === 'b signs')).toEqual([]);
  });
});

describe('a share that is bad', () => {
  it.each([
    ['BLS', bls],
    ['RSA', rsa],
  ] as const)('costs one judgement, not one a slot, and stands in nobody’s way: %s', (_, dealt) => {
    const calls: string[] = [];
    const scene = sceneOf(slowOf(dealt, calls));
    const d = scene.actor('d');
    for (const slot of [1, 2, 3]) {
      scene.inject('b', 'd', badAccepted(scene, 'b', slot));
      accept(scene, 'd', slot, 'a c');
      expect(d.state.slots.get(slot)?.commit).toBeUndefined();
    }
    expect(calls.filter((call) => call.startsWith('d combines'))).toEqual(['d combines a b c']);
    accept(scene, 'd', 1, 'd');
    expect(d.state.slots.get(1)?.commit).toBeDefined();
    // It is heard on the link all the same: all four have accepted.
    accept(scene, 'd', 2, 'd');
    expect(d.state.slots.get(2)?.decided?.path).toBe('fast');
    expect(faults(d)).toEqual(['InvalidShare b']);
    expect([...d.state.barred]).toEqual(['b']);
  });

  it('without its proof bars its sender alone, where shares need proofs', () => {
    const scene = sceneOf(slowOf(rsa));
    const d = scene.actor('d');
    const unproven = right(
      makeSigner(rsa.publicKey, present(rsa.shares.get(p('b')), 'a share'), universe, { withProof: false }),
    );
    const statement = commitStatement(contextOf(scene), { view: 1, slot: 1, digest: digest(new Uint8Array(1)) });
    scene.inject('b', 'd', badAccepted(scene, 'b', 1, right(unproven.signShare(statement))));
    accept(scene, 'd', 1, 'a c');
    expect([...d.state.barred]).toEqual(['b']);
    // A share without a proof shows nothing, so nobody is accused.
    expect(faults(d)).toEqual([]);
    accept(scene, 'd', 1, 'd');
    expect(d.state.slots.get(1)?.commit).toBeDefined();
  });

  it.each(['another epoch', 'another purpose', 'no share'])('is one of %s', (what) => {
    const scene = sceneOf();
    const { slow } = scene.config(p('b')).keys;
    const { view, slot, digest: value } = scene.accepted('b', 1, 1, scene.batch('slot 1'));
    const ballot = { view, slot, digest: value };
    const context = contextOf(scene);
    const shares: Record<string, () => Uint8Array> = {
      'another epoch': () => right(slow.proveShare(acceptedStatement({ ...context, epoch: 2 }, ballot))),
      'another purpose': () => right(slow.proveShare(commitStatement(context, ballot))),
      'no share': () => new Uint8Array(0),
    };
    scene.inject('b', 'd', badAccepted(scene, 'b', 1, present(shares[what], 'a case')()));
    accept(scene, 'd', 1, 'a c');
    const { commit } = present(scene.actor('d').state.slots.get(1), 'a slot');
    expect(commit).toBeUndefined();
    expect(scene.actor('d').state.barred.has(p('b'))).toBe(true);
    // To send none where one is owed is no proof: it is what COMMIT has.
    expect(faults(scene.actor('d'))).toEqual(what === 'no share' ? [] : ['InvalidShare b']);
  });

  it('is suspected together with good ones where a scheme cannot tell: those that show themselves right stay', () => {
    const suspecting: Slow = (system) => (me) => {
      const signer = slowOf(bls)(system)(me);
      const combine: DistributedSigner['combine'] = (message, shares) => {
        const isGood = [...shares].every(([from, share]) => signer.verifyShare(message, from, share) === 'valid');
        const suspects = universe.of(shares.keys());
        return isGood ? signer.combine(message, shares) : E.left({ _tag: 'BadShares', suspects });
      };
      return { ...counted(signer, []), combine };
    };
    const scene = sceneOf(suspecting);
    scene.inject('b', 'd', badAccepted(scene, 'b', 1));
    accept(scene, 'd', 1, 'a c d');
    expect([...scene.actor('d').state.barred]).toEqual(['b']);
    expect(scene.actor('d').state.slots.get(1)?.commit).toBeDefined();
  });

  it('bars nobody for a share that another has sent in its name', () => {
    const scene = sceneOf();
    // b repeats what c has sent; the link says b.
    scene.inject('b', 'd', scene.accepted('c', 1, 1, scene.batch('slot 1')));
    accept(scene, 'd', 1, 'a c');
    accept(scene, 'd', 1, 'd');
    expect([...scene.actor('d').state.barred]).toEqual(['b']);
    expect(faults(scene.actor('d'))).toEqual([]);
  });
});

describe('nobody correct', () => {
  it('is accused for the empty share of COMMIT, or of ACCEPTED where nobody combines', () => {
    for (const isAlwaysFast of [false, true]) {
      const scene = sceneOf(slowOf(bls), { trust: isAlwaysFast ? fast : slowPath, isAlwaysFast });
      for (const kind of ['accepted', 'commit'] as const) {
        const { view, slot, digest: value, share, attribution } = scene[kind]('b', 1, 1, scene.batch('slot 1'));
        const ballot = { kind, view, slot, digest: value };
        const signature = present(attribution, 'a linear scheme');
        const record = { _tag: 'InvalidShare', epoch: 1, process: p('b'), ballot, share, signature } as const;
        expect(verifyEvidence(scene.config(p('a')), record)).toBe(false);
      }
    }
  });
});

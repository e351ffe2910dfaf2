import { describe, expect, it } from 'vitest';
import type { ProcessId, Universe } from '../../src/prelude/process.js';
import type { PrefixCertificate } from '../../src/consensus/range.js';
import type { DistributedSigner, Signature, SignatureShare } from '../../src/schemes/contract/distributed-signer.js';
import { shoupRsaSigners } from '../support/rsa-signers.js';
import { p, Scene } from '../support/scene.js';

const trust = 'f=1 t=1 of (a, b, c, d)';

const rsa = new Map<Universe, (me: ProcessId) => DistributedSigner>();
/** The same keys for every scene. */
function alliance(universe: Universe): (me: ProcessId) => DistributedSigner {
  const known = [...rsa.entries()].find(([of]) => of.ids.join() === universe.ids.join())?.[1];
  const signers = known ?? shoupRsaSigners(universe);
  rsa.set(universe, signers);
  return signers;
}

function decided(options: { readonly alliance?: typeof alliance } = {}): Scene {
  const scene = new Scene({ trust, ...options });
  scene.actor('a').request(scene.request('x'));
  scene.deliver({ tag: 'Propose Accepted Commit' });
  return scene;
}

/** What `from` answers, with bytes of its share changed. */
function spoil(scene: Scene, from: string): void {
  const letter = scene.letters.find(({ message, ...sent }) => message._tag === 'Attested' && sent.from === p(from));
  if (letter?.message._tag !== 'Attested') throw new Error(`${from} has answered nothing`);
  scene.letters.splice(scene.letters.indexOf(letter), 1);
  const share = Uint8Array.from(letter.message.share, (byte, index) => (index === 40 ? byte ^ 1 : byte));
  scene.inject(from, 'a', { ...letter.message, share: share as SignatureShare });
}

const asked = (scene: Scene): readonly boolean[] =>
  scene
    .actor('a')
    .sent('Attest')
    .map(({ isProven }) => isProven);
const certified = (scene: Scene, name: string): number => scene.actor(name).did('Certify').length;

describe('shares of the alliance key', () => {
  it('carry no proofs while they combine', () => {
    const scene = decided({ alliance });
    scene.play(100);
    expect(asked(scene)).toEqual([false, false]);
    expect(certified(scene, 'a')).toBe(1);
    expect(scene.all.flatMap((name) => scene.actor(name).did('Sign')).every(({ isProven }) => !isProven)).toBe(true);
  });

  it('are asked for with proofs, of everybody, where nobody can tell whose are bad', () => {
    const scene = decided({ alliance });
    scene.advance(20);
    const liar = scene.letters.find(({ message }) => message._tag === 'Attest')?.to;
    if (liar === undefined) throw new Error('one other process is asked first');
    scene.deliver({ tag: 'Attest' });
    spoil(scene, liar);
    expect(asked(scene)).toEqual([false, false, true, true, true, true]);
    scene.deliver({ tag: 'Attest' });
    spoil(scene, liar);
    scene.play(100);
    expect(certified(scene, 'a')).toBe(1);
    expect([...scene.actor('a').state.slack]).toEqual([liar]);
  });

  it('with a proof and without are two, whoever else waits for either', () => {
    const scene = decided();
    const { machine } = scene.actor('c');
    const ask = (from: string, isProven: boolean) =>
      machine.step({ _tag: 'Message', from: p(from), message: { _tag: 'Attest', slot: 1, isProven } }, scene.nowMs);
    const effects = [...ask('a', false), ...ask('b', true), ...ask('d', false)];
    expect(effects.flatMap((effect) => (effect._tag === 'Sign' ? [effect.isProven] : []))).toEqual([false, true]);
  });
});

describe('a certificate from another', () => {
  /** The certificate that `a` has made, which nobody else has got. */
  function made(): { readonly scene: Scene; readonly certificate: PrefixCertificate } {
    const scene = decided();
    scene.advance(20);
    scene.deliver({ tag: 'Attest Attested' });
    const [certify] = scene.actor('a').did('Certify');
    if (certify === undefined) throw new Error('a has made a certificate');
    scene.letters.length = 0;
    return { scene, certificate: certify.certificate };
  }

  const forged = ({ slot, chain }: PrefixCertificate, by = 0): PrefixCertificate => ({
    slot: slot + by,
    chain,
    signature: new Uint8Array(32) as Signature,
  });

  it('is not checked again where it was made', () => {
    const { scene } = made();
    expect(scene.actor('a').did('Verify')).toEqual([]);
    expect(certified(scene, 'a')).toBe(1);
  });

  it('is checked, and handed on once', () => {
    const { scene, certificate } = made();
    for (const from of ['a', 'c', 'd']) scene.inject(from, 'b', { _tag: 'Certificate', certificate });
    expect(scene.actor('b').did('Verify')).toHaveLength(1);
    expect(certified(scene, 'b')).toBe(1);
  });

  it('that is false is believed by nobody, blames its sender, and is the last that it is asked about', () => {
    const { scene, certificate } = made();
    for (const by of [0, 1, 2]) scene.inject('d', 'b', { _tag: 'Certificate', certificate: forged(certificate, by) });
    expect(scene.actor('b').did('Verify')).toHaveLength(1);
    expect(
      scene
        .actor('b')
        .did('Blame')
        .map(({ process }) => process),
    ).toEqual(['d']);
    expect(certified(scene, 'b')).toBe(0);
    scene.inject('a', 'b', { _tag: 'Certificate', certificate });
    expect(certified(scene, 'b')).toBe(1);
  });

  it('of slots that are missing here has them fetched, though nobody waits for anything', () => {
    const { certificate } = made();
    const scene = new Scene({ trust });
    scene.advance(50);
    scene.inject('a', 'd', { _tag: 'Certificate', certificate });
    scene.advance(300);
    expect(scene.letters.filter(({ message }) => message._tag === 'FetchRange').length).toBeGreaterThan(0);
  });

  it('waits its turn while another is checked, and gives way to a newer one of its sender', () => {
    const { scene, certificate } = made();
    const b = scene.actor('b');
    b.isSlowToVerify = true;
    scene.inject('d', 'b', { _tag: 'Certificate', certificate: forged(certificate, 9) });
    scene.inject('d', 'b', { _tag: 'Certificate', certificate: forged(certificate, 10) });
    scene.inject('a', 'b', { _tag: 'Certificate', certificate });
    scene.inject('d', 'b', { _tag: 'Certificate', certificate: forged(certificate, 11) });
    expect(b.did('Verify')).toHaveLength(1);
    expect([...b.state.certificates.claimed].map(([from, { slot }]) => `${from} ${slot}`)).toEqual(['d 12', 'a 1']);
    b.verifyNow();
    expect(certified(scene, 'b')).toBe(1);
    expect(b.did('Verify')).toHaveLength(2);
  });

  it('holds back one’s own only while it is checked', () => {
    const { scene, certificate } = made();
    const b = scene.actor('b');
    b.isSlowToVerify = true;
    scene.inject('d', 'b', { _tag: 'Certificate', certificate: forged(certificate) });
    scene.advance(2000);
    expect(b.sent('Attest')).toEqual([]);
    b.verifyNow();
    scene.advance(20);
    expect(b.sent('Attest')).not.toEqual([]);
  });
});

import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { toHex, utf8 } from '../../../src/prelude/bytes.js';
import { digest } from '../../../src/prelude/digest.js';
import { E } from '../../../src/prelude/fp.js';
import { present } from '../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import { decodeConsentsText, printConsents } from '../../../src/management/founding/consent-codec.js';
import {
  describeKey,
  namedKeys,
  type OrganizationContent,
  type OrganizationExport,
  possessionStatement,
  unprovenKeys,
} from '../../../src/management/founding/organization-export.js';
import {
  decodeContentText,
  decodeExportText,
  exportDigest,
  printContent,
  printExport,
} from '../../../src/management/founding/organization-export-codec.js';
import { spokenWords } from '../../../src/management/founding/spoken-digest.js';
import { ed25519Sign, ed25519Verify } from '../../../src/schemes/ed25519/ed25519.js';
import { right } from '../../support/right.js';
import { certificateKey, madeContent, madeExport, publicKeyFor, seedFor } from './made-export.js';

const exported = madeExport();
const all = [
  'authority a',
  'administrator ann',
  'administrator bob',
  'recovery a',
  'identity a/1',
  'slow a/1',
  'alliance a/1',
  'request a/app',
];

function unproven(one: OrganizationExport): readonly string[] {
  const keys = unprovenKeys(one, exportDigest(one), { verify: ed25519Verify, certificateKey });
  return keys.map(({ use, holder }) => `${use} ${holder}`);
}

const server = present(madeContent().organization.servers[0], 'a server');

/** Each changes one thing that an export says. */
const changes: readonly (readonly [what: string, change: (content: OrganizationContent) => OrganizationContent])[] = [
  ['an address', (one) => withOrganization(one, { servers: [{ ...server, port: 9999 }] })],
  ['an identity key', (one) => withOrganization(one, { servers: [{ ...server, identityKey: publicKeyFor('other') }] })],
  ['an alliance key', (one) => ({ ...one, allianceKeys: [{ id: server.id, key: publicKeyFor('other') }] })],
  ['a recovery key', (one) => withOrganization(one, { recoveryKey: publicKeyFor('other') })],
  ['an application', (one) => ({ ...one, applications: [] })],
  ['the rule', (one) => withOrganization(one, { rule: { _tag: 'member', id: 'ann' as ProcessId } })],
];

function withOrganization(
  content: OrganizationContent,
  more: Partial<OrganizationContent['organization']>,
): OrganizationContent {
  return { ...content, organization: { ...content.organization, ...more } };
}

describe('an export', () => {
  it('names every key with its use and holder, and is signed by each', () => {
    expect(namedKeys(exported, certificateKey).map(({ use, holder }) => `${use} ${holder}`)).toEqual(all);
    expect(unproven(exported)).toEqual([]);
    expect(describeKey({ use: 'identity', holder: 'a/1' })).toBe('the identity key of a/1');
  });

  it('misses each signature that is taken out', () => {
    for (const [index, name] of all.entries()) {
      expect(unproven({ ...exported, proofs: exported.proofs.filter((_, at) => at !== index) })).toEqual([name]);
    }
  });

  it.each(changes)('is believed by nobody who signed another: with another %s', (_, change) => {
    const changed = change(madeContent());
    const remaining = namedKeys(changed, certificateKey).map(({ use, holder }) => `${use} ${holder}`);
    expect(unproven({ ...changed, proofs: exported.proofs })).toEqual(remaining);
  });

  it('counts no signature under another use, holder, or key', () => {
    const swap = (from: string, to: string): OrganizationExport => ({
      ...exported,
      proofs: exported.proofs.flatMap((proof) => {
        if (`${proof.use} ${proof.holder}` === to) return [];
        if (`${proof.use} ${proof.holder}` !== from) return [proof];
        const [use, holder] = to.split(' ') as [typeof proof.use, string];
        return [proof, { ...proof, use, holder }];
      }),
    });
    expect(unproven(swap('slow a/1', 'alliance a/1'))).toEqual(['alliance a/1']);
    expect(unproven(swap('administrator ann', 'administrator bob'))).toEqual(['administrator bob']);
    // The same key, proven for one use, is not proven for another.
    const content = { ...madeContent(), allianceKeys: [{ id: server.id, key: publicKeyFor('slow a/1') }] };
    const use = { use: 'slow', holder: 'a/1', key: publicKeyFor('slow a/1') } as const;
    const signature = ed25519Sign(seedFor('slow a/1'), possessionStatement(use, exportDigest(content)));
    const proofs = (['slow', 'alliance'] as const).map((each) => ({ use: each, holder: 'a/1', signature }));
    expect(unproven({ ...content, proofs })).toContain('alliance a/1');
    expect(unproven({ ...content, proofs })).not.toContain('slow a/1');
  });

  it('proves nothing of an authority whose certificate holds no Ed25519 key', () => {
    const keys = unprovenKeys(exported, exportDigest(exported), {
      verify: ed25519Verify,
      certificateKey: () => undefined,
    });
    expect(keys.map(({ use }) => use)).toEqual(['authority']);
  });

  it('is signed under a type of its own, for no alliance', () => {
    const [named] = namedKeys(exported, certificateKey);
    const { use, holder, key } = present(named, 'a key');
    const statement = toHex(possessionStatement({ use, holder, key: present(key, 'a key') }, digest(utf8('x'))));
    const head = `00${toHex(utf8('koinon statement v1'))}00`;
    expect(statement.startsWith(`${head}${'00'.repeat(32)}`)).toBe(true);
    expect(statement.endsWith(`${'00'.repeat(8)}11${toHex(digest(utf8('x')))}`)).toBe(true);
  });
});

interface Vector {
  readonly export: unknown;
  readonly digest: string;
  readonly words: string;
  /** What the first key signs. */
  readonly possession: string;
}

/** Written again with UPDATE=1, for a reason that the commit names. */
const vectorFile = new URL('../../../spec/vectors/founding.json', import.meta.url);

function vectorNow(): Vector {
  const value = exportDigest(exported);
  const { use, holder, key } = present(namedKeys(exported, certificateKey)[0], 'a key');
  return {
    export: JSON.parse(printExport(exported)) as unknown,
    digest: toHex(value),
    words: spokenWords(value).join(' '),
    possession: toHex(possessionStatement({ use, holder, key: present(key, 'a key') }, value)),
  };
}

describe('the vector', () => {
  it('is what an export says, signs and sounds like', () => {
    if (process.env['UPDATE'] === '1') writeFileSync(vectorFile, `${JSON.stringify(vectorNow(), undefined, 2)}\n`);
    expect(vectorNow()).toEqual(JSON.parse(readFileSync(vectorFile, 'utf8')));
  });
});

describe('the file of an export', () => {
  it('is read as it was written, and so is what an organization keeps of itself', () => {
    expect(right(decodeExportText(printExport(exported)))).toEqual(exported);
    const { proofs, ...content } = exported;
    expect(proofs).toHaveLength(all.length);
    expect(right(decodeContentText(printContent(content)))).toEqual(content);
  });

  it('is refused where its parts are not of one organization', () => {
    const other = 'b/1' as ProcessId;
    const refused = (content: OrganizationContent): unknown => {
      const read = decodeContentText(printContent(content));
      return E.isLeft(read) ? read.left.path : undefined;
    };
    expect(refused(withOrganization(exported, { servers: [{ ...server, id: other }] }))).toBe(
      '/organization/servers/0/id',
    );
    expect(refused({ ...exported, allianceKeys: [{ id: other, key: publicKeyFor('x') }] })).toBe('/allianceKeys');
    expect(refused({ ...exported, allianceKeys: [...exported.allianceKeys, ...exported.allianceKeys] })).toBe(
      '/allianceKeys',
    );
    expect(refused({ ...exported, applications: [{ id: 'b/app' as ProcessId, key: publicKeyFor('x') }] })).toBe(
      '/applications/0/id',
    );
    expect(refused({ ...exported, applications: [{ id: 'a/1' as ProcessId, key: publicKeyFor('x') }] })).toBe(
      '/applications/0/id',
    );
    expect(refused(withOrganization(exported, { rule: { _tag: 'member', id: 'eve' as ProcessId } }))).toBe(
      '/organization/rule',
    );
  });
});

describe('the file of consents', () => {
  const signature = new Uint8Array(64).fill(7);
  const gathered = {
    allianceId: digest(utf8('alliance')),
    consents: [{ organization: 'a', signatures: [{ by: 'ann' as ProcessId, signature }] }],
  };

  it('is read as it was written', () => {
    expect(right(decodeConsentsText(printConsents(gathered)))).toEqual(gathered);
  });

  it.each([
    ['signature', { by: 'ann', signature: '00' }],
    ['by', { by: 'a/b/c', signature: toHex(signature) }],
  ])('is refused with a bad %s', (place, one) => {
    const json = {
      version: 1,
      allianceId: toHex(gathered.allianceId),
      consents: [{ organization: 'a', signatures: [one] }],
    };
    expect(decodeConsentsText(JSON.stringify(json))).toMatchObject({
      left: { path: `/consents/0/signatures/0/${place}` },
    });
  });
});

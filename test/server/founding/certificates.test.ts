/** Certificates against two verifiers that are not ours: OpenSSL's command and node:tls's own checks. */
import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { E } from '../../../src/prelude/fp.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import {
  generateTlsKeyPair,
  issueClientCertificate,
  issueServerCertificate,
  makeOrganizationCa,
} from '../../../src/server/founding/certificates.js';
import { proveIdentity, readAuthorities } from '../../../src/transport/authority.js';

const day = 86_400_000;
const now = new Date();
const validity = { from: new Date(now.getTime() - day), to: new Date(now.getTime() + 365 * day) };
const acme = makeOrganizationCa('acme', validity);
const globex = makeOrganizationCa('globex', validity);
const { publicKey } = generateTlsKeyPair();
const process = 'acme/1' as ProcessId;
const server = issueServerCertificate(acme, { process, hosts: ['localhost', '127.0.0.1', '::1'], publicKey, validity });
const client = issueClientCertificate(acme, { application: 'acme/shop' as ProcessId, publicKey, validity });
const pins = new Map([
  ['acme', acme.certificate],
  ['globex', globex.certificate],
]);

function prove(pem: string, authorities: ReadonlyMap<string, string> = pins, at: Date = now) {
  const read = readAuthorities(authorities);
  return E.isLeft(read) ? read : proveIdentity(new X509Certificate(pem), read.right, at);
}

describe('a certificate that an organization issues', () => {
  it('names exactly one process', () => {
    const certificate = new X509Certificate(server);
    expect(certificate.subject).toBe('O=acme\nCN=acme/1');
    expect(certificate.subjectAltName).toBe(
      'URI:koinon:server/acme/1, DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1',
    );
    expect(certificate.ca).toBe(false);
    expect(new X509Certificate(acme.certificate).ca).toBe(true);
    expect(prove(server)).toEqual(E.right({ role: 'server', id: 'acme/1' }));
    expect(prove(client)).toEqual(E.right({ role: 'client', id: 'acme/shop' }));
  });

  it('writes dates beyond 2049 as RFC 5280 wants them', () => {
    const far = { from: new Date('2026-01-02T03:04:05Z'), to: new Date('2051-01-02T03:04:05Z') };
    const certificate = new X509Certificate(makeOrganizationCa('acme', far).certificate);
    expect([certificate.validFrom, certificate.validTo]).toEqual([
      'Jan  2 03:04:05 2026 GMT',
      'Jan  2 03:04:05 2051 GMT',
    ]);
  });

  it('is refused outside its validity', () => {
    expect(prove(server, pins, new Date(validity.from.getTime() - 2000))).toMatchObject({
      left: expect.stringContaining('not now') as string,
    });
    expect(prove(server, pins, new Date(validity.to.getTime() + 2000))).toMatchObject({
      left: expect.stringContaining('not now') as string,
    });
  });

  it('is refused when another authority issued it, whatever that authority calls itself', () => {
    const impostor = makeOrganizationCa('acme', validity);
    const forged = issueServerCertificate(impostor, { process, hosts: [], publicKey, validity });
    expect(prove(forged)).toMatchObject({
      left: expect.stringContaining('was not issued by the authority of acme') as string,
    });
    const crossed = new Map([['acme', globex.certificate]]);
    expect(prove(server, crossed)).toMatchObject({ left: expect.stringContaining('was not issued') as string });
  });

  it('is refused with a flipped bit in its signature', () => {
    const bytes = Buffer.from(new X509Certificate(server).raw);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    expect(prove(new X509Certificate(bytes).toString())).toMatchObject({
      left: expect.stringContaining('was not issued by the authority of acme') as string,
    });
  });

  it('is refused for an unknown organization, and where the authority itself is shown', () => {
    expect(prove(server, new Map([['globex', globex.certificate]]))).toMatchObject({
      left: expect.stringContaining('unknown') as string,
    });
    expect(prove(acme.certificate)).toMatchObject({ left: expect.stringContaining('names no server') as string });
  });

  it('cannot be issued for a process of another organization', () => {
    const foreign = { process: 'globex/1' as ProcessId, hosts: [], publicKey, validity };
    expect(() => issueServerCertificate(acme, foreign)).toThrow('its organization');
  });

  it('reads authorities or says which is none', () => {
    expect(readAuthorities(new Map([['acme', 'nonsense']]))).toEqual(
      E.left('the certificate of organization acme is no X.509 certificate'),
    );
  });
});

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

describe.skipIf(!hasOpenssl)('openssl verify', () => {
  let directory = '';
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'koinon-certificates-'));
    const files = { acme: acme.certificate, globex: globex.certificate, server, client };
    for (const [name, pem] of Object.entries(files)) writeFileSync(join(directory, `${name}.pem`), pem);
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  const verify = (authority: string, certificate: string, ...more: string[]) =>
    spawnSync('openssl', ['verify', '-x509_strict', ...more, '-CAfile', `${authority}.pem`, `${certificate}.pem`], {
      cwd: directory,
    }).status;

  it('accepts what the authority issued, for its purpose', () => {
    expect(verify('acme', 'acme')).toBe(0);
    expect(verify('acme', 'server', '-purpose', 'sslserver')).toBe(0);
    expect(verify('acme', 'server', '-purpose', 'sslclient')).toBe(0);
    expect(verify('acme', 'client', '-purpose', 'sslclient')).toBe(0);
  });

  it('refuses another authority, another purpose and another time', () => {
    expect(verify('globex', 'server')).not.toBe(0);
    expect(verify('acme', 'client', '-purpose', 'sslserver')).not.toBe(0);
    const later = String(Math.floor(validity.to.getTime() / 1000) + 60);
    expect(verify('acme', 'server', '-attime', later)).not.toBe(0);
  });
});

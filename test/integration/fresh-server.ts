/** A server's directory with keys of its own, as its organization makes it beside a document that does not list them. */
import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { present } from '../../src/prelude/invariant.js';
import { organizationOf } from '../../src/prelude/process.js';
import { allianceIdOf, decodeAllianceText } from '../../src/management/alliance-codec.js';
import type { ServerEntry } from '../../src/management/alliance.js';
import { publicKeyFromSeed } from '../../src/schemes/ed25519/ed25519.js';
import { type Ed25519Seed, ed25519Seed } from '../../src/schemes/ed25519/encoding.js';
import { directoryOwnerCodec, directoryVersion } from '../../src/server/directory/directory-codec.js';
import { printPrivateKey } from '../../src/server/directory/private-key-file.js';
import { generateTlsKeyPair, issueServerCertificate } from '../../src/server/founding/certificates.js';
import { right } from '../support/right.js';

const day = 86_400_000;

/**
 * @param alliance - the directory that founding for trying has written, or another with `alliance.json` and `organizations/NAME`.
 * @returns what a document is to list.
 */
export function writeFreshServer(
  alliance: string,
  path: string,
  { id, host, port }: Pick<ServerEntry, 'id' | 'host' | 'port'>,
): ServerEntry {
  const document = right(decodeAllianceText(readFileSync(join(alliance, 'alliance.json'), 'utf8')));
  const organization = organizationOf(id);
  const authority = join(alliance, 'organizations', organization);
  const { publicKey, privateKey } = generateTlsKeyPair();
  const ca = {
    organization,
    certificate: readFileSync(join(authority, 'ca.crt'), 'utf8'),
    privateKey: readFileSync(join(authority, 'ca.key'), 'utf8'),
  };
  const validity = { from: new Date(Date.now() - day), to: new Date(Date.now() + day) };
  const [identity, slow] = [drawSeed(), drawSeed()];
  mkdirSync(join(path, 'former'), { recursive: true });
  copyFileSync(join(alliance, 'alliance.json'), join(path, 'alliance.json'));
  copyFileSync(join(alliance, 'alliance.json'), join(path, 'former', `alliance-${document.epoch}.json`));
  const owner = directoryOwnerCodec.encode({ version: directoryVersion, id, allianceId: allianceIdOf(document) });
  writeFileSync(join(path, 'server.json'), JSON.stringify(owner));
  const certificate = issueServerCertificate(ca, { process: id, hosts: [host], publicKey, validity });
  writeFileSync(join(path, 'tls.crt'), certificate);
  const secrets = {
    'tls.key': privateKey,
    'identity.key': printPrivateKey(identity),
    'slow.key': printPrivateKey(slow),
  };
  for (const [name, text] of Object.entries(secrets)) writeFileSync(join(path, name), text, { mode: 0o600 });
  return { id, host, port, identityKey: publicKeyFromSeed(identity), slowKey: publicKeyFromSeed(slow) };
}

function drawSeed(): Ed25519Seed {
  return present(ed25519Seed(randomBytes(32)), 'a seed has 32 bytes');
}

/** Our own known answers (spec/vectors/key-files.json): a file of every kind, as all later versions have to read it. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/prelude/bytes.js';
import { digest } from '../../../src/prelude/digest.js';
import { present } from '../../../src/prelude/invariant.js';
import { Universe } from '../../../src/prelude/process.js';
import { policyMembers } from '../../../src/quorum/policy/policy.js';
import type { KeyFile, SealedKeyShareFile } from '../../../src/schemes/key-file/key-file.js';
import { keyFileJson, parseKeyFile } from '../../../src/schemes/key-file/key-file-codec.js';
import { openKeyShare } from '../../../src/schemes/key-file/sealed-key-share.js';
import { MasterKey } from '../../../src/schemes/key-file/sealing.js';
import { sharingNameOf } from '../../../src/schemes/key-file/sharing-name.js';
import { keyIdOf, makeSigner } from '../../../src/schemes/registry.js';
import { right } from '../../support/right.js';

interface Answers {
  readonly passphrase: string;
  /** What the contribution is to the signature of. */
  readonly message: string;
  readonly files: Readonly<Record<KeyFile['_tag'], unknown>>;
}

const path = new URL('../../../spec/vectors/key-files.json', import.meta.url);
const { passphrase, message, files } = JSON.parse(readFileSync(path, 'utf8')) as Answers;

function fileOf<Tag extends KeyFile['_tag']>(tag: Tag): Extract<KeyFile, { readonly _tag: Tag }> {
  const file = right(parseKeyFile(JSON.stringify(files[tag])));
  return present(file._tag === tag ? (file as Extract<KeyFile, { readonly _tag: Tag }>) : undefined, tag);
}

describe('known key files', () => {
  it.each(['public-key', 'key-share', 'sealed-key-share', 'contribution'] as const)(
    'are read and written: %s',
    (tag) => {
      expect(JSON.parse(JSON.stringify(keyFileJson(fileOf(tag))))).toEqual(files[tag]);
    },
  );

  it('open with their passphrase', async () => {
    const sealed: SealedKeyShareFile = fileOf('sealed-key-share');
    const opened = right(openKeyShare(sealed, await MasterKey.derive(utf8(passphrase), sealed.sealing)));
    expect(JSON.parse(JSON.stringify(keyFileJson(opened)))).toEqual(files['key-share']);
  });

  it('belong together', () => {
    const { key, share } = fileOf('key-share');
    const signer = right(makeSigner(key, share, new Universe(policyMembers(key.policy))));
    expect(fileOf('contribution')).toEqual({
      _tag: 'contribution',
      scheme: 'bls',
      usage: 'document',
      keyId: keyIdOf(key),
      epoch: 4,
      sharing: sharingNameOf(key),
      process: share.process,
      input: digest(utf8(message)),
      contribution: right(signer.signShare(utf8(message))),
    });
  });
});

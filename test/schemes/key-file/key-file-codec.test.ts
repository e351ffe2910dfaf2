import { describe, expect, it } from 'vitest';
import { digest } from '../../../src/prelude/digest.js';
import { utf8 } from '../../../src/prelude/bytes.js';
import { E } from '../../../src/prelude/fp.js';
import type { ContributionFile, KeyFile } from '../../../src/schemes/key-file/key-file.js';
import { keyFileJson, parseKeyFile, printKeyFile } from '../../../src/schemes/key-file/key-file-codec.js';
import { sharingNameOf } from '../../../src/schemes/key-file/sharing-name.js';
import { keyIdOf } from '../../../src/schemes/public-key.js';
import { right } from '../../support/right.js';
import { multisigShare, rsaShare } from './keys.js';

const rsa = rsaShare();
const contribution: ContributionFile = {
  _tag: 'contribution',
  scheme: 'shoup-rsa',
  usage: 'document',
  keyId: keyIdOf(rsa.key),
  epoch: 0,
  sharing: sharingNameOf(rsa.key),
  process: rsa.share.process,
  input: digest(utf8('a contract')),
  contribution: Uint8Array.of(1, 2, 3),
};

const files: readonly KeyFile[] = [
  { _tag: 'public-key', key: rsa.key },
  { _tag: 'public-key', key: multisigShare().key },
  rsa,
  multisigShare(),
  contribution,
];

describe('key files', () => {
  it.each(files.map((file) => [file._tag, file] as const))('say again what they said: %s', (_kind, file) => {
    const text = printKeyFile(file);
    expect(printKeyFile(right(parseKeyFile(text)))).toBe(text);
    expect(text.endsWith('}\n')).toBe(true);
  });

  const changed = (change: (json: Record<string, unknown>) => void, file: KeyFile = contribution): string => {
    const json = structuredClone(keyFileJson(file)) as Record<string, unknown>;
    change(json);
    return JSON.stringify(json);
  };

  it.each<[string, string, string, RegExp]>([
    ['no JSON', '{"_tag": "key-share", "seed": "secret', '/', /^JSON( \(there is a mistake after \d+ characters\))?$/],
    ['a list', '[]', '/', /a file that koinon key has written/],
    ['JSON of something else', '{"_tag": "public-key"}', '/', /a file that koinon key has written/],
    ['a newer version', changed((json) => (json['version'] = 2)), '/version', /version 1, .*update koinon/],
    ['no version that ever was', changed((json) => (json['version'] = 0)), '/version', /^version 1$/],
    ['an unknown kind', changed((json) => (json['_tag'] = 'secret-key')), '/_tag', /public-key, key-share/],
    ['a key too many', changed((json) => (json['comment'] = '')), '/comment', /no such key/],
    ['a strange member', changed((json) => (json['process'] = 'a/b/c')), '/process', /organization\/server/],
    ['an unknown scheme', changed((json) => (json['scheme'] = 'toString')), '/scheme', /a known scheme/],
    ['an unknown usage', changed((json) => (json['usage'] = 'all')), '/usage', /a usage/],
    ['half a digest', changed((json) => (json['input'] = 'ab')), '/input', /32 bytes/],
    ['an epoch before the first', changed((json) => (json['epoch'] = -1)), '/epoch', /an integer from 0/],
    [
      'more than anybody contributes',
      changed((json) => (json['contribution'] = 'ab'.repeat((1 << 22) + 1))),
      '/contribution',
      /at most 4194304 bytes/,
    ],
  ])('are refused where they hold %s', (_what, text, path, expected) => {
    const parsed = parseKeyFile(text);
    expect(parsed).toMatchObject(E.left({ path, expected: expect.stringMatching(expected) as unknown }));
  });

  it('quote nothing of a text that is not JSON: it may be a secret', () => {
    const parsed = parseKeyFile('{"seed": "00112233445566778899" oops');
    expect(JSON.stringify(parsed)).not.toMatch(/seed|0011|oops/);
  });
});

/** Key shares of schemes along a sharing as JSON. */
import * as t from 'io-ts';
import { hexBytes, hexDigest, integer, list, record } from '../../prelude/codec.js';
import { E } from '../../prelude/fp.js';
import { processCodec } from '../../prelude/process-codec.js';
import type { KeyId } from './distributed-signer.js';
import { LinearKeyShare, type SecretRow } from './linear-key-share.js';
import { sharingLimits } from '../sharing/compile.js';

const keyIdCodec: t.Type<KeyId, unknown> = hexDigest;

/**
 * The codec of one scheme's key shares. Writes secrets out: only for files that their owner alone can read.
 *
 * @param name - what a share is called where something else is found.
 * @param maxSecretBytes - of one row.
 */
export function linearKeyShareCodec<Scheme extends string>(
  name: string,
  scheme: Scheme,
  maxSecretBytes: number,
): t.Type<LinearKeyShare<Scheme>, unknown> {
  const rowCodec: t.Type<SecretRow, unknown> = record('a row {row, secret}', {
    row: integer(0, sharingLimits.maxNodeCount - 1),
    secret: hexBytes(maxSecretBytes),
  });
  const json = record(name, {
    _tag: t.literal(scheme),
    keyId: keyIdCodec,
    epoch: integer(0),
    process: processCodec,
    rows: list(rowCodec, sharingLimits.maxNodeCount, 1),
  });
  return new t.Type(
    name,
    (value): value is LinearKeyShare<Scheme> => value instanceof LinearKeyShare && value._tag === scheme,
    (value, context) => {
      const form = json.validate(value, context);
      if (E.isLeft(form)) return form;
      const { keyId, epoch, process, rows } = form.right;
      return t.success(new LinearKeyShare(scheme, keyId, epoch, process, rows));
    },
    ({ _tag, keyId, epoch, process, rows }) => json.encode({ _tag, keyId, epoch, process, rows }),
  );
}

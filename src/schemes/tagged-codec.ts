/** Codecs of unions over schemes: `_tag` says by which scheme's codec the rest is read. */
import * as t from 'io-ts';

type CodecsByTag<A extends { readonly _tag: string }> = {
  readonly [Tag in A['_tag']]: t.Type<Extract<A, { readonly _tag: Tag }>, unknown>;
};

/** @param name - what the union is called where a value has no known `_tag`. */
export function taggedCodec<A extends { readonly _tag: string }>(
  name: string,
  codecs: CodecsByTag<A>,
): t.Type<A, unknown> {
  const byTag = new Map<unknown, t.Type<A, unknown>>(Object.entries(codecs));
  const codecOf = (value: unknown): t.Type<A, unknown> | undefined =>
    typeof value === 'object' && value !== null && '_tag' in value ? byTag.get(value._tag) : undefined;
  const known = `${name} with a known scheme as its _tag (${[...byTag.keys()].join(', ')})`;
  return new t.Type<A, unknown>(
    name,
    (value): value is A => codecOf(value)?.is(value) ?? false,
    (value, context) => {
      const codec = codecOf(value);
      return codec === undefined
        ? t.failure(value, [...context, { key: '_tag', type: t.string }], known)
        : codec.validate(value, context);
    },
    (value) => codecOf(value)?.encode(value),
  );
}

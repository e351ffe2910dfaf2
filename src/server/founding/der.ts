/** The DER (X.690) that certificates are made of, written by node-forge. */
import forge from 'node-forge';
import { utf8 } from '../../prelude/bytes.js';

const { asn1 } = forge;
const { Class, Type } = asn1;

export type DerNode = forge.asn1.Asn1;

/** RFC 5280 and RFC 8410. */
export const oids = {
  ed25519: '1.3.101.112',
  organizationName: '2.5.4.10',
  commonName: '2.5.4.3',
  basicConstraints: '2.5.29.19',
  keyUsage: '2.5.29.15',
  subjectKeyIdentifier: '2.5.29.14',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  subjectAltName: '2.5.29.17',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
} as const;

/** node-forge keeps bytes in strings, one character each. */
function binary(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

function universal(type: forge.asn1.Type, value: string): DerNode {
  return asn1.create(Class.UNIVERSAL, type, false, value);
}

/** Context-specific tags, which node-forge's types want under the names of the universal types of the same number. */
const tagNumbers = { 0: Type.NONE, 2: Type.INTEGER, 3: Type.BITSTRING, 6: Type.OID, 7: Type.ODESC } as const;

/** Missing from node-forge's published types. */
const { bytesFromIP } = forge.util as unknown as { readonly bytesFromIP: (address: string) => string | null };

export const der = {
  encode: (node: DerNode): Uint8Array => Buffer.from(asn1.toDer(node).getBytes(), 'latin1'),
  parse: (bytes: Uint8Array): DerNode => asn1.fromDer(binary(bytes)),
  sequence: (...items: readonly DerNode[]): DerNode => asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, [...items]),
  set: (...items: readonly DerNode[]): DerNode => asn1.create(Class.UNIVERSAL, Type.SET, true, [...items]),
  /** Two's complement, big-endian, as short as can be. */
  integer: (bytes: Uint8Array): DerNode => universal(Type.INTEGER, binary(bytes)),
  boolean: (value: boolean): DerNode => universal(Type.BOOLEAN, value ? '\xff' : '\x00'),
  oid: (oid: string): DerNode => universal(Type.OID, asn1.oidToDer(oid).getBytes()),
  text: (text: string): DerNode => universal(Type.UTF8, forge.util.encodeUtf8(text)),
  octets: (bytes: Uint8Array): DerNode => universal(Type.OCTETSTRING, binary(bytes)),
  bits: (bytes: Uint8Array, unusedBits: number): DerNode =>
    universal(Type.BITSTRING, String.fromCharCode(unusedBits) + binary(bytes)),
  /** UTCTime up to 2049, GeneralizedTime from then on (RFC 5280, 4.1.2.5). */
  time: (date: Date): DerNode =>
    date.getUTCFullYear() < 2050
      ? universal(Type.UTCTIME, asn1.dateToUtcTime(date))
      : universal(Type.GENERALIZEDTIME, asn1.dateToGeneralizedTime(date)),
  /** [tag] IMPLICIT, primitive. */
  tagged: (tag: keyof typeof tagNumbers, bytes: Uint8Array): DerNode =>
    asn1.create(Class.CONTEXT_SPECIFIC, tagNumbers[tag], false, binary(bytes)),
  /** GeneralName of RFC 5280: dNSName 2, iPAddress 7. */
  hostName(host: string): DerNode {
    const address = bytesFromIP(host);
    return address === null ? der.tagged(2, utf8(host)) : der.tagged(7, Buffer.from(address, 'latin1'));
  },
  /** [tag] EXPLICIT. */
  explicit: (tag: keyof typeof tagNumbers, node: DerNode): DerNode =>
    asn1.create(Class.CONTEXT_SPECIFIC, tagNumbers[tag], true, [node]),
} as const;

/** `koinon/verify`: believing a decided log by the alliance's public key alone. Runs without Node. */
export { verifyHistory } from '../client/history.js';
export { decodeServerMessage, encodeClientMessage } from '../client/protocol.js';
export {
  certificateStatement,
  describeVerifyError,
  LogVerifier,
  type TrustAnchor,
  type VerifiedRange,
  type VerifyError,
} from '../client/verify.js';
export type { Delivered } from '../consensus/delivery.js';
export type { DecidedRange, PrefixCertificate } from '../consensus/range.js';
export type { History, HistoryEntry, HistoryEpoch, TrustedOrigin } from '../management/alliance-history.js';
export {
  decodeHistoryText,
  describeHistoryFormError,
  type HistoryFormError,
} from '../management/alliance-history-codec.js';
export { describeHistoryError, type HistoryError } from '../management/alliance-history-errors.js';
export { alliancePublicKeyCodec } from '../schemes/public-key-codec.js';
export { type AlliancePublicKey, keyIdOf } from '../schemes/public-key.js';
export { publicVerifier, type PublicVerifier } from '../schemes/public-verifier.js';

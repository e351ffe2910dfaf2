/** The part of sodium-native that is used. */
declare module 'sodium-native' {
  const library: import('./sodium.js').SodiumLibrary;
  export default library;
}

/**
 * Five regions of a cloud and the time that a message takes between them: half of the average round trips measured between AWS regions,
 * "Latency Between AWS Global Regions", as tabulated in April 2017 at acomputerscientistlearnsaws.blogspot.com/2017/04/aws-regions.html.
 */
const regions = ['N. Virginia', 'Ireland', 'Tokyo', 'Singapore', 'São Paulo'] as const;

/** Milliseconds, in the order of the regions; within a region a round trip of 1 ms is assumed. */
const roundTripsMs = [
  [1, 80.5, 145.3, 216.7, 119.5],
  [80.5, 1, 212.4, 239, 191.3],
  [145.3, 212.4, 1, 73.8, 256.8],
  [216.7, 239, 73.8, 1, 328.1],
  [119.5, 191.3, 256.8, 328.1, 1],
] as const;

/** Between the processes of these numbers, which stand in the regions in turn. */
export function oneWayMs(from: number, to: number): number {
  const row = roundTripsMs[from % regions.length];
  return (row?.[to % regions.length] ?? 0) / 2;
}

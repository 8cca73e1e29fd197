// How numbers are written, everywhere in reports and on the terminal.

/** 0.915 → `91.5%` */
export const percent = (share: number, decimals = 1): string => `${(share * 100).toFixed(decimals)}%`;

/** 66365956 → `66,365,956` */
export const integer = (value: number): string => Math.round(value).toLocaleString("en-US");

/** 1 → `1 row`, 25000 → `25,000 rows` */
export const counted = (count: number, noun: string): string =>
  `${integer(count)} ${noun}${count === 1 ? "" : "s"}`;

/** Seconds, as people say them: 0.61 → `0.61 s`, 187.2 → `3 min 7 s`, 7265 → `2 h 1 min`. */
export function duration(seconds: number): string {
  // The limits are where rounding would show 10.00 s and 60.0 s.
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Bytes: 1130000000 → `1.13 GB` */
export function bytes(value: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  const scaled = value / 1000 ** power;
  return `${power === 0 ? scaled : scaled.toFixed(scaled < 10 ? 2 : scaled < 100 ? 1 : 0)} ${units[power]}`;
}

/** ISO 8601 → `2025-03-14 09:26 UTC` */
export const dateTime = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;

/** An evaluation's epoch: 2, or 1.33 inside one. */
export const epochText = ({ epoch }: { epoch: number }): string => String(Number(epoch.toFixed(2)));

import type { Stretch } from './aim';

const minutes: Record<string, number> = { '1m': 1, '5m': 5, '15m': 15, '30m': 30, '1h': 60, '4h': 240, '1d': 1440, '1w': 10080 };
/** Ranges up to the newest bar. */
export const ranges: [title: string, days: number][] = [
    ['1D', 1],
    ['1W', 7],
    ['1M', 30],
    ['3M', 91],
    ['1Y', 365],
    ['All', Infinity],
];

/** The timeframes that bars can be joined to. */
export const timeframesFrom = (own: string) => {
    const base = minutes[own];
    return base === undefined ? [own] : Object.keys(minutes).filter((t) => t === own || (minutes[t] ?? 0) > base);
};

const iso = (seconds: number) => new Date(Math.round(seconds) * 1000).toISOString();

/** A range as the parameters of the server; an end that is not there is left out. */
export function spanOf(stretch: Stretch): Record<string, string> {
    return {
        ...(stretch.from === -Infinity ? {} : { from: iso(stretch.from) }),
        ...(stretch.to === Infinity ? {} : { to: iso(stretch.to) }),
    };
}

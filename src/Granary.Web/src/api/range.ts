import { useMemo } from 'preact/hooks';
import { useSearch } from './useSearch';

/** A part of the time of a page: from a time until before another, seconds since 1970. */
export interface Range {
    from: number;
    to: number;
}

const iso = (seconds: number): string => `${new Date(Math.floor(seconds) * 1000).toISOString().slice(0, 19)}Z`;

/** The range of an address; null for the whole time, also where the address has no order of times. */
export function rangeOf(search: Record<string, string | undefined>): Range | null {
    const [from, to] = [Date.parse(search.from ?? ''), Date.parse(search.to ?? '')];
    return from < to ? { from: from / 1000, to: to / 1000 } : null;
}

/** What the address has for a range. */
export const searchOf = (range: Range | null): { from: string; to: string } =>
    range === null || !(Math.floor(range.from) < Math.ceil(range.to))
        ? { from: '', to: '' }
        : { from: iso(range.from), to: iso(Math.ceil(range.to)) };

/** The one range of a page: each chart, table and figure shows it, and each chart can change it. It stands in the address. */
export function useRange() {
    const { search, set } = useSearch();
    const { from, to } = search;
    const range = useMemo(() => rangeOf({ from, to }), [from, to]);
    return {
        range,
        /** Names the range in the name of a query. */
        name: range === null ? '' : `${from}/${to}`,
        /** The parameters of the server. */
        query: range === null ? {} : (searchOf(range) as { from?: string; to?: string }),
        choose: (next: Range | null) => set(searchOf(next)),
    };
}

/** The values of a curve that are in a range, with their times. */
export function within<T>(range: Range | null, x: readonly number[], values: readonly T[]): { x: number[]; values: T[] } {
    const inside = x.map((t) => range === null || (t >= range.from && t < range.to));
    return { x: x.filter((_, i) => inside[i]), values: values.filter((_, i) => inside[i]) };
}

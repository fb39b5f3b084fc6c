import { none } from '../../format/numbers';

/** As many digits as the value has, since the last one may decide a condition. */
export const exact = (value: number | null | undefined): string => (value === null || value === undefined ? none : String(value));

/** OrderAnswered is "order answered", same-period is "same period". */
export const words = (name: string): string =>
    name
        .replace(/([a-z])([A-Z])/g, '$1 $2')
        .replace(/-/g, ' ')
        .toLowerCase();

/** What a strategy may do where a condition holds. */
export const permits = (acts: readonly string[]): string => acts.map((a) => (a === 'any' ? 'entries and exits' : words(a))).join(', ');

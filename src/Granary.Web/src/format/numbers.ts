/** Shown where there is no figure. */
export const none = '–';

const minus = (text: string) => text.replace('-', '−');

// Making a format costs a hundred times what using it does, and a table has hundreds of figures.
const formats: Intl.NumberFormat[] = [];

function formatWith(decimals: number): Intl.NumberFormat {
    // A rounding error below zero is zero: no −0.00.
    return (formats[decimals] ??= new Intl.NumberFormat('en-US', {
        minimumFractionDigits: decimals,
        maximumFractionDigits: decimals,
        signDisplay: 'negative',
    }));
}

/** A figure with a fixed number of decimals and thousands marks. */
export function number(value: number | null | undefined, decimals = 0): string {
    if (value === null || value === undefined || Number.isNaN(value)) return none;
    if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
    return minus(formatWith(decimals).format(value));
}

/** A fraction in percent: 0.1 is 10.00%. */
export function percent(fraction: number | null | undefined, decimals = 2): string {
    return fraction === null || fraction === undefined || Number.isNaN(fraction) ? none : `${number(fraction * 100, decimals)}%`;
}

/** A value as its text, with a plus where it is positive; a text of zeros, or with a sign, stays. */
export function signed(value: number | null | undefined, textOf: (value: number | null | undefined) => string): string {
    const text = textOf(value);
    return value !== null && value !== undefined && value > 0 && /^[^+]*[1-9∞]/.test(text) ? `+${text}` : text;
}

/** A fraction in percent with its sign: gains and losses. */
export function signedPercent(fraction: number | null | undefined, decimals = 2): string {
    return signed(fraction, (v) => percent(v, decimals));
}

/** A large count in three digits: 4.18M. */
export function short(value: number | null | undefined): string {
    if (value === null || value === undefined || !Number.isFinite(value)) return none;
    for (const [size, unit] of [
        [1e9, 'G'],
        [1e6, 'M'],
        [1e3, 'k'],
    ] as const)
        if (Math.abs(value) >= size) return minus(`${(value / size).toPrecision(3)}${unit}`);
    return number(value, Number.isInteger(value) ? 0 : 2);
}

/** A price with as many decimals as tell it from its neighbours. */
export function price(value: number | null | undefined): string {
    if (value === null || value === undefined || !Number.isFinite(value)) return none;
    const size = Math.abs(value);
    const small = size > 0 ? Math.min(20, Math.max(6, 4 - Math.floor(Math.log10(size)))) : 2;
    return number(value, size >= 1000 ? 2 : size >= 1 ? 4 : small).replace(/(\.\d{2}\d*?)0+$/, '$1');
}

// A price of the data has fewer digits; an average of fills, or a share of an equity, has more.
const mostExact = 10;
const ofComputed = 8;

/**
 * A price or quantity with these digits after the point, as the logs of sessions have it. One that lies between two steps, or whose digits
 * are not known, has those that it needs, at most eight significant ones.
 */
export function figure(value: number | null | undefined, digits: number | null | undefined): string {
    if (value === null || value === undefined || !Number.isFinite(value)) return none;
    if (digits != null && Math.abs(value - Number(value.toFixed(digits))) <= Math.max(10 ** (-digits - 4), Math.abs(value) * 1e-14))
        return number(value, digits);
    const size = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)));
    const decimals = (significant: number) => Math.min(20, Math.max(0, significant - 1 - size));
    // The tenth digit behind the last exact one shows that a value was computed.
    const isExact = Math.abs(value - Number(value.toPrecision(mostExact))) <= Math.abs(value) * 1e-14;
    const text = number(value, isExact ? decimals(mostExact) : Math.max(digits ?? 0, decimals(ofComputed)));
    return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** A weight with the decimals that it has, at most four: 1, 0.05. */
export function weight(value: number | null | undefined): string {
    return number(value, 4).replace(/\.?0+$/, '');
}

/** Bytes with a unit. */
export function bytes(value: number | null | undefined): string {
    if (value === null || value === undefined) return none;
    for (const [size, unit] of [
        [2 ** 30, 'GB'],
        [2 ** 20, 'MB'],
        [2 ** 10, 'kB'],
    ] as const)
        if (value >= size) return `${number(value / size, 1)} ${unit}`;
    return `${number(value)} B`;
}

/** 1 strategy, 2 strategies. */
export function counted(count: number, one: string, many = `${one}s`): string {
    return `${number(count)} ${count === 1 ? one : many}`;
}

/** The CSS class of a gain or a loss. */
export function tone(value: number | null | undefined): 'gain' | 'loss' | '' {
    return value === null || value === undefined || Number.isNaN(value) || value === 0 ? '' : value > 0 ? 'gain' : 'loss';
}

/** A figure with its sign: +0.012. */
export function signedNumber(value: number | null | undefined, decimals: number): string {
    return signed(value, (v) => number(v, decimals));
}

/** An amount with its sign: +1,204.50. */
export const signedMoney = (value: number | null | undefined): string => signedNumber(value, 2);

import { number } from '../format/numbers';

/** An axis of a chart: numbers, or names at 0, 1, 2, …. */
export interface Scale {
    title: string;
    low: number;
    high: number;
    log?: boolean;
    /** Labels of a scale without an order. */
    names?: readonly string[];
    /** Whether the lowest value lies at the top or right. */
    reversed?: boolean;
    format: (value: number) => string;
}

/** The relative position of a value, 0 at the bottom or left. */
export function shareOf(scale: Scale, value: number): number {
    const share = scale.log
        ? Math.log(value / scale.low) / Math.log(scale.high / scale.low)
        : (value - scale.low) / (scale.high - scale.low);
    return scale.reversed ? 1 - share : share;
}

/** The value at a relative position. */
export function valueAt(scale: Scale, share: number): number {
    const s = scale.reversed ? 1 - share : share;
    return scale.log ? scale.low * (scale.high / scale.low) ** s : scale.low + (scale.high - scale.low) * s;
}

/** The label of a value. */
export const textOf = (scale: Scale, value: number) => scale.names?.[value] ?? scale.format(value);

/** A number with as few decimals as it needs, at most four digits behind the point. */
export const plain = (v: number) =>
    number(v, 4)
        .replace(/(\.\d*?)0+$/, '$1')
        .replace(/\.$/, '');

function step(span: number, about: number): number {
    const power = 10 ** Math.floor(Math.log10(span / about));
    const digit = span / about / power;
    return power * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 2.5 ? 2.5 : digit <= 5 ? 5 : 10);
}

/** Round values of a scale to label, ascending. */
export function ticksOf(scale: Scale, about: number): number[] {
    const { low, high } = scale;
    if (scale.names) return scale.names.map((_, i) => i);
    if (scale.log)
        for (const digits of [[1, 2, 3, 5], [1, 2, 5], [1, 3], [1]]) {
            const found: number[] = [];
            for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++)
                for (const digit of digits) {
                    const v = digit * 10 ** power;
                    if (v >= low && v <= high) found.push(v);
                }
            if (found.length >= 2 && found.length <= about + 2) return found;
        }
    const by = step(high - low, about);
    const ticks: number[] = [];
    for (let k = Math.ceil(low / by - 1e-9); k * by <= high + 1e-9 * by; k++) ticks.push(k === 0 ? 0 : k * by);
    return ticks;
}

/** A scale that contains all values, extended to round ones. */
export function scaleAround(title: string, values: readonly number[], format: (v: number) => string): Scale {
    let low = values.reduce((a, b) => Math.min(a, b), Infinity);
    let high = values.reduce((a, b) => Math.max(a, b), -Infinity);
    if (!(low <= high)) [low, high] = [0, 1];
    if (high - low <= 1e-9 * Math.max(Math.abs(low), Math.abs(high))) {
        const air = low === 0 ? 1 : Math.abs(low) * 0.05;
        [low, high] = [low - air, high + air];
    }
    const by = step(high - low, 5) / 2;
    return { title, low: Math.floor(low / by + 1e-9) * by, high: Math.ceil(high / by - 1e-9) * by, format };
}

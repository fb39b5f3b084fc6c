import type { Strategy } from './run';

/** The median of a figure over the strategies of a cell, and how many they are. */
export interface Cell {
    median: number;
    count: number;
    /** The id of the strategy in the middle, whose figure is the median, or next above it. */
    strategy: string;
}

/** Two parameters of a class with the figure at each pair of values. */
export interface ParameterMap {
    x: string;
    y: string;
    xs: (number | string)[];
    ys: (number | string)[];
    cells: (Cell | undefined)[][];
}

export function median(values: readonly number[]): number {
    const sorted = [...values].sort((a, b) => a - b);
    const half = sorted.length >> 1;
    return sorted.length === 0
        ? Number.NaN
        : sorted.length % 2 === 1
          ? (sorted[half] ?? 0)
          : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2;
}

const order = (a: number | string, b: number | string) =>
    typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));

/** The parameters that take more than one value, in the order of the class. */
export function varied(strategies: readonly Strategy[]): string[] {
    const names = Object.keys(strategies[0]?.params ?? {});
    return names.filter((n) => new Set(strategies.map((s) => String(s.params[n]))).size > 1);
}

export function mapOf(strategies: readonly Strategy[], x: string, y: string, figure: string): ParameterMap {
    const known = strategies.filter((s) => typeof s.stats?.[figure] === 'number');
    const values = (name: string) =>
        [...new Set(known.map((s) => s.params[name] as number | string))].filter((v) => v !== undefined).sort(order);
    const [xs, ys] = [values(x), y === '' ? [''] : values(y)];
    const cells = ys.map((row) =>
        xs.map((column) => {
            const here = known
                .filter((s) => s.params[x] === column && (y === '' || s.params[y] === row))
                .map((s) => ({ id: s.id, value: s.stats?.[figure] as number }))
                .sort((a, b) => a.value - b.value);
            const middle = here[here.length >> 1];
            return middle && { median: median(here.map((h) => h.value)), count: here.length, strategy: middle.id };
        }),
    );
    return { x, y, xs, ys, cells };
}

/**
 * How alike neighbours of a map are, from 0 to 1: 1 minus the mean difference of neighbours over the spread of all cells. A figure that
 * depends on the parameters smoothly is nearer to 1 than one that luck gave.
 */
export function stabilityOf(map: ParameterMap): number {
    const all = map.cells.flat().flatMap((c) => (c ? [c.median] : []));
    const spread = Math.max(...all) - Math.min(...all);
    const steps: number[] = [];
    map.cells.forEach((row, r) =>
        row.forEach((cell, c) => {
            const right = row[c + 1];
            const below = map.cells[r + 1]?.[c];
            if (cell && right) steps.push(Math.abs(cell.median - right.median));
            if (cell && below) steps.push(Math.abs(cell.median - below.median));
        }),
    );
    if (steps.length === 0 || !(spread > 0)) return Number.NaN;
    return 1 - steps.reduce((a, b) => a + b, 0) / steps.length / spread;
}

/** A choice of a walk-forward: the parameters that were the best in sample, and what they earned after it. */
export interface WindowRow {
    /** What was chosen among: a class at a market. */
    group: string;
    from: string;
    chosenAt: string;
    to: string;
    /** Empty where nothing could be chosen. */
    strategy: string;
    objective: number | undefined;
    inSample: number | undefined;
    outOfSample: number | undefined;
    outOfSampleObjective: number | undefined;
    trades: number | undefined;
    trials: number | undefined;
    params: Record<string, string>;
}

const fixed = ['group', 'from', 'chosen_at', 'to', 'strategy', 'objective', 'in_sample_return', 'out_of_sample_return', 'trades'];
const others = ['out_of_sample_objective', 'trials'];

const figure = (text: string | undefined) => (text === undefined || text === '' ? undefined : Number(text));

/** The choices of windows.csv. */
export function windowsOf(rows: readonly Record<string, string>[]): WindowRow[] {
    return rows.map((r) => ({
        group: r.group ?? '',
        from: r.from ?? '',
        chosenAt: r.chosen_at ?? '',
        to: r.to ?? '',
        strategy: r.strategy ?? '',
        objective: figure(r.objective),
        inSample: figure(r.in_sample_return),
        outOfSample: figure(r.out_of_sample_return),
        outOfSampleObjective: figure(r.out_of_sample_objective),
        trades: figure(r.trades),
        trials: figure(r.trials),
        params: Object.fromEntries(Object.entries(r).filter(([k, v]) => v !== '' && !fixed.includes(k) && !others.includes(k))),
    }));
}

/** The parameters of some choices that are numbers, each with its value by choice. */
export function chosenNumbers(rows: readonly WindowRow[]): { name: string; values: (number | null)[] }[] {
    const names = [...new Set(rows.flatMap((r) => Object.keys(r.params)))];
    return names
        .map((name) => ({
            name,
            values: rows.map((r) => {
                const value = Number(r.params[name] ?? NaN);
                return Number.isFinite(value) ? value : null;
            }),
        }))
        .filter((p) => p.values.some((v) => v !== null));
}

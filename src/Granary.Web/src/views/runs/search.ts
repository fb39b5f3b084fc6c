import { plain, scaleAround, shareOf, type Scale } from '../../components/scale';
import type { DotCell } from '../../components/DotChart';
import { number, percent } from '../../format/numbers';

/** A trial of a search; undefined objectives are null. */
export interface Trial {
    number: number;
    round: number;
    strategy: string;
    state: 'finished' | 'failed' | 'stopped' | string;
    /** The share of the bars on which it ran. */
    share: number;
    values: Record<string, number | string | boolean>;
    objectives: (number | null)[];
    /** The best first objective up to this trial. */
    best: number | null;
}

/** A parameter of a search: a range, or choices. */
export interface Searched {
    name: string;
    from?: number;
    to?: number;
    log: boolean;
    values?: string[];
}

/** A parameter search, as results.json has it. */
export interface ParameterSearch {
    strategy: string;
    method: string;
    /** Keys of metrics, with a minus where the least value is the best, or expressions. */
    objectives: string[];
    rounds: number;
    finished: number;
    failed: number;
    stopped: number;
    /** The best trial, or the Pareto front. */
    best: number[];
    luckBar: number | null;
    bestSharpe: number | null;
    conclusion: string;
    space: Searched[];
    importance: { objective: string; parameter: string; share: number; deviation: number }[];
    trials: Trial[];
}

/** A metric that can be an objective. */
export interface Objective {
    key: string;
    name: string;
    unit: string;
    better: 'higher' | 'lower' | string;
    formula: string;
}

export const isAboveLuck = (s: ParameterSearch) => s.bestSharpe !== null && s.luckBar !== null && s.bestSharpe > s.luckBar;

const isExpression = (objective: string) => /[-+*/()]/.test(objective.slice(1)) || objective.startsWith('(');

/** Whether the least value of an objective is the best. */
export const isMinimised = (objective: string) => objective.startsWith('-') && !isExpression(objective);

/** An objective in words and how its values are written. */
export function objectiveOf(
    objective: string,
    known: readonly Objective[],
): { name: string; text: (v: number | null | undefined) => string } {
    const metric = known.find((m) => m.key === objective.replace(/^[-+]/, ''));
    if (!metric || isExpression(objective)) return { name: objective, text: (v) => number(v, 3) };
    const inPercent = ['share', 'return', 'fraction'].includes(metric.unit);
    return { name: metric.name, text: inPercent ? (v) => percent(v) : (v) => number(v, metric.unit === 'count' ? 0 : 2) };
}

/** The first objective of a trial that ran on all bars; NaN without one. */
export const scoreOf = (t: Trial, objective = 0) => (t.state === 'finished' ? (t.objectives[objective] ?? Number.NaN) : Number.NaN);

/** The finished trials, the best by the first objective first. */
export function ranked(search: ParameterSearch): Trial[] {
    const sign = isMinimised(search.objectives[0] ?? '') ? 1 : -1;
    return search.trials.filter((t) => Number.isFinite(scoreOf(t))).sort((a, b) => sign * (scoreOf(a) - scoreOf(b)) || a.number - b.number);
}

/** A value of a trial as the scale of its parameter has it: the number, or the place of the choice; NaN without one. */
export function valueOf(trial: Trial, parameter: Searched): number {
    const value = trial.values[parameter.name];
    if (value === undefined) return Number.NaN;
    if (!parameter.values) return typeof value === 'number' ? value : Number.NaN;
    const at = parameter.values.indexOf(String(value));
    return at < 0 ? Number.NaN : at;
}

/** The value with trials of one choice beside each other instead of above. */
export function spread(trial: Trial, parameter: Searched): number {
    return valueOf(trial, parameter) + (parameter.values ? (((trial.number * 37) % 101) / 100 - 0.5) * 0.5 : 0);
}

/** The parameters with several values, those that matter most for the first objective first. */
export function byImportance(search: ParameterSearch): Searched[] {
    const share = (p: Searched) =>
        search.importance.find((i) => i.objective === search.objectives[0] && i.parameter === p.name)?.share ?? 0;
    return search.space
        .filter((p) => new Set(search.trials.map((t) => valueOf(t, p)).filter(Number.isFinite)).size > 1)
        .map((p, i) => ({ p, i }))
        .sort((a, b) => share(b.p) - share(a.p) || a.i - b.i)
        .map(({ p }) => p);
}

export function scaleOf(parameter: Searched): Scale {
    const title = parameter.log ? `${parameter.name} (log)` : parameter.name;
    const names = parameter.values;
    if (names) return { title, low: -0.5, high: Math.max(1, names.length) - 0.5, names, format: (v) => names[v] ?? '' };
    let [low, high] = [parameter.from ?? 0, parameter.to ?? 1];
    if (!(high > low)) [low, high] = [low - 0.5, low + 0.5];
    return parameter.log && low > 0
        ? { title, low: low * (low / high) ** 0.03, high: high * (high / low) ** 0.03, log: true, format: plain }
        : { title, low: low - 0.03 * (high - low), high: high + 0.03 * (high - low), format: plain };
}

/** The scale of an objective: the worst few of many trials are drawn at its edge. */
export function objectiveScale(search: ParameterSearch, index: number, known: readonly Objective[], include: readonly number[] = []) {
    const { name, text } = objectiveOf(search.objectives[index] ?? '', known);
    const values = search.trials.map((t) => scoreOf(t, index)).filter(Number.isFinite);
    const sorted = [...values].sort((a, b) => a - b);
    const least = isMinimised(search.objectives[index] ?? '');
    const edge = sorted[Math.floor((least ? 0.975 : 0.025) * (sorted.length - 1))] ?? 0;
    const shown = sorted.length < 40 ? (v: number) => v : (v: number) => (least ? Math.min(v, edge) : Math.max(v, edge));
    const inPercent = text(0.5).endsWith('%');
    const scale = scaleAround(name, [...values.map(shown), ...include], (v) => (inPercent ? `${plain(v * 100)}%` : plain(v)));
    return { scale, shown, text, name };
}

export function median(values: readonly number[]): number {
    const sorted = [...values].sort((a, b) => a - b);
    const half = sorted.length >> 1;
    if (sorted.length === 0) return Number.NaN;
    return sorted.length % 2 === 1 ? (sorted[half] ?? 0) : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2;
}

const cells = 12;

/** The limits of the cells of a parameter: one for each choice and each of a few whole numbers, else of equal width on the scale. */
export function edgesOf(search: ParameterSearch, parameter: Searched): number[] {
    if (parameter.values) return Array.from({ length: parameter.values.length + 1 }, (_, i) => i - 0.5);
    const [low, high] = [parameter.from ?? 0, parameter.to ?? 1];
    if (!(high > low)) return [low - 0.5, low + 0.5];
    const whole = search.trials.every((t) => !Number.isFinite(valueOf(t, parameter)) || Number.isInteger(valueOf(t, parameter)));
    if (!parameter.log && high - low < 14 && whole) return Array.from({ length: high - low + 2 }, (_, i) => low + i - 0.5);
    return Array.from({ length: cells + 1 }, (_, i) =>
        parameter.log ? low * (high / low) ** (i / cells) : low + ((high - low) * i) / cells,
    );
}

function binOf(edges: readonly number[], log: boolean, value: number): number {
    const [low, high, count] = [edges[0] ?? 0, edges.at(-1) ?? 1, edges.length - 1];
    const share = shareOf({ title: '', low, high, log, format: String }, value);
    return Math.min(Math.max(Math.floor(share * count + 1e-9), 0), count - 1);
}

export interface ContourCell extends DotCell {
    count: number;
    mean: number;
}

/** The mean of an objective over two parameters in cells, coloured by its rank among all trials: blue is better than the median. */
export function contourOf(search: ParameterSearch, x: Searched, y: Searched, objective = 0): ContourCell[] {
    const [xs, ys] = [edgesOf(search, x), edgesOf(search, y)];
    const found = new Map<string, { column: number; row: number; values: number[] }>();
    const all: number[] = [];
    for (const t of search.trials) {
        const [v, vx, vy] = [scoreOf(t, objective), valueOf(t, x), valueOf(t, y)];
        if (!Number.isFinite(v) || !Number.isFinite(vx) || !Number.isFinite(vy)) continue;
        all.push(v);
        const [column, row] = [binOf(xs, x.log, vx), binOf(ys, y.log, vy)];
        const cell = found.get(`${column}/${row}`) ?? { column, row, values: [] };
        cell.values.push(v);
        found.set(`${column}/${row}`, cell);
    }
    const sign = isMinimised(search.objectives[objective] ?? '') ? -1 : 1;
    return [...found.values()].map(({ column, row, values }) => {
        const mean = values.reduce((a, b) => a + b, 0) / values.length;
        const rank = sign * ((2 * all.filter((v) => v < mean).length) / all.length - 1);
        const level = Math.round(Math.min(1, Math.abs(rank)) * 4);
        return {
            from: { x: xs[column] ?? 0, y: ys[row] ?? 0 },
            to: { x: xs[column + 1] ?? 0, y: ys[row + 1] ?? 0 },
            colour: level === 0 ? 'wash' : rank > 0 ? 'gain' : 'loss',
            opacity: level === 0 ? 1 : ([0, 0.14, 0.3, 0.46, 0.64][level] ?? 0),
            count: values.length,
            mean,
        };
    });
}

/** The best objective so far as steps: a point at each trial that is better than all before it. */
export function bestSoFar(search: ParameterSearch): { x: number; y: number }[] {
    const line: { x: number; y: number }[] = [];
    for (const t of search.trials) {
        const before = line.at(-1)?.y;
        if (t.best === null || !Number.isFinite(t.best) || before === t.best) continue;
        if (before !== undefined) line.push({ x: t.number, y: before });
        line.push({ x: t.number, y: t.best });
    }
    const last = line.at(-1);
    if (last) line.push({ x: search.trials.length, y: last.y });
    return line;
}

/** A value of a parameter as text. */
export const shownValue = (v: number | string | boolean | undefined): string =>
    v === undefined ? '–' : typeof v === 'number' ? plain(v) : String(v);

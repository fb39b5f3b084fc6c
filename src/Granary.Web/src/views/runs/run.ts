import { json, type Schemas } from '../../api/client';

/** Figures by the keys of results.json; null or absent where one is not defined. */
export type Stats = Record<string, number | null | undefined>;

/** One validation check of a run. */
export interface Check {
    state: 'passed' | 'failed' | string;
    sentence: string;
}

/** A run with what its results.json has beside the strategies. */
export interface RunDetails extends Omit<Schemas['RunSummary'], 'strategies'> {
    strategies: number;
    files: string[];
    portfolio: { stats: Stats | null };
    notes?: { code: string; sentence: string }[];
    evidence?: Record<string, Check>;
    guards?: { conclusions?: string[] };
}

/** A strategy of a run, as results.json has it. */
export interface Strategy {
    id: string;
    class: string;
    params: Record<string, number | string | boolean>;
    symbol: string;
    timeframe: string;
    sides?: string;
    weight?: number;
    stats: Stats | null;
}

export const checkNames: Record<string, string> = {
    outOfSample: 'On bars that the choice had not seen',
    deflatedSharpe: 'Sharpe ratio, deflated by all trials',
    probabilityOfOverfitting: 'Probability of overfitting',
    causality: 'Look-ahead',
    costStress: 'Double costs, one bar later',
};

/** What the checks say together: how many passed, and the verdict in two words. */
export function verdictOf(run: Pick<RunDetails, 'evidence'>): { passed: number; of: number; text: string; kind: 'yes' | 'no' | 'wait' } {
    const checks = Object.values(run.evidence ?? {}).filter((c) => typeof c === 'object' && 'state' in c);
    const passed = checks.filter((c) => c.state === 'passed').length;
    if (checks.length === 0) return { passed: 0, of: 0, text: 'Not checked', kind: 'wait' };
    const all = passed === checks.length;
    return { passed, of: checks.length, text: all ? 'Checks passed' : 'Do not trade', kind: all ? 'yes' : 'no' };
}

export const runPath = (id: string): string => `/runs/${encodeURIComponent(id)}`;

/** The address of a strategy of a run. */
export const strategyPath = (run: string, strategy: string): string => `${runPath(run)}?strategy=${encodeURIComponent(strategy)}`;

export const loadRun = (id: string): Promise<RunDetails> => json<RunDetails>(runPath(id));

export interface StrategyPage {
    items: Strategy[];
    total: number;
    next: string | null;
}

/** A page of the strategies of a run; the server sorts and filters. */
export function loadStrategies(
    id: string,
    ask: { sort?: string; filter?: string; cursor?: string; limit?: number },
): Promise<StrategyPage> {
    const query = new URLSearchParams(Object.entries(ask).flatMap(([k, v]) => (v === undefined || v === '' ? [] : [[k, String(v)]])));
    return json<StrategyPage>(`${runPath(id)}/strategies?${query}`);
}

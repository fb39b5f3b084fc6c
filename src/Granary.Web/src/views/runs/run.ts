import { json, type Schemas } from '../../api/client';
import { learnZones } from '../../format/times';
import type { Allocations } from './Allocations';
import type { Universe } from './Universe';
import type { ModelResults } from './Models';

/** Figures by the keys of results.json; null or absent where one is not defined. */
export type Stats = Record<string, number | null | undefined>;

/** One validation check of a run. */
export interface Check {
    state: 'passed' | 'failed' | string;
    /** The finding in one word, of those that neither pass nor fail. */
    word?: string;
    sentence: string;
}

/** A run with the content of its results.json except the strategies. */
export interface RunDetails extends Omit<Schemas['RunSummary'], 'strategies'> {
    strategies: number;
    files: string[];
    portfolio: {
        stats: Stats | null;
        /** The value of all that the portfolio bought and sold, account currency. */
        traded?: number | null;
    };
    notes?: { code: string; sentence: string }[];
    evidence?: Record<string, Check>;
    /** Findings that decide nothing. */
    statements?: Record<string, { word: string; sentence: string }>;
    /** The verdict of the checks; without checks if the run was not checked. */
    verdict: { mayBeTraded: boolean; passed: number; checks: number };
    guards?: {
        conclusions?: string[];
        trials?: number | null;
        newTrials?: number | null;
        luckBar?: number | null;
        period?: string | null;
        bridge?: { figure: string; sharpe: number | null }[];
    };
    /** Profit by condition of the first strategies; absent if the run has none. */
    conditions?: {
        strategies: {
            strategy: string;
            rows: { condition: string; value: string; trades: number; meanReturn: number | null; importance?: number | null }[];
        }[];
        /** The conditions of these strategies, the most important first, with the trades behind them. */
        ranking: { condition: string; importance: number | null; trades: number }[];
    };
    /** Sums over the windows of a walk-forward; absent in other runs. */
    walkForward?: {
        windows: number;
        tried: number;
        /** Choices with a return in sample and after it, which the next figures count. */
        chosen: number;
        meanInSampleReturn: number | null;
        meanOutOfSampleReturn: number | null;
        gained: number;
    };
    /** What could have happened to the portfolio; absent if the batch draws no paths. */
    resampling?: Resampling;
    /** The weight rules compared; absent if the batch has too few or too many strategies, or a short record. */
    allocations?: Allocations;
    /** Who could be entered when; absent if the batch has no universe. */
    universe?: Universe;
    /** Decisions of models; absent without models. */
    modelDecisions?: ModelResults;
    /** Whether the run has a parameter search. */
    searched?: boolean;
    /** The zone of each market's exchange, IANA, by symbol. */
    zones?: Record<string, string>;
    /** The account's currency, and the parts of the return; absent where all markets have one currency. */
    currency?: { account: string };
}

/** The currency of a run's amounts, as far as its results name it. */
export const currencyOf = (run: RunDetails): string => run.currency?.account || 'account currency';

/** The section `resampling` of results.json: paths that are drawn from the record of the portfolio. */
export interface Resampling {
    seed: number;
    /** The profit to reach, a fraction of the start. */
    goal: number;
    /** The loss that counts as ruin, a fraction of the start. */
    ruin: number;
    /** The quantiles of all figures: 5 %, 25 %, 50 %, 75 %, 95 %. */
    quantiles: number[];
    methods: ResampledMethod[];
}

/** The paths of one method. */
export interface ResampledMethod {
    method: 'periods' | 'trades' | 'order' | 'skipped' | string;
    title: string;
    meaning: string;
    /** The unit of a return. */
    unit: string;
    returns: number;
    paths: number;
    /** Why there are no paths. */
    absence?: string;
    cautions: string[];
    meanBlock?: number;
    fan?: { times: string[]; equity: number[]; quantiles: number[][] };
    figures: { figure: 'finalEquity' | 'maxDrawdown' | 'underwaterDays' | string; own: number; quantiles: number[] }[];
    events: { event: 'ruin' | 'goal' | 'loss' | string; probability: number; months?: number }[];
    /** A size is null if none up to 1,024 has the risk. */
    sizes: { risk: number; size: number | null }[];
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
    outOfSample: 'On bars that the choice did not use',
    deflatedSharpe: 'Sharpe ratio, deflated by all trials',
    probabilityOfOverfitting: 'Probability of overfitting',
    causality: 'Look-ahead',
    costStress: 'Doubled costs, orders one bar later',
    betterThanBenchmark: 'Better than the benchmark',
    learnedWeights: 'Learned weights compared with simple rules',
    universe: 'Universe',
    costs: 'Costs',
};

/** The server's verdict of the checks in two words. */
export function verdictOf({ verdict }: Pick<RunDetails, 'verdict'>): {
    passed: number;
    of: number;
    text: string;
    kind: 'yes' | 'no' | 'wait';
} {
    const { mayBeTraded, passed, checks } = verdict;
    if (checks === 0) return { passed, of: checks, text: 'Not checked', kind: 'wait' };
    return { passed, of: checks, text: mayBeTraded ? 'May be traded' : 'Do not trade', kind: mayBeTraded ? 'yes' : 'no' };
}

/** Maximum number of runs to compare. */
export const mostCompared = 5;

/** The kinds of runs in words. */
export const runKinds: Record<string, string> = {
    backtest: 'Backtest',
    search: 'Search',
    'walk-forward': 'Walk-forward',
    combined: 'Combined',
    live: 'Live',
    reinforce: 'Learned weights',
    training: 'Trained models',
};

export const runPath = (id: string): string => `/runs/${encodeURIComponent(id)}`;

/** The address of a strategy of a run. */
export const strategyPath = (run: string, strategy: string): string => `${runPath(run)}?strategy=${encodeURIComponent(strategy)}`;

/** The address of a trade in the chart of its strategy. */
export const tradePath = (run: string, trade: { strategy: string; symbol: string; entryTime: string }): string =>
    `${strategyPath(run, trade.strategy)}&at=${encodeURIComponent(trade.entryTime)}&market=${encodeURIComponent(trade.symbol)}`;

export async function loadRun(id: string): Promise<RunDetails> {
    const run = await json<RunDetails>(runPath(id));
    learnZones(run.zones);
    return run;
}

export interface StrategyPage {
    items: Strategy[];
    total: number;
    next: string | null;
}

interface Asked {
    sort?: string;
    filter?: string;
    cursor?: string;
    limit?: number;
}

/** Asks for the strategies whose id has all parts of a text. An id has commas, which separate the conditions of a filter. */
export const namedAs = (id: string): { filter: string; limit: number } => ({
    filter: id
        .split(',')
        .map((part) => `id~${part.trim()}`)
        .join(),
    limit: 1000,
});

/** Pages that were requested before their view is loaded. */
const ahead = new Map<string, Promise<StrategyPage>>();

const strategiesPath = (id: string, ask: Asked): string =>
    `${runPath(id)}/strategies?${new URLSearchParams(Object.entries(ask).flatMap(([k, v]) => (v === undefined || v === '' ? [] : [[k, String(v)]])))}`;

/** A page of the strategies of a run; the server sorts and filters. */
export function loadStrategies(id: string, ask: Asked): Promise<StrategyPage> {
    const path = strategiesPath(id, ask);
    const asked = ahead.get(path);
    ahead.delete(path);
    return asked ?? json<StrategyPage>(path);
}

/** Requests a page together with the run, so that {@link loadStrategies} waits for one answer of the server instead of two. */
export function loadStrategiesAhead(id: string, ask: Asked): void {
    const path = strategiesPath(id, ask);
    const page = json<StrategyPage>(path);
    page.catch(() => undefined);
    ahead.set(path, page);
}

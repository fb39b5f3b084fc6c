import type { JsonMap } from '../../api/jsonSchema';

/** A mean of a series that depends on its past. */
export interface StudyMean {
    dates: number;
    mean: number | null;
    deviation: number | null;
    error: number | null;
    t: number | null;
    p: number | null;
    low: number | null;
    high: number | null;
    lag: number;
}

export interface StudiedHorizon {
    horizon: number;
    ic: StudyMean;
    ratio: number | null;
    q: number | null;
    qIndependent: number | null;
    isDiscovery: boolean;
    spread: StudyMean;
    rankAutocorrelation: number | null;
    quantiles: { quantile: number; return: number | null; demeaned: number | null; error: number | null; turnover: number | null }[];
    groups: { group: string; ic: StudyMean; quantiles: (number | null)[] }[];
}

export interface StudySeries {
    datesPerPoint: number;
    window: number;
    times: string[];
    ic: (number | null)[][];
    rollingIc: (number | null)[][];
    quantiles: number[][];
    longShort: number[];
    weighted: number[];
}

export interface StudiedFactor {
    factor: string;
    error: string | null;
    dates: number;
    horizons: StudiedHorizon[];
    decay: { horizon: number; ic: number | null; low: number | null; high: number | null }[];
    histogram: { from: number; to: number; count: number }[];
    series: StudySeries | null;
}

/** The content of study.json. */
export interface Study {
    digest: string;
    source: string;
    timeframe: string;
    from: string;
    to: string;
    dates: number;
    symbols: number;
    horizons: number[];
    quantiles: number;
    price: string;
    groupNeutral: boolean;
    level: number;
    tests: number;
    discoveries: number;
    groups: string[];
    trials: { study: number; all: number; fault: string | null } | null;
    notes: string[];
    factors: StudiedFactor[];
}

/** The fields of the form that are no plain values of the request. */
export interface StudyFields {
    source: string;
    symbols: string;
    timeframe: string;
    from: string;
    to: string;
    factors: string;
    horizons: string;
}

const parts = (text: string, by: string) =>
    text
        .split(by)
        .map((p) => p.trim())
        .filter((p) => p !== '');

/** The request of a study: the fields of the bars become its data section, and lists are split. */
export function requestOf(fields: StudyFields, others: JsonMap): JsonMap {
    const symbols = parts(fields.symbols, ',');
    return {
        ...others,
        data: {
            source: fields.source.trim(),
            symbols: symbols.length === 0 ? ['*'] : symbols,
            timeframe: fields.timeframe.trim(),
            ...(fields.from.trim() === '' ? {} : { from: fields.from.trim() }),
            ...(fields.to.trim() === '' ? {} : { to: fields.to.trim() }),
        },
        factors: parts(fields.factors, ';'),
        // What is no number stays as it was typed, so that the server says so.
        horizons: parts(fields.horizons, ',').map((h) => (/^\d+$/.test(h) ? Number(h) : h)),
    };
}

/** A sentence that sums a study up. */
export function sentenceOf(study: Study): string {
    const found = study.factors.flatMap((f) => f.horizons.filter((h) => h.isDiscovery).map((h) => `${f.factor} over ${h.horizon}`));
    const level = `${Number((100 * study.level).toFixed(2))}%`;
    return found.length === 0
        ? `None of ${study.tests} tests is a discovery at q ${level}.`
        : `${found.length} of ${study.tests} tests are discoveries at q ${level}: ${found.join(', ')}.`;
}

/** The number of quantiles that so many symbols can fill, two in each: five, or fewer. */
export const quantilesFor = (symbols: number): number => Math.min(5, Math.max(2, Math.floor(symbols / 2)));

import { json } from '../../api/client';
import { useQuery } from '../../api/useQuery';
import { useSearch } from '../../api/useSearch';
import { SelectField, TextField } from '../../components/Field';
import { HeatTable } from '../../components/HeatTable';
import { ShortTable } from '../../components/ShortTable';
import { Empty, Loaded } from '../../components/States';
import { StrategyName, strategyWidth } from '../../components/StrategyName';
import { DataTable, type Column } from '../../components/Table';
import { counted, number, percent, signedPercent, tone } from '../../format/numbers';
import { runPath, strategyPath, type RunDetails } from './run';

interface Condition {
    strategy: string;
    condition: string;
    value: string;
    trades: number;
    winRate?: number;
    pnlNet?: number;
    meanReturn?: number;
    low?: number;
    high?: number;
    outcome?: string;
    importance?: number;
}

const columns: Column<Condition>[] = [
    { id: 'condition', title: 'Condition', width: 96, value: (c) => c.condition, cell: (c) => c.condition },
    {
        id: 'importance',
        title: 'Importance',
        width: 104,
        figure: true,
        value: (c) => c.importance,
        cell: (c) => percent(c.importance, 1),
        hint: 'Share of the variance of the returns of trades that the whole condition explains, less what chance explains (ω²)',
    },
    { id: 'value', title: 'Value', width: 90, value: (c) => c.value, cell: (c) => c.value },
    { id: 'trades', title: 'Trades', width: 70, figure: true, value: (c) => c.trades, cell: (c) => number(c.trades) },
    { id: 'winRate', title: 'Won', width: 70, figure: true, value: (c) => c.winRate, cell: (c) => percent(c.winRate, 1) },
    {
        id: 'pnlNet',
        title: 'Net profit',
        width: 110,
        figure: true,
        value: (c) => c.pnlNet,
        cell: (c) => <span class={tone(c.pnlNet)}>{number(c.pnlNet, 2)}</span>,
    },
    {
        id: 'meanReturn',
        title: 'Mean return',
        width: 110,
        figure: true,
        value: (c) => c.meanReturn,
        cell: (c) => <span class={tone(c.meanReturn)}>{signedPercent(c.meanReturn)}</span>,
    },
    {
        id: 'low',
        title: 'Interval of 95%',
        width: 180,
        figure: true,
        value: (c) => c.low,
        cell: (c) => (c.low === undefined ? '–' : `${signedPercent(c.low)} to ${signedPercent(c.high)}`),
    },
    {
        id: 'outcome',
        title: 'Later',
        width: 120,
        value: (c) => c.outcome,
        cell: (c) => c.outcome ?? '',
        hint: 'Whether it held on the later part of the record',
    },
];

const withStrategy: Column<Condition>[] = [
    {
        id: 'strategy',
        title: 'Strategy',
        width: strategyWidth,
        value: (c) => c.strategy,
        cell: (c) => <StrategyName id={c.strategy} />,
    },
    ...columns,
];

/** How the rows are sorted, in words. */
function Order() {
    return (
        <p class="note">
            The most important conditions first. Importance is ω² (Hays 1963): the share of the variance of a strategy’s returns by trade
            that the condition explains, less what chance explains. At 0 or below it explains nothing. Equal ones keep the order of the run.
            Exits have none, since they are known only after the trade.
        </p>
    );
}

/** Trades that stand behind each row, unless the user says otherwise. The importance of a handful of trades is chance. */
const leastTrades = 10;

/** Asks how many trades have to stand behind a row. */
function Least(props: { least: string }) {
    const { set } = useSearch();
    return (
        <TextField
            label="Least trades"
            type="number"
            min={0}
            value={props.least}
            onValue={(v) => set({ least: v })}
            hint="Behind each row; 0 for all"
        />
    );
}

/** The query of the rows behind which enough trades stand, the most important condition first. */
const asked = (strategy: string, least: string) =>
    new URLSearchParams({
        limit: '1000',
        sort: '-importance',
        ...(strategy === '' ? {} : { strategy }),
        ...(Number(least) > 0 ? { filter: `trades>=${Number(least)}` } : {}),
    }).toString();

/** The conditions of one strategy in the order of its rows, each with its importance and the trades that stand behind it. */
export const conditionsOf = (rows: readonly { condition: string; importance?: number | null; trades: number }[]) =>
    // Each trade is in one value of a condition, so that those of its values add up.
    [...new Set(rows.map((r) => r.condition))].map((condition) => {
        const own = rows.filter((r) => r.condition === condition);
        return { condition, importance: own[0]?.importance ?? null, trades: own.reduce((sum, r) => sum + r.trades, 0) };
    });

/** Profit by condition of one strategy. */
export function ConditionTable(props: { run: RunDetails; strategy: string }) {
    const { search } = useSearch();
    const least = search.least ?? String(leastTrades);
    const path = `${runPath(props.run.id)}/conditions`;
    const all = useQuery(`${path} ${props.strategy}`, () => json<{ items: Condition[] }>(`${path}?${asked(props.strategy, '0')}`));
    return (
        <Loaded query={all} height={300}>
            {({ items }) => {
                const rows = items.filter((c) => c.trades >= Number(least));
                const ranked = conditionsOf(items).filter((c) => c.importance !== null);
                return items.length === 0 ? (
                    <Empty title="Nothing is known of conditions">
                        <p>Too few trades, or the batch left conditions.csv out.</p>
                    </Empty>
                ) : (
                    <>
                        <Order />
                        {ranked.length > 0 && (
                            <ShortTable
                                label="Conditions by importance"
                                rows={ranked}
                                columns={[
                                    { title: 'Condition', cell: (c) => c.condition },
                                    { title: 'Importance', figure: true, cell: (c) => percent(c.importance, 1) },
                                    { title: 'Trades behind it', figure: true, cell: (c) => number(c.trades) },
                                ]}
                            />
                        )}
                        <div class="filters">
                            <Least least={least} />
                        </div>
                        {rows.length === 0 ? (
                            <p class="soft">No row has so many trades: ask for fewer behind each row.</p>
                        ) : (
                            <DataTable
                                label="Profit by condition"
                                rows={rows}
                                columns={columns}
                                id={(c) => `${c.condition}/${c.value}`}
                                height={420}
                            />
                        )}
                    </>
                );
            }}
        </Loaded>
    );
}

/** The mean return of each strategy under each value of a condition. */
function ConditionMap(props: { run: RunDetails }) {
    const { search, set: setSearch } = useSearch();
    const strategies = props.run.conditions?.strategies ?? [];
    const rows = strategies.flatMap((s) => s.rows);
    const ordered = props.run.conditions?.ranking ?? [];
    const conditions = ordered.map((c) => c.condition);
    const shown = search.condition && conditions.includes(search.condition) ? search.condition : conditions[0];
    if (shown === undefined) return null;
    const values = [...new Set(rows.filter((r) => r.condition === shown).map((r) => r.value))];
    if (rows.every((r) => !Number.isNaN(Number(r.value)) || r.condition !== shown)) values.sort((a, b) => Number(a) - Number(b));
    return (
        <>
            <div class="filters">
                <SelectField
                    label="Mean return by"
                    value={shown}
                    onValue={(condition) => setSearch({ condition })}
                    options={ordered.map((c) => ({
                        value: c.condition,
                        label:
                            c.importance === null
                                ? c.condition
                                : `${c.condition}, importance ${percent(c.importance, 1)} over ${counted(c.trades, 'trade')}`,
                    }))}
                />
            </div>
            <HeatTable
                label={`Mean return by ${shown}, and the number of trades`}
                corner="Strategy"
                columns={values.map((name) => ({ name }))}
                rows={strategies.map((s) => ({
                    name: (
                        <a href={strategyPath(props.run.id, s.strategy)}>
                            <StrategyName id={s.strategy} />
                        </a>
                    ),
                    cells: values.map((value) => {
                        const row = s.rows.find((r) => r.condition === shown && r.value === value);
                        return (
                            row && {
                                text: `${signedPercent(row.meanReturn)} (${number(row.trades)})`,
                                value: row.meanReturn,
                                title: counted(row.trades, 'trade'),
                            }
                        );
                    }),
                }))}
            />
        </>
    );
}

/** Which conditions were tried over the whole run, and which held later. */
export function Conditions(props: { run: RunDetails }) {
    const { search, set: setSearch } = useSearch();
    const least = search.least ?? String(leastTrades);
    const path = `${runPath(props.run.id)}/conditions?${asked(search.of ?? '', least)}`;
    const rows = useQuery(path, () => json<{ items: Condition[]; total: number }>(path));
    return (
        <>
            <p class="lead">
                When strategies earn: by trend, volatility, hour and weekday. A condition that was chosen on the first part of the record is
                tried on the later part.
            </p>
            <ConditionMap run={props.run} />
            <div class="filters">
                <TextField
                    label="Strategy"
                    type="search"
                    value={search.of ?? ''}
                    onValue={(of) => setSearch({ of })}
                    placeholder="SmaCross(fast=10,slow=50)@ACME:1h"
                    hint="The whole id; empty for all"
                />
                <Least least={least} />
            </div>
            <Loaded query={rows} height={560}>
                {(page) =>
                    page.items.length === 0 ? (
                        <Empty title="No conditions">
                            <p>There are too few trades: ask for fewer behind each row; or the id is another one.</p>
                        </Empty>
                    ) : (
                        <>
                            <Order />
                            <DataTable
                                label="Profit by condition"
                                rows={page.items}
                                columns={withStrategy}
                                id={(c) => `${c.strategy}/${c.condition}/${c.value}`}
                            />
                            {page.total > page.items.length && (
                                <p class="note">
                                    The first {number(page.items.length)} of {number(page.total)}. Name a strategy to see its own;
                                    conditions.csv has all.
                                </p>
                            )}
                        </>
                    )
                }
            </Loaded>
        </>
    );
}

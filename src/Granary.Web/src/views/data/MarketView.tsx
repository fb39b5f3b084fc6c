import { api, download, take, type Schemas } from '../../api/client';
import { useAction } from '../../api/useAction';
import { useQuery } from '../../api/useQuery';
import { useSearch } from '../../api/useSearch';
import { Badge } from '../../components/Badge';
import { Figures } from '../../components/Figures';
import { PriceChart } from '../../components/PriceChart';
import { Empty, Loaded } from '../../components/States';
import { Unbroken } from '../../components/Unbroken';
import { Wrong } from '../../components/Wrong';
import { counted, number } from '../../format/numbers';
import { learnZones } from '../../format/times';
import { useTitle } from '../../layout/title';
import { Calendar } from './Calendar';
import './data.css';

/** A market of a store: its bars by day, and the findings of the quality check. */
export default function MarketView() {
    const {
        search: { store = '', symbol = '', timeframe = '' },
    } = useSearch();
    useTitle(symbol === '' ? 'Market' : symbol);
    const query = { store, symbol, timeframe };
    const name = symbol === '' ? null : `${store} ${symbol} ${timeframe}`;
    const coverage = useQuery(name && `coverage ${name}`, async () => {
        const answer = await take(api.GET('/api/v1/data/coverage', { params: { query } }));
        learnZones({ [answer.symbol]: answer.zone });
        return answer;
    });
    const quality = useQuery(name && `quality ${name}`, () => take(api.GET('/api/v1/data/quality', { params: { query } })));
    const saving = useAction(() => download(`/data/file?${new URLSearchParams(query)}`, `${symbol}-${timeframe}.csv`));
    const load = async ({ points, ...part }: Record<string, string>) => ({
        bars: await take(api.GET('/api/v1/data/bars', { params: { query: { ...query, ...part, limit: Number(points) } } })),
    });
    if (name === null)
        return (
            <Empty title="This address names no market">
                <a class="button" href="/data">
                    Choose one
                </a>
            </Empty>
        );
    return (
        <>
            <p class="eyebrow">
                <a href="/data">Data</a> / {store}
            </p>
            <h1>
                {symbol} <span class="soft">{timeframe}</span>
            </h1>
            <Loaded query={coverage} height={420}>
                {(c) => (
                    <>
                        <Summary coverage={c} />
                        <div class="actions">
                            <button type="button" disabled={saving.busy} onClick={() => saving.run()}>
                                Download as CSV
                            </button>
                            <a class="button" href={`/data/compare?${new URLSearchParams({ a: store, symbol, timeframe }).toString()}`}>
                                Compare with another source
                            </a>
                        </div>
                        <Wrong>{saving.problem?.message}</Wrong>
                        <PriceChart key={name} name={`bars ${name}`} symbol={symbol} timeframe={timeframe} load={load} height={380} />
                        <h2>Coverage by day</h2>
                        <p class="note">Days are those of UTC.</p>
                        <Calendar coverage={c} />
                    </>
                )}
            </Loaded>
            <h2>Quality</h2>
            <Loaded query={quality} height={120}>
                {(findings) => <Findings findings={findings} />}
            </Loaded>
        </>
    );
}

function Summary(props: { coverage: Schemas['MarketCoverage'] }) {
    const { coverage } = props;
    const bars = coverage.counts.reduce((s, c) => s + c, 0);
    const last = new Date(Date.parse(coverage.from) + (coverage.counts.length - 1) * 86_400_000).toISOString().slice(0, 10);
    return (
        <Figures
            figures={[
                { name: 'Bars', value: number(bars), note: `usually ${number(coverage.usual)} a day` },
                { name: 'From', value: coverage.from, note: 'UTC day' },
                { name: 'To', value: last, note: 'UTC day' },
                { name: 'Missing days', value: number(coverage.missing.length), note: 'on which the market usually trades' },
                {
                    name: 'Days with fewer bars',
                    value: number(coverage.short.length),
                    note: coverage.calendar ? `than a session of ${coverage.calendar}` : 'than usual on that weekday',
                },
                { name: 'Market time', value: coverage.zone, note: coverage.calendar ? 'time zone' : 'no session calendar is known' },
            ]}
        />
    );
}

const kinds = { Error: 'no', Warning: 'wait', Info: undefined } as const;

/** The findings of a check of bars. */
export function Findings(props: { findings: readonly Schemas['FindingRow'][] }) {
    if (props.findings.length === 0)
        return <p class="notice calm">The check found nothing: no gaps, duplicates, outliers, frozen prices or unadjusted splits.</p>;
    return (
        <>
            <p class="note">{counted(props.findings.length, 'finding')}, the worst first.</p>
            <ul class="findings">
                {props.findings.map((f, i) => {
                    const kind = kinds[f.severity as keyof typeof kinds];
                    return (
                        <li key={i}>
                            <p>
                                {kind ? <Badge kind={kind}>{f.severity}</Badge> : <Badge>{f.severity}</Badge>} <b>{f.check}</b>{' '}
                                <span class="soft">
                                    <Unbroken>{f.place}</Unbroken>
                                </span>
                            </p>
                            <p>
                                <Unbroken>{f.sentence}</Unbroken>
                            </p>
                            <p class="soft">To do: {f.remedy}</p>
                        </li>
                    );
                })}
            </ul>
        </>
    );
}

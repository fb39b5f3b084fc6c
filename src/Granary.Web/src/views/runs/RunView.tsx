import { useRoute } from 'preact-iso';
import { useState } from 'preact/hooks';
import { useQuery } from '../../api/useQuery';
import { useSearch } from '../../api/useSearch';
import { Badge } from '../../components/Badge';
import { Loaded } from '../../components/States';
import { Tabs } from '../../components/Tabs';
import { counted } from '../../format/numbers';
import { duration, time } from '../../format/times';
import { useTitle } from '../../layout/title';
import { AnalysisTab } from './Analysis';
import { Conditions } from './Conditions';
import { Models } from './Models';
import { Overview } from './Overview';
import { ParameterMaps } from './ParameterMaps';
import { Paths } from './Paths';
import { AllTrades } from './PortfolioTrades';
import { currencyOf, loadRun, loadStrategiesAhead, namedAs, runKinds, verdictOf, type RunDetails } from './run';
import { RunActions } from './RunActions';
import { RunFiles } from './RunFiles';
import { SearchTab } from './SearchTab';
import './runs.css';
import { StrategyDetails } from './StrategyDetails';
import { StrategyList } from './StrategyList';
import { Windows } from './Windows';

const allTabs = [
    { id: '', title: 'Overview' },
    { id: 'strategies', title: 'Strategies' },
    { id: 'trades', title: 'Trades' },
    { id: 'windows', title: 'Windows' },
    { id: 'analysis', title: 'Analysis' },
    { id: 'paths', title: 'What if' },
    { id: 'parameters', title: 'Parameters' },
    { id: 'search', title: 'Search' },
    { id: 'conditions', title: 'Conditions' },
    { id: 'models', title: 'Models' },
    { id: 'files', title: 'Files' },
];

// A run without models, paths or a search has nothing to show of them.
const shows: Record<string, (run: RunDetails) => unknown> = {
    models: (run) => run.modelDecisions,
    paths: (run) => run.resampling,
    search: (run) => run.searched,
    trades: (run) => run.files.includes('trades.csv'),
    windows: (run) => run.files.includes('windows.csv'),
};
const tabsOf = (run: RunDetails) =>
    allTabs.filter((t) => {
        const shown = shows[t.id];
        return !shown || shown(run);
    });

// What the address has of one part: the filters of its list, and the trade of a chart.
const ofOneTab = [
    'strategy',
    'at',
    'end',
    'market',
    'sort',
    'where',
    'since',
    'until',
    'jump',
    'cols',
    'id',
    'symbol',
    'weighted',
    'window',
];

const partsOf = (search: Record<string, string>) => [...ofOneTab, ...Object.keys(search).filter((k) => k.startsWith('trades-'))];

/** The results of a run. */
export default function RunView() {
    const id = useRoute().params.id ?? '';
    const { search } = useSearch();
    const run = useQuery(`run/${id}`, () => loadRun(id));
    useState(() => {
        if (search.strategy && !run.data) loadStrategiesAhead(id, namedAs(search.strategy));
    });
    useTitle(run.data?.name ?? 'Run');
    return (
        <Loaded query={run} height={600} title="Run">
            {(loaded) => (
                <>
                    <Top run={loaded} onChanged={run.reload} />
                    <Tabs
                        label="Results"
                        tabs={tabsOf(loaded)}
                        shown={search.strategy ? undefined : (search.tab ?? '')}
                        without={partsOf(search)}
                    />
                    {search.strategy ? <StrategyDetails run={loaded} id={search.strategy} /> : <Tab run={loaded} tab={search.tab ?? ''} />}
                </>
            )}
        </Loaded>
    );
}

function Tab(props: { run: RunDetails; tab: string }) {
    const { run } = props;
    switch (props.tab) {
        case 'strategies':
            return <StrategyList run={run} />;
        case 'trades':
            return <AllTrades run={run} />;
        case 'windows':
            return <Windows run={run} />;
        case 'analysis':
            return <AnalysisTab run={run} />;
        case 'paths':
            return run.resampling ? <Paths of={run.resampling} currency={currencyOf(run)} /> : <Overview run={run} />;
        case 'parameters':
            return <ParameterMaps run={run} />;
        case 'search':
            return <SearchTab run={run} />;
        case 'conditions':
            return <Conditions run={run} />;
        case 'models':
            return run.modelDecisions ? <Models run={run} results={run.modelDecisions} /> : <Overview run={run} />;
        case 'files':
            return <RunFiles run={run} />;
        default:
            return <Overview run={run} />;
    }
}

function Top(props: { run: RunDetails; onChanged: () => void }) {
    const { run } = props;
    const verdict = verdictOf(run);
    return (
        <>
            <div class="actions tight">
                <h1>{run.name}</h1>
                <Badge kind={verdict.kind}>{verdict.text}</Badge>
                <span class="push" />
                <RunActions run={run} onChanged={props.onChanged} />
            </div>
            <p class="eyebrow" title={run.id}>
                {runKinds[run.kind] ?? run.kind} · {counted(run.strategies, 'strategy', 'strategies')} · {markets(run)} ·{' '}
                <span class="nowrap">{time(run.created)}</span> · took {duration(run.elapsedSeconds)} from start to end,{' '}
                {duration(run.seconds)} of it computing on {run.host} · digest <code>{run.digest.slice(0, 12)}</code>
            </p>
        </>
    );
}

function markets(run: RunDetails): string {
    return run.marketCount > 2 ? counted(run.marketCount, 'market') : run.markets.join(', ');
}

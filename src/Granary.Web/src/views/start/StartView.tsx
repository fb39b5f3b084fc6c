import { useLocation } from 'preact-iso';
import { can } from '../../api/caller';
import { api, take } from '../../api/client';
import { useAction } from '../../api/useAction';
import { useQuery } from '../../api/useQuery';
import { ago } from '../../format/times';
import { useTitle } from '../../layout/title';
import { Wrong } from '../../components/Wrong';

/** The page that a newcomer sees first: one click runs the quickstart and ends at its results. */
export default function StartView() {
    useTitle('Start');
    const { route } = useLocation();
    const runs = useQuery('start/runs', () => take(api.GET('/api/v1/runs', { params: { query: { limit: 3 } } })));
    const { run, busy, problem } = useAction(async () => {
        const job = await take(api.POST('/api/v1/batches/quickstart'));
        route(`/jobs/${encodeURIComponent(job.id)}?then=results`);
    });
    const latest = runs.data?.items ?? [];
    return (
        <>
            <h1>Granary</h1>
            <p class="lead">
                Test trading strategies on past prices, find out how far the results can be believed, and trade the ones that hold up.
            </p>
            <section class="card">
                <h2>Run the quickstart</h2>
                <p class="lead">
                    1,008 strategies on six synthetic markets with 18 months of hourly prices. It takes a few seconds, needs no data of
                    yours, and ends at the results.
                </p>
                <Wrong>{problem?.message}</Wrong>
                <p>
                    <button type="button" class="primary" disabled={busy || !can('submitter')} onClick={run}>
                        {busy ? 'Starting …' : 'Run the quickstart'}
                    </button>
                </p>
                {!can('submitter') && <p class="note">Running a batch needs a key with the role submitter. Choose Key in the header.</p>}
            </section>
            <div class="columns">
                <section class="card">
                    <h2>Your own batch</h2>
                    <p>Choose strategies, parameters, markets and costs in a form, or drop a batch file.</p>
                    <p>
                        <a class="button" href="/batches/new">
                            New batch
                        </a>
                    </p>
                </section>
                <section class="card">
                    <h2>Recent runs</h2>
                    {latest.length === 0 ? (
                        <p>The results of your batches appear here.</p>
                    ) : (
                        <ul class="plain">
                            {latest.map((r) => (
                                <li key={r.id}>
                                    <a href={`/runs/${encodeURIComponent(r.id)}`}>{r.name}</a> <span class="soft">{ago(r.created)}</span>
                                </li>
                            ))}
                        </ul>
                    )}
                    <p>
                        <a class="button" href="/runs">
                            All runs
                        </a>
                    </p>
                </section>
            </div>
            <p class="note">
                The command line does the same: <code>./granary backtest samples/quickstart.json</code>.
            </p>
        </>
    );
}

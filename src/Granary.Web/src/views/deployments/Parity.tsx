import { useLocation } from 'preact-iso';
import { can } from '../../api/caller';
import { api, take } from '../../api/client';
import { useAction } from '../../api/useAction';
import { useQuery } from '../../api/useQuery';
import { Loaded } from '../../components/States';
import { Wrong } from '../../components/Wrong';
import { ParityDays } from './ParityDays';

/** The compared days of each account that traded the deployment, and buttons that compare now. */
export function Parity(props: { number: number; accounts: readonly string[] }) {
    const days = useQuery(`parity ${props.number}`, () =>
        take(api.GET('/api/v1/deployments/{number}/parity', { params: { path: { number: props.number } } })),
    );
    return (
        <Loaded query={days} height={160}>
            {(all) => {
                const accounts = [...new Set([...props.accounts, ...all.map((d) => d.account)])].sort();
                return accounts.length === 0 ? (
                    <p class="soft">No account has traded this deployment yet.</p>
                ) : (
                    <>
                        {accounts.map((account) => (
                            <ParityDays key={account} account={account} days={all.filter((d) => d.account === account)}>
                                {can('submitter') && <CompareNow account={account} />}
                            </ParityDays>
                        ))}
                    </>
                );
            }}
        </Loaded>
    );
}

function CompareNow(props: { account: string }) {
    const { account } = props;
    const { route } = useLocation();
    const { run, busy, problem } = useAction(async () => {
        const job = await take(api.POST('/api/v1/jobs', { body: { kind: 'parity', account, now: true } as never }));
        route(`/jobs/${encodeURIComponent(job.id)}`);
    });
    return (
        <>
            <button
                type="button"
                disabled={busy}
                aria-label={`Compare now: ${account}`}
                title="Compares the days since the last record, and the running one, without stopping the session"
                onClick={run}
            >
                Compare now
            </button>
            <Wrong>{problem?.message}</Wrong>
        </>
    );
}

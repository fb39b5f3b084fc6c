import { useLocation } from 'preact-iso';
import { useState } from 'preact/hooks';
import { TextField } from '../../components/Field';
import { Loaded } from '../../components/States';
import { useTitle } from '../../layout/title';
import { JobForm } from '../jobs/JobForm';
import { useKinds } from '../jobs/kinds';
import { requestOf, type StudyFields } from './study';

const first: StudyFields = {
    source: 'store:bars',
    symbols: '',
    timeframe: '1d',
    from: '',
    to: '',
    factors: 'roc(20);rsi(14)',
    horizons: '1,5,20',
};

/** A form that starts a factor study. */
export default function NewStudyView() {
    useTitle('Factor study');
    const { route } = useLocation();
    const kinds = useKinds();
    const [fields, setFields] = useState(first);
    const field = (key: keyof StudyFields, label: string, hint: string) => (
        <TextField label={label} hint={hint} value={fields[key]} onValue={(v) => setFields((before) => ({ ...before, [key]: v }))} />
    );
    return (
        <>
            <h1>Factor study</h1>
            <p class="lead">
                Do high values of a factor come before high returns? The study ranks all symbols on each date, and corrects its tests for
                the number of factors and horizons that it tries.
            </p>
            <div class="row fields">
                {field('source', 'Source', 'Bars, such as store:bars or csv:DIR.')}
                {field('symbols', 'Symbols (optional)', 'With commas between; all without it. Two for each quantile are needed.')}
                {field('timeframe', 'Timeframe', 'Of the bars of the source, such as 1d or 1h.')}
                {field('from', 'From (optional)', 'First bar, UTC, such as 2020-01-31. Earlier bars warm up the factors.')}
                {field('to', 'To (optional)', 'The first bar that is left out, UTC.')}
                {field('factors', 'Factors', 'With semicolons between, such as roc(20);rsi(14).')}
                {field('horizons', 'Horizons', 'Bars over which returns are taken, ascending, with commas between.')}
            </div>
            <Loaded query={kinds}>
                {(all) => (
                    <JobForm
                        kind="study"
                        schema={all.find((k) => k.name === 'study')?.schema ?? {}}
                        action="Start the study"
                        initial={{}}
                        skip={['data', 'factors', 'horizons']}
                        complete={(value) => requestOf(fields, value)}
                        onStarted={(job) => route(`/jobs/${encodeURIComponent(job.id)}?then=results`)}
                    />
                )}
            </Loaded>
        </>
    );
}

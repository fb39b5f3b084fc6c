import { useTitle } from '../../layout/title';

/** The page that a newcomer sees first. */
export default function StartView() {
    useTitle('Start');
    return (
        <>
            <h1>Granary</h1>
            <p class="lead">
                Test trading strategies on past prices, find out how far the results can be believed, and trade the ones that hold up.
            </p>
            <p>
                <a class="button primary" href="/runs">
                    See the runs
                </a>
            </p>
        </>
    );
}

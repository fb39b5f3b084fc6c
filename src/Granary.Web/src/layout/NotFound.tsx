import { useTitle } from './title';

/** The page for addresses without a view. */
export function NotFound() {
    useTitle('Not found');
    return (
        <>
            <h1>There is no such page</h1>
            <p class="lead">The address may be old or mistyped.</p>
            <a class="button" href="/">
                Go to the start page
            </a>
        </>
    );
}

using Granary.Engine.Market;

namespace Granary.Simulation.Passes;

/// <summary>Reads the blocks of a feed's symbols and lets them be prepared.</summary>
internal sealed class FeedReader(FeedPreparer preparer, int symbols, Func<int, IAsyncEnumerable<BarBlock>> blocksOf,
    CancellationToken cancellationToken) : IAsyncDisposable
{
    private readonly IAsyncEnumerator<BarBlock>[] _sources =
        [.. Enumerable.Range(0, symbols).Select(s => blocksOf(s).GetAsyncEnumerator(cancellationToken))];

    public FeedPreparer Preparer => preparer;

    public async ValueTask<bool> MoveNextAsync()
    {
        while (!preparer.MoveNext())
        {
            // Reads only the symbol that the others wait for, so that none gets far ahead of the rest.
            if (preparer.WaitsFor is not { } symbol) return false;
            if (await _sources[symbol].MoveNextAsync()) preparer.Add(symbol, _sources[symbol].Current);
            else preparer.End(symbol);
        }
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var source in _sources) await source.DisposeAsync();
    }
}

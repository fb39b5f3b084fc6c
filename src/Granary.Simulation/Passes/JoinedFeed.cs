using System.Runtime.CompilerServices;
using Granary.Engine.Market;

namespace Granary.Simulation.Passes;

/// <summary>Reads several symbols in parallel and joins them on one timeline.</summary>
internal static class JoinedFeed
{
    public static async IAsyncEnumerable<JoinedBlock> ReadAsync(IReadOnlyList<MarketSeries> series,
        Func<int, IAsyncEnumerable<BarBlock>> blocksOf, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var joiner = new FeedJoiner(series);
        var readers = new IAsyncEnumerator<BarBlock>[series.Count];
        try
        {
            for (var s = 0; s < readers.Length; s++) readers[s] = blocksOf(s).GetAsyncEnumerator(cancellationToken);
            while (true)
            {
                while (joiner.TryNext(out var block)) yield return block;
                // Reads only the symbol that the others wait for, so that none gets far ahead of the rest.
                if (joiner.WaitsFor is not { } symbol) yield break;
                if (await readers[symbol].MoveNextAsync()) joiner.Add(symbol, readers[symbol].Current);
                else joiner.End(symbol);
            }
        }
        finally
        {
            foreach (var reader in readers)
                if (reader is not null)
                    await reader.DisposeAsync();
        }
    }
}

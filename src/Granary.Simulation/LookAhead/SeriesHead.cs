using System.Runtime.CompilerServices;
using Granary.Engine.Market;

namespace Granary.Simulation.LookAhead;

/// <summary>A series that ends after a number of bars.</summary>
internal sealed class SeriesHead(IBarSeries series, long count) : ChangedSeries(series)
{
    public const string Verb = "head";

    public override string Change => FormattableString.Invariant($"{Verb}={count}");

    public override long Count => Math.Min(count, base.Count);

    public override async IAsyncEnumerable<BarBlock> ReadAsync(int blockSize = IBarSeries.DefaultBlockSize, [EnumeratorCancellation]
        CancellationToken cancellationToken = default)
    {
        var left = Count;
        await foreach (var block in Inner.ReadAsync(blockSize, cancellationToken))
        {
            yield return block.Count <= left ? block : block.Slice(0, (int)left);
            left -= block.Count;
            if (left <= 0) yield break;
        }
    }
}

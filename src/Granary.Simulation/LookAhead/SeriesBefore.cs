using System.Runtime.CompilerServices;
using Granary.Engine.Market;

namespace Granary.Simulation.LookAhead;

/// <summary>The bars of a series that open before a time.</summary>
/// <param name="end">UTC ticks.</param>
internal sealed class SeriesBefore(IBarSeries series, long end) : ChangedSeries(series)
{
    public const string Verb = "before";

    public override string Change => FormattableString.Invariant($"{Verb}={end}");

    public override async IAsyncEnumerable<BarBlock> ReadAsync(int blockSize = IBarSeries.DefaultBlockSize, [EnumeratorCancellation]
        CancellationToken cancellationToken = default)
    {
        await foreach (var block in Inner.ReadAsync(blockSize, cancellationToken))
        {
            if (block.Time[^1] < end)
            {
                yield return block;
                continue;
            }
            var at = block.Time.BinarySearch(end);
            var left = at < 0 ? ~at : at;
            if (left > 0) yield return block.Slice(0, left);
            yield break;
        }
    }
}

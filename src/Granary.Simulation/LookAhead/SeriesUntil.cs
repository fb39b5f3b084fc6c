using System.Runtime.CompilerServices;
using Granary.Engine.Market;

namespace Granary.Simulation.LookAhead;

/// <summary>A series that ends soon after a time, with the block that completes a given number of bars from that time on.</summary>
/// <param name="timestamp">The time, UTC ticks.</param>
/// <param name="more">Number of bars from that time on; the last block may contain a few more.</param>
internal sealed class SeriesUntil(IBarSeries series, long timestamp, long more) : ChangedSeries(series)
{
    public const string Verb = "until";

    public override string Change => FormattableString.Invariant($"{Verb}={timestamp}:{more}");

    public override async IAsyncEnumerable<BarBlock> ReadAsync(int blockSize = IBarSeries.DefaultBlockSize, [EnumeratorCancellation]
        CancellationToken cancellationToken = default)
    {
        var left = more;
        await foreach (var block in Inner.ReadAsync(blockSize, cancellationToken))
        {
            yield return block;
            if (block.Time[^1] < timestamp) continue;
            var at = block.Time.BinarySearch(timestamp);
            left -= block.Count - (at < 0 ? ~at : at);
            if (left <= 0) yield break;
        }
    }
}

using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Testing;

/// <summary>Knows the closes of the whole file and buys before they rise: what the look-ahead check is there for.</summary>
[Strategy("Peeks one bar ahead; only for tests.")]
public sealed class Peeker(FutureCloses future) : Strategy
{
    internal FutureCloses Future => future;

    private double _last;

    public override void OnBar(StrategyContext bar)
    {
        // A real leak as people make it: a table of the whole file, read at the next row.
        var next = future.Closes.GetValueOrDefault(bar.Time.Ticks + TimeSpan.TicksPerHour);
        if (next > bar.Close) bar.Go(Side.Buy);
        else bar.Exit();
        _last = bar.Close;
    }

    public override string ToString() => $"Peeker at {_last}";
}

using Granary.Engine.Market;
using Granary.Learning.Regimes;
using Granary.Simulation.Passes;

namespace Granary.Simulation.Regimes;

/// <summary>Regime states of one market over a batch's bars.</summary>
/// <param name="Time">[bars]: open times, UTC ticks. A state is known one timeframe later.</param>
/// <param name="Close">[bars]: closing prices.</param>
/// <param name="Whole">[bars]: overall state as an index into the plan's states, −1 for none.</param>
/// <param name="Machines">[machines][bars]: state of each machine.</param>
internal sealed record MarketStates(string Symbol, Timeframe Timeframe, long[] Time, double[] Close, int[] Whole, int[][] Machines)
{
    /// <summary>Runs the regime machines over all bars of a market.</summary>
    /// <exception cref="ArgumentException">A machine's factor does not fit the bars.</exception>
    public static async Task<MarketStates> RunAsync(OpenedMarket market, RegimePlan plan, CancellationToken cancellationToken)
    {
        var tracker = new RegimeTracker(new MarketSeries(market.Instrument, market.Series.Timeframe), plan);
        var (time, close, whole) = (new List<long>(), new List<double>(), new List<int>());
        var machines = plan.Machines.Select(_ => new List<int>()).ToArray();
        await foreach (var block in market.Series.ReadAsync(IBarSeries.DefaultBlockSize, cancellationToken))
        {
            tracker.Next(block);
            time.AddRange(block.Time);
            close.AddRange(block.Close);
            whole.AddRange(tracker.States);
            for (var m = 0; m < machines.Length; m++) machines[m].AddRange(tracker.StatesOf(m));
        }
        return new MarketStates(market.Symbol, market.Series.Timeframe, [.. time], [.. close], [.. whole],
            [.. machines.Select(m => m.ToArray())]);
    }

    /// <summary>Returns a copy without the bars before a time.</summary>
    /// <param name="from">The time, UTC ticks.</param>
    public MarketStates Since(long from)
    {
        var at = System.Array.BinarySearch(Time, from);
        if (at < 0) at = ~at;
        return at == 0 ? this
            : this with { Time = Time[at..], Close = Close[at..], Whole = Whole[at..], Machines = [.. Machines.Select(m => m[at..])] };
    }

    /// <summary>Returns the changes of the overall state, each with the time from which it is known.</summary>
    public IReadOnlyList<(long Time, int State)> Changes()
    {
        var changes = new List<(long, int)>();
        var before = -1;
        for (var i = 0; i < Whole.Length; i++)
        {
            if (Whole[i] == before) continue;
            before = Whole[i];
            changes.Add((Timeframe.CloseOf(Time[i]), before));
        }
        return changes;
    }

    /// <summary>Returns the state known at a time; −1 for none.</summary>
    public static int At(IReadOnlyList<(long Time, int State)> changes, long timestamp)
    {
        var (low, high) = (0, changes.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (changes[middle].Time <= timestamp) low = middle + 1;
            else high = middle;
        }
        return low == 0 ? -1 : changes[low - 1].State;
    }
}

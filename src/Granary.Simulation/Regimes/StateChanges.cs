using Granary.Engine.Market;
using Granary.Learning.Regimes;
using Granary.Simulation.Passes;

namespace Granary.Simulation.Regimes;

/// <summary>Changes of a market's regime state over time, without its bars.</summary>
internal sealed class StateChanges
{
    private readonly List<(long Time, int State)> _changes = [];

    private StateChanges(IReadOnlyList<string> states) => States = states;

    /// <summary>Names of the states.</summary>
    public IReadOnlyList<string> States { get; }

    /// <summary>Runs a plan's regime machines over all bars of a market.</summary>
    public static async Task<StateChanges> OfAsync(OpenedMarket market, RegimePlan plan, CancellationToken cancellationToken)
    {
        var tracker = new RegimeTracker(new MarketSeries(market.Instrument, market.Series.Timeframe), plan);
        var changes = new StateChanges(plan.States);
        var before = -1;
        await foreach (var block in market.Series.ReadAsync(IBarSeries.DefaultBlockSize, cancellationToken))
        {
            tracker.Next(block);
            for (var i = 0; i < block.Count; i++)
            {
                if (tracker.States[i] == before) continue;
                before = tracker.States[i];
                // A state is known at the bar's close.
                changes._changes.Add((market.Series.Timeframe.CloseOf(block.Time[i]), before));
            }
        }
        return changes;
    }

    /// <summary>Returns the state known at a time; null for none.</summary>
    public int? At(long timestamp) => MarketStates.At(_changes, timestamp) is >= 0 and var state ? state : null;
}

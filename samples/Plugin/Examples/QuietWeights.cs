using Granary.Engine.Market;
using Granary.Engine.Strategies;

namespace SamplePlugin.Examples;

/// <summary>Rebalancing: weights that are inverse to the volatility, put right once a week.</summary>
[Strategy("Holds all symbols, those that move less with a larger weight, and puts the weights right each week.")]
public sealed class QuietWeights : MultiSymbolStrategy
{
    private readonly Factor _range;
    private readonly double _percent;
    private long _week;

    public QuietWeights([Range(2, 1_000)] int period = 20, [Range(1, 100)] double percent = 90)
    {
        // Computed for each symbol over its own bars.
        _range = Use("natr", period);
        _percent = percent;
    }

    public override void OnBar(MultiSymbolContext bar)
    {
        // Day 0 of the calendar is a Monday.
        var week = bar.Time.Ticks / (7 * TimeSpan.TicksPerDay);
        // Symbols of other trading hours have no bar in some time slices.
        if (week == _week || !bar.Symbols.All(s => s.HasBar && s.IsReady && s[_range] > 0)) return;
        _week = week;
        var sum = bar.Symbols.Sum(s => 1 / s[_range]);
        double Target(SymbolContext symbol) => _percent / (symbol[_range] * sum);
        bar.Rebalance([.. bar.Symbols.Select(Target)]);
    }
}

using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>
/// Computes the rank value of one symbol at the ends of periods: that of its last bar which closed within the period. A period without a
/// bar of the symbol has no value.
/// </summary>
internal sealed class SymbolRank
{
    private readonly UniverseRule _rule;
    private readonly Timeframe _timeframe;
    private readonly FactorColumns _columns;
    private readonly double[] _row;
    private readonly RateSeries _rates;
    // Whether each column is an amount, which counts in the account's currency.
    private readonly bool[] _areAmounts;

    /// <exception cref="Engine.InputException">A factor of the rule cannot be computed on these bars.</exception>
    public SymbolRank(UniverseRule rule, MarketSeries series, FactorCatalogue factors)
    {
        (_rule, _timeframe) = (rule, series.Timeframe);
        _columns = new FactorColumns(series, rule.Columns, factors);
        _row = new double[rule.Columns.Count];
        _rates = series.Instrument.Rates;
        _areAmounts = [.. rule.Columns.Select(c => c.StartsWith("dollar-volume", StringComparison.OrdinalIgnoreCase))];
    }

    /// <summary>The end of the period of the last bar, UTC ticks; −1 before the first bar.</summary>
    public long Period { get; private set; } = -1;

    /// <summary>The rank value at the last bar; NaN if the symbol cannot be a member.</summary>
    public double Score { get; private set; } = double.NaN;

    /// <summary>Takes the next bars.</summary>
    /// <param name="ended">Receives the end of each period, once a bar of a later period has come, with the value at its end.</param>
    public void Next(BarBlock block, Action<long, double>? ended = null)
    {
        _columns.Next(block);
        for (var i = 0; i < block.Count; i++)
        {
            // A bar that closes at the end of a period is the last one of it.
            var period = _rule.Every.Next(_timeframe.CloseOf(block.Time[i]) - 1);
            if (period != Period && Period >= 0) ended?.Invoke(Period, Score);
            Period = period;
            var rate = _rates.At(_timeframe.CloseOf(block.Time[i]));
            for (var c = 0; c < _row.Length; c++) _row[c] = _areAmounts[c] ? _columns[c][i] * rate : _columns[c][i];
            Score = _rule.ScoreOf(_row);
        }
    }
}

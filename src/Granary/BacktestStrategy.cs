using Granary.Backtesting.Charts;
using Granary.Engine;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;

namespace Granary;

/// <summary>A strategy of a finished run, on its own account.</summary>
public sealed class BacktestStrategy
{
    private readonly StrategyEntry _entry;
    private readonly BatchSpec _spec;
    private readonly ParameterSearchResults? _searches;

    internal BacktestStrategy(StrategyEntry entry, IReadOnlyList<BacktestTrade> trades, BatchSpec spec, ParameterSearchResults? searches)
    {
        (_entry, _spec, _searches, Trades) = (entry, spec, searches, trades);
        Metrics = entry.Stats is { } values ? new Metrics(values) : null;
        Params = entry.Params.ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal);
    }

    /// <summary>Class, parameters, symbol and timeframe in one text.</summary>
    public string Id => _entry.Id;

    /// <summary>Name of the class.</summary>
    public string Class => _entry.Class;

    /// <summary>Values of all parameters.</summary>
    public IReadOnlyDictionary<string, object> Params { get; }

    /// <summary>The symbols that it trades.</summary>
    public IReadOnlyList<string> Symbols => _entry.Symbols ?? [_entry.Symbol];

    /// <summary>Timeframe of its bars, such as <c>1d</c>.</summary>
    public string Timeframe => _entry.Timeframe;

    /// <summary>Its last weight in the portfolio; 0 = not included.</summary>
    public double Weight => _entry.Weight;

    /// <summary>Metrics of its own account; null if it failed.</summary>
    public Metrics? Metrics { get; }

    /// <summary>Why it failed; null if it ran to the last bar.</summary>
    public string? Error => _entry.Error;

    /// <summary>
    /// Its trades in the order of their closing, then what is open at the end. A batch with very many strategies keeps those of the
    /// strategies that <c>trades.csv</c> lists.
    /// </summary>
    public IReadOnlyList<BacktestTrade> Trades { get; }

    /// <summary>Runs the strategy again, and returns the equity of its own account at the close of each bar.</summary>
    /// <exception cref="InputException">It failed, or a model acts on its signals, which a single strategy is run without.</exception>
    public async Task<IReadOnlyList<EquityPoint>> EquityAsync(CancellationToken cancellationToken = default)
    {
        var curve = await StrategyReplay.EquityOfAsync(_spec, _searches, Id, cancellationToken).ConfigureAwait(false);
        if (Metrics is { } metrics && curve.Count > 0 && curve.Values[^1] != metrics.FinalEquity)
            throw new InputException($"{Id} makes other trades when it is run again: a model acts on its signals, or its bars have changed; "
                + "the equity of the portfolio is that of the run");
        var points = new EquityPoint[curve.Count];
        for (var i = 0; i < points.Length; i++) points[i] = new EquityPoint(BacktestTrade.Utc(curve.Times[i]), curve.Values[i]);
        return points;
    }

    public override string ToString() => Id;
}

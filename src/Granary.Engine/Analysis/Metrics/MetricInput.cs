namespace Granary.Engine.Analysis.Metrics;

/// <summary>Input of the metrics' formulas. <see cref="Parts"/> tells which parts are present.</summary>
public readonly struct MetricInput
{
    public required MetricParts Parts { get; init; }

    internal EquityMeasures Equity { get; init; }

    internal AccountMeasures Account { get; init; }

    internal TradeMeasures Trades { get; init; }

    /// <summary>Simple returns, oldest first.</summary>
    public ReadOnlyMemory<double> Returns { get; init; }

    /// <summary>Losses in the tail of <see cref="Returns"/>.</summary>
    internal TailLosses? Tail { get; init; }

    internal AccountFigures? Days { get; init; }

    internal BenchmarkStatistics? Benchmark { get; init; }

    /// <summary>Results of the validation checks.</summary>
    internal CheckResults Checks { get; init; }

    /// <summary>The risk-free rate per year, as a fraction; of a series its mean.</summary>
    public double RiskFree { get; init; }

    /// <summary>The returns above the risk-free rate; null if only other metrics are known.</summary>
    internal ExcessFigures? Excess { get; init; }

    /// <summary>Metrics that were computed before a later part is added; otherwise null.</summary>
    public MetricSet? Earlier { get; init; }

    /// <summary>
    /// Creates the input for one run of a strategy. The first bar has the first return, relative to the starting cash.
    /// </summary>
    public static MetricInput Of(EquitySums equity, TradeMeter trades, double periodsPerYear) => new()
    {
        Parts = MetricParts.Strategy,
        Equity = equity.Measure(periodsPerYear),
        Trades = trades.Measure(),
        Account = new AccountMeasures(equity.Count, equity.ExposedBars, trades.Commission, trades.Financing, trades.IntrabarByPath,
            trades.IntrabarByRule)
        { Funding = trades.Funding, Liquidations = trades.Liquidations },
        Checks = CheckResults.None,
    };

    /// <summary>A comparison of an account with its benchmark.</summary>
    internal static MetricInput Of(BenchmarkStatistics benchmark) =>
        new() { Parts = MetricParts.Benchmark | MetricParts.AccountBenchmark, Benchmark = benchmark };

    /// <summary>Results of the validation checks.</summary>
    internal static MetricInput Of(CheckResults checks) => new() { Parts = MetricParts.Checks, Checks = checks };

    /// <summary>The measurements of a curve in memory.</summary>
    internal static MetricInput Of(in EquityMeasures equity, ReadOnlyMemory<double> returns) => new()
    {
        Parts = MetricParts.Equity | MetricParts.Curve,
        Equity = equity,
        Returns = returns,
        Tail = new TailLosses(returns),
    };

    /// <summary>The measurements of closed trades, each of which was measured.</summary>
    internal static MetricInput Of(in TradeMeasures trades) =>
        new() { Parts = MetricParts.Trades | MetricParts.TradeDetails, Trades = trades };
}

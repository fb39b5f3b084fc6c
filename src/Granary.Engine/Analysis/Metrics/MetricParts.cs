namespace Granary.Engine.Analysis.Metrics;

/// <summary>Parts of a measurement. A metric exists if every part that it needs was measured.</summary>
[Flags]
public enum MetricParts
{
    None = 0,

    /// <summary>The equity of a strategy, a portfolio or a curve.</summary>
    Equity = 1,

    /// <summary>The bars and costs of a trading account.</summary>
    Account = 2,

    /// <summary>Closed trades.</summary>
    Trades = 4,

    /// <summary>Extremes and excursions of single trades.</summary>
    TradeDetails = 8,

    /// <summary>All returns of a curve.</summary>
    Curve = 16,

    /// <summary>Exposure and days of an account.</summary>
    Days = 32,

    /// <summary>A benchmark.</summary>
    Benchmark = 64,

    /// <summary>A benchmark of an account.</summary>
    AccountBenchmark = 128,

    /// <summary>The validation checks; undefined until they have run.</summary>
    Checks = 256,

    /// <summary>A risk-free rate.</summary>
    RiskFree = 512,

    /// <summary>The length of the record that the Sharpe ratio needs.</summary>
    TrackRecord = 1024,

    /// <summary>Parts that a run of a strategy measures.</summary>
    Strategy = Equity | Account | Trades | Checks,

    /// <summary>Parts that may be measured after the others and are then added to a set of metrics.</summary>
    Later = Days | Benchmark | AccountBenchmark | Checks | RiskFree | TrackRecord,
}

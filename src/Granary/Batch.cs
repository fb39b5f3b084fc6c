using System.Text.Json.Serialization;

namespace Granary;

/// <summary>
/// A batch: strategies over bars, and a portfolio of them. The keys are those of a batch file, and so are the words and numbers; a key that
/// is null is left out.
/// </summary>
public sealed record Batch
{
    /// <summary>Name of the run and of its folder: letters, digits, <c>-</c>, <c>_</c>, <c>.</c>; default <c>batch</c>.</summary>
    public string? Name { get; init; }

    /// <summary>The bars.</summary>
    public required BatchData Data { get; init; }

    /// <summary>Cash and the risk-free rate.</summary>
    public BatchAccount? Account { get; init; }

    /// <summary>Costs and rules of fills.</summary>
    public BatchExecution? Execution { get; init; }

    /// <summary>The strategies, each with its parameters.</summary>
    public required IReadOnlyList<StrategyGrid> Strategies { get; init; }

    /// <summary>The shared account: weights, limits and sizes.</summary>
    public PortfolioSetup? Portfolio { get; init; }

    /// <summary>Models that filter, size or stop entries.</summary>
    [JsonConverter(typeof(OneOrManyJson))]
    public IReadOnlyList<BatchModel>? Learning { get; init; }

    /// <summary>Windows of <c>Backtest.WalkForwardAsync</c>.</summary>
    public BatchWalkForward? WalkForward { get; init; }

    /// <summary>States of the market.</summary>
    public BatchRegimes? Regimes { get; init; }

    /// <summary>Says which symbols may be entered when.</summary>
    public BatchMembers? Universe { get; init; }

    /// <summary>Other paths that the portfolio could have taken.</summary>
    public BatchResampling? Resampling { get; init; }

    /// <summary>Tables of the run's folder; default: the usual ones. <c>all</c> writes each of them.</summary>
    public IReadOnlyList<string>? Outputs { get; init; }

    /// <summary>Seed of all random numbers; default 1.</summary>
    public long? Seed { get; init; }

    /// <summary>A symbol, or an expression of symbols, to which the portfolio is compared.</summary>
    public string? Benchmark { get; init; }

    /// <summary>Periods per year in yearly figures; default: those that the rows count.</summary>
    public double? PeriodsPerYear { get; init; }
}

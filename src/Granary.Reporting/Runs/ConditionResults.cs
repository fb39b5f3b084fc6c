using System.Text.Json.Serialization;

namespace Granary.Reporting.Runs;

/// <summary>Profit of strategies by condition, and the conditions that were also profitable on later trades.</summary>
internal sealed record ConditionResults() : ResultSection("conditions")
{
    /// <summary>
    /// UTC ticks: conditions are selected on trades closed by this time, and evaluated on trades entered later.
    /// </summary>
    [JsonConverter(typeof(TimeOfTicks))]
    public long Split { get; init; }

    /// <summary>The number of conditions with enough trades before the split; each is one test.</summary>
    public int Tried { get; init; }

    /// <summary>The number of conditions that were profitable before the split, corrected for the number of tests.</summary>
    public int Chosen { get; init; }

    /// <summary>The number of selected conditions that were also profitable after the split, corrected for their number.</summary>
    public int Held { get; init; }

    /// <summary>Batch sections that trade the confirmed conditions with <c>weights: regime</c>; null if that rule can use none of
    /// them.</summary>
    public string? Suggestion { get; init; }

    /// <summary>The tests with the smallest p-values.</summary>
    public IReadOnlyList<ConditionTest> Tests { get; init; } = [];

    /// <summary>The first strategies with a weight, or the first of all strategies if none has a weight.</summary>
    public IReadOnlyList<StrategyConditions> Strategies { get; init; } = [];

    /// <summary>The conditions of these strategies, the most important first.</summary>
    public IReadOnlyList<RankedCondition> Ranking => RankedCondition.Of(Strategies);
}

/// <summary>A strategy's closed trades by condition.</summary>
internal sealed record StrategyConditions(string Strategy, IReadOnlyList<ConditionRow> Rows);

/// <summary>The closed trades of a strategy under one condition.</summary>
/// <param name="Condition">state, volatility, hour, weekday, entry or exit.</param>
/// <param name="Value">The value of the condition, such as "Monday".</param>
/// <param name="WinRate">Fraction of the trades with a profit.</param>
/// <param name="Profit">Net profit, quote currency.</param>
/// <param name="MeanReturn">Mean net return of a trade on its notional at entry.</param>
/// <param name="Low">Lower end of the 95 % confidence interval of the mean (Student's t); NaN with fewer than two trades.</param>
/// <param name="High">Upper end of that interval.</param>
/// <param name="Importance">The share of the variance of the strategy's returns that the whole condition explains (ω²). NaN if
/// undefined, and for the exit, which is known only after the trade.</param>
internal sealed record ConditionRow(string Condition, string Value, int Trades, double WinRate, double Profit, double MeanReturn,
    double Low, double High, double Importance);

/// <summary>A condition before the split, and on the trades after it.</summary>
internal sealed record ConditionTest
{
    public required string Strategy { get; init; }

    public required string Condition { get; init; }

    public required string Value { get; init; }

    /// <summary>The number of trades closed by the split.</summary>
    public required int First { get; init; }

    public required double FirstMean { get; init; }

    /// <summary>One-sided p-value of the mean, under the hypothesis that the true mean is zero.</summary>
    public required double PValue { get; init; }

    /// <summary>The p-value corrected for the number of tested conditions (Holm).</summary>
    public required double Adjusted { get; init; }

    /// <summary>The number of trades entered after the split.</summary>
    public required int Later { get; init; }

    public required double LaterMean { get; init; }

    public required double LaterLow { get; init; }

    public required double LaterHigh { get; init; }

    public required double LaterPValue { get; init; }

    /// <summary>held, lost, or not chosen.</summary>
    public required string Outcome { get; init; }

    /// <summary>Values of an outcome.</summary>
    public const string Held = "held", Lost = "lost", NotChosen = "not chosen";
}

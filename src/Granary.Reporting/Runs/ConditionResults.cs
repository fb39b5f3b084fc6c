using System.Text.Json.Serialization;

namespace Granary.Reporting.Runs;

/// <summary>Profit of strategies by condition, and which conditions earned again on trades that did not choose them.</summary>
public sealed record ConditionResults() : ResultSection("conditions")
{
    /// <summary>
    /// UTC ticks: conditions are chosen on trades that were closed by then, and judged on trades that were entered later.
    /// </summary>
    [JsonConverter(typeof(TimeOfTicks))]
    public long Split { get; init; }

    /// <summary>Conditions with enough trades before the split: each is a test.</summary>
    public int Tried { get; init; }

    /// <summary>How many of them earned before the split, corrected for the number of tests.</summary>
    public int Chosen { get; init; }

    /// <summary>How many of those earned after it too, corrected for the number of those.</summary>
    public int Held { get; init; }

    /// <summary>Sections of a batch that trade what held by <c>weights: regime</c>; null where nothing held that it can trade.</summary>
    public string? Suggestion { get; init; }

    /// <summary>The tests with the smallest p-values.</summary>
    public IReadOnlyList<ConditionTest> Tests { get; init; } = [];

    /// <summary>The first strategies with a weight, or the first of all where none has one.</summary>
    public IReadOnlyList<StrategyConditions> Strategies { get; init; } = [];
}

/// <summary>A strategy's closed trades by condition.</summary>
public sealed record StrategyConditions(string Strategy, IReadOnlyList<ConditionRow> Rows);

/// <summary>The closed trades of a strategy under one condition.</summary>
/// <param name="Condition">state, volatility, hour, weekday, entry or exit.</param>
/// <param name="Value">As "Monday".</param>
/// <param name="WinRate">A fraction.</param>
/// <param name="Profit">Net, quote currency.</param>
/// <param name="MeanReturn">Of a trade, net, on its notional at entry.</param>
/// <param name="Low">Of the 95 % interval of that mean (Student's t); NaN with fewer than two trades.</param>
/// <param name="High">Likewise.</param>
public sealed record ConditionRow(string Condition, string Value, int Trades, double WinRate, double Profit, double MeanReturn, double Low,
    double High);

/// <summary>A condition as it was before the split, and on the trades after it.</summary>
/// <param name="First">Trades that were closed by the split.</param>
/// <param name="PValue">One-sided: of a mean like this where the true one is zero.</param>
/// <param name="Adjusted">The same, corrected for the number of conditions tried (Holm).</param>
/// <param name="Later">Trades that were entered after the split.</param>
/// <param name="Verdict">held, lost, or not chosen.</param>
public sealed record ConditionTest(string Strategy, string Condition, string Value, int First, double FirstMean, double PValue,
    double Adjusted, int Later, double LaterMean, double LaterLow, double LaterHigh, double LaterPValue, string Verdict)
{
    /// <summary>What a verdict may be.</summary>
    public const string Held = "held", Lost = "lost", NotChosen = "not chosen";
}

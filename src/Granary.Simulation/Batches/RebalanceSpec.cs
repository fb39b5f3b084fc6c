using Granary.Engine.Market;
using Granary.Simulation.Json;

namespace Granary.Simulation.Batches;

/// <summary>Schedule for choosing weights, and the past data for each choice: the batch file's <c>portfolio.rebalance</c>.</summary>
/// <param name="Every">Interval between choices.</param>
/// <param name="Window">Length of the past that a choice uses; null = the whole past.</param>
/// <param name="MaxStrategies">For <c>matching-pursuit</c> and <c>score</c>: maximum number of chosen strategies.</param>
/// <param name="MaxCorrelation">
/// For <c>matching-pursuit</c> and <c>score</c>: strategies with a higher correlation to a chosen one are skipped.
/// </param>
/// <param name="MaxWeight">For <c>matching-pursuit</c> and <c>score</c>: maximum weight as a share of the total.</param>
/// <param name="MinTrades">For <c>regime</c>: minimum number of closed trades in a state for a conclusion.</param>
public sealed record RebalanceSpec(CalendarSpan Every, CalendarSpan? Window, int MaxStrategies = 20, double MaxCorrelation = 0.7,
    double MaxWeight = 1, int MinTrades = 5)
{
    public static RebalanceSpec Default { get; } = new(CalendarSpan.OfDays(13 * 7), CalendarSpan.OfDays(52 * 7));

    /// <exception cref="InputException">A value is invalid; one sentence with file, line, field and remedy.</exception>
    public static RebalanceSpec Read(JsonPart part)
    {
        part.Only("every", "window", "maxStrategies", "maxCorrelation", "maxWeight", "minTrades");
        return new RebalanceSpec(
            part.Find("every") is { } every ? Span(every) : Default.Every,
            part.Find("window") is { } window ? window.Text == "all" ? null : Span(window) : Default.Window,
            part.Find("maxStrategies")?.Whole(1, 10_000) ?? Default.MaxStrategies,
            part.Find("maxCorrelation")?.Number(0.01, 1) ?? Default.MaxCorrelation,
            part.Find("maxWeight")?.Number(0.0001, 1) ?? Default.MaxWeight,
            part.Find("minTrades")?.Whole(1, 1_000_000) ?? Default.MinTrades);
    }

    /// <summary>Reads an interval such as 30d, 13w, 3mo or 1y. Months and years are calendar months and years.</summary>
    internal static CalendarSpan Span(JsonPart part) =>
        CalendarSpan.TryParse(part.String(), out var span) ? span
            : throw part.Fault($"'{part.Text}' is not a span of time; write it as 30d, 13w, 3mo or 1y");
}

using Granary.Engine.Market;
using Granary.Simulation.Json;

namespace Granary.Simulation.Batches;

/// <summary>When weights are chosen again, and from how much of the past: the batch file's <c>portfolio.rebalance</c>.</summary>
/// <param name="Every">The time between choices.</param>
/// <param name="Window">Of the past that a choice looks at; null = all of it.</param>
/// <param name="MaxStrategies">Of <c>matching-pursuit</c> and <c>score</c>: the most that are chosen.</param>
/// <param name="MaxCorrelation">
/// Of <c>matching-pursuit</c> and <c>score</c>: a strategy that correlates more with a chosen one is passed over.
/// </param>
/// <param name="MaxWeight">Of <c>matching-pursuit</c> and <c>score</c>: the largest part of the whole.</param>
/// <param name="MinTrades">Of <c>regime</c>: closed trades in a state without which nothing is concluded.</param>
public sealed record RebalanceSpec(CalendarSpan Every, CalendarSpan? Window, int MaxStrategies = 20, double MaxCorrelation = 0.7,
    double MaxWeight = 1, int MinTrades = 5)
{
    public static RebalanceSpec Default { get; } = new(CalendarSpan.OfDays(13 * 7), CalendarSpan.OfDays(52 * 7));

    /// <exception cref="InputException">One sentence with file, line, field and remedy.</exception>
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

    /// <summary>A span as 30d, 13w, 3mo or 1y, of the calendar's own months and years.</summary>
    internal static CalendarSpan Span(JsonPart part) =>
        CalendarSpan.TryParse(part.String(), out var span) ? span
            : throw part.Fault($"'{part.Text}' is no span of time; write it as 30d, 13w, 3mo or 1y");
}

using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Market;
using Granary.Simulation.Json;

namespace Granary.Simulation.Batches;

/// <summary>The strategies that a window chooses from.</summary>
public enum ChoiceAmong
{
    /// <summary>The parameters of each class on each market.</summary>
    Parameters,

    /// <summary>All strategies of each market.</summary>
    Market,

    /// <summary>All strategies of the batch.</summary>
    Batch,
}

/// <summary>The batch file's <c>walkForward</c>: how long is chosen, how long is traded, and what by.</summary>
/// <param name="InSample">The stretch in which is chosen; of the first window, where they are anchored.</param>
/// <param name="OutOfSample">How long a choice trades.</param>
/// <param name="Anchored">Windows begin with the record and grow; if not, they roll.</param>
/// <param name="Objective">A statistic of results.json.</param>
/// <param name="Minimise">Whether the smallest is the best.</param>
/// <param name="WarmUp">Bars before a window that only warm factors up.</param>
/// <param name="MinTrades">Closed trades in a window without which a combination is not chosen.</param>
public sealed record WalkForwardSpec(CalendarSpan InSample, CalendarSpan OutOfSample, bool Anchored, string Objective, bool Minimise,
    ChoiceAmong Among, int WarmUp, int MinTrades)
{
    /// <param name="part">Null takes the defaults.</param>
    /// <param name="metrics">The metrics that the process knows.</param>
    /// <exception cref="InputException">One sentence with file, line, field and remedy.</exception>
    public static WalkForwardSpec Read(JsonPart? part, Timeframe timeframe, MetricCatalogue metrics)
    {
        // A year and a quarter of days; of shorter bars so much less.
        var (inSample, outOfSample) = timeframe.Ticks >= TimeSpan.TicksPerDay ? (CalendarSpan.OfMonths(12), CalendarSpan.OfMonths(3))
            : timeframe.Ticks >= TimeSpan.TicksPerHour ? (CalendarSpan.OfDays(26 * 7), CalendarSpan.OfDays(6 * 7))
            : (CalendarSpan.OfDays(28), CalendarSpan.OfDays(7));
        if (part is null) return new WalkForwardSpec(inSample, outOfSample, false, "sharpe", false, ChoiceAmong.Parameters, 300, 0);
        part.Only("inSample", "outOfSample", "mode", "objective", "choose", "warmUp", "minTrades");
        var objective = part.Find("objective")?.String() ?? "sharpe";
        var name = objective.TrimStart('-', '+');
        if (metrics.Objectives.FirstOrDefault(m => m.Key == name) is not { } metric)
        {
            string[] known = [.. metrics.Objectives.Select(m => m.Key)];
            var near = Spelling.Nearest(name, known);
            metric = part.Need("objective").Wrong($"there is no statistic '{name}'; "
                + (near is null ? $"use one of {string.Join(", ", known)}" : $"did you mean '{near}'?"), metrics.Objectives.First());
        }
        return new WalkForwardSpec(
            part.Find("inSample") is { } i ? Span(i) : inSample,
            part.Find("outOfSample") is { } o ? Span(o) : outOfSample,
            part.Find("mode")?.Choice(("rolling", false), ("anchored", true)) ?? false,
            name, objective.StartsWith('-') || (!objective.StartsWith('+') && metric.Better == MetricDirection.Lower),
            part.Find("choose")?.Choice(("parameters", ChoiceAmong.Parameters), ("market", ChoiceAmong.Market),
                ("batch", ChoiceAmong.Batch)) ?? ChoiceAmong.Parameters,
            part.Find("warmUp")?.Whole(0, 1_000_000) ?? 300,
            part.Find("minTrades")?.Whole(0, 1_000_000) ?? 0);
    }

    private static CalendarSpan Span(JsonPart part) =>
        CalendarSpan.TryParse(part.String(), out var span) ? span
            : part.Wrong($"'{part.Text}' is no span of time; write it as 30d, 13w, 3mo or 1y", span);

    /// <summary>The windows over a record, oldest first; the last one may be cut short, but not by more than half.</summary>
    /// <param name="first">Open time of the first bar, UTC ticks.</param>
    /// <param name="end">When the last bar closes.</param>
    public IReadOnlyList<WalkForwardWindow> Windows(long first, long end)
    {
        // Each border is counted from the first midnight, so that borders do not drift.
        var start = first - first % TimeSpan.TicksPerDay;
        var traded = InSample.After(start);
        var windows = new List<WalkForwardWindow>();
        while (true)
        {
            var (at, to) = (OutOfSample.After(traded, windows.Count), OutOfSample.After(traded, windows.Count + 1));
            if (at + (to - at) / 2 >= end) return windows;
            windows.Add(new WalkForwardWindow(windows.Count, Anchored ? start : OutOfSample.After(start, windows.Count), at,
                Math.Min(end, to)));
        }
    }
}

/// <summary>A stretch in which is chosen, [From, At), and the one after it in which the choice trades, [At, To); UTC ticks.</summary>
public readonly record struct WalkForwardWindow(int Index, long From, long At, long To);

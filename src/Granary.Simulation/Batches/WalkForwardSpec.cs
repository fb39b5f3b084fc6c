using Granary.Engine;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Simulation.Json;
using Granary.Simulation.Keys;

namespace Granary.Simulation.Batches;

/// <summary>The set of strategies from which a window chooses one.</summary>
public enum ChoiceAmong
{
    /// <summary>The parameter combinations of each class on each market.</summary>
    Parameters,

    /// <summary>All strategies of each market.</summary>
    Market,

    /// <summary>All strategies of the batch.</summary>
    Batch,
}

/// <summary>The bars on which a window chooses.</summary>
public enum WindowMode
{
    /// <summary>As many as those of the window before.</summary>
    Rolling,

    /// <summary>All from the first one on.</summary>
    Anchored,
}

/// <summary>The keys of a batch file's <c>walkForward</c>.</summary>
internal sealed record WalkForwardKeys
{
    [Key("length of the in-sample period: `30d`, `13w`, `3mo`, `1y`", Without = "`1y` for days, `26w` for hours, `28d` for minutes")]
    public CalendarSpan? InSample { get; init; }

    [Key("length of the out-of-sample period in which a choice trades", Without = "`3mo` for days, `6w` for hours, `7d` for minutes")]
    public CalendarSpan? OutOfSample { get; init; }

    [Key("`rolling`, or `anchored`: in-sample periods start at the first bar and grow")]
    public WindowMode Mode { get; init; }

    [Key("a statistic of `results.json` ([metrics](metrics.md) says which values are better); a leading `-` makes the least value the "
        + "best, a leading `+` the greatest")]
    public string Objective { get; init; } = "sharpe";

    [Key("what one is chosen from: `parameters`, the combinations of each class on each market; `market`, all strategies of each market; "
        + "`batch`, all strategies")]
    public ChoiceAmong Choose { get; init; }

    [Key("bars before a window that only warm up factors"), Range(0, 1_000_000)]
    public int WarmUp { get; init; } = 300;

    [Key("fewest closed trades in a window for a combination to be chosen"), Range(0, 1_000_000)]
    public int MinTrades { get; init; }
}

/// <summary>The batch file's <c>walkForward</c>: lengths of the windows, and the objective of the choice.</summary>
/// <param name="InSample">Length of the in-sample period; of the first one if windows are anchored.</param>
/// <param name="OutOfSample">Length of the out-of-sample period in which a choice trades.</param>
/// <param name="Anchored">Whether in-sample periods start at the first bar and grow; otherwise they roll.</param>
/// <param name="Objective">A metric of results.json.</param>
/// <param name="Minimise">Whether the smallest value is the best.</param>
/// <param name="WarmUp">Number of bars before a window that only warm up factors.</param>
/// <param name="MinTrades">Minimum number of closed trades in a window for a combination to be chosen.</param>
public sealed record WalkForwardSpec(CalendarSpan InSample, CalendarSpan OutOfSample, bool Anchored, string Objective, bool Minimise,
    ChoiceAmong Among, int WarmUp, int MinTrades)
{
    /// <param name="part">Null uses the defaults.</param>
    /// <param name="metrics">The metrics that the process knows.</param>
    /// <exception cref="InputException">A value is invalid; one sentence with file, line, field and remedy.</exception>
    public static WalkForwardSpec Read(JsonPart? part, Timeframe timeframe, MetricCatalogue metrics)
    {
        // One year and one quarter for daily bars; proportionally shorter for shorter bars.
        var (inSample, outOfSample) = timeframe.Ticks >= TimeSpan.TicksPerDay ? (CalendarSpan.OfMonths(12), CalendarSpan.OfMonths(3))
            : timeframe.Ticks >= TimeSpan.TicksPerHour ? (CalendarSpan.OfDays(26 * 7), CalendarSpan.OfDays(6 * 7))
            : (CalendarSpan.OfDays(28), CalendarSpan.OfDays(7));
        var keys = part is null ? new WalkForwardKeys() : RecordKeys<WalkForwardKeys>.Read(part);
        var objective = keys.Objective;
        var name = objective.TrimStart('-', '+');
        if (metrics.Objectives.FirstOrDefault(m => m.Key == name) is not { } metric)
        {
            string[] known = [.. metrics.Objectives.Select(m => m.Key)];
            var near = Spelling.Nearest(name, known);
            metric = part!.Need("objective").Wrong($"there is no statistic '{name}'; "
                + (near is null ? $"use one of {string.Join(", ", known)}" : $"did you mean '{near}'?"), metrics.Objectives.First());
        }
        return new WalkForwardSpec(keys.InSample ?? inSample, keys.OutOfSample ?? outOfSample, keys.Mode == WindowMode.Anchored, name,
            objective.StartsWith('-') || (!objective.StartsWith('+') && metric.Better == MetricDirection.Lower), keys.Choose, keys.WarmUp,
            keys.MinTrades);
    }

    /// <summary>Returns the windows over the bars, oldest first. The last one may be shortened by at most half.</summary>
    /// <param name="first">Open time of the first bar, UTC ticks.</param>
    /// <param name="end">Close time of the last bar, UTC ticks.</param>
    public IReadOnlyList<WalkForwardWindow> Windows(long first, long end)
    {
        // All borders are computed from the first midnight, so that they do not drift.
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

/// <summary>An in-sample period [From, At) and the out-of-sample period [At, To) after it; UTC ticks.</summary>
public readonly record struct WalkForwardWindow(int Index, long From, long At, long To);

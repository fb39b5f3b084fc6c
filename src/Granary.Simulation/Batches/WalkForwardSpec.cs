using Granary.Engine;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Simulation.Json;
using Granary.Simulation.Keys;

namespace Granary.Simulation.Batches;

/// <summary>The set of strategies from which a window chooses one.</summary>
internal enum ChoiceAmong
{
    /// <summary>The parameter combinations of each class on each market.</summary>
    Parameters,

    /// <summary>All strategies of each market.</summary>
    Market,

    /// <summary>All strategies of the batch.</summary>
    Batch,
}

/// <summary>The bars on which a window chooses.</summary>
internal enum WindowMode
{
    /// <summary>As many as in the window before.</summary>
    Rolling,

    /// <summary>All from the first one on.</summary>
    Anchored,
}

/// <summary>The keys of a batch file's <c>walkForward</c>.</summary>
internal sealed record WalkForwardKeys
{
    [Key("length of the in-sample period: `30d`, `13w`, `3mo`, `1y`, or a number of bars, `500bars`",
        Without = "`1y` for days, `26w` for hours, `28d` for minutes")]
    public WindowSpan? InSample { get; init; }

    [Key("length of the out-of-sample period in which a choice trades, also in bars",
        Without = "`3mo` for days, `6w` for hours, `7d` for minutes")]
    public WindowSpan? OutOfSample { get; init; }

    [Key("time or bars between the end of the in-sample period and the out-of-sample period, which neither uses, so that what is learnt "
        + "from the last bars does not know the first ones that are traded: `5d`, `20bars`", Without = "none")]
    public WindowSpan? Gap { get; init; }

    [Key("`rolling`, or `anchored`: in-sample periods start at the first bar and grow")]
    public WindowMode Mode { get; init; }

    [Key("a statistic of `results.json` ([metrics](metrics.md) says which values are better); a leading `-` makes the least value the "
        + "best, a leading `+` the greatest. Or an expression of statistics with `+ - * /` and parentheses, whose greatest value is the "
        + "best: `sharpe - 0.5 * maxDrawdown`")]
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
/// <param name="Objective">What is best in sample.</param>
/// <param name="WarmUp">Number of bars before a window that only warm up factors.</param>
/// <param name="MinTrades">Minimum number of closed trades in a window for a combination to be chosen.</param>
internal sealed record WalkForwardSpec(WindowSpan InSample, WindowSpan OutOfSample, bool Anchored, MetricObjective Objective,
    ChoiceAmong Among, int WarmUp, int MinTrades)
{
    /// <summary>Length between the in-sample and the out-of-sample period.</summary>
    public WindowSpan Gap { get; init; }

    /// <summary>Whether a length is a number of bars.</summary>
    public bool CountsBars => InSample.Bars + OutOfSample.Bars + Gap.Bars > 0;

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
        var usual = MetricObjective.Parse(new WalkForwardKeys().Objective, metrics);
        var objective = part?.Find("objective") is { } given
            ? given.Make(() => MetricObjective.Parse(keys.Objective, metrics), usual) : usual;
        return new WalkForwardSpec(keys.InSample ?? inSample, keys.OutOfSample ?? outOfSample, keys.Mode == WindowMode.Anchored, objective,
            keys.Choose, keys.WarmUp, keys.MinTrades)
        { Gap = keys.Gap ?? default };
    }

    /// <summary>Returns the windows over the bars, oldest first. The last one may be shortened by at most half.</summary>
    /// <param name="first">Open time of the first bar, UTC ticks.</param>
    /// <param name="end">Close time of the last bar, UTC ticks.</param>
    /// <param name="bars">
    /// Open times of the bars of all markets, each once, ascending; UTC ticks. Read only if <see cref="CountsBars"/>.
    /// </param>
    public IReadOnlyList<WalkForwardWindow> Windows(long first, long end, IReadOnlyList<long> bars)
    {
        // All borders are computed from the first midnight, or from the first bar, so that they do not drift.
        var scale = new WindowScale(bars, end);
        var start = first - first % TimeSpan.TicksPerDay;
        var learnt = scale.After(InSample, start);
        var traded = scale.After(Gap, learnt);
        var windows = new List<WalkForwardWindow>();
        while (true)
        {
            var shift = windows.Count;
            var (at, to) = (scale.After(OutOfSample, traded, shift), scale.After(OutOfSample, traded, shift + 1));
            if (scale.IsShort(OutOfSample, at, to)) return windows;
            windows.Add(new WalkForwardWindow(shift, Anchored ? start : scale.After(OutOfSample, start, shift), at, Math.Min(end, to),
                scale.After(OutOfSample, learnt, shift)));
        }
    }
}

/// <summary>An in-sample period [From, Learnt) and an out-of-sample period [At, To) after it; UTC ticks.</summary>
/// <param name="Learnt">End of the in-sample period; <paramref name="At"/> without a gap.</param>
internal readonly record struct WalkForwardWindow(int Index, long From, long At, long To, long Learnt);

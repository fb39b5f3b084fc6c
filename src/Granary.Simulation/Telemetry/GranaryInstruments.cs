using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Granary.Simulation.Telemetry;

/// <summary>Traces and metrics of jobs, sessions, journals, orders, bars and models, on every host.</summary>
internal static class GranaryInstruments
{
    /// <summary>Name of the activity source and the meter.</summary>
    public const string Name = "Granary";

    /// <summary>Names of tags.</summary>
    public const string Run = "granary.run", Kind = "granary.kind", State = "granary.state", Account = "granary.account",
        Symbol = "granary.symbol", Model = "granary.model", File = "granary.file", Feed = "granary.feed";

    /// <summary>Names of tags with numbers of a span.</summary>
    public const string BarCount = "granary.bars", Evaluations = "granary.evaluations", Blocks = "granary.blocks",
        Strategies = "granary.strategies", Symbols = "granary.symbols", Feeds = "granary.feeds", Failed = "granary.failed",
        Trades = "granary.trades", Bytes = "granary.bytes";

    internal const string Decision = "granary.decision", Reason = "granary.reason";

    private static readonly Meter Meter = new(Name);

    /// <summary>Creates spans of jobs, their steps, and orders.</summary>
    public static ActivitySource Traces { get; } = new(Name);

    /// <summary>Creates the spans of strategy groups in this process. They run side by side, so they are no steps of a job.</summary>
    internal static ActivitySource Groups { get; } = new(Name + ".Groups");

    /// <summary>Starts a span without making it <see cref="Activity.Current"/>; returns null without a listener.</summary>
    public static Activity? StartAside(ActivitySource source, string name, ActivityContext parent)
    {
        var current = Activity.Current;
        var span = source.StartActivity(name, ActivityKind.Internal, parent);
        Activity.Current = current;
        return span;
    }

    public static Counter<long> JobsEnded { get; } =
        Meter.CreateCounter<long>("granary.jobs.ended", "{job}", "Jobs that ended, by kind and state.");

    public static Histogram<double> JobDuration { get; } = Meter.CreateHistogram("granary.job.duration", "s",
        "From the start of a job to its end, by kind and state.", null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600, 14400] });

    public static Counter<long> Bars { get; } = Meter.CreateCounter<long>("granary.bars", "{bar}",
        "Bar evaluations: bars times the strategies that saw them. Its rate is bars per second.");

    public static Counter<long> StrategiesFailed { get; } =
        Meter.CreateCounter<long>("granary.strategies.failed", "{strategy}", "Strategies that failed alone.");

    public static Counter<long> StrategiesEnded { get; } = Meter.CreateCounter<long>("granary.strategies.ended", "{strategy}",
        "Strategies of jobs whose outcome is stored, also those that failed alone.");

    public static Histogram<double> JournalAppend { get; } = Meter.CreateHistogram("granary.journal.append.duration", "s",
        "Durable append to the journal of an account.", null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5] });

    public static Counter<long> JournalLosses { get; } = Meter.CreateCounter<long>("granary.journal.losses", "{loss}",
        "Times that a session lost its journal, or that of its paper broker, and waited for it.");

    internal static Counter<long> SessionBars { get; } = Meter.CreateCounter<long>("granary.session.bars", "{bar}",
        "Bars that live sessions took from their feeds, by account.");

    public static Histogram<double> OrderLatency { get; } = Meter.CreateHistogram("granary.order.latency", "s",
        "From a bar's arrival at a live session to its first order at the broker.", null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5] });

    internal static Counter<long> Orders { get; } =
        Meter.CreateCounter<long>("granary.orders", "{order}", "Changes of orders, by account and the state that they reached.");

    internal static Counter<long> Fills { get; } = Meter.CreateCounter<long>("granary.fills", "{fill}", "Fills of orders, by account.");

    internal static Counter<long> Signals { get; } = Meter.CreateCounter<long>("granary.signals", "{signal}",
        "Entry signals of live sessions, by account and the portfolio's decision: accepted, or the word of the refusal.");

    internal static Counter<long> EntriesSkipped { get; } = Meter.CreateCounter<long>("granary.entries.skipped", "{entry}",
        "Accepted entries for which the session sent no order, by account and reason, such as late.");

    /// <summary>Duration of predictions requested through the API, by model.</summary>
    public static Histogram<double> Predictions { get; } = Meter.CreateHistogram("granary.model.prediction.duration", "s",
        "Predictions of registered models over HTTP, by model.", null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5] });

    internal static Histogram<double> FeedOpen { get; } = Meter.CreateHistogram("granary.feed.open.duration", "s",
        "From asking a source for the bars of a batch to having opened and checked them, by scheme.", null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300] });
}

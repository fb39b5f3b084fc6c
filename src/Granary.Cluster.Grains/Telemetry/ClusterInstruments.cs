using System.Diagnostics;
using System.Diagnostics.Metrics;
using Granary.Simulation.Telemetry;

namespace Granary.Cluster.Grains.Telemetry;

/// <summary>
/// Traces and metrics of the grains. A trace leads from a batch to its feeds, strategies and report. The metrics give rates and levels.
/// </summary>
internal sealed class ClusterInstruments : IDisposable
{
    /// <summary>Name of the source of traces and of the meter.</summary>
    public const string Name = "Granary.Cluster";

    private readonly Meter _meter;
    private readonly Counter<long> _recoveries;

    public ClusterInstruments(IMeterFactory meters)
    {
        _meter = meters.Create(Name);
        Bars = _meter.CreateCounter<long>("granary.bars", "{bar}",
            "Bar evaluations: bars times the strategies that saw them. Its rate is bars per second.");
        StrategiesRunning = _meter.CreateUpDownCounter<long>("granary.strategies.running", "{strategy}",
            "Strategies that have begun and not yet reported.");
        StrategiesFailed =
            _meter.CreateCounter<long>("granary.strategies.failed", "{strategy}", "Strategies that failed alone.");
        StrategiesEnded = _meter.CreateCounter<long>("granary.strategies.ended", "{strategy}",
            "Strategies of jobs whose outcome is stored, also those that failed alone.");
        WindowSize = _meter.CreateUpDownCounter<long>("granary.feed.window.size", "By",
            "Bars that the feed windows of this silo hold for its readers.");
        BlocksInFlight = _meter.CreateUpDownCounter<long>("granary.blocks.in_flight", "{block}",
            "Blocks that have come to this silo and that its slowest reader has not yet processed.");
        FeedLag = _meter.CreateHistogram<double>("granary.feed.lag", "s",
            "From a block's coming to this silo to its slowest reader asking for the next one.", null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60] });
        FeedOpenings = _meter.CreateCounter<long>("granary.feed.openings", "{source}",
            "Sources that symbol feeds have opened, each for all batches and sessions that read the same bars.");
        FeedReadings = _meter.CreateCounter<long>("granary.feed.readings", "{reading}",
            "Readings of an opened source from its first bar: one for a feed, and more for readers that lag behind its memory.");
        FeedDetours = _meter.CreateCounter<long>("granary.feed.detours", "{detour}",
            "Times that a queue of the stream took no block of a feed, so that silos requested its blocks for some seconds.");
        _meter.CreateObservableGauge("granary.database.lock_waits", KnownLockWaits, "{session}",
            "Sessions of the cluster's database that wait for a lock.");
        _recoveries = _meter.CreateCounter<long>("granary.recoveries", "{recovery}",
            "Work of lost silos that this one took over, by kind: strategy-group, batch, session, feed.");
    }

    public static ActivitySource Traces { get; } = new(Name);

    /// <summary>Makes the counters exist from the start, so an alert sees the first event as an increase.</summary>
    public void Begin()
    {
        StrategiesFailed.Add(0);
        StrategiesEnded.Add(0);
        FeedDetours.Add(0);
        foreach (var work in Enum.GetValues<LostWork>()) Recovered(work, 0);
    }

    /// <summary>Counts work of a lost silo. The one that takes it over calls this, so each loss counts once in the cluster.</summary>
    internal void Recovered(LostWork work, int count = 1) =>
        _recoveries.Add(count, new KeyValuePair<string, object?>("granary.kind", work switch
        {
            LostWork.StrategyGroup => "strategy-group",
            LostWork.Batch => "batch",
            LostWork.Session => "session",
            LostWork.Feed => "feed",
        }));

    /// <summary>Starts a span of a run without making it <see cref="Activity.Current"/>; returns null without a listener.</summary>
    /// <param name="parent">W3C trace context of the parent span.</param>
    internal static Activity? Aside(string name, string run, string? parent)
    {
        var above = ActivityContext.TryParse(parent, null, isRemote: true, out var context) ? context : default;
        return GranaryInstruments.StartAside(Traces, name, above)?.SetTag(GranaryInstruments.Run, run);
    }

    public Counter<long> Bars { get; }

    public UpDownCounter<long> StrategiesRunning { get; }

    public Counter<long> StrategiesFailed { get; }

    public Counter<long> StrategiesEnded { get; }

    public UpDownCounter<long> BlocksInFlight { get; }

    public UpDownCounter<long> WindowSize { get; }

    public Histogram<double> FeedLag { get; }

    public Counter<long> FeedOpenings { get; }

    public Counter<long> FeedReadings { get; }

    public Counter<long> FeedDetours { get; }

    /// <summary>Sessions of the cluster's database that wait for a lock; negative if unknown.</summary>
    public int LockWaits { get; set; } = -1;

    private IEnumerable<Measurement<int>> KnownLockWaits() => LockWaits < 0 ? [] : [new Measurement<int>(LockWaits)];

    public void Dispose() => _meter.Dispose();
}

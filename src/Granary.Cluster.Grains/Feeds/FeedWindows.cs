using System.Runtime.CompilerServices;
using Granary.Cluster.Feeds;
using Granary.Cluster.Grains.Telemetry;
using Granary.Engine.Market;
using Granary.Storage.Retries;
using Orleans.Runtime;
using Polly;

namespace Granary.Cluster.Grains.Feeds;

/// <summary>
/// The windows of the feeds that are read on this silo: one for each feed, and a second one for readers that are too far behind it.
/// </summary>
internal sealed class FeedWindows(IClusterClient cluster, GrainSettings settings, ILocalSiloDetails silo, ClusterInstruments instruments,
    TimeProvider clock, GrainIds ids)
{
    private readonly Dictionary<(string Feed, string Hash), List<FeedWindow>> _windows = [];

    /// <summary>This silo as a client of the cluster: a subscriber that is gone with it.</summary>
    public IClusterClient Cluster => cluster;

    public ClusterInstruments Instruments => instruments;

    public TimeProvider Clock => clock;

    public GrainIds Ids => ids;

    /// <summary>Repeats lost calls to a feed.</summary>
    public ResiliencePipeline LostCalls { get; } = RetryPolicies.LostCall(LostCall.Is, clock: clock);

    public SiloAddress Address => silo.SiloAddress;

    public int BlocksAhead => settings.BlocksAhead;

    /// <summary>Reads the blocks of a feed, each once and in order.</summary>
    /// <param name="hash">Hash of the bars that the run began with.</param>
    public async IAsyncEnumerable<BarBlock> ReadAsync(string feed, FeedConsumer consumer, string hash,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long next = 0;
        for (var isBehind = true; isBehind;)
        {
            var window = Join(feed, consumer, hash, next);
            try
            {
                while (await window.GetAsync(next, cancellationToken) is { } block)
                {
                    yield return block;
                    window.Pass(next++);
                }
                isBehind = window.IsBehind(next);
            }
            finally
            {
                Leave((feed, hash), window, next);
            }
        }
    }

    private FeedWindow Join(string feed, FeedConsumer consumer, string hash, long next)
    {
        lock (_windows)
        {
            if (!_windows.TryGetValue((feed, hash), out var windows)) _windows[(feed, hash)] = windows = [];
            if (windows.Find(w => w.TryJoin(next)) is { } found) return found;
            var window = new FeedWindow(this, feed, consumer, hash, next);
            window.TryJoin(next);
            windows.Add(window);
            return window;
        }
    }

    private void Leave((string, string) feed, FeedWindow window, long next)
    {
        lock (_windows)
        {
            if (!window.Leave(next)) return;
            _windows[feed].Remove(window);
            if (_windows[feed].Count == 0) _windows.Remove(feed);
        }
        // Not in the context of the reader, which may be a grain.
        _ = Task.Run(window.DisposeAsync);
    }
}

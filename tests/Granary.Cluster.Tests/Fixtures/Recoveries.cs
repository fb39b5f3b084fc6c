using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Granary.Cluster.Grains.Telemetry;
using Orleans.TestingHost;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>What the silos of a test count as recovered, by kind, from now on.</summary>
internal sealed class Recoveries : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <param name="except">The silo that is killed; in this process it may still count while it ends.</param>
    public Recoveries(TestSilos silos, InProcessSiloHandle? except = null)
    {
        // Of these silos only: other tests run beside.
        var scopes = silos.Alive.Where(s => s != except).Select(s => silos.ServiceOf<IMeterFactory>(s)).ToHashSet<object>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == ClusterInstruments.Name && instrument.Name == "granary.recoveries"
                && scopes.Contains(instrument.Meter.Scope!)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
            _counts.AddOrUpdate((string)tags[0].Value!, count, (_, before) => before + count));
        _listener.Start();
    }

    /// <summary>The kinds with a count above 0, as <c>batch 1, feed 1</c>.</summary>
    public string Text => string.Join(", ", _counts.Where(c => c.Value > 0).OrderBy(c => c.Key, StringComparer.Ordinal)
        .Select(c => $"{c.Key} {c.Value}"));

    public void Dispose() => _listener.Dispose();
}

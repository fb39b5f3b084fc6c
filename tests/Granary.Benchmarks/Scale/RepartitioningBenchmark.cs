using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Granary.Benchmarks.Scale;

/// <summary>The same batches on three silos of this process, without and with the activation repartitioner of Orleans.</summary>
internal static class RepartitioningBenchmark
{
    private const int Silos = 3, Batches = 8;

    public static async Task RunAsync()
    {
        using var bars = new GeneratedBars(8_000);
        Console.WriteLine("repartitioner | processor s | wall s | messages of Orleans | of these between silos | digests | migrations");
        foreach (var on in (bool[])[false, true, false, true]) await RunAsync(bars, on);
    }

    private static async Task RunAsync(GeneratedBars bars, bool on)
    {
        using var counts = new OrleansCounts();
        await using var cluster = await ProcessCluster.StartAsync(Silos, bars.Folder, on ? Repartition : null);
        var batch = bars.Batch(50, 100);
        for (var i = 0; i < 4; i++) await cluster.RunAsync(batch);
        var (processor, began, before) = (Environment.CpuUsage.TotalTime, TimeProvider.System.GetTimestamp(), counts.Read());
        var digests = new HashSet<string?>();
        for (var i = 0; i < Batches; i++) digests.Add((await cluster.RunAsync(batch)).Digest);
        var after = counts.Read();
        double Of(string name) => after.GetValueOrDefault(name) - before.GetValueOrDefault(name);
        var spent = Environment.CpuUsage.TotalTime - processor;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(on ? "on" : "off"),-13} | {spent.TotalSeconds,11:0.0} | "
            + $"{TimeProvider.System.GetElapsedTime(began).TotalSeconds,6:0.0} | "
            + $"{Of("orleans-messaging-processing-dispatcher-received"),8:N0} | "
            + $"{Of("orleans-messaging-sent-messages-size"),8:N0} | {digests.Count} | {Of("migrations"):N0}"));
        if (Environment.GetEnvironmentVariable("GRANARY_ALL_COUNTS") is { Length: > 0 })
            foreach (var (name, value) in after.OrderBy(a => a.Key, StringComparer.Ordinal))
                Console.WriteLine($"  {name} {value - before.GetValueOrDefault(name)}");
    }

    private static void Repartition(ISiloBuilder silo)
    {
#pragma warning disable ORLEANSEXP001 // experimental: that is what is measured
        silo.AddActivationRepartitioner();
#pragma warning restore ORLEANSEXP001
        silo.Services.Configure<ActivationRepartitionerOptions>(o =>
        {
            (o.MinRoundPeriod, o.MaxRoundPeriod) = (TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4));
            o.RecoveryPeriod = TimeSpan.FromSeconds(1);
        });
    }
}

/// <summary>Sums of the counters of Orleans in this process.</summary>
internal sealed class OrleansCounts : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, double> _sums = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _observed = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    public OrleansCounts()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Microsoft.Orleans") listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((i, v, tags, _) =>
        {
            Take(i, v);
            foreach (var tag in tags)
                if (i.Name == "orleans-catalog-activation-shutdown" && tag.Value is string via
                    && via.Contains("migrat", StringComparison.Ordinal))
                    lock (_lock) _sums["migrations"] = _sums.GetValueOrDefault("migrations") + v;
        });
        _listener.SetMeasurementEventCallback<long>((i, v, _, _) => Take(i, v));
        _listener.SetMeasurementEventCallback<double>((i, v, _, _) => Take(i, v));
        _listener.Start();
    }

    private void Take(Instrument instrument, double value)
    {
        lock (_lock)
        {
            if (instrument.IsObservable) _observed[instrument.Name] = _observed.GetValueOrDefault(instrument.Name) + value;
            else _sums[instrument.Name] = _sums.GetValueOrDefault(instrument.Name) + (IsHistogram(instrument) ? 1 : value);
        }
    }

    private static bool IsHistogram(Instrument instrument) => instrument.GetType().Name.StartsWith("Histogram", StringComparison.Ordinal);

    /// <summary>Counters: their sum. Histograms: the number of measurements.</summary>
    public IReadOnlyDictionary<string, double> Read()
    {
        lock (_lock) _observed.Clear();
        _listener.RecordObservableInstruments();
        lock (_lock) return _sums.Concat(_observed).GroupBy(p => p.Key).ToDictionary(g => g.Key, g => g.Sum(p => p.Value));
    }

    public void Dispose() => _listener.Dispose();
}

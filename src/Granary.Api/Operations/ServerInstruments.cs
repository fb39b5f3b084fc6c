using System.Diagnostics.Metrics;
using Granary.Contracts.Sessions;
using Granary.Simulation.Telemetry;

namespace Granary.Api.Operations;

/// <summary>Gauges of a server for its operator, from the last sample. Each silo of a cluster measures the whole cluster.</summary>
internal sealed class ServerInstruments : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string Name = GranaryInstruments.Name + ".Server";

    private readonly OperationsSampler _sampler;
    private readonly Meter _meter;

    public ServerInstruments(IMeterFactory meters, OperationsSampler sampler)
    {
        _sampler = sampler;
        _meter = meters.Create(Name);
        Gauge("granary.jobs.queued", "{job}", "Jobs and batches that wait.", s => s.Queued.Count);
        Gauge("granary.jobs.running", "{job}", "Jobs and batches that run.", s => s.Running.Count);
        Gauge("granary.jobs.queue.age", "s", "Time that the oldest queued job has waited.", s => s.QueueAge.TotalSeconds);
        Gauge("granary.jobs.progress.age", "s", "Time since a job began, ended or made progress.", s => s.ProgressAge.TotalSeconds);
        Gauge("granary.sessions.running", "{session}", "Live sessions that run or wait to be tried again.",
            s => s.Sessions.Count(v => v.View.IsRunning));
        Gauge("granary.sessions.waiting", "{session}", "Live sessions that wait: for the next attempt, their journal or their broker.",
            s => s.Sessions.Count(v => IsWaiting(v.View)));
        Gauge("granary.sessions.failed", "{session}", "Accounts whose last session failed.",
            s => s.Sessions.Count(v => v.View.Phase == SessionPhase.Failed));
        _meter.CreateObservableGauge("granary.session.bar.age", BarAges, "s",
            "Time since a running session took a bar, by account.");
        Gauge("granary.disk.free", "By", "Free space of the disk of the runs.", s => s.DiskFree);
    }

    public void Dispose() => _meter.Dispose();

    private static bool IsWaiting(SessionView session) => session.Retry is not null || session is
    { Phase: SessionPhase.Running, Status.State: LiveState.WaitingForJournal or LiveState.WaitingForVenue };

    private void Gauge(string name, string unit, string description, Func<ServerSample, double> value) =>
        _meter.CreateObservableGauge(name,
            () => _sampler.Last is { } sample ? [new Measurement<double>(value(sample))] : Array.Empty<Measurement<double>>(), unit,
            description);

    private IEnumerable<Measurement<double>> BarAges() => (_sampler.Last?.Sessions ?? [])
        .Where(s => s.View.IsRunning)
        .Select(s => new Measurement<double>(s.BarAge.TotalSeconds, new KeyValuePair<string, object?>("granary.account", s.View.Id)));
}

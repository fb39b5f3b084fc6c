using System.Diagnostics.Metrics;
using System.Text.Json;
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
        PerSession("granary.session.bar.age", "s", "Time since a running session took a bar, by account.", s => s.BarAge.TotalSeconds);
        PerSession("granary.session.feed.lag", "s",
            "From the close of a running session's last bar to its arrival, by account; not for replayed bars.",
            s => s.View.Status?.Account.FeedLag);
        PerSession("granary.session.equity", "{currency}", "Equity of a running session's account at the last closes, by account.",
            s => s.View.Status?.AccountEquity);
        PerSession("granary.session.drawdown", "1",
            "Loss of a running session's account since its highest equity, as a part of it, by account.",
            s => s.View.Status?.Account.Curve.Drawdown is [.., var last] ? last : null);
        PerSession("granary.session.trades.open", "{trade}", "Open trades of a running session, by account.",
            s => s.View.Status?.OpenTrades);
        PerSession("granary.session.orders.unknown", "{order}",
            "Orders of a running session whose state at the broker is unknown, by account.", s => s.View.Status?.Unknown);
        PerSession("granary.session.differences", "{difference}",
            "Differences that a running session found between its books and the broker, by account.", s => s.View.Status?.Differences);
        _meter.CreateObservableGauge("granary.session.state", States, "{session}",
            "1 for the state of a running session, by account and state.");
        Gauge("granary.disk.free", "By", "Free space of the disk of the runs.", s => s.DiskFree);
        Gauge("granary.disk.size", "By", "Size of the disk of the runs.", s => s.DiskSize);
    }

    public void Dispose() => _meter.Dispose();

    private static bool IsWaiting(SessionView session) => session.Retry is not null || session is
    { Phase: SessionPhase.Running, Status.State: LiveState.WaitingForJournal or LiveState.WaitingForVenue };

    private void Gauge(string name, string unit, string description, Func<ServerSample, double> value) =>
        _meter.CreateObservableGauge(name,
            () => _sampler.Last is { } sample ? [new Measurement<double>(value(sample))] : Array.Empty<Measurement<double>>(), unit,
            description);

    // A session without the figure has no series.
    private void PerSession(string name, string unit, string description, Func<SessionSample, double?> value) =>
        _meter.CreateObservableGauge(name, () => RunningSessions()
            .Select(s => (s.View.Id, Value: value(s))).Where(s => s.Value is not null)
            .Select(s => new Measurement<double>(s.Value!.Value, Account(s.Id))), unit, description);

    private IEnumerable<Measurement<int>> States() => RunningSessions().Where(s => s.View.Status is not null)
        .Select(s => new Measurement<int>(1, Account(s.View.Id), new KeyValuePair<string, object?>(GranaryInstruments.State,
            JsonNamingPolicy.KebabCaseLower.ConvertName(s.View.Status!.State.ToString()))));

    private IEnumerable<SessionSample> RunningSessions() => (_sampler.Last?.Sessions ?? []).Where(s => s.View.IsRunning);

    private static KeyValuePair<string, object?> Account(string id) => new(GranaryInstruments.Account, id);
}

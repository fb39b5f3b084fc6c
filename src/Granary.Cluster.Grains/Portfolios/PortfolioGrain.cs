using Granary.Application.Batches;
using Granary.Application.Jobs;
using Granary.Application.Json;
using Granary.Application.Live;
using Granary.Application.Weights;
using Granary.Cluster.Accounts;
using Granary.Cluster.Grains.Accounts;
using Granary.Cluster.Grains.Telemetry;
using Granary.Cluster.Portfolios;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.Storage;

namespace Granary.Cluster.Grains.Portfolios;

/// <summary>What is left here until the weights' grain takes it over: the weights of an earlier version of Granary.</summary>
[GenerateSerializer, Alias("granary.PortfolioRecord")]
public sealed class PortfolioRecord
{
    /// <summary>Newest first.</summary>
    [Id(0)]
    public List<PortfolioWeights> Versions { get; set; } = [];
}

/// <summary>Persistent state of a live session besides its journal; survives the loss of its silo.</summary>
[GenerateSerializer, Alias("granary.SessionRecord")]
public sealed class SessionRecord
{
    [Id(0)]
    public SessionStart? Start { get; set; }

    /// <summary>A value of <see cref="SessionPhase"/>.</summary>
    [Id(1)]
    public int Phase { get; set; }

    [Id(2)]
    public string Run { get; set; } = "";

    [Id(3)]
    public DateTimeOffset StartedAt { get; set; }

    [Id(4)]
    public string? Digest { get; set; }

    [Id(5)]
    public string? Fault { get; set; }

    /// <summary>
    /// Increases with each start and each recovery, and is written first, so that only one of two activations gets the next value.
    /// </summary>
    [Id(6)]
    public long Epoch { get; set; }

    [Id(7)]
    public int Restarts { get; set; }

    /// <summary>The session at its end.</summary>
    [Id(8)]
    public SessionView? Last { get; set; }
}

/// <summary>
/// Drives a portfolio's <see cref="LiveSession"/>, as <c>granary live</c> does, with the order grain as order gateway and the feed grain as
/// feed. The strategies' runs belong to their grains, and the weights to theirs.
/// </summary>
[GrainType("portfolio")]
internal sealed partial class PortfolioGrain(
    [PersistentState("portfolio", ClusterProviders.State)] IPersistentState<PortfolioRecord> state,
    [PersistentState("session", ClusterProviders.State)] IPersistentState<SessionRecord> session,
    PortfolioServices services, SessionMonitor monitor, TimeProvider clock, ILogger<PortfolioGrain> logger) : Grain, IPortfolioGrain
{
    private readonly CurrentWeights _weights = new();
    private QueuedControl? _control;
    private CancellationTokenSource? _stop, _attempt;
    private Task? _running;
    private IGrainTimer? _awake;
    private RemoteOrderGateway? _gateway;
    private SessionRestarts? _restarts;

    private string Id => this.GetPrimaryKeyString();

    private bool IsRunning => session.State is { Start: not null, Phase: (int)SessionPhase.Running };

    private IWeightsGrain Weights => GrainFactory.GetGrain<IWeightsGrain>(Id);

    private ISessionListGrain List => GrainFactory.GetGrain<ISessionListGrain>(ISessionListGrain.Key);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (IsRunning)
        {
            Resumed(logger, Id, session.State.Run);
            Drive(again: true);
        }
        return base.OnActivateAsync(cancellationToken);
    }

    // ---- weights ------------------------------------------------------------------------------------------------------------

    public Task<PortfolioWeights?> FindAsync(CancellationToken cancellationToken) => Weights.FindAsync(cancellationToken);

    public Task<IReadOnlyList<PortfolioWeights>> HistoryAsync(CancellationToken cancellationToken) =>
        Weights.HistoryAsync(cancellationToken);

    public Task<WeightsAnswer> SetAsync(long expectedVersion, IReadOnlyDictionary<string, double> weights, string who, string why) =>
        Weights.SetAsync(expectedVersion, weights, who, why);

    public Task<IReadOnlyList<PortfolioWeights>> EarlierWeightsAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<PortfolioWeights>>([.. state.State.Versions]);

    public async Task WeightsTakenAsync()
    {
        if (state.State.Versions.Count == 0) return;
        state.State.Versions = [];
        await state.WriteStateAsync();
    }

    public Task WeightsSetAsync(PortfolioWeights weights)
    {
        Take(weights);
        // Notifies the session at once; it also looks every second.
        _control?.Offer(new SessionOrder(SessionCommand.ReloadWeights, weights.Who, weights.Why));
        return Task.CompletedTask;
    }

    private void Take(PortfolioWeights? weights)
    {
        if (weights is not null && weights.Version > (_weights.Newest?.Version ?? 0)) _weights.Newest = weights;
    }

    // A version whose notification was lost is found here.
    private async Task LookForWeightsAsync()
    {
        using var untraced = new Untraced();
        await Loss.IgnoreAsync(async () => Take(await Weights.FindAsync()));
    }

    // ---- the live session ---------------------------------------------------------------------------------------------------

    public async Task<SessionView> StartAsync(SessionStart start)
    {
        var known = session.State;
        if (IsRunning)
            throw new LeaseException($"the account {Id} is traded by a session in the cluster, started "
                + $"by {known.Start!.StartedBy} at {known.StartedAt:yyyy-MM-dd HH:mm:ss}Z; stop that session first, or give this one "
                + $"another account");
        if (_running is { } before) await before;
        var production = new ProductionReader(services.Catalogues).Read(start.File, start.Text, start.Folder);
        LiveSession.Check(start.ToRequest(), production);
        var now = clock.GetUtcNow();
        var epoch = known.Epoch + 1;
        // Finds another owner of the account before the session is accepted.
        var orders = GrainFactory.GetGrain<IOrderGrain>(Id);
        var opened = await orders.OpenAsync(epoch, start);
        try
        {
            LiveSession.CheckJournal(await LastStartAsync(orders, epoch), opened.Name, start.ToRequest(), production);
        }
        catch
        {
            await orders.CloseAsync(epoch);
            throw;
        }
        session.State = new SessionRecord
        {
            Start = start,
            Run = JobId.New(production.Spec.Name + "-live", now),
            StartedAt = now,
            Epoch = epoch
        };
        try
        {
            await StoredState.WriteAsync(this, () => session.WriteStateAsync());
        }
        catch
        {
            // There is no session that would release the account.
            await orders.CloseAsync(epoch);
            throw;
        }
        Started(logger, Id, session.State.Run, start.StartedBy);
        Drive(again: false);
        await List.StartedAsync(Id);
        return View()!;
    }

    private static async Task<SessionStarted?> LastStartAsync(IOrderGrain orders, long epoch)
    {
        SessionStarted? last = null;
        for (var after = 0L; ;)
        {
            var page = await orders.ReadEntriesAsync(epoch, after, [.. JournalKinds.BesideStarts]);
            if (page.Count == 0) return last;
            foreach (var fact in page) last = LiveSession.LastStart(last, GatewayEvents.ToEvent(fact));
            after = page[^1].Sequence;
        }
    }

    public Task<IReadOnlyList<string>?> StrategiesAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>?>(
        IsRunning ? [.. session.State.Start!.StrategiesOf(services.Catalogues)] : null);

    public async Task<SessionStrategy?> StrategyAsync(string strategy, CancellationToken cancellationToken) =>
        IsRunning ? await (Grain(strategy)?.StatusAsync(cancellationToken) ?? default) ?? Missing(strategy) : null;

    public async Task<SessionStrategy?> StopStrategyAsync(string strategy, string who, string why) =>
        IsRunning ? await (Grain(strategy)?.StopAsync(who, why) ?? Task.FromResult<SessionStrategy?>(null)) ?? Missing(strategy) : null;

    // The calls come from this silo, where the strategy's grain is; null where the session has no such strategy, or not yet.
    private ILiveStrategyGrain? Grain(string strategy) => services.Sessions.Find(Id)?.SlotOf(strategy) is null ? null
        : GrainFactory.GetGrain<ILiveStrategyGrain>($"{Id}/{strategy}");

    private SessionStrategy? Missing(string strategy) =>
        SessionStrategies.Missing(Id, strategy, session.State.Start!.StrategiesOf(services.Catalogues));

    public Task<SessionView?> SessionAsync(CancellationToken cancellationToken) => Task.FromResult(View());

    public async Task<SessionView?> CommandAsync(SessionOrder order)
    {
        if (session.State.Start is null) return null;
        if (!IsRunning || _control is not { } control)
            throw new InputException($"the session of {Id} is over; start it again with its configuration, and it goes on from its "
                + $"journal");
        try
        {
            await control.SendAsync(order).WaitAsync(TimeSpan.FromSeconds(20));
        }
        catch (TimeoutException)
        {
            // The session waits for its journal: the view says so, and the command stays queued. A stop ends the wait.
            if (order.Command == SessionCommand.Stop && _gateway?.JournalFault is not null && _attempt is { } attempt)
                await attempt.CancelAsync();
        }
        return View();
    }

    private SessionView? View()
    {
        var s = session.State;
        if (s.Start is null) return null;
        if (s.Last is { } last && !IsRunning) return last;
        var status = _control?.Status;
        var retry = _restarts?.Waiting(status);
        if (status is not null && _gateway?.JournalFault is { } gone)
            status = status with { State = LiveState.WaitingForJournal, JournalFault = gone };
        return new SessionView(
            Id, s.Run, (SessionPhase)s.Phase, s.Start.StartedBy, s.StartedAt, services.Process.Silo.SiloAddress.ToString(),
            _gateway?.Where ?? "", status, s.Digest, s.Fault ?? retry?.Reason, s.Restarts, [])
        {
            Retry = retry,
        };
    }

    private void Drive(bool again)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(services.Process.Life.ApplicationStopping);
        _control = new QueuedControl();
        // A session keeps its activation without calls.
        _awake = this.RegisterGrainTimer(static (own, _) => own.LookForWeightsAsync(), this,
            new GrainTimerCreationOptions(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10)) { Interleave = true, KeepAlive = true });
        _running = SuperviseAsync(_control, again, _stop.Token);
    }

    // Runs the session to its end. After the loss of order grain, feed or journal it resumes from the journal.
    private async Task SuperviseAsync(QueuedControl control, bool again, CancellationToken stop)
    {
        var restarts = _restarts = new SessionRestarts(clock, static e => Loss.Is(e) || e is GatewaySupersededException);
        try
        {
            var start = session.State.Start!;
            var production = await services.Models.ReadAsync(start.File, start.Text, start.Folder, Id, stop);
            var request = start.ToRequest() with { Out = Path.Combine(services.Settings.Runs, session.State.Run) };
            while (!stop.IsCancellationRequested)
            {
                if (again)
                {
                    session.State.Epoch++;
                    session.State.Restarts++;
                    await session.WriteStateAsync();
                }
                string reason;
                var attempt = _attempt = CancellationTokenSource.CreateLinkedTokenSource(stop);
                try
                {
                    // The list may have missed the start; it restarts sessions of lost silos.
                    if (again) await List.StartedAsync(Id);
                    again = true;
                    Take(await Weights.FindAsync(stop));
                    using var running = services.Sessions.Open(Id, control);
                    var environment = new ClusterEnvironment(GrainFactory, new SessionAttempt(Id, session.State.Epoch, start), control,
                        _weights, running.Strategies, gateway => _gateway = gateway);
                    var run = await Task.Run(
                        () => LiveSession.RunAsync(request, production, environment, clock, attempt.Token), CancellationToken.None);
                    if (stop.IsCancellationRequested) break;
                    await EndAsync(SessionPhase.Done, run.Run.Model.Digest, null);
                    return;
                }
                catch (Exception e) when (!stop.IsCancellationRequested)
                {
                    if (restarts.After(e, control.Status) is not { } retry)
                    {
                        await EndAsync(SessionPhase.Failed, null, SessionRestarts.Describe(e));
                        return;
                    }
                    reason = e.Message;
                    LogInterruption(e, retry);
                    control.Again();
                }
                if (await restarts.WaitAsync(control, stop) is not { } stopped) continue;
                await EndAsync(SessionPhase.Failed, null, SessionRestarts.Describe(stopped, reason));
                return;
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            // Another activation has the record, or it cannot be written: the next call reads it again.
            Interrupted(logger, Id, e.Message, e);
        }
        control.End();
        DeactivateOnIdle();
    }

    private async Task EndAsync(SessionPhase phase, string? digest, string? fault)
    {
        var folder = Path.Combine(services.Settings.Runs, session.State.Run);
        var view = View()!;
        (session.State.Phase, session.State.Digest, session.State.Fault) = ((int)phase, digest, fault);
        session.State.Last = view with
        {
            Phase = phase,
            Digest = digest,
            Fault = fault,
            Retry = null,
            Host = "",
            Gateway = "",
            Files = phase == SessionPhase.Done && Directory.Exists(folder)
                ? [.. Directory.EnumerateFiles(folder).Select(f => Path.GetFileName(f)).Where(f => f[0] != '.')
                    .Order(StringComparer.Ordinal)] : [],
        };
        await session.WriteStateAsync();
        Ended(logger, Id, session.State.Run, phase, fault);
        await List.EndedAsync(Id);
        if (phase == SessionPhase.Failed) await GrainFactory.GetGrain<IOrderGrain>(Id).CloseAsync(session.State.Epoch);
        _control?.End();
        _awake?.Dispose();
        (_control, _gateway, _awake, _restarts) = (null, null, null, null);
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_stop is not null) await _stop.CancelAsync();
        if (_running is { IsCompleted: false } running)
            await Task.WhenAny(running, Task.Delay(TimeSpan.FromSeconds(10), CancellationToken.None));
        if (IsRunning) monitor.Interrupted();
        await base.OnDeactivateAsync(reason, cancellationToken);
    }

    [LoggerMessage(1, LogLevel.Information, "Portfolio {Portfolio}: started live session {RunId} of {Who}")]
    private static partial void Started(ILogger logger, string portfolio, string runId, string who);

    [LoggerMessage(2, LogLevel.Information, "Portfolio {Portfolio}: resumed live session {RunId} on this silo")]
    private static partial void Resumed(ILogger logger, string portfolio, string runId);

    [LoggerMessage(3, LogLevel.Warning, "Portfolio {Portfolio}: its live session was interrupted ({Reason}) and resumes from its journal")]
    private static partial void Interrupted(ILogger logger, string portfolio, string reason, Exception fault);

    // The retries of one fault are one warning and, where it lasts, one error.
    private void LogInterruption(Exception fault, SessionRetry retry)
    {
        if (retry.IsFirst) Interrupted(logger, Id, fault.Message, fault);
        else if (retry.IsLasting) KeepsFailing(logger, Id, retry.Attempts, fault.Message);
        else FailedAgain(logger, Id, retry.Attempts, fault.Message);
    }

    [LoggerMessage(5, LogLevel.Error,
        "Portfolio {Portfolio}: its live session failed {Attempts} times in a row and is tried each minute now; repair it or stop the "
        + "session: {Reason}")]
    private static partial void KeepsFailing(ILogger logger, string portfolio, int attempts, string reason);

    [LoggerMessage(6, LogLevel.Debug, "Portfolio {Portfolio}: its live session failed again, attempt {Attempts}: {Reason}")]
    private static partial void FailedAgain(ILogger logger, string portfolio, int attempts, string reason);

    [LoggerMessage(4, LogLevel.Information, "Portfolio {Portfolio}: live session {RunId} ended: {Phase} {Fault}")]
    private static partial void Ended(ILogger logger, string portfolio, string runId, SessionPhase phase, string? fault);
}

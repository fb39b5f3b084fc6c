using Granary.Cluster.Grains.Placement;
using Granary.Cluster.Grains.Telemetry;
using Granary.Cluster.Portfolios;
using Granary.Contracts.Sessions;
using Granary.Contracts.Weights;
using Granary.Data.Journals;
using Granary.Engine;
using Granary.Engine.Brokerage;
using Granary.Server.Jobs;
using Granary.Server.Operations;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;
using Granary.Simulation.RunFolders;
using Granary.Trading.Live;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Granary.Cluster.Grains.Portfolios;

/// <summary>
/// Keeps the live session of an account. The portfolio's grain runs it in attempts, and it alone decides whether an attempt runs or is
/// lost. A call without an answer decides nothing and is repeated.
/// </summary>
// State names are unique: the database keeps states by their name and the grain's key.
[SiloRole(SiloRoles.Sessions)]
[GrainType("session")]
internal sealed partial class SessionGrain([PersistentState("session", ClusterProviders.State)] IPersistentState<SessionRecord> session,
    PortfolioServices services, SessionMonitor monitor, IClusterMembershipService membership, TimeProvider clock,
    ILogger<SessionGrain> logger) : Grain, ISessionGrain
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10), s_soon = TimeSpan.FromMilliseconds(50);

    private CancellationTokenSource? _stop;
    private Task? _running;
    private IGrainTimer? _awake;
    private SessionRestarts? _restarts;
    private TaskCompletionSource _look = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource<IssuedCommand> _stopAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SessionWriter? _writer;
    private SessionHandover? _handover;
    private bool _isFollowing, _isListed;

    // From the last answer of the portfolio's grain.
    private LiveStatus? _status;
    private string? _host, _unanswered;
    private string _gateway = "";

    private string Id => this.GetPrimaryKeyString();

    private bool IsRunning => session.State is { Start: not null, Phase: (int)SessionPhase.Running };

    private IPortfolioGrain Portfolio => GrainFactory.GetGrain<IPortfolioGrain>(Id);

    private SessionWriter Writer => _writer ??= new SessionWriter(Id, session, logger);

    private ISessionListGrain List => GrainFactory.GetGrain<ISessionListGrain>(ISessionListGrain.Key);

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // The hint that moved this grain here would flow to all calls that it makes.
        RequestContext.Remove(IPlacementDirector.PlacementHintKey);
        if (IsRunning && services.Sessions.IsLeaving)
        {
            // Another silo placed it here before it noticed that this one leaves.
            DeactivateOnIdle();
        }
        else if (IsRunning)
        {
            Resumed(logger, Id, session.State.Run);
            Drive(begin: false);
        }
        await base.OnActivateAsync(cancellationToken);
    }

    public async Task<SessionView> StartAsync(SessionStart start)
    {
        var known = session.State;
        if (IsRunning)
            throw new LeaseException($"the account {Id} is traded by a session in the cluster, started "
                + $"by {known.Start!.StartedBy} at {known.StartedAt:yyyy-MM-dd HH:mm:ss}Z; stop that session first, or give this one "
                + $"another account");
        if (_running is { } before) await before;
        var production = new ProductionReader(services.Catalogues).Read(start.File, start.Text, start.Folder);
        LiveSession.Check(start.ToRequest(services.Catalogues), production);
        var now = clock.GetUtcNow();
        var epoch = known.Epoch + 1;
        // Fails if another session owns the account, before this one is accepted.
        await Portfolio.OpenAsync(start);
        try
        {
            session.State = new SessionRecord
            {
                Start = start,
                Run = JobId.New(production.Spec.Name + "-live", now),
                StartedAt = now,
                Epoch = epoch
            };
            await StoredState.WriteAsync(this, Writer.WriteAsync);
        }
        catch
        {
            // Without a stored session, nothing else releases the account.
            await Portfolio.CloseAsync();
            throw;
        }
        Started(logger, Id, session.State.Run, start.StartedBy);
        Drive(begin: true);
        await LostCall.IgnoreAsync(EnterAsync);
        return View()!;
    }

    public Task<SessionStart?> StartOfAsync(CancellationToken cancellationToken) => Task.FromResult(session.State.Start);

    public Task<IReadOnlyList<string>?> StrategiesAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>?>(
        IsRunning ? [.. session.State.Start!.StrategiesOf(services.Catalogues)] : null);

    public async Task<SessionStrategy?> StrategyAsync(string strategy, CancellationToken cancellationToken) =>
        IsRunning ? await Portfolio.OwnedStrategyAsync(strategy, cancellationToken) ?? Missing(strategy) : null;

    public async Task<SessionStrategy?> StopStrategyAsync(string strategy, string who, string why) =>
        IsRunning ? await Portfolio.StopOwnedStrategyAsync(strategy, who, why) ?? Missing(strategy) : null;

    private SessionStrategy? Missing(string strategy) =>
        SessionStrategies.Missing(Id, strategy, session.State.Start!.StrategiesOf(services.Catalogues));

    public async Task<SessionView?> SessionAsync(CancellationToken cancellationToken)
    {
        if (IsRunning && _isFollowing)
        {
            AttemptState? standing = null;
            // The task that follows the attempt handles its loss or its end.
            if (await TryAsync(async () => standing = await LookAsync(cancellationToken), cancellationToken)
                && standing is not { IsOver: false })
                Look();
        }
        return View();
    }

    public async Task<SessionView?> CommandAsync(IssuedCommand command)
    {
        if (session.State.Start is null) return null;
        if (!IsRunning)
            throw new InputException($"the session of {Id} is over; start it again with its configuration, and it goes on from its "
                + $"journal");
        if (command.Command == SessionCommand.Stop) _stopAsked.TrySetResult(command);
        var kept = command with { Id = command.Id ?? services.Ids.Next().ToString("N") };
        var unstored = await Writer.KeepAsync(kept);
        // The next write removes the command from storage. It is in the journal, so no later attempt executes it again.
        if (await SendAsync(kept)) session.State.Commands.RemoveAll(c => c.Id == kept.Id);
        if (unstored is not null) await StoreStopAsync();
        return await SessionAsync(CancellationToken.None);
    }

    // During a handover, the old attempt leaves the command to the next one.
    private async Task<bool> SendAsync(IssuedCommand command)
    {
        while (true)
        {
            if (await Portfolio.SendAsync(session.State.Run, command)) return true;
            if (_handover is not { } handover) return false;
            await handover.Taken;
        }
    }

    // A stop is answered when it, or the end that it caused, is stored: otherwise another activation would trade on.
    private async Task StoreStopAsync()
    {
        try
        {
            await Writer.WriteAsync();
        }
        catch (Exception e)
        {
            throw new ServiceUnavailableException($"the stop of {Id} was passed to the session and cannot be stored "
                + $"({e.Message.TrimEnd('.')}); send it again when the database answers");
        }
    }

    public Task WeightsSetAsync(PortfolioWeights weights) => IsRunning ? Portfolio.WeightsSetAsync(weights) : Task.CompletedTask;

    public Task AttemptEndedAsync(long epoch)
    {
        if (epoch == session.State.Epoch) Look();
        return Task.CompletedTask;
    }

    private void Look() => _look.TrySetResult();

    private SessionView? View()
    {
        var s = session.State;
        if (s.Start is null) return null;
        if (s.Last is { } last && !IsRunning) return last;
        var retry = _restarts?.Waiting(_status);
        return ShownSession.Of(new SessionView(
            Id, s.Run, _handover is null ? (SessionPhase)s.Phase : SessionPhase.HandingOver, s.Start.StartedBy, s.StartedAt,
            _host ?? services.Process.Silo.SiloAddress.ToString(), _gateway, _status, s.Digest,
            s.Fault ?? retry?.Reason ?? _unanswered, s.Restarts, [])
        {
            Retry = retry,
        }, services.Catalogues);
    }

    private void Drive(bool begin)
    {
        _stop = new CancellationTokenSource();
        _stopAsked = new TaskCompletionSource<IssuedCommand>(TaskCreationOptions.RunContinuationsAsynchronously);
        (_isListed, _status, _host, _gateway, _unanswered) = (false, null, null, "", null);
        var period = services.Settings.Tick * 4;
        // The timer keeps the activation of a running session alive without calls.
        _awake = this.RegisterGrainTimer(static (own, _) =>
        {
            own.Look();
            return Task.CompletedTask;
        }, this, new GrainTimerCreationOptions(period, period) { Interleave = true, KeepAlive = true });
        _running = SuperviseAsync(begin, _stop.Token);
    }

    // Runs the session to its end. After a loss of the portfolio's grain, the feed or the journal, it resumes from the journal.
    private async Task SuperviseAsync(bool begin, CancellationToken stop)
    {
        var restarts = _restarts = new SessionRestarts(clock, LostCall.Is);
        try
        {
            while (true)
            {
                var end = await FollowAsync(begin, stop);
                if (end is { Digest: { } digest })
                {
                    await EndAsync(SessionPhase.Done, digest, null);
                    return;
                }
                if (end is null && _handover is { IsLeft: true } handover)
                {
                    handover.IsLeft = false;
                    session.State.Epoch++;
                    await Writer.WriteAsync();
                    begin = true;
                    continue;
                }
                _handover?.End(taken: false);
                var fault = end?.Fault ?? new SiloUnavailableException("the silo that ran the session is lost, or has handed it over");
                if (restarts.After(fault, _status) is not { } retry)
                {
                    await EndAsync(SessionPhase.Failed, null, SessionRestarts.Describe(fault));
                    return;
                }
                LogInterruption(fault, retry);
                if (await restarts.WaitAsync(_stopAsked.Task, stop) is { } stopped)
                {
                    await EndAsync(SessionPhase.Done, null, SessionRestarts.Describe(stopped, fault.Message));
                    return;
                }
                session.State.Epoch++;
                // Attempts that fail for the same cause are one interruption; a lost silo is always a new one.
                if (retry.IsFirst || end is null) session.State.Restarts++;
                await Writer.WriteAsync();
                if (end is null) services.Instruments.Recovered(LostWork.Session);
                begin = true;
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            // Another activation wrote the record, or storage failed. The next call reads the record again.
            Interrupted(logger, Id, e.Message, e);
        }
        DeactivateOnIdle();
    }

    // Follows the current attempt to its end; null if it is lost. Starts it at most once, since two of one epoch could both trade.
    private async Task<AttemptState?> FollowAsync(bool begin, CancellationToken stop)
    {
        var attempt = Attempt(session.State.Epoch);
        if (begin) await LostCall.IgnoreAsync(() => Portfolio.RunAsync(attempt).WaitAsync(stop));
        _isFollowing = true;
        try
        {
            while (true)
            {
                // The list restarts sessions of lost silos, so it must have this session, even if the first call to it failed.
                if (!_isListed) await TryAsync(EnterAsync, stop);
                AttemptState? standing = null;
                var answered = await TryAsync(async () => standing = await LookAsync(stop), stop);
                if (answered && standing is not { IsOver: false }) return standing;
                await LookedForAsync(stop);
            }
        }
        finally
        {
            _isFollowing = false;
        }
    }

    private SessionAttempt Attempt(long epoch) =>
        new(Id, epoch, session.State.Start!, session.State.Run, [.. session.State.Commands]);

    private async Task LookedForAsync(CancellationToken stop)
    {
        // A handover ends when the next attempt has the account, which it does not report.
        if (_handover is not null) await Task.WhenAny(_look.Task, Task.Delay(s_soon, clock, stop));
        else await _look.Task.WaitAsync(stop);
        stop.ThrowIfCancellationRequested();
        _look = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    // Returns whether the call was answered.
    private async Task<bool> TryAsync(Func<Task> call, CancellationToken stop)
    {
        try
        {
            using var untraced = new Untraced();
            await call().WaitAsync(stop);
            return true;
        }
        catch (Exception e) when (LostCall.Is(e))
        {
            return false;
        }
    }

    private async Task EnterAsync()
    {
        await List.StartedAsync(Id);
        _isListed = true;
    }

    private async Task<AttemptState?> LookAsync(CancellationToken cancellationToken)
    {
        var epoch = session.State.Epoch;
        AttemptState? standing;
        try
        {
            standing = await TimedCall.CallAsync(stop => Portfolio.StateAsync(epoch, stop), s_timeout, clock, cancellationToken);
            _unanswered = null;
        }
        catch (Exception e) when (LostCall.Is(e))
        {
            _unanswered = $"the silo that runs the session does not answer ({e.Message.TrimEnd('.')}); its state is the last known one";
            throw;
        }
        if (standing is not null && epoch == session.State.Epoch && _isFollowing)
            (_host, _gateway, _status) = (standing.Host, standing.Gateway, standing.Status ?? _status);
        if (standing is { Gateway.Length: > 0 } && _handover?.Next == epoch) _handover.End(taken: true);
        return standing;
    }

    public async Task<bool> HandOverAsync(SiloAddress from, long epoch, CancellationToken cancellationToken)
    {
        // A second silo may leave before the session trades on it.
        while (_handover is { } earlier) await earlier.Taken.WaitAsync(cancellationToken);
        if (!IsRunning || session.State.Epoch != epoch) return true;
        var own = services.Process.Silo.SiloAddress;
        var handover = _handover = new SessionHandover(from, epoch + 1);
        try
        {
            if (await handover.PrepareAsync(Attempt(epoch + 1), own, membership, GrainFactory, cancellationToken) is not { } to)
            {
                NoSuccessor(logger, Id, handover.Refusal);
                return false;
            }
            // The old attempt was lost meanwhile, and the next one has begun.
            if (session.State.Epoch != epoch) return true;
            var since = clock.GetTimestamp();
            handover.IsLeft = true;
            await Portfolio.LeaveAsync(epoch, to);
            Look();
            var taken = await handover.Taken.WaitAsync(cancellationToken);
            if (taken) HandedOver(logger, Id, from.Endpoint.ToString(), to.Endpoint.ToString(), clock.GetElapsedTime(since).TotalSeconds);
            if (taken && own.Equals(from)) MoveTo(to);
            return taken;
        }
        finally
        {
            _handover = null;
            handover.End(taken: false);
        }
    }

    private void MoveTo(SiloAddress silo)
    {
        RequestContext.Set(IPlacementDirector.PlacementHintKey, silo);
        this.MigrateOnIdle();
        RequestContext.Remove(IPlacementDirector.PlacementHintKey);
    }

    private async Task EndAsync(SessionPhase phase, string? digest, string? fault)
    {
        var state = session.State;
        var folder = Path.Combine(services.Settings.Runs, state.Run);
        var view = View()!;
        (state.Phase, state.Digest, state.Fault, state.Commands) = ((int)phase, digest, fault, []);
        state.Last = view with
        {
            Phase = phase,
            Digest = digest,
            Fault = fault is null ? null : services.Catalogues.Shown(fault),
            Retry = null,
            Host = "",
            Gateway = "",
            Files = digest is not null && Directory.Exists(folder)
                ? [.. Directory.EnumerateFiles(folder).Select(f => Path.GetFileName(f)).Where(f => f[0] != '.')
                    .Order(StringComparer.Ordinal)] : [],
        };
        await Writer.WriteAsync();
        Ended(logger, Id, state.Run, phase, fault);
        _awake?.Dispose();
        (_awake, _restarts) = (null, null);
        // If a call is lost, the monitor, the next session's epoch and the time limit of commands correct the state.
        await LostCall.IgnoreAsync(() => List.EndedAsync(Id));
        await LostCall.IgnoreAsync(() => Portfolio.EndAsync(state.Run));
    }

    // The attempt continues on the portfolio's silo without this activation.
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_stop is not null) await _stop.CancelAsync();
        if (_running is { IsCompleted: false } running)
            await Task.WhenAny(running, Task.Delay(s_timeout, clock, CancellationToken.None));
        if (IsRunning) monitor.Interrupted();
        await base.OnDeactivateAsync(reason, cancellationToken);
    }

    // Retries after the same fault log one warning, and one error if the fault lasts.
    private void LogInterruption(Exception fault, SessionRetry retry)
    {
        if (retry.IsFirst) Interrupted(logger, Id, fault.Message, fault);
        else if (retry.IsLasting) KeepsFailing(logger, Id, retry.Attempts, fault.Message);
        else FailedAgain(logger, Id, retry.Attempts, fault.Message);
    }

    [LoggerMessage(1, LogLevel.Information, "Live session of {Account}: {RunId} was started by {Who}")]
    private static partial void Started(ILogger logger, string account, string runId, string who);

    [LoggerMessage(2, LogLevel.Information, "Live session of {Account}: this silo has {RunId} now")]
    private static partial void Resumed(ILogger logger, string account, string runId);

    [LoggerMessage(3, LogLevel.Warning, "Live session of {Account}: it was interrupted ({Reason}) and resumes from its journal")]
    private static partial void Interrupted(ILogger logger, string account, string reason, Exception fault);

    [LoggerMessage(4, LogLevel.Information, "Live session of {Account}: {RunId} ended: {Phase} {Fault}")]
    private static partial void Ended(ILogger logger, string account, string runId, SessionPhase phase, string? fault);

    [LoggerMessage(5, LogLevel.Error,
        "Live session of {Account}: it failed {Attempts} times in a row and is tried each minute now; repair it or stop it: {Reason}")]
    private static partial void KeepsFailing(ILogger logger, string account, int attempts, string reason);

    [LoggerMessage(6, LogLevel.Debug, "Live session of {Account}: it failed again, attempt {Attempts}: {Reason}")]
    private static partial void FailedAgain(ILogger logger, string account, int attempts, string reason);

    [LoggerMessage(8, LogLevel.Information,
        "Live session of {Account}: it was handed over from silo {From} to {To}; its account was free for {Seconds:0.0} s")]
    private static partial void HandedOver(ILogger logger, string account, string from, string to, double seconds);

    [LoggerMessage(9, LogLevel.Warning,
        "Live session of {Account}: no other silo can take it ({Reason}); it stops with its silo, and goes on when another one can")]
    private static partial void NoSuccessor(ILogger logger, string account, string reason);

    [LoggerMessage(7, LogLevel.Information, "Live session of {Account}: took over {RunId} from the portfolio's grain")]
    private static partial void TakenOver(ILogger logger, string account, string runId);
}

using System.Diagnostics;
using Granary.Cluster.Batches;
using Granary.Cluster.Compute;
using Granary.Cluster.Grains.Placement;
using Granary.Cluster.Grains.Silos;
using Granary.Cluster.Grains.Telemetry;
using Granary.Contracts.Jobs;
using Granary.Server.Jobs;
using Granary.Server.Operations;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Passes;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Storage;

namespace Granary.Cluster.Grains.Batches;

/// <summary>
/// Controls one run. Except for submission and cancellation, all its work is in its timer callback: it compares the work that the reporting
/// grain needs with the work of the silos, and assigns the rest. No notification is required; one only makes the callback run sooner.
/// </summary>
[SiloRole(SiloRoles.Compute), Reentrant, CollectionAgeLimit(Minutes = 5), GrainType("batch")]
internal sealed class BatchGrain(
    [PersistentState("batch", ClusterProviders.State)] IPersistentState<BatchRecord> state,
    IClusterMembershipService membership, BatchServices services, ILogger<BatchGrain> logger) : Grain, IBatchGrain, IRemindable
{
    private const string Reminder = "drive";
    // Shorter than the time after which a silo can be declared dead.
    private static readonly TimeSpan s_stall = TimeSpan.FromSeconds(1);
    private SiloPolls? _polls;
    private ReportingPoll? _reports;
    private IGrainTimer? _timer;
    private AssignmentTable? _assignments;
    private JobStatus? _status;
    private Activity? _activity;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _writing = Task.CompletedTask, _ending = Task.CompletedTask, _submitting = Task.CompletedTask;
    private readonly LoadMeter _load = new(services.Clock);
    private readonly PassProgress _progress = new(services.Clock);
    // Number of groups by silo that an earlier activation had assigned and this one has not adopted.
    private Dictionary<SiloAddress, int> _inherited = [];
    private bool _inTimer, _again, _isLeaving;
    private QueuePlace? _place;
    private long _confirmedAt;

    private string Run => this.GetPrimaryKeyString();

    private IBatchListGrain List => GrainFactory.GetGrain<IBatchListGrain>(IBatchListGrain.Key);

    private SiloPolls Silos =>
        _polls ??= new SiloPolls(services.Settings, (silo, stop) => services.Compute.Of(silo).PollAsync(Run, stop),
            () => _ = OnTimerAsync());

    private ReportingPoll Reports => _reports ??= new ReportingPoll(BeginAsync, () => _ = OnTimerAsync(),
        e => BatchMessages.TimerFailed(logger, Run, e.Message, e));

    private IReportingGrain Reporting => GrainFactory.GetGrain<IReportingGrain>(Run);

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // Callers may have seen revisions that were not stored. The next revision must exceed all of them.
        if (state.State.Status is { } status) _status = status.Ended ? status : status with { Revision = status.Revision + 1_000_000 };
        if (_status is { Ended: false })
        {
            (_inherited, state.State.Groups) = (state.State.Groups, []);
            // After this write, an older activation on a silo that only hung cannot write any more.
            await WriteAsync(null);
            Observe("batch resumed", state.State.Trace);
            Drive();
            BatchMessages.Resumed(logger, Run);
        }
    }

    // The groups of a silo that stops in order are done, or this activation has counted them.
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _isLeaving = true;
        try
        {
            if (_status is { Ended: false } && state.State.Groups.Remove(GrainContext.Address.SiloAddress!)) await WriteAsync(null);
        }
        catch (Exception e)
        {
            BatchMessages.TimerFailed(logger, Run, e.Message, e);
        }
        await base.OnDeactivateAsync(reason, cancellationToken);
    }

    public async Task<SubmitAnswer> SubmitAsync(SubmittedBatch batch)
    {
        while (!_submitting.IsCompleted) await Task.WhenAny(_submitting);
        if (_status is { } known) return new SubmitAnswer(known, false, 0);
        var own = TakeAsync(batch);
        _submitting = own;
        return await own;
    }

    private async Task<SubmitAnswer> TakeAsync(SubmittedBatch batch)
    {
        if (!await List.AddAsync(batch.Id)) return new SubmitAnswer(null, false, services.Settings.MostWaiting);
        var status = new JobStatus
        {
            Id = batch.Id,
            Kind = batch.Kind,
            Name = batch.Name,
            Revision = 1,
            State = JobState.Queued,
            SubmittedBy = batch.SubmittedBy,
            SubmittedAt = batch.SubmittedAt,
            Work = batch.Work,
            Runs = batch.Runs ?? [],
        };
        Observe("batch", Activity.Current?.Id);
        (state.State.Batch, state.State.Trace) = (batch, _activity?.Id);
        await this.RegisterOrUpdateReminder(Reminder, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        await WriteAsync(status);
        _status = status;
        Drive();
        BatchMessages.Taken(logger, Run, batch.Name, batch.SubmittedBy);
        return new SubmitAnswer(status, true, 0);
    }

    public async Task<SubmitAnswer?> ResumeAsync()
    {
        while (!_submitting.IsCompleted) await Task.WhenAny(_submitting);
        if (_status is not { State: JobState.Cancelled } cancelled) return _status is { } known ? new SubmitAnswer(known, false, 0) : null;
        var own = TakeUpAsync(cancelled);
        _submitting = own;
        return await own;
    }

    private async Task<SubmitAnswer> TakeUpAsync(JobStatus cancelled)
    {
        // A cancellation that has not finished would undo the resumption.
        await _ending;
        if (!await List.AddAsync(Run)) return new SubmitAnswer(null, false, services.Settings.MostWaiting);
        await Reporting.ReopenAsync();
        await Reports.ForgetAsync();
        await this.RegisterOrUpdateReminder(Reminder, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        var queued = EndedBatch.QueuedAgain(cancelled);
        await WriteAsync(queued);
        _place = null;
        Change(_ => queued);
        Observe("batch resumed", state.State.Trace);
        Drive();
        BatchMessages.Resumed(logger, Run);
        return new SubmitAnswer(queued, true, 0);
    }

    public async Task<bool> RemoveAsync(DateTimeOffset endedBefore)
    {
        while (!_submitting.IsCompleted) await Task.WhenAny(_submitting);
        if (_status is not { Ended: true, FinishedAt: { } at } || at >= endedBefore) return false;
        _submitting = EndedBatch.RemoveAsync(GrainFactory, Run, state.State.Batch?.IdempotencyKey, state.ClearStateAsync);
        await _submitting;
        _status = null;
        return true;
    }

    // The batch's span lasts over many calls; it is current in the timer callback only.
    private void Observe(string name, string? parent) => _activity ??= ClusterInstruments.Aside(name, Run, parent);

    public Task<JobStatus?> FindAsync(CancellationToken cancellationToken) => Task.FromResult(_status);

    public async Task<JobStatus?> WatchAsync(long seen, CancellationToken cancellationToken)
    {
        // At most one timer period: an activation that the directory lost with a silo ends only after its last call.
        if (_status is { } now && now.Revision <= seen && !now.Ended)
            await Task.WhenAny(_changed.Task, Task.Delay(services.Settings.Tick, cancellationToken));
        return _status;
    }

    public async Task<JobStatus?> CancelAsync()
    {
        if (_status is { Ended: false })
        {
            await (_ending = EndAsync(s => s with { State = JobState.Cancelled }));
            await Loss.IgnoreAsync(() => Reporting.CancelAsync());
        }
        return _status;
    }

    public async Task<bool> StopStrategyAsync(string strategy, string reason)
    {
        if (_status is not { Ended: false }) return false;
        // Only the reporting grain knows whether the stop or the outcome came first.
        if (!await Reporting.StopStrategyAsync(strategy, reason)) return false;
        if (state.State.Stopped.TryAdd(strategy, reason)) await WriteAsync(_status);
        await Task.WhenAll(Silos.Views.Keys.Select(s =>
            Loss.IgnoreAsync(() => services.Compute.Of(s).StopStrategyAsync(Run, strategy, reason))));
        return true;
    }

    public Task<RunDefinition?> DefineAsync(CancellationToken cancellationToken) =>
        Task.FromResult(state.State.Batch is { } batch && _status is { Ended: false } ? new RunDefinition(batch, state.State.Symbols)
            : null);

    public Task<bool> PokeAsync()
    {
        if (_status is null or { Ended: true }) return Task.FromResult(false);
        Silos.Hurry();
        _place?.Hurry();
        Drive();
        _ = OnTimerAsync();
        return Task.FromResult(true);
    }

    public Task ReceiveReminder(string reminderName, TickStatus status) =>
        _status is { Ended: false } ? PokeAsync() : ForgetReminderAsync();

    private async Task ForgetReminderAsync()
    {
        if (await this.GetReminder(Reminder) is { } reminder) await this.UnregisterReminder(reminder);
    }

    // A silo that stops does not wait for the calls of a callback, whose answers do not reach it any more.
    private void Drive() => _timer ??= this.RegisterGrainTimer(stop => OnTimerAsync().WaitAsync(stop),
        new GrainTimerCreationOptions(TimeSpan.Zero, services.Settings.Tick) { Interleave = true, KeepAlive = true });

    // Only one callback runs at a time. A callback that is requested meanwhile runs directly after it.
    private async Task OnTimerAsync()
    {
        if (_inTimer)
        {
            _again = true;
            return;
        }
        _inTimer = true;
        try
        {
            do
            {
                _again = false;
                if (_activity is not null) Activity.Current = _activity;
                await LookAsync();
            }
            while (_again && _status is { Ended: false });
        }
        catch (Exception e)
        {
            // The next timer callback tries again. After a conflicting write, this activation ends and the next one reads the stored state.
            BatchMessages.TimerFailed(logger, Run, e.Message, e);
            if (e is InconsistentStateException) DeactivateOnIdle();
        }
        finally
        {
            _inTimer = false;
        }
    }

    // A silo that was suspended continues in the middle of a call. If another silo took over the run meanwhile, the write fails.
    private async Task ConfirmAsync()
    {
        if (Stopwatch.GetElapsedTime(_confirmedAt) > s_stall) await WriteAsync(null);
        _confirmedAt = Stopwatch.GetTimestamp();
    }

    private async Task LookAsync()
    {
        if (_isLeaving || _status is not { Ended: false }) return;
        await ConfirmAsync();
        if (_status.State == JobState.Queued)
        {
            _place ??= new QueuePlace(List, Run, services.Settings.Tick);
            if (!await _place.MayStartAsync() || _status.State != JobState.Queued) return;
            var running = _status with
            {
                State = JobState.Running,
                StartedAt = services.Clock.GetUtcNow(),
                Revision = _status.Revision + 1,
            };
            await WriteAsync(running);
            if (_status.Ended) return;
            Change(_ => running);
        }
        Reports.Ask();
        if (Reports.Answer is not { } reporting) return;
        if (reporting.End is { } end) await EndAsync(s => EndedBatch.StatusOf(s, end, reporting));
        if (_status.Ended || reporting.End is not null) return;
        var members = membership.CurrentSnapshot.Members;
        Silos.Ask(members);
        foreach (var silo in _inherited.Keys.Where(s => Loss.IsOf(members, s)).ToList())
            if (_inherited.Remove(silo, out var groups)) services.Instruments.Recovered(LostWork.StrategyGroup, groups);
        // All groups are done, but outcomes are missing: an earlier attempt of the reporting grain had acknowledged them.
        var isShort = _assignments?.IsEmptyFor(services.Settings.Tick * 20, Stopwatch.GetTimestamp()) == true;
        if (reporting.Pass != _assignments?.Pass.Token || isShort) await TurnToAsync(reporting.Pass);
        await ConfirmAsync();
        if (_assignments is { } assignments) await DriveAsync(assignments);
        await ShowAsync(reporting);
    }

    // If the answer is late, this silo may have been cut off, and another silo may have taken over the run.
    private async Task<ReportingStatus> BeginAsync(long seen)
    {
        var askedAt = Stopwatch.GetTimestamp();
        try
        {
            return await Reporting.BeginAsync(state.State.Batch!, state.State.Stopped, seen).WaitAsync(SiloPolls.Timeout);
        }
        finally
        {
            if (Stopwatch.GetElapsedTime(askedAt) > services.Settings.Tick + s_stall) _confirmedAt = 0;
        }
    }

    private async Task TurnToAsync(Guid? token)
    {
        if (_assignments is { } before) Reschedule(before);
        _assignments = null;
        if (token is not { } pass) return;
        // Wait for the silos' first answers: they show groups that started before a loss of this grain or of the reporting grain.
        if (Silos.Views.Values.Any(v => v is { Answer: null, IsResponsive: true })) return;
        if (await TimedCall.CallAsync(stop => Reporting.PassAsync(pass, stop), SiloPolls.Timeout) is not { } work) return;
        if (state.State.Symbols is null)
        {
            state.State.Symbols = work.Symbols;
            await WriteAsync(_status!);
        }
        var assignments = new AssignmentTable(work, Silos.Views.Values.Count(v => v.Answer is { Leaving: false }));
        foreach (var (silo, view) in Silos.Views)
            if (view is { IsResponsive: true, Answer: { } answer })
            {
                assignments.Adopt(silo, answer.Groups);
                _inherited.Remove(silo);
            }
        _assignments = assignments;
        BatchMessages.PassBegins(logger, Run, work.Key.ToString(), work.Work.Sum(w => w.Strategies.Length), work.Work.Count,
            Silos.Views.Count);
    }

    private async Task DriveAsync(AssignmentTable assignments)
    {
        foreach (var (silo, view) in Silos.Views)
        {
            if (!view.Fresh || view.Answer is not { } answer) continue;
            view.Fresh = false;
            var over = assignments.Seen(silo, answer.Groups, view.AskedAt, out var lost, out var fault);
            if (answer.Leaving) services.Instruments.Recovered(LostWork.StrategyGroup, lost);
            if (over.Count > 0) _ = Loss.IgnoreAsync(() => services.Compute.Of(silo).StopAsync(Run, over));
            if (fault is null) continue;
            await EndAsync(s => s with { State = JobState.Failed, Fault = services.Catalogues.Shown(fault) });
            await Loss.IgnoreAsync(() => Reporting.CancelAsync());
            return;
        }
        Reschedule(assignments);
        if (assignments.TakeDeadly() is { Count: > 0 } deadly) await Reporting.ReportAsync(EndedBatch.Deadly(assignments.Pass.Key, deadly));
        var open = Silos.Views.Where(s => s.Value.IsOpen).ToDictionary(s => s.Key, s => s.Value.Answer!.Threads);
        await AssignAsync(assignments, open);
        // Another activation must know which silos have work.
        if (!state.State.Groups.Keys.ToHashSet().SetEquals(assignments.BusySilos)) _confirmedAt = 0;
        await ConfirmAsync();
        if (assignments.Relief(open, Stopwatch.GetTimestamp()) is { } relief)
        {
            await Loss.IgnoreAsync(async () => assignments.GivenUp(relief.Group,
                await services.Compute.Of(relief.From).GiveUpAsync(Run, relief.Group, relief.Most).WaitAsync(SiloPolls.Timeout)));
            await AssignAsync(assignments, open);
        }
    }

    // Groups of silos that are lost or do not answer wait for other silos.
    private void Reschedule(AssignmentTable assignments)
    {
        foreach (var silo in assignments.BusySilos.Where(s => !Silos.Views.TryGetValue(s, out var view) || !view.IsResponsive).ToList())
        {
            var groups = assignments.Lost(silo, dead: !Silos.Views.ContainsKey(silo));
            services.Instruments.Recovered(LostWork.StrategyGroup, groups);
            BatchMessages.SiloLost(logger, Run, silo.ToString(), groups);
        }
    }

    private Task AssignAsync(AssignmentTable assignments, Dictionary<SiloAddress, int> open) => Task.WhenAll(
        assignments.Assign(Run, open, Stopwatch.GetTimestamp()).Select(g => StartAsync(assignments, g.Silo, g.Work)));

    private async Task StartAsync(AssignmentTable assignments, SiloAddress silo, GroupWork work)
    {
        try
        {
            work = work with { Stopped = state.State.Stopped is { Count: > 0 } stopped ? new(stopped) : null };
            await services.Compute.Of(silo).StartAsync(work).WaitAsync(SiloPolls.Timeout);
            assignments.Started(work.Id, Stopwatch.GetTimestamp());
        }
        catch (Exception e) when (Loss.Is(e))
        {
            assignments.NotStarted(work.Id);
        }
    }

    // Stores the counts before callers see them, so that a later activation never shows smaller ones.
    private async Task ShowAsync(ReportingStatus reporting)
    {
        var before = _status!.Progress;
        var next = _progress.After(before, reporting, _assignments) with { Load = _load.Measure(_assignments?.Waiting ?? 0) };
        // Do not write over a cancellation that is being stored.
        if (_ending.IsCompleted && !PassProgress.HasSameCounts(before, next))
        {
            await WriteAsync(_status with { Progress = next });
            if (_status.Ended) return;
        }
        if (next != before) Change(s => s with { Progress = next, Revision = s.Revision + 1 });
    }

    private void Change(Func<JobStatus, JobStatus> change)
    {
        _status = change(_status!);
        var changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.TrySetResult();
    }

    private async Task EndAsync(Func<JobStatus, JobStatus> how)
    {
        if (_status is not { Ended: false } status) return;
        var ended = how(status) with { Revision = status.Revision + 1, FinishedAt = services.Clock.GetUtcNow() };
        await WriteAsync(ended);
        if (_status.Ended) return;
        Change(s => ended with { Revision = Math.Max(ended.Revision, s.Revision + 1) });
        _timer?.Dispose();
        (_timer, _assignments) = (null, null);
        foreach (var silo in Silos.Views.Keys) _ = Loss.IgnoreAsync(() => services.Compute.Of(silo).StopAsync(Run, null));
        _activity?.SetStatus(ended.State == JobState.Failed ? ActivityStatusCode.Error : ActivityStatusCode.Ok, ended.Fault);
        _activity?.Dispose();
        _activity = null;
        JobMetrics.Ended(ended);
        BatchMessages.EndedAs(logger, Run, ended.State, ended.Digest, ended.Fault);
        await Loss.IgnoreAsync(() => List.EndedAsync(Run));
        await Loss.IgnoreAsync(ForgetReminderAsync);
    }

    // Writes are sequential; later answers show the written state. Without a status, writes the state unchanged.
    private Task WriteAsync(JobStatus? status)
    {
        return _writing = After(_writing);
        async Task After(Task before)
        {
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            state.State.Status = status ?? state.State.Status;
            if (_assignments is { } assignments && !_isLeaving) state.State.Groups = assignments.Groups;
            await state.WriteStateAsync();
            _confirmedAt = Stopwatch.GetTimestamp();
        }
    }
}

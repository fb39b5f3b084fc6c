using System.Diagnostics;
using Granary.Cluster.Batches;
using Granary.Cluster.Grains.Compute;
using Granary.Cluster.Grains.Placement;
using Granary.Cluster.Grains.Telemetry;
using Granary.Contracts.Jobs;
using Granary.Server.Jobs;
using Granary.Server.Operations;
using Granary.Simulation.Passes;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Storage;

namespace Granary.Cluster.Grains.Batches;

/// <summary>
/// Controls one run: its submission, queue, end, cancellation, resumption and removal. While the run is open, all other work is in the
/// timer callback: it compares the work that the reporting grain needs with that of the silos (<see cref="PassControl"/>), and shows the
/// progress. No notification is required; one only makes the callback run sooner.
/// </summary>
[SiloRole(SiloRoles.Compute), Reentrant, CollectionAgeLimit(Minutes = 5), GrainType("batch")]
internal sealed class JobGrain : Grain, IJobGrain, IRemindable
{
    private const string Reminder = "drive";

    private readonly BatchServices _services;
    private readonly SiloCompute _compute;
    private readonly ILogger _logger;
    private readonly DurableStatus _status;
    private readonly IJobListGrain _list;
    private readonly QueuePlace _place;
    private readonly IReportingGrain _reporting;
    private readonly ReportingPoll _reports;
    private readonly PassControl _passes;
    private readonly PassProgress _progress;
    private readonly LoadMeter _load;
    private readonly CoalescedWork _looking;
    private Task _submitting = Task.CompletedTask, _ending = Task.CompletedTask;
    private IGrainTimer? _timer;
    // The span of the run lasts over many calls; it is current in the timer callback only.
    private Activity? _activity;

    public JobGrain([PersistentState("batch", ClusterProviders.State)] IPersistentState<BatchRecord> state, BatchServices services,
        SiloCompute compute, ILogger<JobGrain> logger)
    {
        (_services, _compute, _logger) = (services, compute, logger);
        _status = new DurableStatus(state, services.Clock);
        _list = GrainFactory.GetGrain<IJobListGrain>(IJobListGrain.Key);
        _place = new QueuePlace(_list, Run, services.Settings.Tick, services.Clock);
        _reporting = GrainFactory.GetGrain<IReportingGrain>(Run);
        _looking = new CoalescedWork(LookSafelyAsync);
        _reports = new ReportingPoll(BeginAsync, () => _ = _looking.RequestAsync(),
            e => BatchMessages.TimerFailed(logger, Run, e.Message, e));
        _passes = new PassControl(Run, _reporting, _status, services, logger, () => _ = _looking.RequestAsync());
        _progress = new PassProgress(services.Clock);
        _load = new LoadMeter(services.Clock, services.Usage);
    }

    private string Run => this.GetPrimaryKeyString();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _status.Read();
        if (!_status.IsOpen) return;
        _passes.Inherit();
        // After this write, an older activation on a silo that only hung cannot write any more.
        await _status.WriteAsync();
        Observe("batch resumed", _status.Record.Trace);
        Drive();
        BatchMessages.Resumed(_logger, Run);
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        var hasChanged = _passes.Leave(GrainContext.Address.SiloAddress!, _compute.GroupsOf(Run));
        try
        {
            if (hasChanged && _status.IsOpen) await _status.WriteAsync();
        }
        catch (Exception e)
        {
            BatchMessages.TimerFailed(_logger, Run, e.Message, e);
        }
        await base.OnDeactivateAsync(reason, cancellationToken);
    }

    public async Task<SubmitAnswer> SubmitAsync(QueuedJob batch)
    {
        while (!_submitting.IsCompleted) await Task.WhenAny(_submitting);
        if (_status.Current is { } known) return new SubmitAnswer(known, false, 0);
        var own = TakeAsync(batch);
        _submitting = own;
        return await own;
    }

    private async Task<SubmitAnswer> TakeAsync(QueuedJob batch)
    {
        if (!await _list.AddAsync(batch.Id, batch.Memory)) return new SubmitAnswer(null, false, _services.Settings.MostWaiting);
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
            Code = batch.Code ?? [],
        };
        Observe("batch", Activity.Current?.Id);
        (_status.Record.Batch, _status.Record.Trace) = (batch, _activity?.Id);
        await QueueAsync(status);
        BatchMessages.Taken(_logger, Run, batch.Name, batch.SubmittedBy);
        return new SubmitAnswer(status, true, 0);
    }

    private async Task QueueAsync(JobStatus status)
    {
        await this.RegisterOrUpdateReminder(Reminder, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        await _status.WriteAsync(status);
        _place.Hurry();
        _status.Show(status);
        Drive();
    }

    public async Task<SubmitAnswer?> ResumeAsync()
    {
        while (!_submitting.IsCompleted) await Task.WhenAny(_submitting);
        if (_status.Current is not { } ended) return null;
        if (!ended.CanResume()) return new SubmitAnswer(ended, false, 0);
        var own = TakeUpAsync(ended);
        _submitting = own;
        return await own;
    }

    private async Task<SubmitAnswer> TakeUpAsync(JobStatus ended)
    {
        // A cancellation that has not finished would undo the resumption.
        await _ending;
        if (!await _list.AddAsync(Run, _status.Record.Batch?.Memory ?? 0))
            return new SubmitAnswer(null, false, _services.Settings.MostWaiting);
        await _reporting.ReopenAsync();
        await _reports.ForgetAsync();
        var queued = EndedBatch.QueuedAgain(ended);
        Observe("batch resumed", _status.Record.Trace);
        await QueueAsync(queued);
        BatchMessages.Resumed(_logger, Run);
        return new SubmitAnswer(queued, true, 0);
    }

    public async Task<bool> RemoveAsync(DateTimeOffset endedBefore)
    {
        while (!_submitting.IsCompleted) await Task.WhenAny(_submitting);
        if (_status.Current is not { Ended: true, FinishedAt: { } at } || at >= endedBefore) return false;
        _submitting = EndedBatch.RemoveAsync(GrainFactory, Run, _status.Record.Batch?.IdempotencyKey, _status.ClearAsync);
        await _submitting;
        return true;
    }

    public Task<JobStatus?> FindAsync(CancellationToken cancellationToken) => Task.FromResult(_status.Current);

    // At most one timer period: an activation that the directory lost with a silo ends only after its last call.
    public Task<JobStatus?> WatchAsync(long seen, CancellationToken cancellationToken) =>
        _status.WatchAsync(seen, _services.Settings.Tick, cancellationToken);

    public async Task<JobStatus?> CancelAsync()
    {
        if (_status.IsOpen)
        {
            await (_ending = EndAsync(s => s with { State = JobState.Cancelled }));
            await LostCall.IgnoreAsync(() => _reporting.CancelAsync());
        }
        return _status.Current;
    }

    public async Task<bool> StopStrategyAsync(string strategy, string reason)
    {
        if (!_status.IsOpen) return false;
        // Only the reporting grain knows whether the stop or the outcome came first.
        if (!await _reporting.StopStrategyAsync(strategy, reason)) return false;
        if (_status.Record.Stopped.TryAdd(strategy, reason)) await _status.WriteAsync();
        await _passes.StopAsync(strategy, reason);
        return true;
    }

    public Task<RunDefinition?> DefineAsync(CancellationToken cancellationToken) => Task.FromResult(
        _status.Record.Batch is { } batch && _status.IsOpen ? new RunDefinition(batch, _status.Record.Symbols) : null);

    public Task<bool> PokeAsync()
    {
        if (!_status.IsOpen) return Task.FromResult(false);
        _passes.Hurry();
        _place.Hurry();
        Drive();
        _ = _looking.RequestAsync();
        return Task.FromResult(true);
    }

    public Task ReceiveReminder(string reminderName, TickStatus status) => _status.IsOpen ? PokeAsync() : ForgetReminderAsync();

    private async Task ForgetReminderAsync()
    {
        if (await this.GetReminder(Reminder) is { } reminder) await this.UnregisterReminder(reminder);
    }

    private void Observe(string name, string? parent) => _activity ??= ClusterInstruments.Aside(name, Run, parent);

    // A silo that stops does not wait for the calls of a callback, whose answers do not reach it any more.
    private void Drive() => _timer ??= this.RegisterGrainTimer(stop => TimerWork.UntilStoppedAsync(_looking.RequestAsync(), stop),
        new GrainTimerCreationOptions(TimeSpan.Zero, _services.Settings.Tick) { Interleave = true, KeepAlive = true });

    private async Task LookSafelyAsync()
    {
        if (_activity is not null) Activity.Current = _activity;
        try
        {
            await LookAsync();
        }
        catch (Exception e)
        {
            // The next callback tries again. After a conflicting write, this activation ends and the next one reads the stored state.
            BatchMessages.TimerFailed(_logger, Run, e.Message, e);
            if (e is InconsistentStateException) DeactivateOnIdle();
        }
    }

    private async Task LookAsync()
    {
        if (_passes.IsLeaving || _status.Current is not { Ended: false } status) return;
        await _status.ConfirmAsync();
        if (status.State == JobState.Queued && !await BeginsAsync()) return;
        _reports.Ask();
        if (_reports.Answer is not { } reporting) return;
        if (reporting.End is { } end)
        {
            await EndAsync(s => EndedBatch.StatusOf(s, end, reporting));
            return;
        }
        if (!_status.IsOpen) return;
        if (await _passes.LookAsync(reporting.Pass) is { } fault)
        {
            await EndAsync(s => s with { State = JobState.Failed, Fault = _services.Catalogues.Shown(fault) });
            await LostCall.IgnoreAsync(() => _reporting.CancelAsync());
        }
        else if (_status.IsOpen)
        {
            await ShowAsync(reporting);
        }
    }

    // Whether the run has a place; its status is then that of a running one.
    private async Task<bool> BeginsAsync()
    {
        if (!await _place.MayStartAsync() || _status.Current is not { State: JobState.Queued } queued) return false;
        // Do not write over a cancellation that is being stored.
        if (!_ending.IsCompleted) return false;
        var running = queued with
        {
            State = JobState.Running,
            StartedAt = _services.Clock.GetUtcNow(),
            Revision = queued.Revision + 1,
        };
        await _status.WriteAsync(running);
        if (!_status.IsOpen) return false;
        _status.Show(running);
        return true;
    }

    // If the answer is late, this silo may have been cut off, and another silo may have taken over the run.
    private async Task<ReportingStatus> BeginAsync(long seen)
    {
        var askedAt = _services.Clock.GetTimestamp();
        try
        {
            return await _reporting.BeginAsync(_status.Record.Stopped, seen).WaitAsync(SiloPolls.Timeout, _services.Clock);
        }
        finally
        {
            if (_services.Clock.GetElapsedTime(askedAt) > _services.Settings.Tick + DurableStatus.Stall) _status.Doubt();
        }
    }

    // Stores the counts before callers see them, so that a later activation never shows smaller ones.
    private async Task ShowAsync(ReportingStatus reporting)
    {
        var status = _status.Current!;
        var next = _progress.After(status.Progress, reporting, _passes.Table) with
        {
            Load = _load.Measure(_passes.Table?.Waiting ?? 0),
        };
        // Do not write over a cancellation that is being stored.
        if (_ending.IsCompleted && !PassProgress.HasSameCounts(status.Progress, next))
        {
            await _status.WriteAsync(status with { Progress = next });
            if (!_status.IsOpen) return;
        }
        var now = _status.Current!;
        if (next != status.Progress) _status.Show(now with { Progress = next, Revision = now.Revision + 1 });
    }

    private async Task EndAsync(Func<JobStatus, JobStatus> how)
    {
        if (_status.Current is not { Ended: false } status) return;
        var ended = how(status) with { Revision = status.Revision + 1, FinishedAt = _services.Clock.GetUtcNow() };
        await _status.WriteAsync(ended);
        if (_status.Current is not { Ended: false } now) return;
        _status.Show(ended with { Revision = Math.Max(ended.Revision, now.Revision + 1) });
        _timer?.Dispose();
        _timer = null;
        _passes.End();
        JobMetrics.Describe(_activity, ended);
        _activity?.SetStatus(ended.State == JobState.Failed ? ActivityStatusCode.Error : ActivityStatusCode.Ok, ended.Fault);
        _activity?.Dispose();
        _activity = null;
        JobMetrics.Ended(ended);
        BatchMessages.EndedAs(_logger, Run, ended.State, ended.Digest, ended.Fault);
        await LostCall.IgnoreAsync(() => _list.EndedAsync(Run));
        await LostCall.IgnoreAsync(ForgetReminderAsync);
    }
}

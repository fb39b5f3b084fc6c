using Granary.Cluster.Grains.Placement;
using Granary.Cluster.Grains.Telemetry;
using Granary.Cluster.Portfolios;
using Granary.Contracts.Sessions;
using Granary.Contracts.Weights;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Server.Operations;
using Granary.Simulation.Batches;
using Granary.Trading.Live;
using Microsoft.Extensions.Logging;
using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Granary.Cluster.Grains.Portfolios;

/// <summary>
/// Runs a <see cref="LiveAttempt"/> that drives the portfolio, and queues its commands. It stores nothing: the session's grain stores the
/// session, and the journal the account. It is placed on the silo of the session's grain, which calls it first, and may outlive that
/// grain.
/// </summary>
[PreferLocalPlacement, SiloRole(SiloRoles.Sessions)]
[GrainType("portfolio")]
internal sealed partial class PortfolioGrain(PortfolioServices services, ILogger<PortfolioGrain> logger)
    : Grain, IPortfolioGrain
{
    // Longest time in which the activation moves to another silo.
    private static readonly TimeSpan s_move = TimeSpan.FromSeconds(2);

    private CurrentWeights _weights = new();
    private QueuedControl? _control;
    private string _run = "";
    private LiveAttempt? _attempt;
    private TradingAccount? _opened;
    private IGrainTimer? _awake;
    private SiloAddress? _successor;

    private string Id => this.GetPrimaryKeyString();

    private IWeightsGrain Weights => GrainFactory.GetGrain<IWeightsGrain>(Id);

    private ISessionGrain Session => GrainFactory.GetGrain<ISessionGrain>(Id);

    public async Task OpenAsync(SessionStart start)
    {
        ThrowIfLeaving();
        if (_attempt is { } before) await before.StopAsync();
        await CloseAsync();
        var production = new ProductionReader(services.Catalogues).Read(start.File, start.Text, start.Folder);
        var stop = services.Process.Life.ApplicationStopping;
        var account = await LiveAttempt.OpenAsync(services, Id, start, production, stop);
        try
        {
            SessionStarted? last = null;
            await foreach (var entry in account.Journal.ReadAsync(new JournalQuery { Without = JournalKinds.BesideStarts }, stop))
                last = LiveSession.LastStart(last, JournalCodec.Decode(entry));
            LiveSession.CheckJournal(last, account.Journal.Name, start.ToRequest(services.Catalogues), production);
            _opened = account;
        }
        catch
        {
            await account.DisposeAsync();
            throw;
        }
    }

    public async Task CloseAsync()
    {
        if (Interlocked.Exchange(ref _opened, null) is { } opened) await opened.DisposeAsync();
    }

    public Task RunAsync(SessionAttempt attempt)
    {
        ThrowIfLeaving();
        if (attempt.Epoch <= (_attempt?.Epoch ?? 0)) return Task.CompletedTask;
        var before = _attempt;
        var control = ControlOf(attempt.Run);
        var prepared = services.Sessions.Find(Id) is { IsWaiting: true } waiting ? waiting : null;
        if (prepared?.IsFor(attempt) == true)
        {
            (_attempt, _weights) = (prepared, prepared.Current);
        }
        else
        {
            before ??= prepared;
            _attempt = new LiveAttempt(attempt, control, _weights, _opened, services);
            _opened = null;
        }
        foreach (var command in attempt.Commands) _control!.Offer(command);
        // The timer keeps the activation alive during an attempt, also without calls.
        _awake ??= this.RegisterGrainTimer(static (own, _) => own.RereadWeightsAsync(), this,
            new GrainTimerCreationOptions(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10)) { Interleave = true, KeepAlive = true });
        _ = DriveAsync(_attempt, before, _control!);
        return Task.CompletedTask;
    }

    private async Task DriveAsync(LiveAttempt attempt, LiveAttempt? before, QueuedControl control)
    {
        if (before is not null) await before.StopAsync();
        // A prepared attempt was not notified of weights that were set meanwhile.
        _ = RereadWeightsAsync();
        control.Again();
        await attempt.RunAsync();
        if (_attempt != attempt) return;
        _awake?.Dispose();
        _awake = null;
        if (attempt.IsStopped)
        {
            Stopped(logger, Id, attempt.Epoch);
            control.Leave();
            if (_successor is null) DeactivateOnIdle();
            return;
        }
        await LostCall.IgnoreAsync(() => Session.AttemptEndedAsync(attempt.Epoch));
    }

    // All attempts of a session share the queued commands. A command may arrive before the next attempt.
    private QueuedControl ControlOf(string run)
    {
        if (_control is { } known && _run == run) return known;
        _control?.End();
        _run = run;
        return _control = services.Sessions.Find(Id) is { IsWaiting: true } next && next.Run == run ? next.Commands : new QueuedControl();
    }

    private void ThrowIfLeaving()
    {
        if (!services.Sessions.IsLeaving) return;
        DeactivateOnIdle();
        throw new SiloUnavailableException($"the silo of portfolio {Id} shuts down");
    }

    public async Task LeaveAsync(long epoch, SiloAddress successor)
    {
        if (_attempt is not { } attempt || attempt.Epoch != epoch) return;
        _successor = successor;
        await attempt.StopAsync();
        // The next activation does not know the epoch, so the session's grain begins the next attempt.
        RequestContext.Set(IPlacementDirector.PlacementHintKey, successor);
        this.MigrateOnIdle();
        RequestContext.Remove(IPlacementDirector.PlacementHintKey);
        _ = GoAsync();
    }

    // Orleans keeps an activation that it can place nowhere else.
    private async Task GoAsync()
    {
        await Task.Delay(s_move, services.Clock);
        DeactivateOnIdle();
    }

    public Task<AttemptState?> StateAsync(long epoch, CancellationToken cancellationToken) =>
        _successor is not null && _attempt is { HasLeft: true }
        ? throw new SiloUnavailableException($"portfolio {Id} moves to another silo")
        : Task.FromResult(_attempt is { HasLeft: false } attempt && attempt.Epoch == epoch ? attempt.Snapshot : null);

    public async Task<bool> SendAsync(string run, IssuedCommand command)
    {
        if (await LiveAttempt.SendAsync(ControlOf(run), command, services.Clock)) return true;
        // A stop cancels a wait for the journal.
        if (command.Command == SessionCommand.Stop && _attempt is { JournalFault: not null } attempt) await attempt.CancelAsync();
        return false;
    }

    public Task EndAsync(string run)
    {
        if (_run == run) _control?.End();
        return Task.CompletedTask;
    }

    public async Task<SessionStrategy?> OwnedStrategyAsync(string strategy, CancellationToken cancellationToken) =>
        await (Grain(strategy)?.StatusAsync(cancellationToken) ?? default);

    public async Task<SessionStrategy?> StopOwnedStrategyAsync(string strategy, string who, string why) =>
        Grain(strategy) is { } grain ? await grain.StopAsync(who, why) : null;

    // The strategy's grain is on this silo. Returns null if the session does not have the strategy, or not yet.
    private ILiveStrategyGrain? Grain(string strategy) =>
        _attempt?.Has(strategy) == true ? GrainFactory.GetGrain<ILiveStrategyGrain>($"{Id}/{strategy}") : null;

    public Task WeightsSetAsync(PortfolioWeights weights)
    {
        _weights.Take(weights);
        // Notifies the session at once; it also looks every second.
        _control?.Offer(new IssuedCommand(SessionCommand.ReloadWeights, weights.Who, weights.Why));
        return Task.CompletedTask;
    }

    // Reads the weights regularly, in case the notification of a new version was lost.
    private async Task RereadWeightsAsync()
    {
        using var untraced = new Untraced();
        await LostCall.IgnoreAsync(async () => _weights.Take(await Weights.FindAsync()));
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_attempt is { } attempt)
            await Task.WhenAny(attempt.StopAsync(), Task.Delay(TimeSpan.FromSeconds(10), services.Clock, CancellationToken.None));
        await CloseAsync();
        _control?.Leave();
        await base.OnDeactivateAsync(reason, cancellationToken);
    }

    [LoggerMessage(1, LogLevel.Information, "Portfolio {Portfolio}: attempt {Epoch} of its session was stopped on this silo")]
    private static partial void Stopped(ILogger logger, string portfolio, long epoch);
}

using System.Collections.Concurrent;
using Granary.Cluster.Grains.Placement;
using Granary.Cluster.Grains.Telemetry;
using Granary.Cluster.Portfolios;
using Granary.Storage.Retries;
using Granary.Trading.Live;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Polly;

namespace Granary.Cluster.Grains.Portfolios;

/// <summary>
/// One attempt to run a live session on this silo. Each strategy is owned by its grain; the session's thread processes the runs for these
/// grains, so that no bar waits for a call.
/// </summary>
internal sealed partial class RunningSession : IStrategyOwners, IDisposable
{
    private const int StartsAtOnce = 128;

    private static readonly ResiliencePipeline s_lostCall = RetryPolicies.LostCall(Loss.Is);

    private readonly ConcurrentDictionary<string, LiveSlot> _slots = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _account;
    private readonly QueuedControl _control;
    private readonly IGrainFactory _grains;
    private readonly SiloAddress _silo;
    private readonly ILogger<RunningSession> _logger;
    private readonly Action<RunningSession> _onEnd;

    /// <param name="onEnd">Called at the end.</param>
    public RunningSession(string account, QueuedControl control, IGrainFactory grains, SiloAddress silo, ILogger<RunningSession> logger,
        Action<RunningSession> onEnd)
    {
        (_account, _control, _grains, _silo, _logger, _onEnd) = (account, control, grains, silo, logger, onEnd);
        Strategies = new SessionStrategies(this);
    }

    /// <summary>Differs from that of every other attempt.</summary>
    public Guid Id { get; } = Guid.NewGuid();

    /// <summary>The strategies, as the session's thread leaves them.</summary>
    public SessionStrategies Strategies { get; }

    /// <summary>Completes with the attempt.</summary>
    public Task Ended => _ended.Task;

    /// <returns>null for a strategy that the session does not have, and before its strategies are owned.</returns>
    public LiveSlot? SlotOf(string strategy) => _ended.Task.IsCompleted ? null : _slots.GetValueOrDefault(strategy);

    /// <inheritdoc/>
    public async Task OwnAsync(IReadOnlyList<string> strategies, CancellationToken cancellationToken)
    {
        foreach (var strategy in strategies) _slots.TryAdd(strategy, new LiveSlot(this, strategy));
        using var untraced = new Untraced();
        await Parallel.ForEachAsync(strategies,
            new ParallelOptions { MaxDegreeOfParallelism = StartsAtOnce, CancellationToken = cancellationToken },
            async (strategy, stop) => await OwnAsync(strategy, stop).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private async Task OwnAsync(string strategy, CancellationToken cancellationToken)
    {
        var grain = _grains.GetGrain<ILiveStrategyGrain>($"{_account}/{strategy}");
        var owned = await s_lostCall.RunAsync(async stop =>
        {
            Task<bool> starting;
            using (CallersSiloPlacement.On(_silo)) starting = grain.StartAsync(Id).AsTask();
            return await starting.WaitAsync(stop).ConfigureAwait(false);
        }, cancellationToken).ConfigureAwait(false);
        if (!owned) throw new OrleansException($"the session of {_account} has ended, or its silo has another one");
    }

    /// <summary>Gives a strategy to a new activation of its grain, because the earlier one has ended.</summary>
    public void OwnAgain(string strategy)
    {
        if (!_ended.Task.IsCompleted) _ = Task.Run(() => OwnAgainAsync(strategy));
    }

    private async Task OwnAgainAsync(string strategy)
    {
        try
        {
            using var untraced = new Untraced();
            await OwnAsync(strategy, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (Loss.Is(e))
        {
            // The account is traded on all the same; the next call of the strategy brings its owner.
            if (!_ended.Task.IsCompleted) NotOwned(_logger, _account, strategy, e.Message);
        }
    }

    /// <summary>Sends a command; returns when it is in the journal, or after 20 s in which it could not be.</summary>
    public async Task CommandAsync(SessionOrder order)
    {
        try
        {
            await _control.SendAsync(order).WaitAsync(TimeSpan.FromSeconds(20)).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The session waits for its journal; the command stays queued.
        }
    }

    /// <summary>The attempt is over: the grains of its strategies end.</summary>
    public void Dispose()
    {
        _onEnd(this);
        _ended.TrySetResult();
    }

    [LoggerMessage(1, LogLevel.Warning, "Live session {Session}: strategy {Strategy} trades without its grain: {Reason}")]
    private static partial void NotOwned(ILogger logger, string session, string strategy, string reason);
}

using System.Collections.Concurrent;
using Granary.Cluster.Grains.Placement;
using Granary.Cluster.Grains.Telemetry;
using Granary.Cluster.Portfolios;
using Granary.Contracts.Sessions;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Simulation.Batches;
using Granary.Simulation.Weights;
using Granary.Storage.Retries;
using Granary.Trading.Live;
using Microsoft.Extensions.Logging;
using Polly;

namespace Granary.Cluster.Grains.Portfolios;

/// <summary>
/// One attempt to run an account's session on this silo, with a <see cref="LiveSession"/> as <c>granary live</c> does: it has the account's
/// journal, broker and ledger. Each strategy is owned by its grain; the session's thread processes the runs for these grains, so no
/// bar waits for a call.
/// </summary>
internal sealed partial class LiveAttempt : ISessionEnvironment, IStrategyOwners
{
    private const int StartsAtOnce = 128;

    private readonly ResiliencePipeline _lostCalls;

    private readonly ConcurrentDictionary<string, LiveStrategyGrain?> _owners = new(StringComparer.Ordinal);
    private readonly SessionAttempt _attempt;
    private readonly QueuedControl _control;
    private readonly CurrentWeights _weights;
    private readonly PortfolioServices _services;
    private readonly AccountTakeover? _takeover;
    private readonly CancellationTokenSource _stop, _cancel;
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LiveStatus? _before;
    private TradingAccount? _opened;
    private volatile TradingAccount? _account;
    private Task? _running;
    private string? _digest;
    private Exception? _fault;

    /// <param name="control">The session's commands and its status, which its attempts share.</param>
    /// <param name="opened">The account if it is already open, else null. The attempt takes it over.</param>
    /// <param name="takeover">Prepares the attempt while another silo trades the account; null if the account is free.</param>
    public LiveAttempt(SessionAttempt attempt, QueuedControl control, CurrentWeights weights, TradingAccount? opened,
        PortfolioServices services, AccountTakeover? takeover = null)
    {
        (_attempt, _control, _weights, _opened, _services, _takeover) = (attempt, control, weights, opened, services, takeover);
        _lostCalls = RetryPolicies.LostCall(LostCall.Is, clock: services.Clock);
        Strategies = new SessionStrategies(this);
        _before = control.Status;
        _stop = new CancellationTokenSource();
        _cancel = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
    }

    public string Account => _attempt.Account;

    public long Epoch => _attempt.Epoch;

    /// <summary>Id of the session's run.</summary>
    public string Run => _attempt.Run;

    /// <summary>Whether the attempt was stopped from outside, for example by its silo. It then has no result.</summary>
    public bool IsStopped => _stop.IsCancellationRequested;

    /// <inheritdoc/>
    public bool IsLeft => IsStopped;

    /// <inheritdoc/>
    public AccountTakeover? Takeover => _takeover;

    /// <summary>Whether the attempt is prepared, or will be, and waits for its turn to run.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>Whether the attempt waits to run this one.</summary>
    public bool IsFor(SessionAttempt attempt) => IsWaiting && !IsStopped && !_over.Task.IsCompleted
        && (attempt.Account, attempt.Epoch, attempt.Run) == (Account, Epoch, Run);

    /// <summary>Whether the attempt has ended without a result, since its silo leaves.</summary>
    public bool HasLeft => IsStopped && _over.Task.IsCompleted && _digest is null;

    /// <summary>Completes when the attempt has ended.</summary>
    public Task Ended => _over.Task;

    /// <summary>Why the journal cannot be written; null if it can.</summary>
    public string? JournalFault => _account?.Journal.Fault;

    public AttemptState Snapshot
    {
        get
        {
            // Attempts share the control. A status that an earlier attempt set is not a status of this one.
            var status = _control.Status is { } shown && !ReferenceEquals(shown, _before) ? shown : null;
            // The session goes on elsewhere: only this attempt has ended.
            if (IsStopped && status is { State: LiveState.Ended }) status = null;
            var silo = _services.Process.Silo.SiloAddress.ToString();
            return new AttemptState(silo, _account is { HasLease: true } ? silo : "", status, _digest,
                _fault is null ? null : GrainFaults.Of(_fault));
        }
    }

    /// <inheritdoc/>
    public ISessionControl Control => _control;

    /// <summary>The commands and the status of the session.</summary>
    public QueuedControl Commands => _control;

    /// <inheritdoc/>
    public IWeightsService Weights => _weights;

    /// <summary>The current weights of the portfolio.</summary>
    public CurrentWeights Current => _weights;

    /// <summary>The strategies, as the session's thread leaves them.</summary>
    public SessionStrategies Strategies { get; }

    /// <summary>Prepares the attempt on the journal; returns when it has caught up.</summary>
    /// <exception cref="SiloUnavailableException">The attempt was stopped.</exception>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        IsWaiting = true;
        _running ??= DriveAsync();
        await Task.WhenAny(_takeover!.Ready, _running).WaitAsync(cancellationToken);
        if (_takeover.Ready.IsCompleted && !_running.IsCompleted) return;
        throw _fault ?? new SiloUnavailableException($"the silo stopped the preparation of {Account}");
    }

    /// <summary>Runs the attempt to its end; one that is prepared takes its turn. Never throws: <see cref="Snapshot"/> has the
    /// failure.</summary>
    public Task RunAsync()
    {
        IsWaiting = false;
        _takeover?.Begin();
        return _running ??= DriveAsync();
    }

    private async Task DriveAsync()
    {
        try
        {
            _services.Sessions.Add(this);
            var digest = await RunSessionAsync();
            if (!IsStopped) _digest = digest;
        }
        catch (Exception e)
        {
            // The holder of the lease does not cross to another silo, and the sentence does.
            if (!IsStopped) _fault = e is LeaseException ? new LeaseException(SessionRestarts.ReasonOf(e)) : e;
        }
        finally
        {
            if (_opened is { } unused) await unused.DisposeAsync();
            _services.Sessions.Remove(this);
            _over.TrySetResult();
        }
    }

    private async Task<string> RunSessionAsync()
    {
        var start = _attempt.Start;
        var production = await _services.Models.ReadAsync(start.File, start.Text, start.Folder, Account, _stop.Token);
        var request = start.ToRequest(_services.Catalogues) with { Out = Path.Combine(_services.Settings.Runs, Run), Attempt = Epoch };
        _weights.Take(await _services.Grains.GetGrain<IWeightsGrain>(Account).FindAsync(_stop.Token));
        var run = await Task.Run(() => LiveSession.RunAsync(request, production, this, _services.Clock, _cancel.Token),
            CancellationToken.None);
        return run.Run.Model.Digest;
    }

    /// <summary>Opens an account and acquires its lease.</summary>
    /// <inheritdoc cref="TradingAccount.OpenAsync"/>
    public static Task<TradingAccount> OpenAsync(PortfolioServices services, string account, SessionStart start, Production production,
        CancellationToken cancellationToken) =>
        TradingAccount.OpenAsync(services.Accounts, Opening(services, account, start, production), services.Clock, cancellationToken);

    private static AccountOpening Opening(PortfolioServices services, string account, SessionStart start, Production production)
    {
        var lines = new FactLine();
        return new()
        {
            Account = account,
            Broker = start.Broker,
            Factory = start.CreateBroker(services.Catalogues.Brokers),
            Spec = production.Spec,
            Holder = $"a session in the cluster (silo {services.Process.Silo.SiloAddress.Endpoint})",
            OnKept = e =>
            {
                if (services.Logger.IsEnabled(LogLevel.Information) && lines.OfSession(e, production.Spec.Data.Timeframe) is { } line)
                    Fact(services.Logger, account, line);
            },
        };
    }

    /// <inheritdoc/>
    public async Task<TradingAccount> OpenAccountAsync(Production production, string account, CancellationToken cancellationToken)
    {
        if (_takeover is not null)
            return _account = TradingAccount.Follow(_services.Accounts, Opening(_services, account, _attempt.Start, production),
                _services.Clock);
        var taken = Interlocked.Exchange(ref _opened, null)
            ?? await OpenAsync(_services, account, _attempt.Start, production, cancellationToken).ConfigureAwait(false);
        Opened(_services.Logger, account, Epoch, taken.Journal.Name);
        return _account = taken;
    }

    /// <inheritdoc/>
    public Task<ILiveFeed> OpenFeedAsync(DataSpec data, IReadOnlyList<BarQuery> markets, CancellationToken cancellationToken) =>
        LocalEnvironment.OpenFeedAsync(_attempt.Start.ToRequest(_services.Catalogues), _services.Catalogues, data, markets,
            _services.Clock, cancellationToken, spec => _services.Sources.Open(Account, spec));

    /// <summary>Whether the attempt runs a strategy, so the strategy's grain may own it.</summary>
    public bool Has(string strategy) => !_over.Task.IsCompleted && _owners.ContainsKey(strategy);

    /// <inheritdoc/>
    public async Task OwnAsync(IReadOnlyList<string> strategies, CancellationToken cancellationToken)
    {
        foreach (var strategy in strategies) _owners.TryAdd(strategy, null);
        using var untraced = new Untraced();
        await Parallel.ForEachAsync(strategies,
            new ParallelOptions { MaxDegreeOfParallelism = StartsAtOnce, CancellationToken = cancellationToken },
            async (strategy, stop) => await OwnAsync(strategy, stop).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private async Task OwnAsync(string strategy, CancellationToken cancellationToken)
    {
        var grain = _services.Grains.GetGrain<ILiveStrategyGrain>($"{Account}/{strategy}");
        var owned = await _lostCalls.RunAsync(async stop => await grain.StartAsync(Epoch).AsTask().WaitAsync(stop).ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);
        if (!owned) throw new OrleansException($"the session of {Account} has ended, or its silo has another one");
    }

    /// <summary>Sets the grain that owns a strategy.</summary>
    public void Own(string strategy, LiveStrategyGrain grain) => _owners[strategy] = grain;

    /// <summary>Removes a deactivating grain as owner of a strategy. While the session runs, a new activation takes over.</summary>
    public void Leave(string strategy, LiveStrategyGrain grain)
    {
        if (_owners.TryUpdate(strategy, null, grain) && !_over.Task.IsCompleted && !IsStopped) _ = Task.Run(() => OwnAgainAsync(strategy));
    }

    private async Task OwnAgainAsync(string strategy)
    {
        try
        {
            using var untraced = new Untraced();
            await OwnAsync(strategy, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (LostCall.Is(e))
        {
            // The session trades without the owner. The next call to the strategy's grain activates it again.
            if (!_over.Task.IsCompleted && !IsStopped) NotOwned(_services.Logger, Account, strategy, e.Message);
        }
    }

    /// <summary>Sends a command; returns whether it is in the journal, after 20 s at the latest.</summary>
    public Task<bool> SendAsync(IssuedCommand command) => SendAsync(_control, command, _services.Clock);

    /// <inheritdoc cref="SendAsync(IssuedCommand)"/>
    public static async Task<bool> SendAsync(QueuedControl control, IssuedCommand command, TimeProvider clock)
    {
        try
        {
            await control.SendAsync(command).WaitAsync(TimeSpan.FromSeconds(20), clock).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // The session waits for its journal, or goes on elsewhere: the command stays queued.
            return false;
        }
    }

    /// <summary>Cancels a wait for the journal, so the session can end. The attempt then fails.</summary>
    public Task CancelAsync() => _cancel.CancelAsync();

    /// <summary>Stops the attempt; returns when it has closed the account. <see cref="RunAsync"/> was, or will be, called.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _over.Task;
    }

    [LoggerMessage(1, LogLevel.Warning, "Live session {Session}: strategy {Strategy} trades without its grain: {Reason}")]
    private static partial void NotOwned(ILogger logger, string session, string strategy, string reason);

    [LoggerMessage(2, LogLevel.Information, "Account {Account} opened for epoch {Epoch} of its session, with {Journal}")]
    private static partial void Opened(ILogger logger, string account, long epoch, string journal);

    [LoggerMessage(3, LogLevel.Information, "Account {Account}: {Fact}")]
    private static partial void Fact(ILogger logger, string account, string fact);
}

/// <summary>The attempts that this silo runs or prepares, by account.</summary>
internal sealed class LiveSessions(SiloDeparture departure)
{
    private readonly ConcurrentDictionary<string, LiveAttempt> _running = new(StringComparer.Ordinal);

    /// <summary>Whether the silo is shutting down, so it begins no attempt.</summary>
    public bool IsLeaving => departure.HasBegun;

    /// <summary>All attempts, ordered by account.</summary>
#pragma warning disable RS0030 // sorted
    public IReadOnlyCollection<LiveAttempt> All => [.. _running.Values.OrderBy(a => a.Account, StringComparer.Ordinal)];
#pragma warning restore RS0030

    /// <returns>null if this silo runs no session of the account, and prepares none.</returns>
    public LiveAttempt? Find(string account) => _running.GetValueOrDefault(account);

    public void Add(LiveAttempt attempt) => _running[attempt.Account] = attempt;

    public void Remove(LiveAttempt attempt) => _running.TryRemove(KeyValuePair.Create(attempt.Account, attempt));
}

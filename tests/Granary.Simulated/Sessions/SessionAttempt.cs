using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Simulated.Kernel;
using Granary.Simulation.Json;
using Granary.Trading.Live;

namespace Granary.Simulated.Sessions;

/// <summary>One process that trades the session's account, or tries to.</summary>
/// <param name="takeover">Prepares the process while another one still trades; null takes the account at once.</param>
internal sealed class SessionAttempt(SessionRun run, SimulatedProcess process, AccountTakeover? takeover)
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<SessionResult?> _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SimulatedProcess Process => process;

    public AccountTakeover? Takeover => takeover;

    /// <summary>Receives the operator's commands; null until the session has its account.</summary>
    public QueuedControl? Control { get; private set; }

    /// <summary>Completes with the result when the session has ended, and with null when the process has left the account.</summary>
    public Task<SessionResult?> Over => _over.Task;

    /// <summary>Called when the session can take commands.</summary>
    public Action<SessionAttempt>? Began { get; init; }

    /// <summary>Called when the session has ended, before the process closes its account.</summary>
    public Action<SessionResult>? Ended { get; init; }

    public void Start()
    {
        process.Killed = () => _over.TrySetResult(null);
        process.Run(async () => _over.TrySetResult(await RunAsync().ConfigureAwait(false)));
    }

    /// <summary>Has the process leave the account.</summary>
    public void Leave() => _stop.Cancel();

    private async Task<SessionResult?> RunAsync()
    {
        var restarts = new SessionRestarts(process.Clock);
        var never = new TaskCompletionSource<IssuedCommand>().Task;
        for (var next = takeover; ; next = null)
        {
            try
            {
                var result = await TradeAsync(next).ConfigureAwait(false);
                if (!_stop.IsCancellationRequested) return result;
                Control?.Leave();
                return null;
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                Control?.Leave();
                return null;
            }
            catch (Exception e) when (e is LeaseException or JournalException or ServiceUnavailableException or TimeoutException)
            {
                run.World.Say(process.Name, $"is interrupted: {e.Message}");
                Control?.Leave();
                Control = null;
                if (_stop.IsCancellationRequested) return null;
                if (restarts.After(e, null) is null) throw new OracleException("rest", $"the session has given up: {e.Message}");
                await restarts.WaitAsync(never, CancellationToken.None).ConfigureAwait(false);
                if (_stop.IsCancellationRequested) return null;
            }
        }
    }

    private async Task<SessionResult> TradeAsync(AccountTakeover? next)
    {
        var accounts = new SimulatedAccounts(run, process);
        var opening = new AccountOpening
        {
            Account = SessionRun.Account,
            Broker = "paper",
            Factory = accounts,
            Spec = run.Traded.Spec,
            Holder = process.Name,
        };
        await using var account = next is null
            ? await TradingAccount.OpenAsync(accounts, opening, process.Clock, _stop.Token).ConfigureAwait(false)
            : TradingAccount.Follow(accounts, opening, process.Clock);
        var past = await AccountPast.ReadAsync(account.Journal, cancellationToken: _stop.Token).ConfigureAwait(false);
        Control = new QueuedControl(newId: () => run.Choices.Guid().ToString("N"));
        Began?.Invoke(this);
        var result = await run.TradeAsync(account, past, process, 0, new LiveOptions
        {
            Account = SessionRun.Account,
            Configuration = "simulated",
            Weights = run,
            Control = Control,
            EntriesWithin = run.IsStream ? TimeSpan.FromDays(10_000) : null,
            ReconcileEvery = run.Reconcile,
            Takeover = next,
        }, _stop.Token).ConfigureAwait(false);
        // Before another process takes the account that this one closes.
        if (!_stop.IsCancellationRequested) Ended?.Invoke(result);
        return result;
    }
}

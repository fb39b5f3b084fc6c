using Granary.Cluster.Grains.Accounts;
using Granary.Cluster.Portfolios;
using Granary.Contracts.Sessions;
using Granary.Trading.Live;

namespace Granary.Cluster.Grains.Portfolios;

/// <summary>
/// Runs one attempt of an account's session on this silo, with a <see cref="LiveSession"/> as <c>granary live</c> does, the order grain as
/// order gateway and the feed grain as feed.
/// </summary>
internal sealed class LiveAttempt
{
    private readonly SessionAttempt _attempt;
    private readonly QueuedControl _control;
    private readonly CurrentWeights _weights;
    private readonly PortfolioServices _services;
    private readonly IGrainFactory _grains;
    private readonly CancellationTokenSource _stop, _cancel;
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LiveStatus? _before;
    private RemoteOrderGateway? _gateway;
    private string? _digest;
    private Exception? _fault;

    /// <param name="control">The session's commands and its status, which its attempts share.</param>
    public LiveAttempt(SessionAttempt attempt, QueuedControl control, CurrentWeights weights, PortfolioServices services,
        IGrainFactory grains)
    {
        (_attempt, _control, _weights, _services, _grains) = (attempt, control, weights, services, grains);
        _before = control.Status;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(services.Process.Life.ApplicationStopping);
        _cancel = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
    }

    public long Epoch => _attempt.Epoch;

    /// <summary>Whether it was ended from outside, as by its silo, so that it has no result.</summary>
    public bool IsStopped => _stop.IsCancellationRequested;

    /// <summary>Why the journal cannot be written; null if it can.</summary>
    public string? JournalFault => _gateway?.JournalFault;

    public AttemptStanding Standing
    {
        get
        {
            // What the attempt before has shown is not this one's.
            var status = _control.Status is { } shown && !ReferenceEquals(shown, _before) ? shown : null;
            return new AttemptStanding(_services.Process.Silo.SiloAddress.ToString(), _gateway?.Where ?? "", status, _digest, _fault);
        }
    }

    /// <summary>Runs it to its end; never fails.</summary>
    /// <param name="clock">UTC.</param>
    public async Task RunAsync(TimeProvider clock)
    {
        try
        {
            var digest = await RunSessionAsync(clock);
            if (!IsStopped) _digest = digest;
        }
        catch (Exception e)
        {
            if (!IsStopped) _fault = e;
        }
        finally
        {
            _over.TrySetResult();
        }
    }

    private async Task<string> RunSessionAsync(TimeProvider clock)
    {
        var start = _attempt.Start;
        var production = await _services.Models.ReadAsync(start.File, start.Text, start.Folder, _attempt.Account, _stop.Token);
        var request = start.ToRequest() with { Out = Path.Combine(_services.Settings.Runs, _attempt.Run) };
        _weights.Take(await _grains.GetGrain<IWeightsGrain>(_attempt.Account).FindAsync(_stop.Token));
        using var running = _services.Sessions.Open(_attempt.Account, _control);
        var environment = new ClusterEnvironment(_grains, _attempt, _control, _weights, running.Strategies, gateway => _gateway = gateway);
        var run = await Task.Run(
            () => LiveSession.RunAsync(request, production, environment, clock, _cancel.Token), CancellationToken.None);
        return run.Run.Model.Digest;
    }

    /// <summary>Ends a wait for the journal, so that the session can come to its end; the attempt has failed with that.</summary>
    public Task CancelAsync() => _cancel.CancelAsync();

    /// <summary>Has the attempt close the account; returns when it has. It was, or will be, run.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _over.Task;
    }
}

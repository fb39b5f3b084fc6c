using Granary.Contracts.Sessions;
using Granary.Engine;
using Granary.Engine.Brokerage;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;
using Granary.Trading.Live;

namespace Granary.Trading.Sessions;

/// <summary>One session of a process. It runs the session to its end, and restarts it on its journal after a loss.</summary>
internal sealed class LocalSession : IAsyncDisposable
{
    private static readonly TimeSpan CommandTimeout = TimeSpan.FromSeconds(20), SavePause = TimeSpan.FromSeconds(1);

    private readonly SessionStart _start;
    private readonly SessionServices _services;
    private readonly QueuedControl _control;
    private readonly Lock _saving = new();
    private IReadOnlyList<IssuedCommand> _commands;
    private readonly SessionStrategies _strategies = new();
    private readonly CancellationTokenSource _stop = new();
    // Completes when the account is open and its journal was checked against the configuration.
    private readonly TaskCompletionSource _accepted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SessionRestarts _restarts;
    private volatile SessionView _view;
    private volatile TradingAccount? _account;
    private volatile CancellationTokenSource? _attempt;
    // Why the journal or the disk interrupted the last attempt; null if something else did.
    private volatile string? _diskFault;
    // Whether the file has an earlier view than the session.
    private bool _isUnsaved;
    private Task _running = Task.CompletedTask, _savingLater = Task.CompletedTask;

    private LocalSession(StoredSession stored, SessionServices services)
    {
        (_start, _view, _services, _restarts) = (stored.Start, stored.View, services, new SessionRestarts(services.Clock));
        _commands = stored.Commands;
        _control = new QueuedControl(Keep);
    }

    /// <summary>The request that started the session.</summary>
    public SessionStart Start => _start;

    /// <summary>The current state of the session.</summary>
    public SessionView View
    {
        get
        {
            if (_view is not { Phase: SessionPhase.Running } view) return ShownSession.Of(_view, _services.Catalogues);
            var status = _control.Status;
            var retry = _restarts.Waiting(status);
            if (retry is not null && _diskFault is { } fault) status = status is null ? null
                : status with { State = LiveState.WaitingForJournal, JournalFault = fault };
            return ShownSession.Of(view with { Status = status ?? view.Status, Fault = view.Fault ?? retry?.Reason, Retry = retry },
                _services.Catalogues);
        }
    }

    /// <summary>Starts a session; returns when its account is open and its file is written.</summary>
    /// <exception cref="InputException">The journal belongs to another configuration or broker, or a broker option is invalid.</exception>
    /// <exception cref="Data.Journals.LeaseException">Another session trades the account.</exception>
    /// <exception cref="Data.Journals.JournalException">The journal cannot be opened.</exception>
    public static async Task<LocalSession> StartAsync(StoredSession stored, SessionServices services)
    {
        var session = new LocalSession(stored, services);
        session._running = Task.Run(session.RunAsync);
        await session._accepted.Task.ConfigureAwait(false);
        return session;
    }

    /// <summary>Continues a session of an earlier process if it had not ended.</summary>
    public static LocalSession Continue(StoredSession stored, SessionServices services)
    {
        var session = new LocalSession(stored, services);
        session._accepted.SetResult();
        if (stored.View.Phase != SessionPhase.Running) return session;
        session._view = stored.View with { Restarts = stored.View.Restarts + 1 };
        foreach (var command in stored.Commands) session._control.Offer(command);
        session._running = Task.Run(session.RunAsync);
        return session;
    }

    /// <summary>Sends a command to the session; returns when the command is in the journal.</summary>
    /// <exception cref="InputException">The session has ended.</exception>
    /// <exception cref="ServiceUnavailableException">The disk cannot store the command, or the end that it caused.</exception>
    public async Task<SessionView> CommandAsync(IssuedCommand command, CancellationToken cancellationToken)
    {
        // A stop that is repeated because its answer was a fault: the session is over, and its file must show it.
        if (_view.Phase != SessionPhase.Running && command.Command == SessionCommand.Stop && SaveUnsaved()) return View;
        if (_view.Phase != SessionPhase.Running)
            throw new InputException($"the session of {_view.Id} is over; start it again with its configuration, and it goes on from its "
                + "journal");
        try
        {
            await _control.SendAsync(command).WaitAsync(CommandTimeout, _services.Clock, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (IsOfDisk(e))
        {
            throw new ServiceUnavailableException(command.Command == SessionCommand.Stop
                ? $"the session stops, but the stop cannot be stored ({e.Message.TrimEnd('.')}), and a restarted server would trade on; "
                    + "make room on the disk, then send it again"
                : $"the command is not accepted, because it cannot be stored ({e.Message.TrimEnd('.')}); make room on the disk, then send "
                    + "it again", e);
        }
        catch (TimeoutException)
        {
            // The session waits for its journal or its feed: the view shows it, and the command stays queued. A stop ends a wait for the
            // journal.
            if (command.Command == SessionCommand.Stop && _account?.Journal.Fault is not null && _attempt is { } attempt)
                await attempt.CancelAsync().ConfigureAwait(false);
        }
        return View;
    }

    /// <summary>Returns the current state of a strategy; null if the session has ended, or has no such strategy.</summary>
    /// <exception cref="ServiceUnavailableException">The session is opening its account, or recovering from a loss.</exception>
    public SessionStrategy? Strategy(string id) => _view.Phase != SessionPhase.Running ? null
        : ShownSession.Of(_strategies.Find(id), _services.Catalogues)
            ?? SessionStrategies.Missing(_view.Id, id, _start.StrategiesOf(_services.Catalogues));

    /// <summary>Interrupts the session; its file still shows it as running.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        // OnInterrupted has reported its fault.
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _savingLater.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_saving)
            if (_isUnsaved) TryWrite();
        _stop.Dispose();
    }

    /// <summary>Writes the file of the session if an earlier write failed.</summary>
    /// <returns>Whether it wrote it.</returns>
    /// <exception cref="ServiceUnavailableException">The disk still cannot be written.</exception>
    public bool SaveUnsaved()
    {
        lock (_saving)
        {
            if (!_isUnsaved) return false;
            if (TryWrite() is not { } fault) return true;
            throw new ServiceUnavailableException($"the state of the session of {_view.Id} cannot be stored ({fault.Message.TrimEnd('.')}); "
                + "make room on the disk, then try again", fault);
        }
    }

    private async Task RunAsync()
    {
        try
        {
            var production = new ProductionReader(_services.Catalogues).Read(_start.File, _start.Text, _start.Folder);
            var digest = await TradeAsync(production).ConfigureAwait(false);
            if (digest is not null) End(SessionPhase.Done, digest, null);
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            // The process is ending; the next one continues the session.
        }
        catch (Exception e) when (_accepted.TrySetException(e))
        {
            // The caller of StartAsync receives the exception; no session exists.
        }
        catch (Exception e)
        {
            _services.OnInterrupted?.Invoke(_view.Id, e, null);
            End(SessionPhase.Failed, null, SessionRestarts.Describe(e));
        }
        finally
        {
            _control.End();
            // The account's buffers are freed while the session stays in the list.
            _account = null;
            _accepted.TrySetException(new InputException("the server is stopping; start the session when it runs again"));
        }
    }

    // Returns the digest of the run; null if the process ends before.
    private async Task<string?> TradeAsync(Production production)
    {
        var request = _start.ToRequest(_services.Catalogues) with { Out = Path.Combine(_services.Runs, _view.Run) };
        var environment = new ServerEnvironment(request, _services, _control, _strategies, account => _account = account, Accept,
            _stop.Token);
        while (true)
        {
            // Not disposed of, because a command may cancel it late.
            var attempt = _attempt = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            try
            {
                var run = await LiveSession.RunAsync(request, production, environment, _services.Clock, attempt.Token)
                    .ConfigureAwait(false);
                return _stop.IsCancellationRequested ? null : run.Run.Model.Digest;
            }
            catch (Exception e) when (_accepted.Task.IsCompleted && !_stop.IsCancellationRequested
                && _restarts.After(e, _control.Status) is { } retry)
            {
                _diskFault = IsOfDisk(e) || e is Data.Journals.JournalException ? e.Message : null;
                _services.OnInterrupted?.Invoke(_view.Id, e, retry);
                Show(_view with { Fault = e.Message, Restarts = _view.Restarts + (retry.IsFirst ? 1 : 0) });
                _control.Again();
                if (await _restarts.WaitAsync(_control.StopAsked, _stop.Token).ConfigureAwait(false) is not { } stop) continue;
                End(SessionPhase.Done, null, SessionRestarts.Describe(stop, e.Message));
                return null;
            }
        }
    }

    // The file of a new session is written before its caller is notified; later changes do not depend on the file.
    private void Accept()
    {
        var accepted = _view with { Fault = null };
        if (_accepted.Task.IsCompleted) Show(accepted);
        else Save(accepted);
        _accepted.TrySetResult();
    }

    private void End(SessionPhase phase, string? digest, string? fault)
    {
        var folder = Path.Combine(_services.Runs, _view.Run);
        Show(View with
        {
            Phase = phase,
            Host = "",
            Gateway = "",
            Digest = digest,
            Fault = fault,
            Retry = null,
            Files = digest is not null && Directory.Exists(folder)
                ? [.. Directory.EnumerateFiles(folder).Select(f => Path.GetFileName(f)).Where(f => f[0] != '.')
                    .Order(StringComparer.Ordinal)] : [],
        });
    }

    // Write the file first, so that the next process finds what callers have received.
    private void Save(SessionView view)
    {
        lock (_saving)
        {
            SessionFile.Write(_services.Runs, new StoredSession(_start, view, _commands));
            (_view, _isUnsaved) = (view, false);
        }
    }

    // Changes the view now and writes the file as soon as the disk can be written: nothing waits for a full disk.
    private void Show(SessionView view)
    {
        lock (_saving)
        {
            _view = view;
            if (TryWrite() is null || !_savingLater.IsCompleted) return;
            _savingLater = Task.Run(SaveLaterAsync);
        }
    }

    private async Task SaveLaterAsync()
    {
        while (true)
        {
            await Task.Delay(SavePause, _services.Clock, _stop.Token).ConfigureAwait(false);
            lock (_saving)
                if (!_isUnsaved || TryWrite() is null)
                    return;
        }
    }

    private Exception? TryWrite()
    {
        try
        {
            SessionFile.Write(_services.Runs, new StoredSession(_start, _view, _commands));
            _isUnsaved = false;
            return null;
        }
        catch (Exception e) when (IsOfDisk(e))
        {
            _isUnsaved = true;
            return e;
        }
    }

    private static bool IsOfDisk(Exception e) => e is IOException or UnauthorizedAccessException;

    // A command is accepted when it is in the file. The next process executes those that this one does not.
    private void Keep(IReadOnlyList<IssuedCommand> commands)
    {
        lock (_saving)
        {
            if (_stop.IsCancellationRequested || commands.Count == 0 && _commands.Count == 0) return;
            var before = _commands;
            _commands = commands;
            // An executed command may be found again, but the journal has its id.
            if (TryWrite() is not { } fault || commands.Count <= before.Count) return;
            _commands = before;
            throw new IOException(fault.Message, fault);
        }
    }
}

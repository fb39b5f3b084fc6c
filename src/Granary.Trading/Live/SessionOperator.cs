using Granary.Contracts.Sessions;
using Granary.Engine.Brokerage;
using Granary.Reporting.Runs;

namespace Granary.Trading.Live;

/// <summary>
/// Executes the operator's commands and applies new weights: commands, weights and enablement are each written before they take effect.
/// </summary>
internal sealed class SessionOperator(LiveOptions options, AccountJournal journal, LivePortfolio portfolio, AccountOrders orders,
    TimeProvider clock, ICollection<string> notes)
{
    // Ids of commands in the journal, which are not executed again.
    private readonly HashSet<string> _done = new(StringComparer.Ordinal);
    private bool _checkWeights;
    private long _weightsLooked;

    /// <summary>Whether entries are paused; exits, stops and targets continue.</summary>
    public bool Paused => orders.Paused;

    public bool Stopping { get; private set; }

    /// <summary>The version of the weights service; 0 = the weights of the configuration.</summary>
    public long WeightsVersion { get; private set; }

    /// <summary>Executes new commands.</summary>
    /// <param name="venue">The venue, whose orders some commands change at once.</param>
    public async ValueTask<bool> CommandsAsync(OrderManager venue, CancellationToken cancellationToken)
    {
        if (options.Control is not { } control) return false;
        var any = false;
        foreach (var command in control.Take())
        {
            await CommandAsync(venue, command, cancellationToken).ConfigureAwait(false);
            any = true;
        }
        return any;
    }

    /// <summary>Why the last command had no effect; null if it had.</summary>
    public string? CommandFault { get; private set; }

    /// <summary>The effect of the last command, if it only asked for a preview.</summary>
    public HandPreview? Preview { get; private set; }

    /// <summary>Makes the orders of commands by hand.</summary>
    public required HandCommand Hand { get; init; }

    /// <summary>Applies a fact from the journal.</summary>
    public void Know(JournalEvent e)
    {
        if (e is ICommanded { CommandId: { } id }) _done.Add(id);
    }

    private async ValueTask CommandAsync(OrderManager venue, IssuedCommand command, CancellationToken cancellationToken)
    {
        (CommandFault, Preview) = (null, null);
        if (command.Id is { } id && _done.Contains(id)) return;
        if (command.Command is SessionCommand.Enable or SessionCommand.Disable)
        {
            if (portfolio.Matching(command.Strategy, command.Symbol).Count == 0)
            {
                var word = command.Command == SessionCommand.Enable ? "enabled" : "disabled";
                CommandFault = $"nothing was {word}: this configuration has no "
                    + (command.Strategy.Length > 0 ? $"strategy {command.Strategy}; use an id of its prod.json"
                        : $"strategy of the symbol {command.Symbol}");
                return;
            }
            var change = new EnablementChanged(portfolio.Timestamp, command.Command == SessionCommand.Enable, command.Who,
                command.Why)
            { Strategy = command.Strategy, Symbol = command.Symbol, CommandId = command.Id };
            await journal.AppendAsync([change], cancellationToken).ConfigureAwait(false);
            Know(change);
            Put(change);
            return;
        }
        if (Make(command) is not { } control) return;
        await journal.AppendAsync([control], cancellationToken).ConfigureAwait(false);
        Know(control);
        Put(control);
        if (command.Command is SessionCommand.Flatten or SessionCommand.Close || HandCommand.IsOf(command))
            await orders.CatchUpAsync(venue, portfolio.Timestamp, cancellationToken).ConfigureAwait(false);
    }

    // The fact of a command; null if it has no effect.
    private SessionControlled? Make(IssuedCommand command)
    {
        var control = new SessionControlled(portfolio.Timestamp, command.Command, command.Who, command.Why) { CommandId = command.Id };
        if (command.Command != SessionCommand.Close && !HandCommand.IsOf(command)) return control;
        var entry = orders.EntryOf(command.Trade);
        control = control with { Trade = command.Trade.Length > 0 ? command.Trade : null, Strategy = entry?.Strategy ?? "" };
        // An entry by hand that waits at the venue is cancelled.
        if (command.Command == SessionCommand.Close && command.Hand is not { Preview: true } && orders.CanCancel(command.Trade))
            return control with { Symbol = entry!.Order.Symbol };
        var (order, preview, fault) = Hand.Make(command);
        if (command.Hand is { Preview: true }) (Preview, CommandFault) = (preview, preview is null ? fault : null);
        else CommandFault = fault;
        return command.Hand is { Preview: true } || fault is not null ? null
            : control with { Symbol = preview!.Symbol, Order = order };
    }

    /// <summary>Applies a command that the journal has.</summary>
    public void Put(SessionControlled control)
    {
        orders.Hand.Put(control);
        switch (control.Command)
        {
            case SessionCommand.Pause:
                orders.Paused = true;
                portfolio.SetPaused(true);
                break;
            case SessionCommand.Resume:
                (orders.Paused, orders.Flatten) = (false, false);
                portfolio.SetPaused(false);
                orders.Unblock();
                break;
            case SessionCommand.Flatten:
                (orders.Paused, orders.Flatten) = (true, true);
                portfolio.SetPaused(true);
                portfolio.Close(null);
                break;
            case SessionCommand.ReloadWeights:
                _checkWeights = true;
                break;
            case SessionCommand.Stop:
                Stopping = true;
                break;
        }
    }

    /// <summary>
    /// Checks for a new version of the weights, such as weights set over HTTP, at once or once a second, if there is a service.
    /// </summary>
    public async ValueTask LookForWeightsAsync(bool now, CancellationToken cancellationToken)
    {
        if (options.Weights is null || !now && !_checkWeights && clock.GetElapsedTime(_weightsLooked) < TimeSpan.FromSeconds(1)) return;
        (_checkWeights, _weightsLooked) = (false, clock.GetTimestamp());
        if (await options.Weights.FindAsync(options.Account, cancellationToken).ConfigureAwait(false) is not { } newest
            || newest.Version <= WeightsVersion) return;
        var change = new WeightsChanged(portfolio.Timestamp, newest.Version, newest.Weights, newest.Who, newest.Why);
        await journal.AppendAsync([change], cancellationToken).ConfigureAwait(false);
        foreach (var unknown in Put(change).Take(3))
            notes.Add($"weights version {newest.Version} names {unknown}, which this configuration does not have");
    }

    /// <summary>Applies weights that the journal has.</summary>
    /// <returns>Names that the configuration does not have.</returns>
    public IReadOnlyList<string> Put(WeightsChanged change)
    {
        WeightsVersion = change.Version;
        if (portfolio.HasPolicy)
        {
            notes.Add($"weights version {change.Version} of {change.Who} is not used: the policy of the configuration decides the weights");
            return [];
        }
        notes.Add($"weights version {change.Version} of {change.Who} in force from "
            + (change.Timestamp == 0 ? "the first bar on" : $"the bar after {portfolio.TimeText(change.Timestamp)}")
            + Reason(change.Why));
        return portfolio.Put(change);
    }

    /// <summary>Skips weights of an earlier configuration of the account.</summary>
    public void Skip(WeightsChanged change) => WeightsVersion = change.Version;

    /// <summary>Applies an enablement that the journal has.</summary>
    public void Put(EnablementChanged change)
    {
        var name = change.Strategy.Length > 0 ? change.Strategy : change.Symbol;
        var word = change.Enabled ? "enabled" : "disabled";
        var count = portfolio.Put(change);
        var from = change.Timestamp == 0 ? "first bar on" : $"bar after {portfolio.TimeText(change.Timestamp)}";
        notes.Add($"{name} {word} by {change.Who} from the {from} "
            + $"({count} {(count == 1 ? "strategy" : "strategies")}){Reason(change.Why)}");
    }

    private static string Reason(string why) => why.Length == 0 ? "" : $": {why}";
}

using Granary.Contracts.Accounts;
using Granary.Contracts.Deployments;
using Granary.Contracts.Sessions;
using Granary.Data.Journals;
using Granary.Engine;
using Granary.Engine.Brokerage;
using Granary.Trading.Deployments;
using Npgsql;

namespace Granary.Trading.Live;

/// <summary>
/// Combines the commands of a session's operator with the enablement of strategies in the deployment's history. At the start it applies
/// differences from the journal, afterwards each change within a second.
/// </summary>
internal sealed class DeploymentControl : ISessionControl
{
    private readonly ISessionControl _inner;
    private readonly DeploymentBook _book;
    private readonly int _number;
    private readonly TimeProvider _clock;
    private readonly Dictionary<string, StrategyChange> _journalled = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<DeploymentMember> _members;
    private long _looked = long.MinValue, _seen;
    private string? _fault;

    public DeploymentControl(ISessionControl inner, DeploymentBook book, int number, TimeProvider clock)
    {
        (_inner, _book, _number, _clock) = (inner, book, number, clock);
        _members = DeploymentMember.Of(book.Get(number));
    }

    /// <summary>The kinds of entries that it reads: enablement, and switches to a different deployment.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [nameof(EnablementChanged), nameof(DeploymentSwitched)];

    /// <summary>
    /// Reads the account's enablement from its journal, and records in the deployment's history that the session starts. Call it before the
    /// first commands are taken.
    /// </summary>
    /// <param name="past">The account's entries of <see cref="Kinds"/>, oldest first.</param>
    /// <param name="folder">The folder of the session's run.</param>
    public async Task BeginAsync(IAsyncEnumerable<JournalEntry> past, string account, string folder)
    {
        await foreach (var entry in past.ConfigureAwait(false))
        {
            // After a switch, all strategies are enabled.
            if (entry.Kind == nameof(DeploymentSwitched)) _journalled.Clear();
            if (entry.Kind != nameof(EnablementChanged)) continue;
            var change = AccountStrategies.ChangeOf("", entry);
            foreach (var member in _members.Where(m => AccountStrategies.IsAbout(change, m.Id))) _journalled[member.Id] = change;
        }
        _book.Append(new DeploymentEvent(0, default, DeploymentAction.Started, _number, Environment.UserName, "")
        {
            Account = account,
            Run = folder,
        });
    }

    /// <inheritdoc/>
    public IReadOnlyList<IssuedCommand> Take()
    {
        var orders = _inner.Take();
        if (_looked != long.MinValue && _clock.GetElapsedTime(_looked) < TimeSpan.FromSeconds(1)) return orders;
        _looked = _clock.GetTimestamp();
        try
        {
            var changes = Changes();
            _fault = null;
            return changes.Count == 0 ? orders : [.. orders, .. changes];
        }
        catch (Exception e) when (e is InputException or IOException or NpgsqlException)
        {
            // The session continues with the last known state, and its status shows the fault.
            _fault = $"the deployments store {_book.Store} cannot be read: {e.Message.TrimEnd('.')}";
            return orders;
        }
    }

    /// <inheritdoc/>
    public void Show(LiveStatus status, bool now) =>
        _inner.Show(_fault is null ? status : status with { CommandFault = status.CommandFault ?? _fault }, now);

    // The newest command applies, to the session or to its deployment; the journal has the session's over its restarts.
    private List<IssuedCommand> Changes()
    {
        var first = _seen == 0;
        var news = _book.History(after: _seen);
        if (news.Count == 0) return [];
        _seen = news[^1].Sequence;
        var changes = new List<IssuedCommand>();
        foreach (var member in _members)
        {
            if (news.LastOrDefault(e => e.Number == _number && e.Action is DeploymentAction.Enabled or DeploymentAction.Disabled
                && member.Matches(e)) is not { } e) continue;
            var wanted = e.Action == DeploymentAction.Enabled;
            var before = _journalled.GetValueOrDefault(member.Id);
            if (first && ((before?.Enabled ?? true) == wanted || before?.At >= e.At)) continue;
            changes.Add(new IssuedCommand(wanted ? SessionCommand.Enable : SessionCommand.Disable, e.Who, e.Why, member.Id));
        }
        return changes;
    }
}

using Granary.Contracts.Deployments;
using Granary.Contracts.Sessions;
using Granary.Engine.Brokerage;
using Granary.Simulation.Json;
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
    private readonly Dictionary<string, bool> _enabled;
    private readonly IReadOnlyList<DeploymentMember> _members;
    private long _looked = long.MinValue, _seen;
    private string? _fault;

    public DeploymentControl(ISessionControl inner, DeploymentBook book, int number, TimeProvider clock)
    {
        (_inner, _book, _number, _clock) = (inner, book, number, clock);
        _members = DeploymentMember.Of(book.Get(number));
        _enabled = _members.ToDictionary(m => m.Id, _ => true, StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public void Know(JournalEvent e)
    {
        // After a switch, all strategies are enabled.
        if (e is DeploymentSwitched) foreach (var member in _members) _enabled[member.Id] = true;
        if (e is not EnablementChanged change) return;
        foreach (var member in _members)
            if (change.Strategy.Length > 0 ? change.Strategy == member.Id : member.Symbols.Contains(change.Symbol, StringComparer.Ordinal))
                _enabled[member.Id] = change.Enabled;
    }

    /// <summary>Records in the deployment's history that the session starts.</summary>
    /// <param name="folder">The folder of the session's run.</param>
    public void Begin(string account, string folder) =>
        _book.Append(new DeploymentEvent(0, default, DeploymentAction.Started, _number, Environment.UserName, "")
        {
            Account = account,
            Run = folder,
        });

    /// <inheritdoc/>
    public IReadOnlyList<IssuedCommand> Take()
    {
        var orders = _inner.Take();
        if (_looked != long.MinValue && _clock.GetElapsedTime(_looked) < TimeSpan.FromSeconds(1)) return orders;
        var first = _looked == long.MinValue;
        _looked = _clock.GetTimestamp();
        try
        {
            var changes = Changes(first);
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

    // A command to the session applies until the deployment changes the strategy, or until the next start.
    private List<IssuedCommand> Changes(bool first)
    {
        var news = _book.History(after: _seen);
        if (!first && news.Count == 0) return [];
        if (news.Count > 0) _seen = news[^1].Sequence;
        var disabled = _book.Disabled(_number);
        var changes = new List<IssuedCommand>();
        foreach (var member in _members)
        {
            var wanted = !disabled.ContainsKey(member.Id);
            if (_enabled[member.Id] == wanted) continue;
            _enabled[member.Id] = wanted;
            var e = disabled.GetValueOrDefault(member.Id) ?? _book.History(_number).LastOrDefault(h =>
                h.Action == DeploymentAction.Enabled && member.Matches(h));
            // The session's operator disabled it before this start, and no deployment event has changed it since.
            if (e is null && first) continue;
            changes.Add(new IssuedCommand(wanted ? SessionCommand.Enable : SessionCommand.Disable, e?.Who ?? "", e?.Why ?? "", member.Id));
        }
        return changes;
    }
}

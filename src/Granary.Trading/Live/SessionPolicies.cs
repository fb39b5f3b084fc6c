using Granary.Data.Journals;
using Granary.Engine;
using Granary.Engine.Brokerage;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;

namespace Granary.Trading.Live;

/// <summary>
/// Replaces the policy of a session by newer promoted versions, according to the configured schedule. Each replacement is written to the
/// journal before it takes effect. A stream does not wait for the registry: the current version decides until the newer one is loaded.
/// </summary>
internal sealed class SessionPolicies
{
    private readonly LiveOptions _options;
    private readonly AccountJournal _journal;
    private readonly LivePortfolio _portfolio;
    private readonly PolicyPlan? _policies;
    private readonly ICollection<string> _notes;
    private PolicyReference? _inForce;
    private Task<PolicyChange?>? _found;
    private long _due = long.MaxValue;

    /// <param name="policies">Null if no policy decides the weights.</param>
    public SessionPolicies(LiveOptions options, AccountJournal journal, LivePortfolio portfolio, PolicyPlan? policies,
        ICollection<string> notes)
    {
        (_options, _journal, _portfolio, _policies, _notes) = (options, journal, portfolio, policies, notes);
        if (policies?.Changes is [.., var last]) _inForce = last.Reference;
        if (policies?.Schedule is not { } schedule) return;
        _due = schedule.NextAfter(policies.Changes is [.., var known] ? known.After : schedule.From);
        // Record the versions, so that a backtest of this configuration can use the same ones.
        policies.Record();
    }

    /// <summary>Checks for a newer version when one is due.</summary>
    public async ValueTask LookAsync(CancellationToken cancellationToken)
    {
        if (_found is null)
        {
            if (_portfolio.Timestamp < _due) return;
            var (time, inForce) = (_portfolio.Timestamp, _inForce);
            _due = _policies!.Schedule!.NextAfter(time);
            _found = Task.Run(() => _policies.Find(time, inForce), cancellationToken);
        }
        // A replay waits, so that it always uses the same versions.
        if (_options.IsStream && !_found.IsCompleted) return;
        var found = _found;
        _found = null;
        PolicyChange change;
        try
        {
            if (await found.ConfigureAwait(false) is not { } newer) return;
            change = newer with { After = _portfolio.Timestamp };
            _portfolio.Require(change);
        }
        catch (Exception e) when (e is InputException or IOException or System.Data.Common.DbException)
        {
            _notes.Add($"policy {_inForce ?? _policies!.Reference} stays in force after {_portfolio.TimeText(_portfolio.Timestamp)}: {e.Message}");
            return;
        }
        await _journal.AppendAsync([new PolicyChanged(change.After, change.Reference.Model, change.Reference.Version,
            change.Reference.Hash)], cancellationToken).ConfigureAwait(false);
        Put(change);
    }

    /// <summary>Puts a version from the journal in force.</summary>
    /// <exception cref="InputException">The registry no longer has the version.</exception>
    public void Put(PolicyChanged fact)
    {
        var policies = _policies ?? throw new JournalException("the journal has a policy, and the configuration has none: give the session "
            + "the configuration that it began with");
        if (policies.Schedule is { } schedule) _due = schedule.NextAfter(fact.Timestamp);
        Put(policies.Load(fact.Timestamp, fact.Version, fact.Hash));
    }

    private void Put(PolicyChange change)
    {
        _portfolio.Put(change);
        _inForce = change.Reference;
        _notes.Add($"policy {change.Reference} in force from the bar after {_portfolio.TimeText(change.After)}");
    }
}

using Granary.Engine;
using Granary.Modelling.Allocation;
using Granary.Reinforcement.Policies;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Weighting;

/// <summary>
/// Selects the policy version in force at each row of a backtest: the recorded versions, or the promoted ones at the times at which a live
/// session checks for them after a row.
/// </summary>
internal sealed class PolicyFollower
{
    private readonly PolicyPlan _policies;
    private readonly Func<WeightPolicy, PolicyDecider> _make;
    private readonly List<WeightPolicy> _used = [];
    private readonly List<RunNote> _notes = [];
    private PolicyReference? _inForce;
    private WeightPolicy? _next;
    private long _last = long.MinValue, _due;
    private PolicyDecider? _decider;

    /// <param name="make">Creates the decider for a version.</param>
    public PolicyFollower(PolicyPlan policies, Func<WeightPolicy, PolicyDecider> make)
    {
        (_policies, _make, _next) = (policies, make, policies.First);
        _due = policies is { IsRecorded: false, Schedule: { } schedule } ? schedule.NextAfter(schedule.From) : long.MaxValue;
    }

    /// <summary>The decider of the version in force.</summary>
    public PolicyDecider Decider => _decider ?? throw new InvalidOperationException("no row has been reached");

    /// <summary>The versions that were in force, in order.</summary>
    public IReadOnlyList<WeightPolicy> Used => _used;

    /// <summary>Notes on version changes, for the report.</summary>
    public IReadOnlyList<RunNote> Notes => _notes;

    /// <summary>Advances to a row.</summary>
    /// <param name="time">Close of the row, UTC ticks; later than the previous call's.</param>
    /// <returns>Whether the version in force changed at this row.</returns>
    public bool MoveTo(long time)
    {
        if (_policies.IsRecorded)
        {
            if (_policies.At(time) is var policy && (_used.Count == 0 || !ReferenceEquals(policy, _used[^1]))) _next = policy;
        }
        else if (_last >= _due)
        {
            Look(_last);
            _due = _policies.Schedule!.NextAfter(_last);
        }
        _last = time;
        if (_next is null) return false;
        _decider = _make(_next);
        _used.Add(_next);
        _next = null;
        return true;
    }

    private void Look(long time)
    {
        if (_policies.Find(time, _inForce) is not { } change) return;
        try
        {
            _make(change.Policy);
            (_inForce, _next) = (change.Reference, change.Policy);
        }
        catch (InputException e)
        {
            _notes.Add(new RunNote(NoteCode.Weights, $"version {change.Reference} is not used from {RunText.Time(time)} on: {e.Message}"));
        }
    }
}

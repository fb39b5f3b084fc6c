using Granary.Cluster.Batches;
using Granary.Engine.Trading;
using Granary.Simulation.Passes;

namespace Granary.Cluster.Grains.Compute;

/// <summary>A report while strategies add to it, up to the size of one message.</summary>
internal sealed class ReportDraft
{
    private const int MostBytes = 512 << 10, MostOutcomes = 500;

    private readonly List<EventChunk> _events = [];
    private readonly List<StrategyOutcome> _outcomes = [];
    private readonly List<EventTally> _tallies = [];

    /// <summary>Length of the events, bytes.</summary>
    public int Bytes { get; private set; }

    public bool HasRoom => Bytes < MostBytes && _outcomes.Count < MostOutcomes;

    public bool IsEmpty => _events.Count == 0 && _outcomes.Count == 0;

    public void Add(in EventChunk events)
    {
        _events.Add(events);
        Bytes += events.Events.Length;
    }

    public void Add(StrategyOutcome outcome, in EventTally tally)
    {
        _outcomes.Add(outcome);
        _tallies.Add(tally);
    }

    public StrategyReport ToReport(PassKey pass) => new(pass, _events, _outcomes, _tallies);
}

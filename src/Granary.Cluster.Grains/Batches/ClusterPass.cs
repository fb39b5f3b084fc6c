using Granary.Cluster.Batches;
using Granary.Engine.Trading;
using Granary.Simulation.Passes;

namespace Granary.Cluster.Grains.Batches;

/// <summary>A pass over the feeds while it runs: its work, and the strategies whose outcomes are missing.</summary>
/// <param name="models">The bytes of each model, with its strategies.</param>
/// <param name="changes">Changes of the bars; empty for unchanged bars.</param>
/// <param name="token">Identifies this pass among all passes of all attempts.</param>
internal sealed class ClusterPass(StrategyPass ordered, IReadOnlyList<FeedWork> work,
    IReadOnlyList<(byte[] Bytes, int[] Strategies)> models, string changes, Guid token)
{
    // Chunks received, by strategy. An event log counts its own, and knows them again after a restart; other sinks do not.
    private readonly Dictionary<int, int> _chunks = [];

    private readonly PassTrial[]? _trials = ordered.Plan.Trials.Count == 0 ? null
        : [.. ordered.Plan.Trials.Select(t => new PassTrial(t.Search, [.. t.Point]))];

    // The step of the run that orders the pass makes it.
    private readonly string? _trace = System.Diagnostics.Activity.Current?.Id;

    public PassKey Key { get; } =
        PassKey.Of(ordered.Events is not null, ordered.WithFactors, ordered.Plan.Costs, changes, models);

    public Guid Token { get; } = token;

    public IReadOnlyList<(byte[] Bytes, int[] Strategies)> Models => models;

    public int Strategies { get; } = work.Sum(w => w.Strategies.Length);

    /// <summary>Bars times strategies.</summary>
    public long Total { get; } = work.Sum(w => w.Bars * w.Strategies.Length);

    /// <summary>The strategies whose outcomes are missing.</summary>
    public HashSet<int> Wanted { get; } = [.. work.SelectMany(w => w.Strategies)];

    /// <summary>Whether the pass belongs to validation checks, which do not count as progress of the batch.</summary>
    public bool IsValidation => ordered.Plan.Costs != CostCase.AsSet || (changes.Length > 0 && !ordered.IsRound);

    /// <summary>Whether the strategies ran before, and run again for their events.</summary>
    public bool IsRepeated => ordered.IsRepeated;

    public int Failed { get; private set; }

    /// <summary>Completes when no outcome is missing.</summary>
    public TaskCompletionSource Complete { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The work without outcomes.</summary>
    public PassWork ToOrder() => new(Key, Token,
        [.. work.Select(w => w with { Strategies = [.. w.Strategies.Where(Wanted.Contains)] }).Where(w => w.Strategies.Length > 0)],
        Strategies, ordered.Events is not null, ordered.WithFactors, ordered.Plan.Symbols,
        [.. models.Select((m, i) => new ModelUse(i, m.Strategies))], changes, ordered.Plan.Costs,
        _trials, _trace);

    /// <summary>Stores a report of this pass; duplicates count once.</summary>
    public ReportAnswer Take(StrategyReport report)
    {
        List<StrategyOutcome> fresh = [];
        try
        {
            foreach (var chunk in report.Events)
                if (Wanted.Contains(chunk.Strategy))
                    Append(chunk);
            foreach (var (outcome, tally) in report.Outcomes.Zip(report.Tallies))
            {
                if (!Wanted.Contains(outcome.Index)) continue;
                if (outcome.Statistics is not null) End(outcome.Index, tally);
                fresh.Add(outcome);
            }
        }
        catch (MissingEventsException)
        {
            return ReportAnswer.Incomplete;
        }
        (ordered.Events as EventLog)?.Flush();
        if (fresh.Count == 0) return ReportAnswer.Taken;
        var counted = ordered.Running?.Finished(fresh) ?? fresh;
        ordered.Finished(counted); // durable when it returns
        foreach (var outcome in counted)
        {
            Wanted.Remove(outcome.Index);
            if (outcome.Statistics is null) Failed++;
        }
        if (Wanted.Count == 0) Complete.TrySetResult();
        return ReportAnswer.Taken;
    }

    private void Append(in EventChunk chunk)
    {
        if (ordered.Events is not EventLog)
        {
            var known = _chunks.GetValueOrDefault(chunk.Strategy);
            if (chunk.Chunk > known) throw new MissingEventsException($"chunk {chunk.Chunk} of strategy {chunk.Strategy} came too early");
            if (chunk.Chunk < known) return;
            _chunks[chunk.Strategy] = chunk.Chunk + 1;
        }
        ordered.Events?.Append(chunk.Strategy, chunk.Chunk, chunk.Events);
    }

    private void End(int strategy, in EventTally tally)
    {
        if (ordered.Events is not EventLog && _chunks.GetValueOrDefault(strategy) < tally.Chunks)
            throw new MissingEventsException($"the last chunks of strategy {strategy} did not come");
        ordered.Events?.End(strategy, tally);
    }
}

using Granary.Cluster.Batches;
using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Cluster.Compute;

/// <summary>A strategy group: strategies of one feed on one silo, which share its blocks, factors and window.</summary>
/// <param name="Feed">Index of the feed in the plan.</param>
/// <param name="Strategies">Indices in the plan, ascending.</param>
/// <param name="Pass">Key of the pass.</param>
/// <param name="Hashes">Content hashes of the bars of its symbols.</param>
/// <param name="Models">Models that filter entries of its strategies.</param>
/// <param name="Changes">Changes of the bars, as in the pass.</param>
/// <param name="Costs">The costs that orders pay, as in the pass.</param>
/// <param name="HasEnded">Whether its bars end before the bars of other markets.</param>
/// <param name="Stopped">Strategies of the run that callers stopped, by id, with the reason; null for none.</param>
/// <param name="Sessions">The sessions of its symbols.</param>
/// <param name="Trials">The trials of the plan, as in the pass.</param>
/// <param name="Members">When its symbols are in the universe; null if the batch has no universe.</param>
/// <param name="Trace">W3C trace context of the step that ordered the pass, as in the pass.</param>
[GenerateSerializer, Immutable, Alias("granary.GroupWork")]
internal sealed record GroupWork(
    [property: Id(0)] Guid Id,
    [property: Id(1)] string Run,
    [property: Id(2)] PassKey Pass,
    [property: Id(3)] int Feed,
    [property: Id(4)] int[] Strategies,
    [property: Id(5)] bool WithEvents,
    [property: Id(6)] bool WithFactors,
    [property: Id(7)] IReadOnlyList<string> Hashes,
    [property: Id(8)] IReadOnlyList<ModelUse> Models,
    [property: Id(9)] string Changes = "",
    [property: Id(10)] CostCase Costs = CostCase.AsSet,
    [property: Id(11)] bool HasEnded = false,
    [property: Id(12)] Dictionary<string, string>? Stopped = null,
    [property: Id(13)] IReadOnlyList<SessionCalendar>? Sessions = null,
    [property: Id(14)] IReadOnlyList<PassTrial>? Trials = null,
    [property: Id(15)] IReadOnlyList<Membership>? Members = null,
    [property: Id(16)] string? Trace = null);

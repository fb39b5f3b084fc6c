using Granary.Contracts.Runs;
using Granary.Engine.Catalogues;
using Granary.Modelling.Learning;
using Granary.Server.Jobs;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;

namespace Granary.Server.JobKinds;

/// <summary>The request of a replay.</summary>
internal sealed record ReplayRequest : BatchRequest
{
    [Key("The run whose model versions are used.", Offers = "run")]
    public required string ModelsOf { get; init; }
}

/// <summary>The kind of a <see cref="BacktestJob"/> that uses the model versions of an earlier run.</summary>
/// <param name="runs">The folder of the runs.</param>
internal sealed class ReplayKind(string runs) : RequestKind<ReplayRequest>
{
    public override string Name => "replay";

    public override string Summary => "Run a batch with the model versions that were in force in an earlier run, without training.";

    public override string? RefusalOf(string key, RunSummary run, IReadOnlyList<string> chosen, GranaryCatalogues catalogues) => key == "modelsOf"
        ? File.Exists(Path.Combine(runs, run.Id, ModelArchive.Name)) ? null
            : $"the run {run.Id} has no models to use again; name the run of a batch with learning.retrain"
        : base.RefusalOf(key, run, chosen, catalogues);

    protected override Job Read(ReplayRequest request, JsonPart body, JobText text, GranaryCatalogues catalogues)
    {
        var run = JobRequest.Run(body.Need("modelsOf"), runs);
        return new BacktestJob(text, JobRequest.Batch(request.Batch, text, catalogues)) { ModelsOf = run };
    }
}

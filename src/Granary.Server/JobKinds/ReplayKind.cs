using Granary.Server.Jobs;
using Granary.Simulation.Catalogues;

namespace Granary.Server.JobKinds;

/// <summary>The kind of a <see cref="BacktestJob"/> that uses the model versions of an earlier run.</summary>
/// <param name="runs">The folder of the runs.</param>
internal sealed class ReplayKind(string runs) : JobKind
{
    public override string Name => "replay";

    public override string Summary => "Run a batch with the model versions that were in force in an earlier run, without training.";

    public override Job Read(JobText text, GranaryCatalogues catalogues)
    {
        var body = JobRequest.Only(text, catalogues, "batch", "modelsOf");
        var run = JobRequest.Run(body, "modelsOf", runs);
        return new BacktestJob(text, JobRequest.Batch(body, text, catalogues)) { ModelsOf = run };
    }
}

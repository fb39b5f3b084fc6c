using Granary.Application.Catalogues;
using Granary.Application.Jobs;

namespace Granary.Application.JobKinds;

/// <summary>The kind of a <see cref="BacktestJob"/> with the model versions of an earlier run.</summary>
internal sealed class ReplayKind : JobKind
{
    public override string Name => "replay";

    public override string Summary => "Run a batch with the model versions that were in force in an earlier run, without training.";

    public override Job Read(JobText text, GranaryCatalogues catalogues)
    {
        var body = JobRequest.Only(text, catalogues, "batch", "modelsOf");
        var run = body.Need("modelsOf").String();
        if (!JobId.IsWellFormed(run)) throw body.Need("modelsOf").Fault($"'{run}' is no id of a run; GET /runs lists them");
        return new BacktestJob(text, JobRequest.Batch(body, text, catalogues)) { ModelsOf = run };
    }
}

using Granary.Backtesting.Combining;
using Granary.Backtesting.Runs;
using Granary.Contracts.Runs;
using Granary.Engine.Catalogues;
using Granary.Server.Jobs;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;

namespace Granary.Server.JobKinds;

/// <summary>A job that combines finished runs of the server into one portfolio, as <c>granary combine</c> does.</summary>
/// <param name="runs">The ids of the runs, in the order of the portfolio's members.</param>
internal sealed class CombineJob(JobText text, IReadOnlyList<string> runs, CombineJobRequest request, GranaryCatalogues catalogues)
    : Job(text, request.Name ?? "combined")
{
    public override IReadOnlyList<string> Runs => runs;

    public override async Task<JobOutcome> RunAsync(JobContext run, CancellationToken cancellationToken)
    {
        var combined = CombinedBatch.Write(new CombineRequest([.. runs.Select(r => Path.GetFullPath(Path.Combine(run.Runs, r)))])
        {
            Name = request.Name,
            Weights = request.Weights,
            SectionsOf = Path.GetFullPath(Path.Combine(run.Runs, request.SectionsOf ?? runs[0])),
            Folder = Path.GetFullPath(run.Folder),
            Base = catalogues.Confinement is null ? null : Text.Folder,
        }, catalogues);
        var options = new BatchOptions
        {
            Out = run.Folder,
            Since = Text.SubmittedAt,
            Resume = run.Resume,
            Threads = run.Threads,
            Notes = combined.Notes
        };
        return RunOutcome.Of(await new BatchRunner(run.Host, run.Clock, run.Sources, run.Ledger)
            .RunAsync(combined.Spec, options, RunOutcome.Relay(run), cancellationToken).ConfigureAwait(false), cancellationToken);
    }
}

/// <summary>The request of a <see cref="CombineJob"/>.</summary>
internal sealed record CombineJobRequest
{
    [Key("The finished runs to combine, in the order of the portfolio's members.", Offers = "run")]
    public required IReadOnlyList<string> Runs { get; init; }

    [Key("The name of the new run; without it, it is made of the members' names.")]
    public string? Name { get; init; }

    [Key("The weights of the portfolio; without it, the rule of the members, or winners if they differ.",
        Words = "winners equal score matching-pursuit inverse-volatility minimum-variance maximum-sharpe risk-parity "
            + "hierarchical-risk-parity regime")]
    public string? Weights { get; init; }

    [Key("The run whose cash, costs, limits and benchmark the portfolio has where the runs differ; without it, the first one.",
        Offers = "run")]
    public string? SectionsOf { get; init; }
}

/// <summary>The kind of <see cref="CombineJob"/>.</summary>
/// <param name="runs">The folder of the runs.</param>
internal sealed class CombineKind(string runs) : RequestKind<CombineJobRequest>
{
    public override string Name => "combine";

    public override string Summary => "Combine finished runs of this server into one portfolio.";

    public override string? RefusalOf(string key, RunSummary run, IReadOnlyList<string> chosen, GranaryCatalogues catalogues) =>
        CombinedBatch.FaultOf(catalogues, chosen.Append(run.Id).Select(FolderOf));

    private string FolderOf(string id) => Path.Combine(runs, id);

    protected override Job Read(CombineJobRequest request, JsonPart body, JobText text, GranaryCatalogues catalogues)
    {
        var members = new List<string>();
        foreach (var part in body.Need("runs").OneOrMany())
        {
            var id = JobRequest.Run(part, runs);
            if (members.Contains(id)) throw part.Fault($"the run '{id}' is named twice; name each run once");
            members.Add(id);
            if (CombinedBatch.FaultOf(catalogues, members.Select(FolderOf)) is { } fault) throw part.Fault(fault);
        }
        if (members.Count < 2) throw body.Need("runs").Fault("one run is no combination; name at least two runs");
        if (body.Find("sectionsOf") is { } chosen && !members.Contains(JobRequest.Run(chosen, runs)))
            throw chosen.Fault($"'{request.SectionsOf}' is not one of the runs to combine; name one of {string.Join(", ", members)}");
        return new CombineJob(text, members, request, catalogues);
    }
}

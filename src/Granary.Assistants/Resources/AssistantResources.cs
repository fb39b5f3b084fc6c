using System.ComponentModel;
using System.Text.Json.Nodes;
using Granary.Assistants.Answers;
using Granary.Assistants.Calls;
using Granary.Assistants.Content;
using Granary.Simulation.Catalogues;
using Granary.Simulation.RunFolders;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Granary.Assistants.Resources;

/// <summary>Documentation and runs as resources, which a person attaches to a conversation.</summary>
internal sealed class AssistantResources(AssistantCall call, RunLibrary runs, GranaryCatalogues catalogues)
{
    private const string RunPrefix = "granary://runs/";

    private const int MostListed = 20;

    /// <summary>The uri of the list of pages.</summary>
    public const string IndexUri = DocumentPages.Prefix + "llms.txt";

    [McpServerResource(UriTemplate = IndexUri, Name = "llms.txt", Title = "Index of the documentation", MimeType = "text/plain")]
    [Description("The pages of the documentation, each with its first sentence.")]
    public static string Index() => DocumentPages.Index;

    [McpServerResource(UriTemplate = DocumentPages.Prefix + "{+page}", Name = "page", Title = "Page of the documentation",
        MimeType = "text/markdown")]
    [Description("A page of the documentation, such as granary://docs/batch-file.")]
    public static string Page(string page) => DocumentPages.Find(page).Text;

    [McpServerResource(UriTemplate = RunPrefix + "{run}/report", Name = "report", Title = "Report of a run", MimeType = "text/markdown")]
    [Description("The figures of the portfolio of a run, its verdict, its conclusions and its notes.")]
    public string Report(string run)
    {
        call.Open(run);
        return RunFigures.Report(run, runs.ResultsOf(run), catalogues.Metrics);
    }

    [McpServerResource(UriTemplate = RunPrefix + "{run}/results", Name = "results", Title = "Results of a run",
        MimeType = "application/json")]
    [Description("The statistics of the portfolio of a run and its validation checks; get_results has the strategies.")]
    public string Results(string run)
    {
        var found = call.Open(run);
        var results = runs.ResultsOf(run);
        return new JsonObject
        {
            ["run"] = run,
            ["kind"] = found.Kind,
            ["batch"] = found.Batch,
            ["digest"] = found.Digest,
            ["strategies"] = results.Count,
            ["portfolio"] = AnswerNumber.Of(RunPart.Of(results, "portfolio")?["stats"]),
            ["checks"] = AnswerNumber.Of(RunPart.Of(results, Reporting.Runs.ValidationChecks.Key)),
        }.ToJsonString();
    }

    /// <summary>The pages of the documentation and the reports of the newest runs, for the list of resources.</summary>
    public async Task<IEnumerable<Resource>> ListAsync(CancellationToken cancellationToken) => DocumentPages.All.Select(p => new Resource
    {
        Uri = p.Uri,
        Name = p.Name,
        Title = p.Title,
        Description = p.Summary,
        MimeType = "text/markdown",
    }).Concat((await call.ListRunsAsync(new RunQuery(MostListed), cancellationToken).ConfigureAwait(false)).Items.Select(r => new Resource
    {
        Uri = $"{RunPrefix}{r.Id}/report",
        Name = r.Id,
        Title = $"Report of {r.Name}",
        Description = $"A {r.Kind} run of {r.Created.UtcDateTime:yyyy-MM-dd HH:mm} UTC.",
        MimeType = "text/markdown",
    }));
}

using System.Text.Json;
using Granary.Contracts.Jobs;
using Granary.Reporting.Html.Analysis;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Pages;

/// <summary>The report of a run: a page, and the figures of its charts as a file. Both share one reading of the trades.</summary>
internal sealed class RunReport(RunModel run, IRunEvents events)
{
    /// <summary>The file of <see cref="WriteAnalysis"/> in a run's folder.</summary>
    public const string AnalysisFile = "analysis.json";

    private readonly Lazy<RunView> _view = new(() => RunView.Of(run, events));

    /// <inheritdoc cref="HtmlReport.Write(TextWriter, RunModel, IRunEvents)"/>
    public void WritePage(TextWriter output) => HtmlReport.Write(output, _view.Value);

    /// <summary>Writes the figures of the page's charts as JSON, a <see cref="Contracts.Runs.RunAnalysis"/>.</summary>
    public void WriteAnalysis(Stream output) => JsonSerializer.Serialize(output, AnalysisFigures.Of(_view.Value), JobJson.Options);
}

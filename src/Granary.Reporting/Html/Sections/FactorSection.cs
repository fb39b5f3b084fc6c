using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>A section of one factor on the page of a study.</summary>
internal sealed class FactorSection(string id, string title, Action<HtmlWriter> write) : IReportSection<FactorStudyResults>
{
    public string Id => id;

    public string Title => title;

    public bool Applies(FactorStudyResults view) => true;

    public void Write(HtmlWriter html, FactorStudyResults view) => write(html);
}

using Granary.Reporting.Html.Views;

namespace Granary.Reporting.Html.Sections;

/// <summary>The text of the batch file.</summary>
internal sealed class BatchSection : IReportSection<RunView>
{
    // If it lists thousands of strategies, the run's manifest has the complete text.
    private const int MostCharacters = 200_000;

    public string Id => "batch";

    public string Title => "Batch file";

    public bool Applies(RunView view) => view.Model.BatchText.Length > 0;

    public void Write(HtmlWriter html, RunView view)
    {
        var text = view.Model.BatchText.ReplaceLineEndings("\n");
        html.Write($"<pre class=\"batch\" tabindex=\"0\" aria-label=\"Batch "
            + $"file\"><code>{(text.Length > MostCharacters ? text[..MostCharacters] : text)}</code></pre>\n");
        if (text.Length > MostCharacters)
            html.Write($"<p class=\"note\">The first {NumberText.Count(MostCharacters)} of {NumberText.Count(text.Length)} characters; "
                + $"manifest.json has all.</p>\n");
    }
}

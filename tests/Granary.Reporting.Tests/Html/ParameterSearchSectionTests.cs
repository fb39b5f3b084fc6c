using Granary.Reporting.Html;
using Granary.Reporting.Html.Pages;
using Granary.Reporting.Runs;
using Granary.Reporting.Tests.Synthetic;

namespace Granary.Reporting.Tests.Html;

public class ParameterSearchSectionTests
{
    private static readonly SyntheticRun _run = SyntheticRun.Make(strategies: 200, trades: 3000);

    private static string Page(ParameterSearchResults results)
    {
        var output = new StringWriter();
        HtmlReport.Write(output, _run.Model with { Sections = [results] }, _run);
        return output.ToString();
    }

    private static HtmlText.Element Section(string page) => HtmlText.Parse(page).Elements
        .Single(e => e.Name == "section" && e.Attributes.GetValueOrDefault("id") == "search");

    private static List<string[]> Rows(HtmlText.Element section, string caption) => [.. section.Descendants()
        .First(e => e.Name == "table" && e.Children[0].AllText() == caption).Descendants().Where(e => e.Name == "tr").Skip(1)
        .Select(r => r.Children.Select(c => c.AllText()).ToArray())];

    [Fact]
    public void Dump()
    {
        if (Environment.GetEnvironmentVariable("DUMP") is not { } dir) return;
        File.WriteAllText(dir + "/report.html", Page(SyntheticSearch.Of(_run.Model)));
        File.WriteAllText(dir + "/big.html", Page(SyntheticSearch.Of(_run.Model, 5000)));
        File.WriteAllText(dir + "/search.json", SyntheticSearch.Of(_run.Model).ToJson());
    }
}

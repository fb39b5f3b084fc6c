using Granary.Reporting.Html.Charts;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>Funding of perpetual futures that the portfolio paid and received, over time and by symbol.</summary>
internal sealed class FundingSection(FundingResults funding) : IReportSection<RunView>
{
    private const int MostSymbols = 60;

    public string Id => "funding";

    public string Title => "Funding";

    public bool Applies(RunView view) => true;

    public void Write(HtmlWriter html, RunView view)
    {
        html.Write($"<p class=\"lead\">The portfolio paid {NumberText.Money(funding.Paid)} of funding and received "
            + $"{NumberText.Money(funding.Received)}, at {Counted.Of(funding.Charges, "charge")} of an open trade.</p>\n");
        if (funding.Days.Count > 1) Chart(html, view);
        HtmlTable.Open(html, "Funding by market",
        [
            new("Market", Number: false), new("Paid"), new("Received"), new("Received less paid"), new("Charges"),
        ], "narrow", sortable: true);
        foreach (var s in funding.Symbols.OrderBy(s => s.Net).ThenBy(s => s.Symbol, StringComparer.Ordinal).Take(MostSymbols))
        {
            HtmlTable.RowHead(html, s.Symbol);
            HtmlTable.Number(html, NumberText.Money(s.Paid));
            HtmlTable.Number(html, NumberText.Money(s.Received));
            HtmlTable.Number(html, NumberText.SignedMoney(s.Net));
            HtmlTable.Number(html, NumberText.Count(s.Charges));
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
        if (funding.Symbols.Count > MostSymbols)
            html.Write($"<p class=\"note\">The {MostSymbols} of {NumberText.Count(funding.Symbols.Count)} markets that cost most.</p>\n");
    }

    private void Chart(HtmlWriter html, RunView view)
    {
        var (times, net, sum) = (new long[funding.Days.Count], new double[funding.Days.Count], 0.0);
        for (var i = 0; i < times.Length; i++)
        {
            sum += funding.Days[i].Received - funding.Days[i].Paid;
            (times[i], net[i]) = (funding.Days[i].Day, sum);
        }
        new TimePlot
        {
            Title = "Funding received less paid, since the start",
            Description = $"It ends at {NumberText.SignedMoney(funding.Net)}.",
            Lines = [new PlotLine("Funding", "s1", times, net)],
            Unit = PlotUnit.Money,
            Up = view.Currency,
            Height = 180,
            Baseline = 0,
            Group = "run",
            Span = view.Moves ? new TimeAxis(Math.Min(view.Drawn.Times[0], times[0]), Math.Max(view.Drawn.Times[^1], times[^1])) : null,
        }.Write(html);
    }
}

using Granary.Engine.Analysis;
using Granary.Engine.Numerics;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>Statistics of strategies grouped by class, market and timeframe.</summary>
internal sealed class StrategyGroupsSection : IReportSection<RunView>
{
    private const int MostRows = 60;

    public string Id => "groups";

    public string Title => "By class and market";

    public bool Applies(RunView view) => view.Model.Strategies.Count > 1;

    public void Write(HtmlWriter html, RunView view)
    {
        Table(html, view, "Strategies by class", "Class", s => s.Class);
        if (view.Model.Strategies.Select(s => s.Symbol).Distinct().Skip(1).Any())
            Table(html, view, "Strategies by market", "Market", s => s.Symbol);
        if (view.Model.Strategies.Select(s => s.Timeframe).Distinct().Skip(1).Any())
            Table(html, view, "Strategies by timeframe", "Timeframe", s => s.Timeframe);
    }

    private static void Table(HtmlWriter html, RunView view, string caption, string by, Func<StrategyEntry, string> key)
    {
        var groups = view.Model.Strategies.Where(s => s.Stats is not null).GroupBy(key).OrderBy(g => g.Key, StringComparer.Ordinal)
            .ToArray();
        HtmlTable.Open(html, groups.Length > MostRows ? $"{caption}, the first {MostRows} of {NumberText.Count(groups.Length)}" : caption,
        [
            new(by, Number: false), new("Strategies"), new("Gained", Hint: "Share with a positive return"),
            new("Weighted", Minor: true, Hint: "How many carry weight"), new("Median return"), new("Median Sharpe"),
            new("Median max DD", Minor: true), new("Contribution", Hint: "Net profit of closed trades in the portfolio"),
        ], "narrow", sortable: true);
        foreach (var group in groups.Take(MostRows))
        {
            var members = group.ToArray();
            HtmlTable.RowHead(html, group.Key);
            HtmlTable.Number(html, NumberText.Count(members.Length));
            HtmlTable.Number(html, NumberText.Percent(members.Count(s => Winner.Is(s.Stats!.TotalReturn)) / (double)members.Length, 1));
            HtmlTable.Number(html, NumberText.Count(members.Count(s => s.Weight != 0)), minor: true);
            HtmlTable.SignedPercent(html, Median(members.Select(s => s.Stats!.TotalReturn)));
            HtmlTable.Number(html, NumberText.Ratio(Median(members.Select(s => s.Stats!.Sharpe))));
            HtmlTable.Number(html, NumberText.Percent(Median(members.Select(s => s.Stats!.MaxDrawdown))), minor: true);
            if (view.Trades.OfPortfolio) HtmlTable.SignedMoney(html, members.Sum(s => view.Trades.Net[s.Index]));
            else HtmlTable.Number(html, NumberText.Undefined, "soft");
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }

    /// <summary>The median of the defined values; NaN if there are none.</summary>
    public static double Median(IEnumerable<double> values) => Quantile.Median([.. values.Where(double.IsFinite).Order()]);
}

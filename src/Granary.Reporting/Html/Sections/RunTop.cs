using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Market;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>The first screen of a run: configuration, results, and notes about the data.</summary>
internal static class RunTop
{
    private const int FirstNotices = 3;

    public static void Write(HtmlWriter html, RunView view)
    {
        Heading(html, view);
        Notices(html, view);
        Figures(html, view);
        if (view.HasCurve) CurveCharts.Write(html, view);
    }

    private static void Heading(HtmlWriter html, RunView view)
    {
        var m = view.Model;
        html.Write($"<header><p class=\"eyebrow\">{Kind(m)} · {m.Run} · ");
        html.Prose($"{NumberText.Clock(m.CreatedAt)} UTC");
        html.Write($"</p><h1>{m.Name}");
        if (m.Interrupted) html.Raw(" <span class=\"badge\">interrupted</span>");
        html.Raw("</h1><p class=\"what\">");
        html.Write($"{Counted.Of(m.Strategies.Count, "strategy")} on ");
        var symbols = m.Markets.Select(k => k.Symbol).Distinct().Count();
        html.Write($"{(symbols == 1 ? m.Markets[0].Symbol : $"{NumberText.Count(symbols)} markets")}");
        // A strategy may trade longer bars than its market's file has; the shortest timeframe comes first.
        var frames = m.Strategies.Select(s => s.Timeframe).Distinct()
            .OrderBy(f => Timeframe.TryParse(f, out var t) ? t.Value.Ticks : long.MaxValue).ToArray();
        if (frames.Length > 0) html.Write($" ({string.Join(", ", frames)})");
        if (m.Markets.Count > 0)
            html.Prose($", {NumberText.Date(m.Markets.Min(k => k.First).Ticks)} to {NumberText.Date(m.Markets.Max(k => k.Last).Ticks)}");
        html.Write($". <span class=\"soft\">{NumberText.Compact(m.BarEvaluations)} bar evaluations "
            + $"in {NumberText.Seconds(m.ElapsedSeconds)}, {m.Host}.</span></p><p class=\"digest\">Digest <code>{m.Digest}</code></p></header>\n");
    }

    private static string Kind(RunModel m) => m.Section<SessionResults>() is not null ? "Live session"
        : m.Section<WalkForwardResults>() is not null ? "Walk-forward"
        : m.Section<ParameterSearchResults>() is not null ? "Parameter search" : "Backtest";

    private static void Notices(HtmlWriter html, RunView view)
    {
        var m = view.Model;
        var notices = m.Notes.Select(n => n.Sentence).ToList();
        foreach (var market in m.Markets.Where(k => k.Findings.Count > 0 && k.Warnings == 0))
            notices.Add($"{market.Symbol} {market.Timeframe}: {market.Findings[0]}" +
                (market.Findings.Count > 1 ? $" ({NumberText.Count(market.Findings.Count - 1)} more below)" : ""));
        if (notices.Count == 0)
        {
            html.Raw("<p class=\"notice clean\">The check of the data found nothing to report.</p>\n");
            return;
        }
        html.Raw("<aside class=\"notice\" aria-label=\"Notes and data findings\"><ul>");
        foreach (var notice in notices.Take(FirstNotices)) Item(html, notice);
        html.Raw("</ul>");
        if (notices.Count > FirstNotices)
        {
            html.Write($"<details><summary>{NumberText.Count(notices.Count - FirstNotices)} more</summary><ul>");
            foreach (var notice in notices.Skip(FirstNotices).Take(200)) Item(html, notice);
            html.Raw("</ul></details>");
        }
        html.Raw("</aside>\n");
    }

    private static void Item(HtmlWriter html, string sentence)
    {
        html.Raw("<li>");
        html.Prose(NumberText.Typeset(sentence));
        html.Raw("</li>");
    }

    private static void Figures(HtmlWriter html, RunView view)
    {
        var m = view.Model;
        html.Raw("<dl class=\"figures\">");
        Verdict(html, m);
        if (m.Portfolio is { } p)
        {
            Figure("Total return", NumberText.SignedPercent(p.TotalReturn), NumberText.Sign(p.TotalReturn),
                $"{NumberText.SignedPercent(p.Cagr)} a year"
                + (view.BenchmarkStatistics is { } b ? $"; {view.BenchmarkName} {NumberText.SignedPercent(b.Metrics.TotalReturn)}" : "")
                + Account(m));
            Figure("Sharpe ratio", NumberText.Ratio(p.Sharpe), "", $"Sortino {NumberText.Ratio(p.Sortino)}; "
                + $"{MetricText.Value(RatioMetrics.PeriodsPerYear, p[RatioMetrics.PeriodsPerYear])} periods a year");
            Figure("Max drawdown", NumberText.Percent(p.MaxDrawdown), "", NumberText.Days(p[RiskMetrics.MaxDrawdownDays]));
            if (m.Section<ValidationChecks>() is null) Figure("Volatility", NumberText.Percent(p.Volatility), "", "a year");
            Figure("Trades", NumberText.Count(p.Trades), "", p.Trades > 0 ? $"{NumberText.Percent(p.WinRate, 1)} won" : "none was closed");
        }
        var members = view.Members.Count();
        Figure("Strategies", NumberText.Count(m.Strategies.Count), "",
            members < m.Strategies.Count ? $"{NumberText.Count(members)} with a weight"
                : members == 1 ? "with a weight" : "all with a weight");
        html.Raw("</dl>\n");

        // The figures of a live session are those of its portfolio; its account has the venue's fills.
        static string Account(RunModel m) => m.Section<SessionResults>() is { Account: var account } && double.IsFinite(account)
            && m.StartingCash > 0
            ? $"; account {NumberText.SignedPercent(account / m.StartingCash - 1)}" : "";

        // A short verdict at the top; the section of the checks has the details.
        static void Verdict(HtmlWriter html, RunModel m)
        {
            if (m.Section<ValidationChecks>()?.Decide() is not { } verdict) return;
            html.Write($"<div class=\"verdict\"><dt>Verdict</dt><dd><a "
                + $"class=\"badge {(verdict.MayBeTraded ? "yes" : "no")}\" "
                + $"href=\"#validation\">{verdict.Words}</a></dd><dd "
                + $"class=\"soft\">{verdict.Passed} of {verdict.Checks} checks passed</dd></div>");
        }

        void Figure(string name, string value, string style, string note) =>
            html.Write($"<div><dt>{name}</dt><dd class=\"{style}\">{value}</dd><dd class=\"soft\">{note}</dd></div>");
    }
}

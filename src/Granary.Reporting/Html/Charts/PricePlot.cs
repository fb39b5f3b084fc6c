using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Reporting.Html.Charts;

/// <summary>A price chart of closes, highs and lows, with the entries and exits of a strategy.</summary>
internal sealed record PricePlot
{
    public required string Title { get; init; }

    public required string Description { get; init; }

    public required IReadOnlyList<Bar> Bars { get; init; }

    public required IReadOnlyList<Trade> Trades { get; init; }

    /// <summary>The instrument's multiplier, for trade returns.</summary>
    public double Multiplier { get; init; } = 1;

    public double Height { get; init; } = 300;

    public void Write(HtmlWriter html)
    {
        var bars = Bars;
        if (bars.Count < 2) return;
        var time = new TimeAxis(bars[0].Time, Math.Max(bars[^1].Time, Trades.Count > 0 ? Trades.Max(t => t.ExitTime) : 0));
        var axis = ValueAxis.Around(bars.SelectMany(b => (double[])[b.High, b.Low])
            .Concat(Trades.SelectMany(t => (double[])[t.EntryPrice, t.ExitPrice])), logFrom: 4);
        PlotFrame.Open(html, axis.Log ? $"{Title} (logarithmic)" : Title, Description, Height, "price",
            [("long entry", "m-buy"), ("short entry", "m-sell"), ("exit", "m-exit")]);
        PlotFrame.Horizontals(html, axis, Height, NumberText.Price);
        PlotFrame.TimeLabels(html, time, Height);
        PlotFrame.UpTitle(html, "price");
        PlotFrame.AcrossTitle(html, Height, time.Title);
        PlotFrame.OpenShapes(html, Height);
        html.Raw("<path class=\"band\" d=\"");
        for (var i = 0; i < bars.Count; i++)
            html.Write($"{(i == 0 ? "M" : "L")}{time.X(bars[i].Time, PlotFrame.Width)} {axis.Y(bars[i].High, Height)}");
        for (var i = bars.Count - 1; i >= 0; i--)
            html.Write($"L{time.X(bars[i].Time, PlotFrame.Width)} {axis.Y(bars[i].Low, Height)}");
        html.Raw("Z\"/><path class=\"line close\" d=\"");
        for (var i = 0; i < bars.Count; i++)
            html.Write($"{(i == 0 ? "M" : "L")}{time.X(bars[i].Time, PlotFrame.Width)} {axis.Y(bars[i].Close, Height)}");
        html.Raw("\"/></svg>");
        foreach (var trade in Trades)
        {
            var (x1, y1) = (time.X(trade.EntryTime, 100), axis.Y(trade.EntryPrice, Height));
            var (x2, y2) = (time.X(trade.ExitTime, 100), axis.Y(trade.ExitPrice, Height));
            var kind = trade.Side == Side.Buy ? "buy" : "sell";
            html.Write($"<g class=\"trade {(trade.NetProfit < 0 ? "loss" : "gain")}\"><title>{Sentence(trade)}</title>");
            html.Write($"<line x1=\"{x1}%\" y1=\"{y1}\" x2=\"{x2}%\" y2=\"{y2}\"/><use href=\"#m-{kind}\" x=\"{x1}%\" y=\"{y1}\"/>");
            if (trade.Reason != ExitReason.Open) html.Write($"<use href=\"#m-exit\" x=\"{x2}%\" y=\"{y2}\"/>");
            html.Raw("</g>");
        }
        html.Raw("</svg>");
        PlotFrame.Close(html);
    }

    private string Sentence(in Trade t) =>
        $"{(t.Side == Side.Buy ? "Long" : "Short")} {NumberText.Time(t.EntryTime)} at {NumberText.Price(t.EntryPrice)} → " +
        (t.Reason == ExitReason.Open ? "still open"
            : $"{NumberText.Time(t.ExitTime)} at {NumberText.Price(t.ExitPrice)} ({t.Reason.Title()})") +
        $", {NumberText.SignedPercent(t.Return(Multiplier))}";
}

using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Markets;

namespace Granary.Recompute.Tests.Pages;

/// <summary>The page of a replicated index.</summary>
internal sealed class TrackTables(PageCheck check, ReturnTable table, TrackFigures figures)
{
    public void Check()
    {
        Names();
        Quality();
        Curves();
        Choices();
    }

    private void Names()
    {
        var count = figures.Fit.Names.Count;
        var errors = Enumerable.Range(1, count).Select(figures.ErrorWith).ToList();
        check.Table("In the order of choice", [.. figures.Fit.Names.Select((k, i) => new Cells
        {
            ["Name"] = table.Names[k],
            ["Chosen"] = i + 1,
            ["Weight"] = figures.Fit.Weights[i],
            ["Tracking error with it"] = errors[i],
        })]);
        if (!figures.IsBounded) check.Sentences.Says("Intercept: {} per period, which no holding earns.", figures.Fit.Intercept);
        check.Sentences.Says($"{{}} names, {{}} periods, {table.Times[0]:yyyy-MM-dd} to {table.Times[^1]:yyyy-MM-dd}.", count,
            table.Times.Count);
        check.Bars("Yearly tracking error by number of names",
            [.. errors.Select((_, i) => $"{i + 1}: tracking error ")], errors);
        check.Sentences.Says("Sum of the weights: {}.", figures.Fit.Weights.Sum());
        check.Sentences.Says("From {} with {} to {} with {}, over the fitted periods.", errors[0], 1, errors[^1], count);
    }

    private void Quality()
    {
        List<(string Over, TrackQuality Figures)> over = [("fitted periods", figures.InSample)];
        if (figures.OutOfSample is { } later) over.Add(("later periods", later));
        over.Add(("rolling choice, out of sample", figures.Rolling));
        check.Table("How closely it follows", [.. over.Select(o => new Cells
        {
            ["Over"] = o.Over,
            ["Periods"] = o.Figures.Periods,
            ["Tracking error"] = o.Figures.TrackingError,
            ["Information ratio"] = o.Figures.InformationRatio,
            ["Correlation"] = o.Figures.Correlation,
            ["Residual norm"] = o.Figures.ResidualNorm,
        })]);
        check.Headline(new Cells(over.ToDictionary(o => "Tracking error, " + o.Over, o => (Cell)o.Figures.TrackingError)));
        foreach (var (name, q) in over) check.Sentences.Says($"Tracking error, {name}: Correlation {{}}", q.Correlation);
    }

    private void Curves()
    {
        var (fitted, window) = (figures.Fitted, figures.Window);
        check.Chart("Index and replica, compounded", new Dictionary<string, IReadOnlyDictionary<DateTime, double>>
        {
            ["Index"] = Curve(Grown(table.Target), 0),
            ["Replica"] = Curve(Grown(figures.Values), 0),
        });
        double[] rest = [.. table.Target.Zip(figures.Values, (i, r) => i - r)];
        check.Chart("Residual: index less replica, summed", new Dictionary<string, IReadOnlyDictionary<DateTime, double>>
        {
            ["Fitted"] = Curve(Summed(rest[..fitted]), 0),
            ["Out of sample"] = Curve(Summed(rest[fitted..]), fitted),
        });
        if (fitted < table.Times.Count) check.Sentences.Says("The first {} periods were fitted, the others are out of sample.", fitted);
        check.Sentences.Says($"Of the fitted names; fitted until {table.Times[fitted - 1]:yyyy-MM-dd}.");
        check.Chart("Rolling choice", new Dictionary<string, IReadOnlyDictionary<DateTime, double>>
        {
            ["Index"] = Curve(Grown(table.Target[window..]), window),
            ["Replica"] = Curve(Grown(figures.RollingValues), window),
        });
        check.Sentences.Says("{} choices, each from the periods before it.", figures.Choices.Count);
        check.Chart("Residual of the rolling choice, summed", new Dictionary<string, IReadOnlyDictionary<DateTime, double>>
        {
            ["Residual"] = Curve(Summed([.. table.Target[window..].Zip(figures.RollingValues, (i, r) => i - r)]), window),
        });
    }

    private void Choices()
    {
        IReadOnlyList<int> before = [];
        check.Table("Choices, each from the periods before it", [.. figures.Choices.Select((c, i) =>
        {
            var cells = new Cells
            {
                ["Held from"] = Cell.Time(table.Times[c.Period]),
                ["Names"] = c.Choice.Names.Count,
                ["New"] = c.Choice.Names.Count(k => !before.Contains(k)),
                ["Turnover"] = figures.Turnover(i),
                ["In-sample error"] = c.Error,
                ["Holds"] = string.Join(", ", c.Choice.Names.Zip(c.Choice.Weights).OrderByDescending(n => Math.Abs(n.Second))
                    .Select(n => $"{table.Names[n.First]} {(n.Second < 0 ? "−" : "")}{Math.Abs(n.Second):0.000}")),
            };
            before = c.Choice.Names;
            return cells;
        })]);
    }

    private IReadOnlyDictionary<DateTime, double> Curve(double[] values, int from) =>
        values.Select((v, i) => (Time: table.Times[from + i], Value: v)).ToDictionary(p => p.Time, p => p.Value);

    private static double[] Grown(double[] returns)
    {
        var level = 1.0;
        return [.. returns.Select(r => (level *= 1 + r) - 1)];
    }

    private static double[] Summed(double[] values)
    {
        var sum = 0.0;
        return [.. values.Select(v => sum += v)];
    }
}

using Granary.Recompute.Tests.Markets;

namespace Granary.Recompute.Tests.Figures;

/// <summary>How closely a replica follows its index over some periods.</summary>
/// <param name="TrackingError">A year.</param>
internal sealed record TrackQuality(int Periods, double TrackingError, double Correlation, double InformationRatio, double ResidualNorm);

/// <summary>An index replicated from a table of returns: once from the first periods, and again and again from a moving window.</summary>
internal sealed class TrackFigures
{
    private const double DaysPerYear = 252;

    private readonly ReturnTable _table;
    private readonly double _largest;

    /// <param name="fitted">Periods that the first choice is made from.</param>
    /// <param name="window">Periods that each later choice is made from.</param>
    /// <param name="largest">Largest weight, with weights from 0 that add up to 1; NaN for free weights and an intercept.</param>
    public TrackFigures(ReturnTable table, int most, int fitted, int window, int step, double largest)
    {
        (_table, _largest, Fitted, Window) = (table, largest, fitted, window);
        Fit = Chosen(0, fitted, most);
        Values = Whole(Fit, 0, table.Target.Length);
        InSample = Quality(Values[..fitted], 0, Fit.Intercept);
        if (fitted < table.Target.Length) OutOfSample = Quality(Values[fitted..], fitted, Fit.Intercept);
        var rolling = new List<double>();
        for (var period = window; period < table.Target.Length; period += step)
        {
            var choice = Chosen(period - window, period, most);
            Choices.Add((period, choice, Quality(Whole(choice, period - window, period), period - window, choice.Intercept).TrackingError));
            rolling.AddRange(Whole(choice, period, Math.Min(period + step, table.Target.Length)));
        }
        RollingValues = [.. rolling];
        Rolling = Quality(RollingValues, window, 0);
    }

    public bool IsBounded => !double.IsNaN(_largest);

    public int Fitted { get; }

    public int Window { get; }

    public Replica Fit { get; private set; }

    /// <summary>The replica's returns in all periods.</summary>
    public double[] Values { get; private set; }

    public TrackQuality InSample { get; }

    public TrackQuality? OutOfSample { get; }

    public List<(int Period, Replica Choice, double Error)> Choices { get; } = [];

    public double[] RollingValues { get; }

    public TrackQuality Rolling { get; }

    /// <summary>Puts the names into the order in which the product chose them.</summary>
    public void Order(IReadOnlyList<string> names)
    {
        var order = names.Select(n => Fit.Names.ToList().IndexOf(_table.Names.ToList().IndexOf(n))).ToList();
        order.ShouldNotContain(-1, "another set of names is best");
        Fit = new Replica([.. order.Select(k => Fit.Names[k])], [.. order.Select(k => Fit.Weights[k])], Fit.Intercept);
    }

    /// <summary>Yearly tracking error of the best fit of the first names.</summary>
    public double ErrorWith(int names) =>
        Error(new Replica([.. Fit.Names.Take(names)], Weights([.. Fit.Names.Take(names)]), 0).Rest(Columns(0, Fitted),
            _table.Target[..Fitted]));

    /// <summary>‖index − intercept − replica‖ of the best fit of the first names.</summary>
    public double DistanceWith(int names)
    {
        var replica = new Replica([.. Fit.Names.Take(names)], Weights([.. Fit.Names.Take(names)]), 0);
        var rest = replica.Rest(Columns(0, Fitted), _table.Target[..Fitted]);
        return (replica with { Intercept = IsBounded ? 0 : rest.Average() }).Distance(Columns(0, Fitted), _table.Target[..Fitted]);
    }

    /// <summary>Σ |change of weight| of a choice against the one before it.</summary>
    public double Turnover(int choice) => choice == 0 ? 0 : Enumerable.Range(0, _table.Names.Count)
        .Sum(k => Math.Abs(Weight(Choices[choice].Choice, k) - Weight(Choices[choice - 1].Choice, k)));

    public static double Weight(Replica replica, int name) => replica.Names.ToList().IndexOf(name) is var at && at < 0 ? 0
        : replica.Weights[at];

    private double[] Weights(IReadOnlyList<int> names)
    {
        List<double[]> columns = [.. names.Select(k => _table.Columns[k][..Fitted])];
        if (IsBounded) return LeastSquares.WholeOfOne(columns, _table.Target[..Fitted], _largest);
        return LeastSquares.Free([.. columns.Select(Replica.Centred)], Replica.Centred(_table.Target[..Fitted]));
    }

    private Replica Chosen(int from, int to, int most) => IsBounded
        ? Replica.Best(Columns(from, to), _table.Target[from..to], most, _largest)
        : Replica.Pursued(Columns(from, to), _table.Target[from..to], most, hasIntercept: true);

    private List<double[]> Columns(int from, int to) => [.. _table.Columns.Select(c => c[from..to])];

    private double[] Whole(Replica replica, int from, int to) => [.. Enumerable.Range(from, to - from)
        .Select(t => replica.Names.Select((k, i) => replica.Weights[i] * _table.Columns[k][t]).Sum())];

    private static double Error(double[] rest) => CurveFigures.Deviation(rest) * Math.Sqrt(DaysPerYear);

    private TrackQuality Quality(double[] values, int from, double intercept)
    {
        var target = _table.Target[from..(from + values.Length)];
        double[] active = [.. values.Zip(target, (r, i) => r - i)];
        return new TrackQuality(values.Length, Error(active), Pages.ReturnTables.Correlation(values, target),
            active.Average() / CurveFigures.Deviation(active) * Math.Sqrt(DaysPerYear),
            Math.Sqrt(active.Sum(a => (a + intercept) * (a + intercept))));
    }
}

namespace Granary.Engine.Analysis.FactorStudies;

/// <summary>
/// One factor of a panel, date by date: information coefficients, quantiles and their returns. Dates are independent of each other, so
/// that ranges of them can be computed on several threads.
/// </summary>
internal sealed class FactorDates
{
    internal readonly FactorPanel Panel;
    internal readonly FactorStudySettings Settings;
    internal readonly int Factor;
    internal readonly DateState[] States;
    internal readonly int[] Counts, Ended;
    // By horizon and date.
    internal readonly double[][] Ic, Spread, Decay;
    // By horizon, quantile and date.
    internal readonly double[][][] Raw, Demeaned;
    // Of one bar, by quantile and date, and of the portfolio that weighs by the factor's value.
    internal readonly double[][] OneBar;
    internal readonly double[] Weighted;
    // By group, horizon and date, and for each quantile too.
    internal readonly double[][][] GroupIc;
    internal readonly double[][][][] GroupReturns;
    // By date and symbol; 0 and NaN without one.
    internal readonly byte[] Bins;
    internal readonly float[] Ranks;

    /// <param name="panel">Values and prices.</param>
    /// <param name="factor">The factor's number in the panel.</param>
    /// <param name="settings">What is computed.</param>
    public FactorDates(FactorPanel panel, int factor, FactorStudySettings settings)
    {
        (Panel, Factor, Settings) = (panel, factor, settings);
        var (dates, horizons, groups) = (panel.Times.Length, settings.Horizons.Count, panel.Groups?.Names.Count ?? 0);
        States = new DateState[dates];
        (Counts, Ended) = (new int[dates], new int[dates]);
        (Ic, Spread, Decay) = (Rows(horizons), Rows(horizons), Rows(settings.Decay.Count));
        Raw = Many(horizons, () => Rows(settings.Quantiles));
        Demeaned = Many(horizons, () => Rows(settings.Quantiles));
        OneBar = Rows(settings.Quantiles);
        Weighted = Rows(1)[0];
        GroupIc = Many(groups, () => Rows(horizons));
        GroupReturns = Many(groups, () => Many(horizons, () => Rows(settings.Quantiles)));
        Bins = new byte[(long)dates * panel.Symbols.Count];
        Ranks = new float[(long)dates * panel.Symbols.Count];
        Array.Fill(Ranks, float.NaN);

        double[][] Rows(int count) => Many(count, () =>
        {
            var row = new double[dates];
            Array.Fill(row, double.NaN);
            return row;
        });

        static T[] Many<T>(int count, Func<T> make)
        {
            var all = new T[count];
            for (var i = 0; i < count; i++) all[i] = make();
            return all;
        }
    }

    /// <summary>Computes the dates of a range.</summary>
    /// <param name="from">Index of the first date.</param>
    /// <param name="to">Index after the last date.</param>
    public void Compute(int from, int to)
    {
        var section = new FactorCrossSection(this);
        for (var date = from; date < to; date++) section.Compute(date);
    }
}

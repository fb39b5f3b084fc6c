using Granary.Engine.Analysis;
using Granary.Engine.Analysis.FactorStudies;
using Granary.Reporting.Runs;
using Granary.Simulation.Json;

namespace Granary.Backtesting.FactorStudies;

/// <summary>Converts the engine's figures of a factor to the form of study.json.</summary>
internal static class FactorStudyFigures
{
    // Of more dates than this, a point of a chart is the mean of several.
    private const int MostPoints = 4000;
    // About a quarter of a year of days.
    private const int RollingPoints = 63;

    public static StudiedFactor Of(string name, FactorFigures figures, FactorPanel panel, double level,
        Func<HorizonFigures, (double Any, double Independent)?> q) =>
        new(name, null, figures.Dates, figures.FewDates, figures.ConstantDates, figures.TiedDates, JsonNumber.Finite(figures.MeanSymbols),
            figures.EndedReturns)
        {
            Horizons = [.. figures.Horizons.Select(h => Of(h, level, q(h)))],
            Decay = [.. figures.Decay.Select(d => new DecayPoint(d.Horizon, JsonNumber.Finite(d.Ic.Mean), JsonNumber.Finite(d.Ic.Low),
                JsonNumber.Finite(d.Ic.High)))],
            Histogram = Histogram(figures.Horizons[0].IcByDate),
            Series = Series(figures, panel),
        };

    public static StudyMean Of(LongRunMean mean) => new(mean.Count, JsonNumber.Finite(mean.Mean), JsonNumber.Finite(mean.Deviation),
        JsonNumber.Finite(mean.Error), JsonNumber.Finite(mean.T), JsonNumber.Finite(mean.PValue), JsonNumber.Finite(mean.Low),
        JsonNumber.Finite(mean.High), mean.Lag);

    private static StudiedHorizon Of(HorizonFigures h, double level, (double Any, double Independent)? q) =>
        new(h.Horizon, Of(h.Ic), JsonNumber.Finite(h.Ic.Mean / h.Ic.Deviation), q?.Any, q?.Independent, q?.Any <= level, Of(h.Spread),
            JsonNumber.Finite(h.RankAutocorrelation))
        {
            Quantiles = [.. h.Quantiles.Select(x => new StudiedQuantile(x.Quantile, JsonNumber.Finite(x.Return.Mean),
                JsonNumber.Finite(x.Demeaned.Mean), JsonNumber.Finite(x.Demeaned.Error), JsonNumber.Finite(x.Turnover)))],
            Groups = [.. h.Groups.Select(g => new StudiedGroup(g.Name, Of(g.Ic), [.. g.Quantiles.Select(x => JsonNumber.Finite(x.Mean))]))],
        };

    private static List<StudyBin> Histogram(double[] values)
    {
        var histogram = ReturnHistogram.Of(values);
        return [.. histogram.Counts.Select((count, i) => new StudyBin(histogram.Edges[i], histogram.Edges[i + 1], count))];
    }

    private static StudySeries Series(FactorFigures figures, FactorPanel panel)
    {
        var dates = figures.RankedDates;
        var each = (dates.Count + MostPoints - 1) / MostPoints;
        List<int[]> points = [.. dates.Chunk(each)];
        List<List<double?>> ic = [.. figures.Horizons.Select(h => points.ConvertAll(p => Mean(p, h.IcByDate)))];
        return new StudySeries(each, RollingPoints, points.ConvertAll(p => FactorStudyRun.Time(panel.Times[p[^1]])), ic,
            [.. ic.Select(Rolling)], [.. figures.OneBarReturns.Select(r => Growth(points, d => r[d]))],
            Growth(points, d => figures.OneBarReturns[^1][d] - figures.OneBarReturns[0][d]),
            Growth(points, d => figures.WeightedReturns[d]));
    }

    private static double? Mean(int[] dates, double[] values)
    {
        var (sum, count) = (0.0, 0);
        foreach (var date in dates)
        {
            if (double.IsNaN(values[date])) continue;
            sum += values[date];
            count++;
        }
        return count > 0 ? sum / count : null;
    }

    // Undefined before the first whole window.
    private static IReadOnlyList<double?> Rolling(List<double?> values)
    {
        var means = new double?[values.Count];
        for (var i = RollingPoints - 1; i < means.Length; i++)
        {
            var (sum, count) = (0.0, 0);
            for (var k = i - RollingPoints + 1; k <= i; k++)
            {
                if (values[k] is not { } value) continue;
                sum += value;
                count++;
            }
            if (count > 0) means[i] = sum / count;
        }
        return means;
    }

    private static List<double> Growth(List<int[]> points, Func<int, double> returns)
    {
        var growth = 1.0;
        return points.ConvertAll(dates =>
        {
            foreach (var date in dates)
                if (returns(date) is var r && !double.IsNaN(r))
                    growth *= 1 + r;
            return growth;
        });
    }
}

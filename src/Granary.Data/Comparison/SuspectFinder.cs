using Granary.Engine.Market;
using Granary.Engine.Numerics;

namespace Granary.Data.Comparison;

/// <summary>
/// Judges a disagreement by the median of both sources' surrounding closes. A price is suspect if it is more than three usual moves from
/// that median, and at least twice as far from it as the other source's price.
/// </summary>
internal sealed class SuspectFinder(IReadOnlyList<Bar> a, IReadOnlyList<Bar> b)
{
    private const int Around = 2;
    private const double UsualMoves = 3, TimesAsFar = 2;

    private readonly double _move = Math.Max(1e-6, Median([.. Moves(a), .. Moves(b)]));

    /// <param name="i">Index in the first source; −1 if that source does not have the bar.</param>
    /// <param name="j">Index in the second source; −1 if that source does not have the bar.</param>
    public BarDisagreement Missing(int i, int j)
    {
        var (without, bars, at) = i < 0 ? (Suspect.A, b, j) : (Suspect.B, a, i);
        var bar = bars[at];
        var isFilled = bar.Volume == 0 && bar.Open == bar.Close && bar.High == bar.Low && at > 0 && bars[at - 1].Close == bar.Close;
        var (likelier, why) = isFilled ? (Suspect.Neither, "a bar without trades, which some sources leave out")
            : bar.Volume > 0 ? (without, "it misses a bar that traded") : (Suspect.Neither, "");
        return new BarDisagreement(bar.Time, "bar", i < 0 ? double.NaN : bar.Close, j < 0 ? double.NaN : bar.Close, double.NaN, likelier,
            why);
    }

    public BarDisagreement Different(int i, int j, string field, double percent)
    {
        var (x, y) = (Value(a[i], field), Value(b[j], field));
        var (likelier, why) = field == "volume" ? OfVolume(x, y) : OfPrice(i, j, x, y);
        return new BarDisagreement(a[i].Time, field, x, y, percent, likelier, why);
    }

    private static (Suspect, string) OfVolume(double x, double y) =>
        x == 0 ? (Suspect.A, "no volume where the other source has some")
        : y == 0 ? (Suspect.B, "no volume where the other source has some") : (Suspect.Neither, "");

    private (Suspect, string) OfPrice(int i, int j, double x, double y)
    {
        var median = Median([.. Closes(a, i), .. Closes(b, j)]);
        if (!(median > 0) || x <= 0 || y <= 0) return (Suspect.Neither, "");
        var (ofA, ofB) = (Math.Abs(Math.Log(x / median)), Math.Abs(Math.Log(y / median)));
        const string Far = "it lies far from the closes around it";
        if (ofA > UsualMoves * _move && ofA > TimesAsFar * ofB) return (Suspect.A, Far);
        return ofB > UsualMoves * _move && ofB > TimesAsFar * ofA ? (Suspect.B, Far) : (Suspect.Neither, "");
    }

    // The closes of the surrounding bars, without the bar itself.
    private static IEnumerable<double> Closes(IReadOnlyList<Bar> bars, int at)
    {
        for (var i = Math.Max(0, at - Around); i <= Math.Min(bars.Count - 1, at + Around); i++)
            if (i != at)
                yield return bars[i].Close;
    }

    private static IEnumerable<double> Moves(IReadOnlyList<Bar> bars)
    {
        for (var i = 1; i < bars.Count; i++)
            if (bars[i].Close > 0 && bars[i - 1].Close > 0)
                yield return Math.Abs(Math.Log(bars[i].Close / bars[i - 1].Close));
    }

    private static double Median(double[] values)
    {
        if (values.Length == 0) return 0;
        Array.Sort(values);
        return Quantile.UpperMedian<double>(values);
    }

    private static double Value(in Bar bar, string field) => field switch
    {
        "open" => bar.Open,
        "high" => bar.High,
        "low" => bar.Low,
        "close" => bar.Close,
        _ => bar.Volume,
    };
}

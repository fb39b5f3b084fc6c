using Granary.Learning.Search;

namespace Granary.Learning.Tests.Search;

/// <summary>Searches of functions.</summary>
internal static class SearchRuns
{
    /// <summary>Evaluates all points of a method.</summary>
    public static List<TriedPoint> Run(ISearchMethod method, Func<ProposedPoint, IReadOnlyList<double>?> evaluate)
    {
        var tried = new List<TriedPoint>();
        while (method.Next(tried) is { Count: > 0 } round) tried.AddRange(round.Select(p => new TriedPoint(p, evaluate(p))));
        return tried;
    }

    /// <summary>Returns the values of all points as one text, bit for bit.</summary>
    public static string TextOf(IEnumerable<TriedPoint> tried) =>
        string.Join('\n', tried.Select(t => $"{t.Point.Share} {t.Point.Continues} {string.Join(' ', t.Point.Values.Select(BitConverter.DoubleToInt64Bits))}"));

    /// <summary>A space with a dimension of each kind.</summary>
    public static ParameterSpace Mixed(Func<IReadOnlyList<double>, bool>? isAllowed = null) => new(
        [
            new IntegerDimension("fast", 5, 50), new IntegerDimension("slow", 20, 300, Log: true), new RealDimension("stop", 0.5, 3),
            new RealDimension("rate", 1e-4, 1, Log: true), new RealDimension("step", 0.1, 1, Step: 0.1),
            new IntegerDimension("even", 2, 21, 4), new ChoiceDimension("exit", ["a", "b", "c"]), new ChoiceDimension("one", ["x"]),
        ], isAllowed);

    /// <summary>A number in [0, 1) for each index and dimension.</summary>
    public static double Kronecker(int index, int dimension)
    {
        double[] step = [0.618033988749894848, 0.754877666246692760, 0.819172513396164439, 0.569840290998053266];
        return Math.IEEERemainder((index + 1) * step[dimension], 1) is var r && r < 0 ? r + 1 : r;
    }
}
